"""The newest events of a log in memory, so that those who follow it closely read no disk."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence

from officer_console.model.events import Erased, Event

SIZE = 4096
"""Events kept."""
PAGE = 500
"""Events read from disk at a time for those who are behind the tail."""
Read = Callable[[int, int], Awaitable[Sequence[Event]]]
"""Gives events above a seq, so many at most."""


class Tail:
    """Every event with a seq above `after` up to `head` is here, unless it was erased."""

    def __init__(self, head: int, size: int = SIZE) -> None:
        self.head = head
        self.after = head
        self._size = size
        self._events: deque[Event] = deque()
        self._news = asyncio.Event()

    def take(self, stored: Iterable[Event]) -> bool:
        """Add what has been stored; those that are known or stand twice count once. Whether anything was new."""
        fresh = {event.seq: event for event in stored if event.seq > self.head}
        if not fresh:
            return False
        if min(fresh) != self.head + 1:  # a commit that failed to answer was stored after all: it is on disk only
            self._events.clear()
            self.after = min(fresh) - 1
        self.head = max(fresh)
        self._events.extend(fresh[seq] for seq in sorted(fresh))
        for event in fresh.values():
            if isinstance(event.what, Erased):
                self._forget(event)
        while len(self._events) > self._size:
            self.after = self._events.popleft().seq
        news, self._news = self._news, asyncio.Event()
        news.set()
        return True

    def above(self, after: int) -> Sequence[Event] | None:
        """The events above `after`, in order; None when some of them are on disk only."""
        if after < self.after:
            return None
        newest: list[Event] = []
        for event in reversed(self._events):
            if event.seq <= after:
                break
            newest.append(event)
        newest.reverse()
        return newest

    def passed(self, seq: int) -> None:
        """Nothing else is to come up to this seq."""
        self.head = max(self.head, seq)

    async def follow(self, after: int, read: Read) -> AsyncIterator[Sequence[Event]]:
        """See `interface.Log.follow`; `read` gives what is on disk only."""
        while True:
            news = self._news
            newest = self.above(after)
            batch = await read(after, PAGE) if newest is None else newest
            if batch:
                after = batch[-1].seq
                yield batch
            else:
                await news.wait()

    def _forget(self, erased: Event) -> None:
        self._events = deque(each for each in self._events if each.cid != erased.cid or each.seq >= erased.seq)
