"""A real conversation practised on in a real terminal, from its seal to the debrief; and no file has a word of it."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from officer_console.practice.exporting import exported
from tests.client.test_exports import Kept, kept
from tests.fire.served import enrolled
from tests.practice.real import about, decisions

from .run_desk import put
from .terminal import F2, F10, Terminal

ALT_Y = "\x1by"
MINE = "Pouvez-vous écrire sans danger ?"
WORDS = (
    "derriere la porte",
    "il a un couteau",
    "[nom 3]",
    "merci beaucoup",
    "Une nuit",
    "a-night",
    MINE,
    "Denis Roche",
)
"""Hers, the officer's, the lead's, mine."""


@asynccontextmanager
async def practising(home: Path, *options: str, member: str = "-") -> AsyncIterator[Terminal]:
    """All that is written by default is written into `home`."""
    for name in ("tmp", "home"):
        (home / name).mkdir(exist_ok=True)
    places = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    places |= {"HOME": str(home / "home"), "TMPDIR": str(home / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
    words = ("--language", "en", "exports", "practise", *options)
    it = Terminal(member, *words, module="tests.e2e.run_exports", **places)
    try:
        yield it
    finally:
        await it.close()


def written(home: Path, words: tuple[str, ...] = WORDS) -> Iterator[tuple[str, str]]:
    """Each word that a file has, in its name or in it, as text."""
    for file in home.rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        for word in words:
            if word in file.name or any(word.encode(form) in data for form in ("utf-8", "utf-16-le")):
                yield str(file), word


async def introduced(console: Terminal) -> None:
    await console.sees("PRACTICE · A REAL CONVERSATION", "Ana Petit has taken out", "Karim Benali has read", "Une nuit")
    assert "invented" not in console.text


async def test_it_is_practised_to_its_debrief_and_no_file_has_a_word_of_it(tmp_path: Path) -> None:
    async with practising(tmp_path, "--speed", "20", "--seed", "3") as console:
        await introduced(console)
        console.send("\r")
        await console.sees("1 waiting")
        console.send(F2)
        await console.sees("WRITING HERE", "bonsoir, je m'appelle [nom 1]")
        await console.say(MINE)
        await console.sees("[nom 3] est derriere la porte")
        console.send(ALT_Y)
        await console.sees("PRACTICE · DEBRIEF", "Overall:", "nothing of it is kept")
        console.send("s")
        console.send("q")
        assert await console.ended() == 0
        assert b"nothing of it was kept" in console.raw and b"Kept for you" not in console.raw
    assert list(written(tmp_path)) == []
    (tmp_path / "home" / "left").write_text(f"… {WORDS[0]} …")
    assert list(written(tmp_path)) != [], "what looks for her words finds them"


async def test_it_is_watched_and_no_file_has_a_word_of_it(tmp_path: Path) -> None:
    async with practising(tmp_path, "--replay", "--speed", "60") as console:
        await introduced(console)
        console.send("\r")
        await console.sees("REPLAY", "merci beaucoup au revoir", "over")
        console.send(F10)
        assert await console.ended() == 0
    assert list(written(tmp_path)) == []


async def test_who_does_not_want_to_leaves_before_it_begins(tmp_path: Path) -> None:
    async with practising(tmp_path, "--replay") as console:
        await introduced(console)
        console.send("2\r")
        assert await console.ended() == 0
        assert b"bonsoir" not in console.raw


async def test_what_ends_the_first_process_ends_the_second_in_order(tmp_path: Path) -> None:
    async with practising(tmp_path) as console:
        await introduced(console)
        console.kill(signal.SIGTERM)
        assert await console.ended() == 0
        assert console.raw.rstrip().endswith(b"nothing of it was kept.") and b"bonsoir" not in console.raw
    assert list(written(tmp_path)) == []


# ---- with everybody there is -----------------------------------------------------------------------------------------


class Source:
    """A conversation that Karim held, whose visitor agreed; the lead reads it."""

    def __init__(self, k: Kept) -> None:
        self.k, self.lead, self.cid = k, k.lead.desk, k.cid

    def redacted(self) -> bytes:
        """By the lead, from what his console shows."""
        shown = self.lead.talk.lines(self.cid)
        told = about(consent=self.lead.talk.consent(self.cid), redacted_by=self.lead.name(self.lead.me))
        return exported(shown, (), decisions(shown, "fr", "hier"), told)

    async def visitor_erases(self) -> None:
        await self.k.visitor.erase()
        await self.k.lead.until(lambda: not self.lead.exports.all())


async def test_from_a_real_conversation_to_a_trainers_terminal_and_gone_with_her_erasing(tmp_path: Path) -> None:
    relay, home = tmp_path / "relay", tmp_path / "trainer"
    for folder in (relay, home):
        folder.mkdir(mode=0o700)
    async with kept(relay) as k:
        source = Source(k)
        session = source.redacted()
        assert b"hier" not in session and "il m'a frappée […]".encode() in session
        await k.keep(session)
        await k.countersign()
        put(enrolled(k.post.station, k.post.people["trainer"], k.post.relay.url), home / "member")
        async with practising(home, "--replay", "--speed", "60", member=str(home / "member")) as console:
            await console.sees("PRACTICE · A REAL CONVERSATION", "has taken out", "Karim has read it")
            console.send("\r")
            await console.sees("REPLAY", "il m'a frappée […]", "over")
            console.send(F10)
            assert await console.ended() == 0
        await source.visitor_erases()
        async with practising(home, member=str(home / "member")) as console:
            assert await console.ended() == 1
            assert b"there is no such real conversation" in console.raw
    assert list(written(tmp_path, ("frappée", "Une nuit", "a-night"))) == []
