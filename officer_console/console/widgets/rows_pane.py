"""A long list of rows of which only those on screen are made, and only what differs is painted again."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from officer_console.console.widgets.frame import Frame

STRIPS_KEPT = 1024
EIGHTHS = 8
"""Textual draws a thumb in steps of an eighth of a cell."""
Piece = tuple[str, str]
"""Displayable text, and the component class that gives its looks ("" for none)."""


class Row(NamedTuple):
    """All that decides how a row looks; `looks` is a component class for the whole of it."""

    pieces: tuple[Piece, ...] = ()
    looks: str = ""


EMPTY = Row()


class RowsPane(Frame, ScrollView):
    """Subclasses give `row`, and say with `set_height` how many there are."""

    ALLOW_SELECT = False  # what is selected could be copied, and the copy goes to the terminal's clipboard (OSC 52)
    DEFAULT_CSS = """
    RowsPane { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._painted: dict[int, Row] = {}  # by line of the screen
        self._strips: LRUCache[tuple[Row, int], Strip] = LRUCache(STRIPS_KEPT)
        self._styles_by_looks: dict[tuple[str, ...], Style] = {}

    def row(self, y: int) -> Row:
        """What stands at row `y` of all rows; EMPTY after the last."""
        raise NotImplementedError

    @property
    def width(self) -> int:
        """Cells of a row: all but the scrollbar."""
        return max(0, self.size.width - self.styles.scrollbar_size_vertical)

    @property
    def page(self) -> int:
        """Rows on screen."""
        return self.size.height

    def set_height(self, rows: int, top: int | None = None) -> None:
        """So many rows from now on, and `top` the first on screen (None: the same as now, if there still is one).

        Assigning `virtual_size` would lay the whole screen out again at each message; the scrollbar, always there,
        is all that can change.
        """
        self.set_reactive(RowsPane.virtual_size, Size(self.width, rows))
        if top is None:
            self.scroll_y = self.validate_scroll_y(self.scroll_y)
        else:
            self.scroll_to(y=top, animate=False, force=True)
        self._move_thumb()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        if round(old_value) != round(new_value):
            self._move_thumb()
            self.refresh(self.size.region)

    def _move_thumb(self) -> None:
        """Let the scrollbar paint what looks different of its thumb: told by its own means it paints all of itself."""
        bar, rows = self.vertical_scrollbar, self.virtual_size.height
        old = _thumb(self.page, bar.window_virtual_size, bar.position)
        bar.set_reactive(ScrollBar.window_virtual_size, rows)
        bar.set_reactive(ScrollBar.position, self.scroll_y)
        for one, other in zip(old, _thumb(self.page, rows, self.scroll_y), strict=True):
            if one != other:
                first, last = sorted((one // EIGHTHS, other // EIGHTHS))
                bar.refresh(Region(0, first, bar.size.width, last - first + 1))

    def repaint(self, lines: Iterable[int] | None = None) -> None:
        """Paint again what looks different from what is on screen; only these lines of it can when they are given."""
        top = self.scroll_offset.y
        for line in range(self.page) if lines is None else lines:
            old, new = self._painted.get(line), self.row(top + line)
            if old != new:
                self.refresh(_difference(old or EMPTY, new, line, self.width))

    def render_line(self, y: int) -> Strip:
        row = self._painted[y] = self.row(self.scroll_offset.y + y)
        key = (row, self.width)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._drawn(row)
        return strip

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._styles_by_looks.clear()

    def _drawn(self, row: Row) -> Strip:
        segments = [Segment(text, self._style(row.looks, looks)) for text, looks in row.pieces if text]
        return Strip(segments).adjust_cell_length(self.width, self._style(row.looks, ""))

    def _style(self, *looks: str) -> Style:
        style = self._styles_by_looks.get(looks)
        if style is None:
            parts = [self.get_component_rich_style(name, partial=True) for name in looks if name]
            style = self._styles_by_looks[looks] = Style.combine([self.rich_style, *parts])
        return style


def _thumb(page: int, rows: int, top: float) -> tuple[int, int]:
    """Where Textual's scrollbar (`ScrollBarRender.render_bar`) draws its thumb, in eighths of a cell."""
    if rows <= page:
        return 0, 0
    size = max(1, page * page / rows)
    start = int((page - size) * top / (rows - page) * EIGHTHS)
    return start, start + ceil(size * EIGHTHS)


def _difference(old: Row, new: Row, line: int, width: int) -> Region:
    """The part of a line that looks different; all of it when what follows has moved."""
    before, after = list(old.pieces), list(new.pieces)
    left = sum(map(_cells, _take_common(before, after, 0)))
    _take_common(before, after, -1)
    middle = sum(map(_cells, after))
    if old.looks != new.looks or middle != sum(map(_cells, before)):
        return Region(0, line, width, 1)
    return Region(left, line, middle, 1)


def _take_common(one: list[Piece], other: list[Piece], end: int) -> list[Piece]:
    """Take away what both have at this end (0 or -1)."""
    common = []
    while one and other and one[end] == other[end]:
        one.pop(end)
        common.append(other.pop(end))
    return common


def _cells(piece: Piece) -> int:
    return cell_len(piece[0])
