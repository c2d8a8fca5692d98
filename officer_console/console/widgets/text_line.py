"""One line of text that costs a repaint only when it changes."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.content import Content
from textual.css.scalar import Scalar
from textual.widget import Widget

from officer_console.console.words import Level, Told

STYLES: Final = {
    Level.GOOD: "$success",
    Level.PLAIN: "",
    Level.WARNING: "bold $warning",
    Level.DANGER: "bold reverse $danger",
}


def styled(told: Told) -> Content:
    """A sentence as loud as its level; never markup."""
    return Content.styled(told.text, STYLES[told.level])


def apart(left: Content, right: Content, width: int) -> Content:
    """`left` and `right` at the ends of a line of `width` cells; what has no room is cut from `left`."""
    room = max(0, width - right.cell_length - 1)
    return Content.assemble(left.truncate(room, ellipsis=True, pad=True), " ", right)


class TextLine(Widget):
    """Shows a Content of at most its own height; what is longer is cut."""

    DEFAULT_CSS = """
    TextLine { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    _content = Content()

    def put(self, content: Content) -> None:
        """Show this from now on."""
        if not content.is_same(self._content):
            self._content = content
            self.refresh()

    def render(self) -> Content:
        return self._content


class WrappedLine(TextLine):
    """Takes a second line when one is too short, if its style lets it."""

    DEFAULT_CSS = "WrappedLine { text-wrap: wrap; max-height: 2; }"

    def put(self, content: Content) -> None:
        super().put(content)
        self._make_room()

    def on_resize(self, event: events.Resize) -> None:
        self._make_room()

    def _make_room(self) -> None:
        lines = 2 if self._content.cell_length > self.content_size.width > 0 else 1
        if self.styles.height != Scalar.from_number(lines):
            self.styles.height = lines
