"""What systemd does for the kit's unit of a relay, which can't be had in a test: a process that has not said for
WatchdogSec that it lives is killed, and one that has ended is started again."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import socket
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import officer_console.relay

_UNIT: Final = Path(officer_console.relay.__file__).parent / "kit" / "systemd" / "officer-console-relay.service"


def _setting(pattern: str) -> float:
    found = re.search(f"^{pattern}$", _UNIT.read_text(), re.MULTILINE)
    assert found, pattern
    return float(found[1])


WATCHDOG_S: Final = _setting(r"WatchdogSec=(\d+)")
RESTART_S: Final = _setting(r"RestartSec=(\d+)ms") / 1000


class Watch:
    """Of one process at a time. `environ` is what it must be started with; `killed` counts those that hung."""

    def __init__(self) -> None:
        name = f"officer-console-{secrets.token_hex(8)}"
        self.environ = {"NOTIFY_SOCKET": f"@{name}", "WATCHDOG_USEC": str(int(WATCHDOG_S * 1e6))}
        self.killed = 0
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.bind(f"\0{name}")

    async def run(self, first: Process, start: Callable[[], Awaitable[Process]]) -> None:
        """Until cancelled; `start` gives the next process."""
        process = first
        with contextlib.closing(self._socket):
            while True:
                await self._until_it_hangs_or_ends(process)
                await asyncio.sleep(RESTART_S)
                process = await start()

    async def _until_it_hangs_or_ends(self, process: Process) -> None:
        ended = asyncio.create_task(process.wait())
        listening = asyncio.create_task(self._until_silent())
        try:
            await asyncio.wait((ended, listening), return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                self.killed += 1
                process.kill()
            await ended
        finally:
            ended.cancel()
            listening.cancel()

    async def _until_silent(self) -> None:
        while await self._word() != "READY=1":
            pass
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(WATCHDOG_S):
                    await self._word()

    async def _word(self) -> str:
        return (await asyncio.get_running_loop().sock_recv(self._socket, 256)).decode()
