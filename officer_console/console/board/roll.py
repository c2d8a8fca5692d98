"""The cases as a list with a cursor: which are shown, in which order, which is chosen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from officer_console.dispatch.board import OnBoard

STAYS_MS: Final = 600_000
"""How long a case stays in the list once it has ended."""


class Roll:
    """Ringing cases first, then open ones, the oldest of each at the top; ended ones below, the newest at the top.

    Nothing that arrives moves the cursor off its case. `old`: ended cases stay as long as they are kept.
    """

    def __init__(self) -> None:
        self.shown: tuple[OnBoard, ...] = ()
        self.old = False
        self._all: Sequence[OnBoard] = ()
        self._chosen = ""

    @property
    def chosen(self) -> OnBoard | None:
        """The case under the cursor."""
        return next((each for each in self.shown if each.id == self._chosen), None)

    @property
    def at(self) -> int:
        """Where the cursor is."""
        return next((n for n, each in enumerate(self.shown) if each.id == self._chosen), 0)

    @property
    def ringing(self) -> frozenset[str]:
        """Everything at which somebody must look, shown or not."""
        return frozenset(id for each in self._all if each.rings for id in (each.id, *each.unseen))

    @property
    def open(self) -> tuple[OnBoard, ...]:
        """All that have not ended."""
        return tuple(each for each in self._all if not each.finished)

    def put(self, cases: Sequence[OnBoard], now: int) -> None:
        """These are all, from now on; `now` in ms by the relay's clock."""
        self._all = cases
        self.look(now)

    def look(self, now: int) -> None:
        """Let ended cases go whose time is up; the chosen one stays while the cursor is on it."""
        at = self.at
        self.shown = tuple(sorted((each for each in self._all if self._stays(each, now)), key=_rank))
        if self.shown and self.chosen is None:
            self._chosen = self.shown[min(at, len(self.shown) - 1)].id

    def choose(self, at: int) -> None:
        """Put the cursor there, or where the list ends."""
        if self.shown:
            self._chosen = self.shown[max(0, min(at, len(self.shown) - 1))].id

    def next_ringing(self) -> bool:
        """Put the cursor on the first case that rings, unless it is on it; gives whether there was one."""
        at = next((n for n, each in enumerate(self.shown) if each.rings and each.id != self._chosen), None)
        if at is not None:
            self.choose(at)
        return at is not None

    def _stays(self, each: OnBoard, now: int) -> bool:
        return not each.finished or self.old or each.id == self._chosen or now - each.since < STAYS_MS


def _rank(each: OnBoard) -> tuple[int, int]:
    if each.finished:
        return 2, -each.since
    return 0 if each.rings else 1, each.case.at
