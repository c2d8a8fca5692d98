"""The newest events of a log in memory, so that those who follow it closely read no disk."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from officer_console.model.events import Erased, Event

SIZE = 4096
"""Events kept."""


class Tail:
    """Every event with a seq above `after` up to `head` is here, unless it was erased."""

    def __init__(self, head: int, size: int = SIZE) -> None:
        self.head = head
        self.after = head
        self._size = size
        self._events: deque[Event] = deque()

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

    def _forget(self, erased: Event) -> None:
        self._events = deque(each for each in self._events if each.cid != erased.cid or each.seq >= erased.seq)
