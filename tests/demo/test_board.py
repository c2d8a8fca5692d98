"""`officer-console demo --board`: finds the demo that runs, and a person answers instead of the simulated room."""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import tempfile
from pathlib import Path

import httpx
import pytest

from officer_console.client.visitor import Visitor
from officer_console.config import Config
from officer_console.demo import folder as demo_folder
from officer_console.demo import main as demo_main
from officer_console.demo.folder import lives, own_folder, running
from officer_console.demo.world import BOARD_FILE
from officer_console.errors import UserError
from officer_console.vault.base64url import unb64
from tests.e2e.terminal import F2, F10, terminal
from tests.e2e.test_terminal import PAGE

F9 = "\x1b[20~"
PATIENCE_S = 60


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where demos make their folders."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_the_newest_demo_that_runs_is_taken(temporary: Path) -> None:
    assert running(BOARD_FILE) is None
    with own_folder() as (old, _lock), own_folder() as (new, _other), own_folder() as (young, _third):
        assert running(BOARD_FILE) is None, "none of them is ready"
        for at, each in enumerate((old, new)):
            (each / BOARD_FILE).write_text("{}")
            os.utime(each / BOARD_FILE, (at, at))
        assert running(BOARD_FILE) == new
        assert lives(young)
    assert running(BOARD_FILE) is None
    assert not lives(old)


def test_what_a_killed_demo_left_is_not_taken(temporary: Path) -> None:
    left, lock = demo_folder._make()
    (left / BOARD_FILE).write_text("{}")
    assert running(BOARD_FILE) == left
    os.close(lock)
    assert running(BOARD_FILE) is None


def test_what_others_could_have_written_is_not_taken(temporary: Path) -> None:
    with own_folder() as (folder, _lock):
        (folder / BOARD_FILE).write_text("{}")
        folder.chmod(0o770)
        assert running(BOARD_FILE) is None


def test_without_a_demo_plain_words_say_what_to_start(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("officer_console.console.main.need_terminal", lambda: None)
    with pytest.raises(UserError, match=r"Start “officer-console demo” in another terminal first\.$"):
        demo_main.run(argparse.Namespace(board=True), Config())


async def root_of(page: str) -> bytes:
    async with httpx.AsyncClient() as client:
        found = re.search(r'ROOT=["\']([A-Za-z0-9_-]{87})', (await client.get(page)).text)
    assert found
    return unb64(found[1])


async def test_from_a_visitors_address_to_the_dispatchers_key_and_back_to_the_strip(temporary: Path) -> None:
    async with asyncio.timeout(2 * PATIENCE_S), terminal("--language", "en", "demo", "--visitors", "0") as console:
        page = await console.found(PAGE)
        async with (
            Visitor(page, await root_of(page)) as visitor,
            terminal("--language", "en", "demo", "--board") as board,
        ):
            await board.sees("EXERCISE", "No case", "connected")
            await visitor.stored(visitor.say("il est derrière la porte, 14 rue des Lilas 69003 Lyon"))
            await console.sees("1 waiting")
            console.send(F2)
            await console.sees("WRITING HERE")
            console.send(F9)
            await console.sees("14 rue des Lilas", "F9 sends")
            console.send(F9)
            await board.sees("NEW REQUEST: Enter opens it", "14 rue des Lilas", "SILENT APPROACH")
            assert b"\x07" in board.raw
            await console.sees("The room: delivered")
            for keys, said, seen in [
                ("\r", "Opened: it rings no more.", "The room: opened"),
                ("a", "Told: ACCEPTED", "The room: ACCEPTED"),
                ("w", "Told: ON THE WAY", "ON THE WAY"),
            ]:
                board.send(keys)
                await board.sees(said)
                await console.sees(seen)
            await visitor.until(lambda her: her.helps)
            async with terminal("--language", "en", "demo", "--board") as second:
                assert await second.ended() == 1
                assert "Another dispatch side is using" in " ".join(second.text.split())
            board.send(F10)
            await board.sees("1 case is open.")
            board.send("2\r")
            assert await board.ended() == 0
            assert "Traceback" not in board.raw.decode(errors="replace")
            assert await console.leave() == 0
    assert not list(temporary.glob("officer-console-demo-*"))


async def test_a_board_outlives_its_demo_and_leaves_nothing(temporary: Path) -> None:
    async with asyncio.timeout(PATIENCE_S), terminal("--language", "en", "demo", "--visitors", "0") as console:
        await console.found(PAGE)
        async with terminal("--language", "en", "demo", "--board") as board:
            await board.sees("connected")
            assert await console.leave() == 0
            await board.sees("NOT CONNECTED")
            board.send(F10)
            assert await board.ended() == 0
    assert not list(temporary.glob("officer-console-demo-*"))
