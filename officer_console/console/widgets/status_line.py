"""The line that answers: what the last key did, else what nobody has seen yet."""

from __future__ import annotations

from typing import Final

from textual import events
from textual.css.scalar import Scalar

from officer_console.console.times import SECOND
from officer_console.console.widgets.text_line import TextLine, styled
from officer_console.console.words import Level, Told

STAYS: Final = {
    Level.GOOD: 6 * SECOND,
    Level.PLAIN: 6 * SECOND,
    Level.WARNING: 12 * SECOND,
    Level.DANGER: 30 * SECOND,
}
"""How long an answer stands before the alerts come back; a later answer replaces it."""


class StatusLine(TextLine):
    """Takes a second line when one is too short: what to do stands at the end. Times in ms, of any clock that only
    rises."""

    DEFAULT_CSS = "StatusLine { text-wrap: wrap; max-height: 2; }"

    def __init__(self) -> None:
        super().__init__()
        self._answer = self._alert = Told("")
        self._until = 0

    def answer(self, told: Told, now: int) -> None:
        """What the officer's own key did."""
        self._answer, self._until = told, now + STAYS[told.level]
        self.show(now)

    def alert(self, told: Told, now: int) -> None:
        """What nobody has seen yet."""
        self._alert = told
        self.show(now)

    def on_resize(self, event: events.Resize) -> None:
        self._make_room()

    def show(self, now: int) -> None:
        """Show what holds now."""
        own = self._answer.text and now < self._until
        told = self._answer if own else self._alert
        loud = not own and told.text
        self.put(styled(Told(f" ▲ {told.text} ", Level.DANGER) if loud else told))
        self._make_room()

    def _make_room(self) -> None:
        lines = 2 if self._content.cell_length > self.content_size.width > 0 else 1
        if self.styles.height != Scalar.from_number(lines):
            self.styles.height = lines
