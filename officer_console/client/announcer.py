"""Tells the screens what changed: at once while little happens, gathered while much does, never when nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from .api import Change, Notice

PACE_S: Final = 1 / 5
"""Seconds between two tells in the long run. Each is painted, and a key that is pressed meanwhile waits for that."""
RUSH_S: Final = 1.0
"""So far ahead of that pace a desk on which little happens may be: it is told at once."""
MAX_NOTICES: Final = 200
"""Notices in one change; after a long absence the first ones stand for all."""


class Announcer:
    """Gathers changes until the loop has time to tell them."""

    def __init__(self) -> None:
        self._told: list[Callable[[Change], None]] = []
        self._cids: set[str] = set()
        self._notices: list[Notice] = []
        self._queue = False
        self._link = False
        self._newcomers = False
        self._shift = False
        self._timer: asyncio.TimerHandle | None = None
        self._next_at = 0.0

    def subscribe(self, told: Callable[[Change], None]) -> Callable[[], None]:
        """Call `told` with each change; gives the function that ends it."""
        self._told.append(told)
        return lambda: self._told.remove(told) if told in self._told else None

    def conversation(self, cid: str, *, order: bool = False) -> None:
        """A conversation changed; `order`: its place in the queue too."""
        self._cids.add(cid)
        self._queue |= order
        self._wake()

    def link(self) -> None:
        self._link = True
        self._wake()

    def newcomers(self) -> None:
        self._newcomers = True
        self._wake()

    def shift(self) -> None:
        """Who is on duty, the timers, or whether arrivals are paused."""
        self._shift = True
        self._wake()

    def notice(self, notice: Notice) -> None:
        """Something to be told once."""
        if len(self._notices) < MAX_NOTICES:
            self._notices.append(notice)
        self._cids |= {notice.cid} - {""}
        self._wake()

    def hurry(self) -> None:
        """What the officer did himself is shown at once, whatever else happens."""
        self._stop()
        self._next_at = 0.0
        self._wake()

    def close(self) -> None:
        """Tell no more."""
        self._told.clear()
        self._stop()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        if self._timer is None and self._told:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._next_at - RUSH_S), self._tell)

    def _tell(self) -> None:
        self._timer = None
        self._next_at = max(self._next_at, asyncio.get_running_loop().time()) + PACE_S
        notices = tuple(self._notices)
        change = Change(frozenset(self._cids), self._queue, self._link, notices, self._newcomers, self._shift)
        self._cids, self._notices = set(), []
        self._queue = self._link = self._newcomers = self._shift = False
        for told in list(self._told):
            told(change)
