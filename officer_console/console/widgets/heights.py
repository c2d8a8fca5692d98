"""How many rows each of many items takes: guessed until somebody looks, exact from then on. Pure.

Opening a conversation of 10,000 messages so measures two pages of it, not all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate


class Heights:
    """`guess` and `measure` give the rows of an item by its index; each item takes at least one."""

    def __init__(self, guess: Callable[[int], int], measure: Callable[[int], int]) -> None:
        self._guess, self._measure = guess, measure
        self._rows: list[int] = []
        self._exact = bytearray()
        self._tops = [0]  # of the first items and the one after them; the rest is summed up when asked for

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def total(self) -> int:
        return self.top(len(self._rows))

    def start_over(self, count: int) -> None:
        """So many items, all of them guessed."""
        self._rows.clear()
        self._exact.clear()
        self._tops = [0]
        self.grow(count)

    def grow(self, count: int) -> None:
        """So many items from now on; the new ones are guessed."""
        self._rows += map(self._guess, range(len(self._rows), count))
        self._exact.extend(bytes(count - len(self._exact)))

    def doubt(self, index: int) -> None:
        """The item may have changed."""
        if 0 <= index < len(self._rows):
            self._exact[index] = False

    def top(self, index: int) -> int:
        """First row of an item, or of what would come after the last."""
        known = len(self._tops)
        if index >= known:
            sums = accumulate(self._rows[known - 1 : index], initial=self._tops[-1])
            self._tops[known - 1 :] = sums
        return self._tops[index]

    def find(self, row: int) -> tuple[int, int]:
        """The item at a row, and which of its rows that is. There must be items."""
        row = max(0, min(row, self.total - 1))
        index = bisect_right(self._tops, row, hi=len(self._rows)) - 1
        return index, row - self._tops[index]

    def settle_down(self, index: int, rows: int) -> None:
        """Make exact what stands in so many rows from an item on."""
        while rows > 0 and index < len(self._rows):
            rows -= self._settle(index)
            index += 1

    def settle_up(self, index: int, rows: int) -> None:
        """Make exact what stands in so many rows before an item."""
        while rows > 0 and index > 0:
            index -= 1
            rows -= self._settle(index)

    def _settle(self, index: int) -> int:
        if not self._exact[index]:
            self._exact[index] = True
            rows = self._measure(index)
            if rows != self._rows[index]:
                self._rows[index] = rows
                del self._tops[index + 1 :]
        return self._rows[index]
