"""Plays the officer of the record as if he were a trainee: what the debrief compares with."""

from __future__ import annotations

from typing import Final

from .chronicle import Chronicle
from .format import Closed, Replied
from .moments import Ends
from .plot import Plot
from .reach import deed_of
from .sitting import Sitting, run_out

PATIENT_MS: Final = 60_000
"""How long he waits for what he wants to answer to."""
LATEST_MS: Final = 7_200_000
AFTER_MS: Final = 1_500
"""Between what she wrote last and his answer, at least."""


def play_record(plot: Plot, seed: int) -> Sitting:
    """The session as the officer of the record works in it."""
    sitting, late = Sitting(plot, seed), 0
    for line in plot.session.record:
        did = deed_of(plot, line)
        if did is None or sitting.over:
            continue
        at = line.at + late
        if isinstance(line, Replied | Closed):
            at = _ready(sitting, at, line)
            late = max(late, at - line.at)
        sitting.do(at, did)
    run_out(sitting, sitting.state.now + LATEST_MS)
    return sitting


def _ready(sitting: Sitting, at: int, line: Replied | Closed) -> int:
    """When she has written what he answers to, and what she was writing."""
    sitting.advance(at)
    until = at + PATIENT_MS
    while not sitting.over and _waits(sitting, line) and sitting.state.plan and sitting.state.plan[0].at <= until:
        sitting.advance(sitting.state.plan[0].at)
        at = max(at, sitting.state.now + AFTER_MS)
    return at


def _waits(sitting: Sitting, line: Replied | Closed) -> bool:
    writing = any(moment.cause != "room" for moment in sitting.state.plan)
    if isinstance(line, Closed):
        return writing or any(isinstance(moment.what, Ends) for moment in sitting.state.plan)
    return writing or not sitting.state.said.issuperset(line.said)


def record_chronicle(plot: Plot, seed: int = 1) -> Chronicle:
    """What the officer of the record did, as it is judged."""
    return play_record(plot, seed).chronicle()
