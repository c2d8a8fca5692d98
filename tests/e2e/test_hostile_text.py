"""What a hostile visitor writes travels through page keys, relay and console, and never drives the terminal."""

from __future__ import annotations

import re
from pathlib import Path

import httpx

from officer_console.client.visitor import Visitor
from officer_console.vault.base64url import unb64

from .terminal import F2, terminal
from .test_terminal import PAGE

OURS = re.compile(rb"\x1b\[[0-9;:?<>=]*[a-zA-Z]|\x1b[78=>PN]|\x1b\[<?[0-9]*u")
"""Textual's own sequences; text between them must have no control character."""
HOSTILE = {
    "title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;b3duZWQ=\x07",
    "clear": "\x1b[2J\x1b[31m",
    "c1": "\x9b2J\x90q\x9c\x9d0;x\x9c",
    "bidi": "\u202eTXET\u202c\u2066x\u2069\u200f\u061c",
    "markup": "[/foo] [b]bold[/b] [@click=app.quit]click[/] \\[",
    "zalgo": "z" + "\u0301\u0302\u0303\u0304\u0305" * 40,
    "long": "A" * 12_000,
    "others": "\x00\x08\x0b\x0c\r\x7f\ufeff\u2028",
}
FORBIDDEN = (
    "\x1b]0;",
    "\x1b]52",
    "\x1b[2J\x1b[31m",
    "\x9b",
    "\x90",
    "\x9c",
    "\x9d",
    "\u202e",
    "\u2066",
    "\x07",
    "\x00",
)


def root_of(url: str) -> bytes:
    """The root key that stands in the page."""
    found = re.search(r'ROOT=["\']([A-Za-z0-9_-]{87})', httpx.get(url).text)
    assert found
    return unb64(found[1])


async def test_hostile_text_is_shown_and_never_obeyed(tmp_path: Path) -> None:
    silent = tmp_path / "config.toml"
    silent.write_text("[console]\nbell = false\n")  # or the console rings by itself
    async with terminal("--config", str(silent), "--language", "en", "demo", "--visitors", "0") as console:
        url = await console.found(PAGE)
        async with Visitor(url, root_of(url)) as visitor:
            await visitor.stored(visitor.say(f"GOOD {''.join(HOSTILE.values())}"[:8000]))
            await console.sees("1 waiting", "GOOD")
            console.send(F2)
            await console.sees("WRITING HERE")
            for kind, text in HOSTILE.items():
                await visitor.stored(visitor.say(f"{text} END-OF-{kind}"))
                await console.sees(f"END-OF-{kind}")
            await console.say("so am I")
            await visitor.until(lambda v: v.texts == ["so am I"])
        assert await console.leave() == 0
    for bad in FORBIDDEN:
        assert bad.encode() not in console.raw
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]", OURS.sub(b"", console.raw))
