"""A practice desk whose time stands still until told."""

from __future__ import annotations

from officer_console.practice.desk.clock import Clock
from officer_console.practice.desk.desk import PracticeDesk
from officer_console.practice.desk.seats import Seats
from officer_console.practice.plot import Plot

BEGAN = 1_763_950_000_000


class Seconds:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Table:
    """A desk with people at it."""

    def __init__(self, *plots: Plot, speed: float = 1.0, seed: int = 1) -> None:
        self.seconds = Seconds()
        self.desk = PracticeDesk(Clock(self.seconds, BEGAN, speed), "Zoé")
        self.seats = Seats(self.desk, list(plots), seed)

    def pass_time(self, seconds: float) -> None:
        """So many real seconds pass."""
        self.seconds.now += seconds
        self.seats.advance(self.desk.clock.now())

    def texts(self, cid: str) -> list[str]:
        """The lines of a conversation."""
        return [line.text for line in self.desk.talk.lines(cid)]
