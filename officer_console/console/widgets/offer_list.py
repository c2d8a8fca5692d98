"""A list of things that can be put into what is being written, under headings; one of them is pointed at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len
from textual import events

from officer_console.console.widgets.rows_pane import EMPTY, Piece, Row, RowsPane
from officer_console.console.widgets.wrapping import fit, wrap
from officer_console.console.words import Level, Told

SHORT: Final = 8
"""Cells for what is typed to find something; the longest short code has so many letters."""
BETWEEN: Final = " · "
LOOKS: Final = {
    Level.GOOD: "offers--good",
    Level.PLAIN: "offers--quiet",
    Level.WARNING: "offers--warning",
    Level.DANGER: "offers--danger",
}


class Item(NamedTuple):
    """`key` "" is a heading: it can't be pointed at. All texts are displayable."""

    key: str
    short: str
    title: str
    details: tuple[Told, ...] = ()


class OfferList(RowsPane, inherit_bindings=False):
    """`picked` is called for what was clicked, once it is pointed at."""

    DEFAULT_CSS = """
    OfferList {
        background: $background; color: $text; height: 1fr;
        scrollbar-background: $background; scrollbar-background-hover: $background;
        scrollbar-color: $border; scrollbar-color-hover: $muted;
    }
    OfferList > .offers--heading { color: $muted; text-style: bold; }
    OfferList > .offers--quiet { color: $muted; }
    OfferList > .offers--short { color: $accent; text-style: bold; }
    OfferList > .offers--good { color: $success; }
    OfferList > .offers--warning { color: $warning; text-style: bold; }
    OfferList > .offers--danger { color: $danger; text-style: bold reverse; }
    OfferList > .offers--here { background: $panel; text-style: bold; }
    OfferList:ansi > .offers--here { text-style: bold reverse; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "offers--heading", "offers--quiet", "offers--short", "offers--good", "offers--warning", "offers--danger",
        "offers--here",
    }  # fmt: skip

    def __init__(self, moved: Callable[[], None], *, can_focus: bool) -> None:
        super().__init__()
        self.can_focus = can_focus
        self.key = ""
        self._moved = moved
        self._items: tuple[Item, ...] = ()
        self._rows: list[tuple[str, Row]] = []

    def put(self, items: Sequence[Item], *, stay: bool = False) -> None:
        """Show these; pointed at is the first, or with `stay` what was, if it is still there."""
        self._items = tuple(items)
        keys = self.keys
        if not (stay and self.key in keys):
            self.key = keys[0] if keys else ""
        self._make()
        self._reveal()

    @property
    def keys(self) -> list[str]:
        """Of all that can be pointed at."""
        return [item.key for item in self._items if item.key]

    def move(self, by: int) -> None:
        """Point at another one; at the ends it stays."""
        keys = self.keys
        if keys:
            at = keys.index(self.key) + by if self.key in keys else 0
            self.point(keys[max(0, min(at, len(keys) - 1))])

    def turn(self, by: int) -> None:
        """Go to the first one under the next heading, or to the first under this one and then the one before."""
        begins = [item.key for before, item in pairwise(self._items) if item.key and not before.key]
        order = self.keys
        if self.key not in order or not begins:
            return
        here = order.index(self.key)
        if by > 0:
            self.point(next((key for key in begins if order.index(key) > here), self.key))
        else:
            self.point(next((key for key in reversed(begins) if order.index(key) < here), self.key))

    def point(self, key: str) -> None:
        """Point at this one."""
        self.key = key
        self._make()
        self._reveal()
        self._moved()

    def row(self, y: int) -> Row:
        return self._rows[y][1] if y < len(self._rows) else EMPTY

    def on_resize(self, event: events.Resize) -> None:
        self._make()
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        at = offset.y + self.scroll_offset.y if offset else len(self._rows)
        if at < len(self._rows) and self._rows[at][0]:
            self.point(self._rows[at][0])

    # parts of the above

    def _make(self) -> None:
        self._rows = [(item.key, row) for item in self._items for row in self._rows_of(item)] if self.width else []
        self.set_height(len(self._rows))
        self.repaint()

    def _reveal(self) -> None:
        """Scroll as little as shows what is pointed at, with as much as has room of the heading right above it."""
        at = [y for y, (key, _row) in enumerate(self._rows) if key == self.key and key]
        if not at:
            return
        first = at[0]
        while first and not self._rows[first - 1][0]:
            first -= 1
        lowest = at[-1] + 1 - self.page
        self.scroll_to(y=max(lowest, min(first, max(self.scroll_offset.y, lowest))), animate=False, force=True)

    def _rows_of(self, item: Item) -> list[Row]:
        if not item.key:
            return [*self._heading(item)]
        here = item.key == self.key
        looks = "offers--here" if here else ""
        mark = "▶" if here else " "
        head = ((mark, ""), (fit(item.short, SHORT), "offers--short"), (" ", ""))
        room = self.width - SHORT - 2
        under = _flow(item.details, room)
        return [
            Row((*head, (fit(item.title, room), "")), looks),
            *(Row(((" " * (SHORT + 2), ""), *pieces), looks) for pieces in under),
        ]

    def _heading(self, item: Item) -> list[Row]:
        title = f"── {item.title} "
        rule = title + "─" * max(0, self.width - 1 - cell_len(title))
        rows = [Row(((fit(rule, self.width - 1), "offers--heading"),))]
        for told in item.details:
            spans = wrap(told.text, self.width - 3)
            rows += [Row((("  ", ""), (told.text[start:end], LOOKS[told.level]))) for start, end in spans]
        return rows


def _flow(told: Sequence[Told], room: int) -> list[list[Piece]]:
    """One after the other, on as many rows as it takes; what is longer than a row is cut."""
    rows: list[list[Piece]] = []
    used = room
    for each in filter(lambda one: one.text and room > 0, told):
        text, looks = fit(each.text, min(room, cell_len(each.text))), LOOKS[each.level]
        if used + len(BETWEEN) + cell_len(text) > room:
            rows.append([(text, looks)])
            used = cell_len(text)
        else:
            rows[-1] += [(BETWEEN, "offers--quiet"), (text, looks)]
            used += len(BETWEEN) + cell_len(text)
    return rows
