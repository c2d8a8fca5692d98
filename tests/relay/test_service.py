"""The relay as a program of its own: stopped in order, and stopped by what it can't get over with one plain line."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
import socket
from asyncio.subprocess import PIPE
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from officer_console.protocol.commands import Claim
from officer_console.protocol.frames import Bye, Done
from officer_console.relay.log.sqlite import SqliteLog
from tests.fire.served import Served, served

from .peers import Station, VisitorPeer, officer, random_id

WORDS: Final = 30
PR_CAPBSET_DROP: Final = 24
CAP_DAC_OVERRIDE: Final = 1
"""Numbers of prctl(2) and capabilities(7)."""


# ---- stopped in order ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_asked_to_stop_it_says_goodbye_and_finishes(tmp_path: Path, station: Station, number: int) -> None:
    async with asyncio.timeout(30), served(tmp_path, station) as relay:
        visitor, other = VisitorPeer(relay.url, station), VisitorPeer(relay.url, station)
        async with (
            visitor.talking("bonjour") as page,
            other.wire() as greeted,
            officer(relay.url, station, station.lead) as lead,
        ):
            await lead.meet(visitor.cid)
            assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
            for n in range(WORDS):
                await lead.wire.send(lead.command(lead.say(visitor.cid, f"{n}")))
            first = await lead.wire.until(Done)
            os.kill(relay.pid, number)
            for wire in (page, greeted):
                assert (await wire.until(Bye)).again > 0
                assert await wire.closed() == 1012
            done = [first.seq]
            while isinstance(frame := await lead.wire.until(Done, Bye), Done):
                done.append(frame.seq)
            assert await lead.wire.closed() == 1012
        assert await ended(relay) == 0
        assert len(relay.said.read_text().splitlines()) == 2, "nothing but what it says when it begins"
    assert not list(relay.data.glob("log.db-*")), "the log was not closed"
    log = SqliteLog(relay.data, lambda: 0)
    stored = [event.seq for event in await log.read(0, 1000)]
    await log.close()
    assert len(done) == len(set(done)) and set(done) <= set(stored)


async def ended(relay: Served) -> int | None:
    """The exit code of a relay that was asked to stop."""
    assert relay._process is not None
    return await relay._process.wait()


# ---- what it can't get over ----------------------------------------------------------------------------------------


async def refused(relay: Served, word: str, before: Callable[[], object] | None = None) -> str:
    """`relay init` or `relay serve` ends at once, with one line and a code that is not 0; that line."""
    child = await asyncio.create_subprocess_exec(*relay._command(word), stdout=PIPE, stderr=PIPE, preexec_fn=before)
    async with asyncio.timeout(20):
        out, err = await child.communicate()
    assert child.returncode == 1, out + err
    (line,) = err.decode().splitlines()
    assert line.startswith("officer-console: ") and "Traceback" not in line
    return line


async def test_a_taken_port(tmp_path: Path) -> None:
    relay = Served(tmp_path)
    port = int(relay.url.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)):
        told = await refused(relay, "serve")
    assert f"127.0.0.1, port {port}" in told and "choose another port" in told


async def test_another_relay_in_the_same_folder(tmp_path: Path, station: Station) -> None:
    async with served(tmp_path, station) as relay:
        (tmp_path / "second").mkdir()
        second = Served(tmp_path / "second")
        second._config.write_text(second._config.read_text().replace(str(second.data), str(relay.data)))
        assert "Another relay is using" in await refused(second, "serve")


def bound_by_modes() -> None:
    """The superuser, too, may write only where the mode lets its owner."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE)


@pytest.mark.parametrize("word", ["init", "serve"])
@pytest.mark.parametrize("place", ["its folder", "the folder above"])
async def test_a_folder_that_can_only_be_read(tmp_path: Path, word: str, place: str) -> None:
    relay = Served(tmp_path)
    closed = relay.data if place == "its folder" else tmp_path
    closed.mkdir(exist_ok=True)
    closed.chmod(0o500)
    try:
        told = await refused(relay, word, bound_by_modes)
    finally:
        closed.chmod(0o700)
    assert "access is not allowed" in told and str(relay.data) in told


@pytest.mark.parametrize("word", ["init", "serve"])
async def test_a_folder_whose_place_is_a_file(tmp_path: Path, word: str) -> None:
    relay = Served(tmp_path)
    relay.data.write_text("")
    assert str(relay.data) in await refused(relay, word)


def at_most(size: int) -> Callable[[], None]:
    """No file may grow beyond `size` bytes: writes fail as on a full disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.parametrize(("word", "size"), [("init", 8), ("init", 40), ("serve", 8), ("serve", 100), ("serve", 10_000)])
async def test_a_full_disk(tmp_path: Path, word: str, size: int) -> None:
    """Wherever it gets to: at its key, its code, its log."""
    relay = Served(tmp_path)
    assert str(relay.data) in await refused(relay, word, at_most(size))
