"""What whoever runs us as a service is told: that we serve, that we live, that we stop (sd_notify(3), sd_watchdog(3)).

A process can hang as a whole, stopped or out of memory; its connections then stay, and who is at their other ends
waits. systemd kills it when it has not heard of it for WatchdogSec. A thread tells that we live, so that a loop with
much to do is not taken for one that hangs; only after STUCK_S it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
import time
from collections.abc import AsyncIterator, Mapping
from typing import Final

STUCK_S: Final = 20.0
"""Seconds for which the event loop may be busy."""
TURN_S: Final = 0.5
"""Seconds between two signs of life of the loop."""
OFTEN: Final = 4
"""How many times we tell within WatchdogSec that we live."""
_log: Final = logging.getLogger(__name__)


class Supervisor:
    """Who listens at an address as $NOTIFY_SOCKET has it, a path or "@" and a name."""

    def __init__(self, address: str) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    def tell(self, word: str) -> None:
        """Say it, as far as it is heard."""
        try:
            self._socket.sendto(word.encode(), self._address)
        except OSError as error:
            _log.warning("The supervisor does not hear us (%s).", type(error).__name__)

    def close(self) -> None:
        self._socket.close()


class Heart:
    """Tells every `every_s` seconds, from a thread of its own, that we live; no more once the loop is stuck."""

    def __init__(self, supervisor: Supervisor, every_s: float) -> None:
        self._supervisor = supervisor
        self._every_s = every_s
        self._turned = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    @contextlib.asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """As long as the block."""
        turning = asyncio.create_task(self._turn())
        self._thread.start()
        try:
            yield
        finally:
            turning.cancel()
            self._over.set()
            await asyncio.to_thread(self._thread.join)

    async def _turn(self) -> None:
        while True:
            self._turned = time.monotonic()
            await asyncio.sleep(TURN_S)

    def _run(self) -> None:
        while not self._over.wait(self._every_s):
            if time.monotonic() - self._turned < STUCK_S:
                self._supervisor.tell("WATCHDOG=1")


@contextlib.asynccontextmanager
async def supervised(environ: Mapping[str, str]) -> AsyncIterator[None]:
    """We serve as long as the block. Nobody is told when `environ` names nobody."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        yield
        return
    with contextlib.closing(Supervisor(address)) as supervisor:
        async with contextlib.AsyncExitStack() as stack:
            if every_us := int(environ.get("WATCHDOG_USEC") or 0):
                await stack.enter_async_context(Heart(supervisor, every_us / 1e6 / OFTEN).beating())
            supervisor.tell("READY=1")
            try:
                yield
            finally:
                supervisor.tell("STOPPING=1")
