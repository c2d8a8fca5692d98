"""Plays the officer of the record as if he were a trainee: what the debrief compares with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from officer_console.model.patrol import dump_request

from .chronicle import Chronicle
from .format import (
    Claimed,
    Closed,
    Confirmed,
    PatrolCancelled,
    PatrolRequested,
    Recorded,
    Referred,
    Released,
    Replied,
)
from .moments import Cancels, Confirms, Did, Ends, Gives, Replies, Sends, Stands
from .planning import leaping
from .plot import Plot
from .sitting import Sitting, run_out

PATIENT_MS: Final = 60_000
"""How long he waits for what he wants to answer to."""
LATEST_MS: Final = 7_200_000
AFTER_MS: Final = 1_500
"""Between what she wrote last and his answer, at least."""


def play_record(plot: Plot, seed: int) -> Sitting:
    """The session as the officer of the record works in it."""
    sitting = Sitting(plot, seed)
    for _done in working(sitting):
        pass
    run_out(sitting, sitting.state.now + LATEST_MS)
    return sitting


def working(sitting: Sitting) -> Iterator[None]:
    """The officer of the record at work in a sitting: a step for each thing he does, once it is done."""
    late = 0
    for planned, line in leaping(sitting.plot.session.record):
        did = deed_of(sitting.plot, line)
        if did is None or sitting.over:
            continue
        at = planned + late
        if isinstance(line, Replied | Closed):
            at = _ready(sitting, at, line)
            late = max(late, at - planned)
        sitting.do(at, did)
        yield


def _ready(sitting: Sitting, at: int, line: Replied | Closed) -> int:
    """When she has written what he answers to, and what she was writing."""
    sitting.advance(at)
    until = at + PATIENT_MS
    while not sitting.over and _waits(sitting, line) and sitting.state.plan and sitting.state.plan[0].at <= until:
        sitting.advance(sitting.state.plan[0].at)
        at = max(at, sitting.state.now + AFTER_MS)
    return at


def _waits(sitting: Sitting, line: Replied | Closed) -> bool:
    if isinstance(line, Replied) and line.joined and sitting.state.gone:
        return False  # he writes to her who is away
    writing = any(moment.cause != "room" for moment in sitting.state.plan)
    if isinstance(line, Closed):
        return writing or any(isinstance(moment.what, Ends) for moment in sitting.state.plan)
    return writing or not sitting.state.said.issuperset(line.said)


def deed_of(plot: Plot, line: Recorded) -> Did | None:
    """What the officer of the record did; None for what is another's line."""
    if isinstance(line, Replied):
        return Replies(line.text, plot.read(line.text))
    make = _DEEDS.get(type(line))
    return make(line) if make else None


_DEEDS: Final[dict[type, Callable[[Any], Did]]] = {
    Claimed: lambda line: Stands("claimed"),
    Released: lambda line: Stands("released"),
    Closed: lambda line: Stands("closed", line.outcome),
    PatrolRequested: lambda line: Sends(dump_request(line.request)),
    PatrolCancelled: lambda line: Cancels(line.reason),
    Referred: lambda line: Gives(line.referral),
    Confirmed: lambda line: Confirms(line.signal, line.message),
}


def record_chronicle(plot: Plot, seed: int = 1) -> Chronicle:
    """What the officer of the record did, as it is judged."""
    return play_record(plot, seed).chronicle()
