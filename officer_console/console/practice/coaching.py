"""Which remark stands in the side line now: one at a time, what went wrong before what went well. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from officer_console.practice.feedback import Remark

STAYS_MS: Final = 14_000
"""How long a remark stands, of a clock that only rises; a heavier one takes its place at once."""
Named = tuple[str, Remark]


class Coach:
    """`on`: whether anything is told before the end."""

    def __init__(self, on: bool) -> None:
        self.on = on
        self._told: set[tuple[str, str, int, str]] = set()
        self._waiting: list[Named] = []
        self._shown: Named | None = None
        self._until = 0

    def hear(self, told: Iterable[Named]) -> None:
        """Everything there is to tell so far."""
        for cid, remark in told:
            key = (cid, remark.rule, remark.at, remark.text)
            if key not in self._told:
                self._told.add(key)
                self._waiting.append((cid, remark))

    def shown(self, now: int) -> Named | None:
        """What stands there now."""
        if not self.on:
            self._waiting.clear()
            return None
        if self._waiting:
            first = max(self._waiting, key=lambda each: (_urgent(each[1]), each[1].at))
            if self._shown is None or now >= self._until or _urgent(first[1]) > _urgent(self._shown[1]):
                self._waiting = [each for each in self._waiting if _urgent(each[1]) >= _urgent(first[1])]
                self._waiting.remove(first)
                self._shown, self._until = first, now + STAYS_MS
        if self._shown is not None and now >= self._until:
            self._shown = None
        return self._shown


def _urgent(remark: Remark) -> int:
    return remark.weight + (10 if remark.kind != "good" else 0)
