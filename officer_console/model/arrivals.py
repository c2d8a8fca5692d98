"""Whether the desk takes new conversations: a fold of the events that are about the desk itself."""

from __future__ import annotations

from typing import Literal

import msgspec

from .events import ArrivalsPaused, Event


class Arrivals(msgspec.Struct, frozen=True):
    """`way` "": open. `by` whom and `at` when (ms) they were paused or sent elsewhere; `seq` of the last event."""

    way: Literal["", "pause", "divert"] = ""
    by: str = ""
    at: int = 0
    seq: int = 0

    @property
    def open(self) -> bool:
        return not self.way


def arrive(arrivals: Arrivals, event: Event) -> Arrivals:
    """The state after an event of the desk; one that was folded before changes nothing."""
    if event.seq <= arrivals.seq:
        return arrivals
    if isinstance(event.what, ArrivalsPaused):
        return Arrivals(event.what.way, event.by, event.at, event.seq)
    return Arrivals(by=event.by, at=event.at, seq=event.seq)
