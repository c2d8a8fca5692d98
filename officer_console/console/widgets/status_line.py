"""The line that answers: what the last key did, else what nobody has seen yet."""

from __future__ import annotations

from typing import Final

from officer_console.console.times import SECOND
from officer_console.console.widgets.text_line import WrappedLine, styled
from officer_console.console.words import Level, Told

STAYS: Final = {
    Level.GOOD: 6 * SECOND,
    Level.PLAIN: 6 * SECOND,
    Level.WARNING: 12 * SECOND,
    Level.DANGER: 30 * SECOND,
}
"""How long an answer stands before the alerts come back; a later answer replaces it."""


class StatusLine(WrappedLine):
    """What to do stands at the end, so nothing is cut that two lines can hold. Times in ms, of any clock that only
    rises."""

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

    def show(self, now: int) -> None:
        """Show what holds now."""
        own = self._answer.text and now < self._until
        told = self._answer if own else self._alert
        loud = not own and told.text and told.level is not Level.PLAIN
        self.put(styled(Told(f" ▲ {told.text} ", Level.DANGER) if loud else told))
