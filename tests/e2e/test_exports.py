"""A real conversation practised on in a real terminal, from its seal to the debrief; and no file has a word of it."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

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
async def practising(home: Path, *options: str) -> AsyncIterator[Terminal]:
    """All that is written by default is written into `home`."""
    for name in ("tmp", "home"):
        (home / name).mkdir()
    places = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    places |= {"HOME": str(home / "home"), "TMPDIR": str(home / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
    it = Terminal("--language", "en", "exports", "practise", *options, module="tests.e2e.run_exports", **places)
    try:
        yield it
    finally:
        await it.close()


def written(home: Path) -> Iterator[tuple[str, str]]:
    """Each word that a file has, in its name or in it, as text of any encoding."""
    for file in home.rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        for word in WORDS:
            if word in file.name or any(
                word.encode(encoding) in data for encoding in ("utf-8", "utf-16-le", "latin-1")
            ):
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
