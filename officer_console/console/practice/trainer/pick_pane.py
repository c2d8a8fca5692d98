"""A list of which one is under the cursor; each takes one or more rows, made for the width there is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import ClassVar, Final

from textual import events
from textual.message import Message

from officer_console.console.widgets.rows_pane import EMPTY, Piece, Row, RowsPane
from officer_console.console.widgets.wrapping import wrap

MARK: Final = 2
"""Cells at the left, for the cursor."""
Item = Sequence[Sequence[Piece]]
"""Rows of one, each as pieces of displayable text."""
Draw = Callable[[int], Sequence[Item]]
"""Gives all items for so many cells."""
LOOKS: Final = (
    "cursor", "muted", "good", "bad", "missed", "visitor", "officer", "strong", "note", "new", "title",
)  # fmt: skip


class PickPane(RowsPane, can_focus=True):
    """Up, down, home, end and the page keys move the cursor; nothing else does."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"pick--{looks}" for looks in LOOKS}

    class Moved(Message):
        """The cursor is on another one."""

        def __init__(self, pane: PickPane) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, id: str) -> None:
        super().__init__()
        self.id = id
        self.at = 0
        self._draw: Draw = lambda width: []
        self._none: Sequence[str] = ()
        self._rows: list[Row] = []
        self._begins: list[int] = []

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._begins)

    def show(self, draw: Draw, at: int, none: Sequence[str] = ()) -> None:
        """Show these, the cursor on that one; `none`: lines that stand there when there are none."""
        self._draw, self.at, self._none = draw, at, none
        self._lay()

    def choose(self, at: int) -> None:
        """Put the cursor there, or where the list ends."""
        at = max(0, min(at, self.count - 1))
        if at != self.at and self.count:
            self.at = at
            self.set_height(max(1, len(self._rows)), self._top())
            self.repaint()
            self.post_message(self.Moved(self))

    def on_resize(self, event: events.Resize) -> None:
        self._lay()

    def on_key(self, event: events.Key) -> None:
        page = max(1, bisect_right(self._begins, self.scroll_offset.y + self.page) - self._first_shown() - 1)
        steps = {
            "up": self.at - 1, "down": self.at + 1, "home": 0, "end": self.count - 1,
            "pageup": self.at - page, "pagedown": self.at + page,
        }  # fmt: skip
        if event.key in steps:
            event.stop()
            self.choose(steps[event.key])

    def on_click(self, event: events.Click) -> None:
        y = event.y - self.gutter.top + self.scroll_offset.y
        if 0 <= y < len(self._rows) and self.count:
            self.choose(bisect_right(self._begins, y) - 1)

    def row(self, y: int) -> Row:
        if not 0 <= y < len(self._rows):
            return EMPTY
        row = self._rows[y]
        at = bisect_right(self._begins, y) - 1
        if not self.count or at != self.at:
            return Row((("  ", ""), *row.pieces))
        sign = "▶ " if y == self._begins[at] else "│ "
        return Row(((sign, "pick--strong"), *row.pieces), "pick--cursor")

    def _lay(self) -> None:
        items = self._draw(max(1, self.width - MARK))
        lengths = [len(item) for item in items]
        self._begins = list(accumulate(lengths, initial=0))[: len(items)]
        self._rows = [Row(tuple(pieces)) for item in items for pieces in item]
        if not items:
            self._rows = [Row(((line, "pick--muted"),)) for line in self._lines_of_none()]
        self.at = max(0, min(self.at, len(items) - 1))
        self.set_height(max(1, len(self._rows)), self._top())
        self.repaint()

    def _lines_of_none(self) -> list[str]:
        width = max(1, self.width - MARK)
        return [text[start:end] for text in self._none for start, end in wrap(text, width)]

    def _first_shown(self) -> int:
        return max(0, bisect_right(self._begins, self.scroll_offset.y) - 1)

    def _top(self) -> int:
        """The first row on screen: the same as now, unless the cursor would be outside."""
        if not self.count:
            return 0
        first = self._begins[self.at]
        end = self._begins[self.at + 1] if self.at + 1 < self.count else len(self._rows)
        return max(0, min(max(self.scroll_offset.y, end - self.page), first))
