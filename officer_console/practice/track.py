"""A recording as it is played: each line of the record with its moment, pauses as they were or shortened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from .format import (
    Closed,
    Confirmed,
    Ended,
    Left,
    PatrolRequested,
    PatrolTold,
    Recorded,
    Referred,
    Remarked,
    Replied,
    Said,
)
from .planning import LEAP, LEAPT, LONGEST_TYPING, SHORTEST_TYPING
from .session import Session

SHORT_MS: Final = 6_000
"""The longest pause when pauses are shortened."""
MARKS: Final[dict[type, str]] = {
    Confirmed: "!", Replied: "·", Referred: "+", PatrolRequested: "P", PatrolTold: "p", Left: "<", Closed: "x",
    Ended: "#", Remarked: "*",
}  # fmt: skip
"""What stands in the time line for a line of the record; what she says leaves no mark."""


class Beat(msgspec.Struct, frozen=True):
    """One line. `at`: when it is played, ms; `types_at`: since when she is seen typing it, or `at`."""

    at: int
    line: Recorded
    types_at: int


class Track(msgspec.Struct, frozen=True):
    """All beats in order."""

    beats: tuple[Beat, ...]
    shortened: bool

    @property
    def length(self) -> int:
        """When the last is played."""
        return self.beats[-1].at if self.beats else 0

    def at_of_record(self, at: int) -> int:
        """When a moment of the record is played."""
        return next((beat.at for beat in self.beats if beat.line.at >= at), self.length)

    def marks(self, width: int) -> str:
        """The time line in so many cells; where marks meet, the rarer one stands."""
        cells = [" "] * width
        rank = " ·p<+*xP!#"
        for beat in self.beats:
            mark = MARKS.get(type(beat.line), "")
            cell = min(beat.at * width // max(self.length + 1, 1), width - 1)
            if mark and rank.index(mark) > rank.index(cells[cell]):
                cells[cell] = mark
        return "".join(cells)


def track_of(session: Session, shortened: bool = False) -> Track:
    """A session's record, ready to be played. A long absence always passes in a moment."""
    return Track(tuple(_beats(session, SHORT_MS if shortened else LEAP)), shortened)


def _beats(session: Session, longest: int) -> Iterator[Beat]:
    at = before = 0
    for line in session.record:
        gap = line.at - before
        at += gap if gap <= longest else min(longest, LEAPT)
        types_at = at
        if isinstance(line, Said):
            takes = min(max(int(1000 * len(line.text) / session.head.visitor.pace), SHORTEST_TYPING), LONGEST_TYPING)
            types_at = max(at - min(takes, gap), 0)
        yield Beat(at, line, types_at)
        before = line.at
