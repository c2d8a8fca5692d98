"""How long clients wait: the outages of a fire, as those see them who write and connect."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final, Protocol

LOOK_S: Final = 0.1
"""Seconds between two looks at who is connected: an outage without a word unsent is known no better than that."""


class Client(Protocol):
    """Somebody who writes. `away`: she has left by herself, and waits for nothing."""

    away: bool

    @property
    def online(self) -> bool: ...


class Waits:
    """The longest time between an attempt (to send, or to be connected) and its answer, in s; what lies before `begin`
    does not count."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._begin = time.monotonic()
        self._away: dict[Client, float] = {}

    def begin(self) -> None:
        """From now on it burns."""
        self.longest, self._begin = 0.0, time.monotonic()

    def ended(self, since: float) -> None:
        """What began at `since` (monotonic) has its answer, or is waited for still."""
        self.longest = max(self.longest, time.monotonic() - max(since, self._begin))

    async def watch(self, clients: Callable[[], Iterable[Client]]) -> None:
        """Look who is not connected, for ever."""
        while True:
            self.look(clients())
            await asyncio.sleep(LOOK_S)

    def look(self, clients: Iterable[Client]) -> None:
        """Who is not connected waits."""
        now = time.monotonic()
        for client in clients:
            if client.online or client.away:
                self._away.pop(client, None)
            else:
                self.ended(self._away.setdefault(client, now))
