"""What systemd hears of us."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from officer_console import supervisor
from officer_console.supervisor import supervised

OFTEN_US = "100000"
QUIET_S = 0.5
"""Many times as long as between two signs of life."""


@pytest.fixture(params=["path", "abstract"])
def ear(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket as systemd has it, and its address as systemd writes it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        if request.param == "path":
            address = str(tmp_path / "notify")
            listening.bind(address)
        else:
            address = f"@{secrets.token_hex(8)}"
            listening.bind("\0" + address[1:])
        listening.settimeout(10)
        yield listening, address


def words(listening: socket.socket) -> list[str]:
    """What has been said until it is quiet."""
    listening.settimeout(QUIET_S)
    said = []
    try:
        while True:
            said.append(listening.recv(100).decode())
    except TimeoutError:
        return said


async def test_it_hears_that_we_serve_that_we_live_and_that_we_stop(ear: tuple[socket.socket, str]) -> None:
    listening, address = ear
    async with supervised({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": OFTEN_US}):
        heard = [await asyncio.to_thread(listening.recv, 100) for _ in range(20)]
    assert set(heard) == {b"READY=1", b"WATCHDOG=1"}
    assert words(listening)[-1] == "STOPPING=1"


async def test_one_who_does_not_watch_hears_no_more_than_that(ear: tuple[socket.socket, str]) -> None:
    listening, address = ear
    async with supervised({"NOTIFY_SOCKET": address}):
        assert await asyncio.to_thread(words, listening) == ["READY=1"]
    assert words(listening) == ["STOPPING=1"]


async def test_a_loop_with_much_to_do_lives_and_one_that_is_stuck_does_not(
    ear: tuple[socket.socket, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "STUCK_S", 1.0)
    monkeypatch.setattr(supervisor, "TURN_S", 0.05)
    listening, address = ear
    async with supervised({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": OFTEN_US}):
        while_stuck = words(listening)  # the loop does not turn meanwhile
        assert while_stuck.count("WATCHDOG=1") > 5
        listening.settimeout(10)
        assert await asyncio.to_thread(listening.recv, 100) == b"WATCHDOG=1", "it turns again"


async def test_nobody_there_is_no_reason_to_fail(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        async with supervised({"NOTIFY_SOCKET": str(tmp_path / "none")}):
            pass
    assert "does not hear us (FileNotFoundError)" in caplog.text
    caplog.clear()
    for environ in ({}, {"NOTIFY_SOCKET": "vsock:2:1"}):
        async with supervised(environ):
            pass
    assert not caplog.text
