"""The call backs as a list, one row for each; answered ones are dim."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.message import Message

from officer_console.console.board.call_roll import CallRoll
from officer_console.console.board.call_words import call_line
from officer_console.console.board.list_pane import MARK
from officer_console.console.times import span
from officer_console.console.widgets.rows_pane import EMPTY, Row, RowsPane
from officer_console.console.widgets.wrapping import fit
from officer_console.locale import _


class CallPane(RowsPane, can_focus=True):
    """Shows a roll; a click asks to choose one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"calls--waits", "calls--over", "calls--cursor", "calls--none"}

    class Clicked(Message):
        """The call back at this place of the list."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(self, roll: CallRoll) -> None:
        super().__init__()
        self._roll = roll
        self._now = 0

    def show(self, now: int) -> None:
        """Show the roll as it is; `now` in ms by the relay's clock."""
        self._now = now
        rows, top = max(1, len(self._roll.shown)), self._top()
        if (rows, top) != (self.virtual_size.height, self.scroll_offset.y):
            self.set_height(rows, top)
        self.repaint()

    def on_resize(self, event: events.Resize) -> None:
        self.show(self._now)

    def on_click(self, event: events.Click) -> None:
        at = event.y - self.gutter.top + self.scroll_offset.y
        if at < len(self._roll.shown):
            self.post_message(self.Clicked(at))

    def row(self, y: int) -> Row:
        if y >= len(self._roll.shown):
            none = _("No call back.")
            return Row(((f"  {none}", "calls--none"),)) if not y else EMPTY
        each, chosen = self._roll.shown[y], y == self._roll.at
        age = f" {span(self._now - each.at)} "
        sign = "●" if each.state == "asked" else "□"
        words = fit(f"{sign} {call_line(each)}", self.width - MARK - cell_len(age)) + age
        looks = "calls--waits" if each.state == "asked" else "calls--over"
        return Row((("▶ " if chosen else "  ", ""), (words, looks)), "calls--cursor" if chosen else "")

    def _top(self) -> int:
        """The first row on screen: the same as now, unless the cursor would be outside."""
        last, now = max(0, len(self._roll.shown) - self.page), self.scroll_offset.y
        at = self._roll.at
        return min(now, last) if at is None else max(0, min(max(now, at + 1 - self.page), at, last))
