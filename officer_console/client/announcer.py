"""Tells the screens what changed: gathered, at most 30 times a second, and never when nothing did."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from .api import Change, Notice

PACE_S: Final = 1 / 30
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

    def notice(self, notice: Notice) -> None:
        """Something to be told once."""
        if len(self._notices) < MAX_NOTICES:
            self._notices.append(notice)
        self.conversation(notice.cid)

    def close(self) -> None:
        """Tell no more."""
        self._told.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wake(self) -> None:
        if self._timer is None and self._told:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._next_at), self._tell)

    def _tell(self) -> None:
        self._timer = None
        self._next_at = asyncio.get_running_loop().time() + PACE_S
        change = Change(frozenset(self._cids), self._queue, self._link, tuple(self._notices))
        self._cids, self._notices, self._queue, self._link = set(), [], False, False
        for told in list(self._told):
            told(change)
