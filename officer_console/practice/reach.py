"""What of a scenario can happen at all: every cue is tried wherever the session can stand.

The record is played as its officer did it; at each of his doings, and after each cue that was found to play, all cues
not yet seen are tried from there. The state machine is pure, so trying costs nothing but time (about 0.2 s a scenario).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Final

import msgspec

from .engine import advance, happen
from .fields import ANY
from .format import Cue, When
from .moments import Cancels, Confirms, Did, Ends, Enters, Gives, Moment, Replies, Sends, Stands
from .planning import hers, last_of
from .plot import Plot
from .reacting import State
from .record_officer import working
from .sitting import Sitting

SEED: Final = 1
LATER_MS: Final = 1_200_000
"""How long is waited for what a try leads to."""
NOTHING: Final = "nothing"
"""Name of the sample that does nothing at all."""


class Reached(msgspec.Struct, frozen=True):
    """Ids of cues that played, branches that were entered, ends that were met."""

    cues: frozenset[str]
    branches: frozenset[str]
    ends: frozenset[str]


@cache
def samples(language: str) -> dict[str, str]:
    """Act -> a reply that does it."""
    text = resources.files("officer_console.practice").joinpath("samples.toml").read_text("utf-8")
    return dict(tomllib.loads(text)[language])


def reached(plot: Plot) -> Reached:
    """What can happen."""
    seen = _Seen()
    states = list(_along(plot, seen))
    while True:
        more = [state for start in states for state in _tried(plot, start, seen)]
        if not more:
            break
        states = more
    return Reached(frozenset(seen.cues), frozenset(seen.branches), frozenset(seen.ends))


class _Seen:
    def __init__(self) -> None:
        self.cues: set[str] = set()
        self.branches: set[str] = set()
        self.ends: set[str] = set()

    def take(self, moments: list[Moment]) -> bool:
        """Notes what the moments show; whether it is new."""
        before = len(self.cues) + len(self.branches) + len(self.ends)
        for moment in moments:
            if moment.cause.startswith("cue:"):
                self.cues.add(moment.cause.removeprefix("cue:"))
            if isinstance(moment.what, Enters):
                self.branches.add(moment.what.branch)
            if isinstance(moment.what, Ends) and moment.what.end:
                self.ends.add(moment.what.end)
        return len(self.cues) + len(self.branches) + len(self.ends) > before


def _along(plot: Plot, seen: _Seen) -> Iterator[State]:
    """The states of the record as its officer plays it, a moment before and after each of his doings."""
    sitting = Sitting(plot, SEED)
    yield sitting.state
    for _done in working(sitting):
        state = sitting.state
        _later, moments = advance(plot, state, state.now + LATER_MS)
        seen.take([entry for entry in sitting.entries if isinstance(entry, Moment)] + moments)
        yield state
        yield from _settled(plot, state)


def _settled(plot: Plot, state: State) -> Iterator[State]:
    """The same once she has written what she was about to, and nothing else has happened."""
    if any(hers(state.plan)):
        settled, _moments = advance(plot, state, last_of(state.plan, state.now))
        if not settled.over:
            yield settled


def _tried(plot: Plot, start: State, seen: _Seen) -> Iterator[State]:
    for cue in plot.session.cues:
        if cue.id not in seen.cues:
            state, moments = _try(plot, start, cue)
            _after, more = advance(plot, state, state.now + LATER_MS)
            if seen.take([*moments, *more]):
                yield state
                yield from _settled(plot, state)


def _try(plot: Plot, state: State, cue: Cue) -> tuple[State, list[Moment]]:
    """Does what the cue waits for, as often as it wants it."""
    told: list[Moment] = []
    if state.stands == "waiting" and not cue.when.waiting:
        state, moments = happen(plot, state, state.now + 100, Stands("claimed"))
        told += moments
    for _time in range(max(cue.count, cue.when.unfitting)):
        for did in _doings(plot, cue):
            state, moments = happen(plot, state, state.now + 1000, did)
            told += moments
    return state, told


def _doings(plot: Plot, cue: Cue) -> Iterator[Did]:
    when, language = cue.when, plot.session.head.language
    if when.does or when.words:
        text = cue.example or samples(language)[when.does[0]]
        yield Replies(text, plot.read(text))
    elif when.unfitting:
        yield Replies(samples(language)[NOTHING], plot.read(samples(language)[NOTHING]))
    else:
        yield from _deeds(when)


def _deeds(when: When) -> Iterator[Did]:
    if when.patrol:
        yield Sends("{}")
        if when.patrol == ["cancelled"]:
            yield Cancels("…")
    yield from (Gives("3919" if one == ANY else one) for one in when.referral[:1])
    yield from (Confirms("en_cours" if one == ANY else one, "") for one in when.signal[:1])
    for kind in when.stands[:1]:
        if kind != "closed":
            yield Stands("released")
        yield Stands(kind)
