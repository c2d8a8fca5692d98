"""The trainer's board in a real terminal: an attempt appears, a note is written, an exercise is set; piped: text."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from officer_console.paths import private_dir
from officer_console.practice import library
from officer_console.practice.attempts import Attempt, Attempts, Head
from officer_console.practice.format import Remarked
from officer_console.practice.handing import exercise_of
from officer_console.practice.plot import plot_of
from officer_console.practice.reading import read_file
from tests.practice import trainees
from tests.practice.classes import BEGAN, KEY

from .terminal import F10, Terminal

TAB, CTRL_S = "\t", "\x13"


def places(home: Path) -> dict[str, str]:
    return {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE")}


def run(home: Path, *arguments: str) -> str:
    """A subcommand of practice to its end, its output through a pipe."""
    command = [sys.executable, "-m", "officer_console", "--language", "en", "practice", *arguments]
    done = subprocess.run(command, env=_env(places(home)), capture_output=True, text=True, timeout=60, check=True)
    return done.stdout


def _env(more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, **more}


def kept_by_a_trainee(home: Path) -> None:
    """What practising leaves on the trainee's own machine."""
    sitting = trainees.excellent(plot_of(library.find(KEY)))
    head = Head(1, KEY, BEGAN, 1, 1.0, trainees.mark(sitting))
    folder = private_dir(home / "data" / "officer-console" / "practice")
    Attempts(folder / "attempts").keep(Attempt(head, tuple(sitting.entries)))


@asynccontextmanager
async def board(home: Path, folder: Path, *more: str) -> AsyncIterator[Terminal]:
    it = Terminal("--language", "en", "practice", "board", str(folder), *more, **places(home))
    try:
        yield it
    finally:
        await it.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    folder.mkdir()
    return folder


async def writes_a_note(it: Terminal) -> None:
    """At the first moment of the chosen attempt's session."""
    await it.sees("newest first")
    it.send("n")
    await it.sees("The record, moment by moment", "hi is there english")
    it.send("\r")
    await it.sees("NOTE for trainees", "PRACTICE")
    await it.say("She asks for English.")
    await it.sees("Kept in your own copy", "Trainer")
    it.send("\x1b")


async def sets_an_exercise(it: Terminal) -> None:
    """Of the first session, with words."""
    await it.sees("newest first")
    it.send("e")
    await it.sees("[ ] en The spare key")
    it.send(" ")
    await it.sees("[1] en The spare key")
    it.send(TAB)
    it.send("By Friday.")
    await it.sees("By Friday.")
    it.send(CTRL_S)
    await it.sees("Set. Trainees begin it with", "1 of 1 have done it")


async def test_from_the_empty_board_to_a_note_and_an_exercise(tmp_path: Path, folder: Path) -> None:
    kept_by_a_trainee(tmp_path)
    async with board(tmp_path, folder) as it:
        await it.sees("PRACTICE", "Nobody has handed in an attempt yet.")
        run(tmp_path, "hand-in", str(folder), "--name", "Zoé")
        await it.sees("1 new attempt: Zoé: The spare key, 100", "1 attempt · 1 trainee")
        it.send("\r")
        await it.sees("PRACTICE", "The debrief, as the trainee read it", "Overall: 100/100")
        it.send("\x1b")
        await writes_a_note(it)
        await sets_an_exercise(it)
        it.send(F10)
        assert await it.ended() == 0
    own = tmp_path / "config" / "officer-console" / "sessions" / f"{KEY}.jsonl"
    words = [line.text for line in read_file(own).record if isinstance(line, Remarked)]
    assert "She asks for English." in words
    assert exercise_of(folder).sessions == [KEY] and exercise_of(folder).text == "By Friday."


async def test_a_replay_shows_what_the_trainer_wrote(tmp_path: Path) -> None:
    run(tmp_path, "annotate", KEY, "0:01", "She asks for English.")
    it = Terminal("--language", "en", "practice", KEY, "--replay", "--speed", "20", **places(tmp_path))
    try:
        await it.sees("REPLAY", "She asks for English.")
    finally:
        await it.close()


async def test_what_the_exercise_asks_for_holds_unless_the_trainee_asks_otherwise(tmp_path: Path, folder: Path) -> None:
    run(tmp_path, "exercise", str(folder), KEY, "--speed", "7", "--feedback", "end", "--text", "By Friday.")
    for more, speed in (((), "×7"), (("--speed", "5"), "×5")):
        it = Terminal("--language", "en", "practice", "--exercise", str(folder), *more, **places(tmp_path))
        try:
            await it.sees("Begin", "By Friday.")
            it.send("\r")
            await it.sees(speed)
        finally:
            await it.close()


async def test_with_print_a_terminal_gets_text_and_a_pipe_always(tmp_path: Path, folder: Path) -> None:
    kept_by_a_trainee(tmp_path)
    run(tmp_path, "hand-in", str(folder), "--name", "Zoé")
    (folder / "x.attempt").write_text("{")
    told = run(tmp_path, "board", str(folder))
    assert "1 attempt handed in" in told and "x.attempt: this is no attempt" in told
    async with board(tmp_path, folder, "--print") as it:
        await it.sees("1 attempt handed in")
        assert await it.ended() == 0
        assert b"\x1b[?1049h" not in it.raw


def test_the_other_subcommands_of_practice_load_no_screen() -> None:
    program = (
        "import sys; from officer_console.cli import main; main(['practice', 'list', '--json']);"
        "import officer_console.console.practice.trainer.main; sys.exit('textual' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False).returncode == 0
