"""A frame whose words can be put again and again: only an edge that says something new is painted."""

from __future__ import annotations

from rich.text import Text
from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

Words = str | Text | Content | None
"""One line; a str is plain text, never markup."""


class Frame(Widget):
    """Textual paints a widget, and all that is in it, whenever its title is put, even to what it was."""

    _border_title: Content | None
    _border_subtitle: Content | None

    @property
    def border_title(self) -> str | None:
        """What stands in the upper edge."""
        return self._border_title.plain if self._border_title else None

    @border_title.setter
    def border_title(self, words: Words) -> None:
        title = _content(words)
        if _differ(self._border_title, title):
            self._border_title = title
            self._repaint_edge(-self.gutter.top)

    @property
    def border_subtitle(self) -> str | None:
        """What stands in the lower edge."""
        return self._border_subtitle.plain if self._border_subtitle else None

    @border_subtitle.setter
    def border_subtitle(self, words: Words) -> None:
        subtitle = _content(words)
        if _differ(self._border_subtitle, subtitle):
            self._border_subtitle = subtitle
            self._repaint_edge(self.content_size.height + self.gutter.bottom - 1)

    def _repaint_edge(self, y: int) -> None:
        self.refresh(Region(-self.gutter.left, y, self.outer_size.width, 1))


def _content(words: Words) -> Content | None:
    if isinstance(words, Text):
        return Content.from_rich_text(words)
    return Content(words) if isinstance(words, str) else words


def _differ(one: Content | None, other: Content | None) -> bool:
    return one is not other and (one is None or other is None or not one.is_same(other))
