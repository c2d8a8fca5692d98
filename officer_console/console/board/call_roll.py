"""The call backs as a list with a cursor: which are to read, in which order, which is chosen. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from officer_console.dispatch.callbacks import RoomCallBack


class CallRoll:
    """Unanswered ones first, the oldest at the top; answered ones below, the newest at the top.

    Nothing that arrives moves the cursor off its call back, and none takes the place of one that is gone: what is
    pressed then was meant for another.
    """

    def __init__(self) -> None:
        self.shown: tuple[RoomCallBack, ...] = ()
        self.gone = ""
        """State of the chosen one when it was erased or dropped; "" while it is there. Nothing else of it is kept."""
        self._chosen = ""
        self._was_at = 0

    @property
    def chosen(self) -> RoomCallBack | None:
        """The one under the cursor."""
        return next((each for each in self.shown if each.id == self._chosen), None)

    @property
    def at(self) -> int | None:
        """Where the cursor is."""
        return next((n for n, each in enumerate(self.shown) if each.id == self._chosen), None)

    @property
    def unread(self) -> frozenset[str]:
        """Ids of those that somebody must read and answer."""
        return frozenset(each.id for each in self.shown if is_unread(each))

    def put(self, callbacks: Sequence[RoomCallBack]) -> None:
        """These are all, from now on."""
        before, at = self.chosen, self.at
        self.shown = tuple(sorted(callbacks, key=_rank))
        if before and self.chosen is None:
            self.gone, self._chosen, self._was_at = before.state, "", at or 0

    def begin(self) -> None:
        """Somebody looks: the cursor is where it was left, else on the first."""
        if self.chosen is None:
            self.choose(0)

    def choose(self, at: int) -> None:
        """Put the cursor there, or where the list ends."""
        self.gone, self._chosen = "", ""
        if self.shown:
            self._chosen = self.shown[max(0, min(at, len(self.shown) - 1))].id

    def step(self, by: int) -> None:
        """Move the cursor by one, from where it is or was."""
        at = self.at
        self.choose(at + by if at is not None else self._was_at - (by < 0))


def is_unread(each: RoomCallBack) -> bool:
    """Whether it is unanswered, and can be read here."""
    return each.state == "asked" and each.request is not None


def _rank(each: RoomCallBack) -> tuple[bool, int]:
    asked = each.state == "asked"
    return not asked, each.seq if asked else -each.seq
