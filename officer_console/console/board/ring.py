"""When the bell rings."""

from __future__ import annotations

from collections.abc import Callable, Collection


class Ring:
    """Rings at once for what is new, and again every `every_ms` while anything rings. Times in ms, of any clock that
    only rises."""

    def __init__(self, bell: Callable[[], None], every_ms: int) -> None:
        self._bell = bell
        self._every = every_ms
        self._known: frozenset[str] = frozenset()
        self._last = 0

    def look(self, ringing: Collection[str], now: int) -> None:
        """These ring now."""
        new = set(ringing) - self._known
        self._known = frozenset(ringing)
        if new or (ringing and now - self._last >= self._every):
            self._last = now
            self._bell()
