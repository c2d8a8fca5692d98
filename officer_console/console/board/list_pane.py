"""The cases on the left: two rows for each, what rings at the top and unmistakable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual import events
from textual.message import Message

from officer_console.console.board.words import headline, place
from officer_console.console.times import span
from officer_console.console.widgets.rows_pane import EMPTY, Row, RowsPane
from officer_console.console.widgets.wrapping import fit
from officer_console.dispatch.board import NEW, OnBoard
from officer_console.locale import _

EACH: Final = 2
"""Rows of a case."""
MARK: Final = 2
"""Cells at the left, for the cursor."""


class ListPane(RowsPane, can_focus=True):
    """Shows the cases that it is given; a click asks to choose one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "list--rings", "list--ringing", "list--open", "list--waits", "list--over", "list--cursor", "list--none",
    }  # fmt: skip

    class Clicked(Message):
        """The case at this place of the list."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(self) -> None:
        super().__init__()
        self._cases: Sequence[OnBoard] = ()
        self._at = 0
        self._now = 0

    def show(self, cases: Sequence[OnBoard], at: int, now: int) -> None:
        """Show these, the cursor on that one; `now` in ms by the relay's clock."""
        moved = at != self._at or len(cases) != len(self._cases)
        self._cases, self._at, self._now = cases, at, now
        if moved:
            self.set_height(max(1, EACH * len(cases)), self._top())
        self.repaint()

    def on_resize(self, event: events.Resize) -> None:
        self.set_height(max(1, EACH * len(self._cases)), self._top())
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        at = (event.y - self.gutter.top + self.scroll_offset.y) // EACH
        if at < len(self._cases):
            self.post_message(self.Clicked(at))

    def row(self, y: int) -> Row:
        if not self._cases:
            lines = (_("No case."), _("A new request rings."))
            return Row(((f"  {lines[y]}", "list--none"),)) if y < len(lines) else EMPTY
        at, line = divmod(y, EACH)
        if at >= len(self._cases):
            return EMPTY
        case, mark = self._cases[at], "▶ " if at == self._at and not line else "  "
        looks = _looks(case)
        words = self._second(case) if line else self._first(case)
        if line and looks == "list--rings":
            looks = "list--ringing"
        return Row(((mark, ""), (words, looks)), "list--cursor" if at == self._at else "")

    def _top(self) -> int:
        """The first row on screen: the same as now, unless the cursor would be outside."""
        first, last = EACH * self._at, EACH * (self._at + 1) - self.page
        return max(0, min(max(self.scroll_offset.y, last), first))

    def _first(self, case: OnBoard) -> str:
        age = f" {span(self._now - case.case.at)} "
        return fit(f"{_sign(case)} {headline(case)}", self.width - MARK - cell_len(age)) + age

    def _second(self, case: OnBoard) -> str:
        return fit(f"  {place(case)}", self.width - MARK - 1)


def _sign(case: OnBoard) -> str:
    if case.rings:
        return "▲"
    return "□" if case.finished else "◇" if case.case.cancelled else "●"


def _looks(case: OnBoard) -> str:
    if case.rings:
        return "list--rings"
    if case.finished:
        return "list--over"
    return "list--waits" if case.case.cancelled or case.state in NEW else "list--open"
