"""Parts of a case as wrapped rows: labels on the left, what they say beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from textual import events

from officer_console.console.board.words import Part
from officer_console.console.widgets.rows_pane import EMPTY, Row, RowsPane
from officer_console.console.widgets.wrapping import fit, wrap

LABELS: Final = 16
"""Cells for the labels."""
FILLED: Final = frozenset({"loud", "silent", "place", "street"})
"""Looks that colour the whole row."""


class PagePane(RowsPane):
    """Shows what it is given; scrolls when it has no room."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"page--{looks}"
        for looks in (
            "text",
            "label",
            "muted",
            "title",
            "loud",
            "changed",
            "warning",
            "silent",
            "place",
            "street",
            "state",
        )
    }

    def __init__(self, id: str) -> None:
        super().__init__()
        self.id = id
        self._parts: Sequence[Part] = ()
        self._rows: list[Row] = []

    @property
    def rows(self) -> int:
        """How many it has in its width."""
        return len(self._rows)

    def show(self, parts: Sequence[Part], *, begin: bool = False) -> None:
        """Show these parts, from their beginning or where one was."""
        if begin or parts != self._parts:
            self._parts = parts
            self._lay(0 if begin else None)

    def on_resize(self, event: events.Resize) -> None:
        self._lay(None)

    def row(self, y: int) -> Row:
        return self._rows[y] if 0 <= y < len(self._rows) else EMPTY

    def lay(self, width: int) -> int:
        """Wrap for this width; gives the rows that it takes."""
        self._rows = [row for part in self._parts for row in _rows(part, width)]
        return len(self._rows)

    def _lay(self, top: int | None) -> None:
        self.set_height(self.lay(self.width), top)
        self.repaint()


class HeadPane(PagePane):
    """Is as high as what it shows, up to a share of the screen."""

    SHARE: Final = 0.5

    @property
    def cut(self) -> bool:
        """Whether it has no room for all of it."""
        return self.rows > self._most

    @property
    def _most(self) -> int:
        return max(1, int(self.app.size.height * self.SHARE))

    def _lay(self, top: int | None) -> None:
        super()._lay(top)
        height = max(1, min(self.rows, self._most))
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height


def _rows(part: Part, width: int) -> Iterator[Row]:
    looks = f"page--{part.looks}"
    beside = LABELS if part.label else 1
    for n, (start, end) in enumerate(wrap(part.text, width - beside - 1)):
        label = fit(f" {part.label}", beside) if not n else " " * beside
        whole = looks if part.looks in FILLED else ""
        yield Row(((label, "page--label" if part.label and not whole else looks), (part.text[start:end], looks)), whole)
