"""How she reacts to what the trainee does: a cue of the scenario, else what of the record fits, else a nod.

Functions of a state, for engine.py; each gives the next state.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, Literal

import msgspec

from officer_console.model.events import How

from .analysis import Reading
from .fields import ANY, RECORD
from .format import Branch, Cue
from .moments import Comes, Ends, Enters, Moment, Over, Tells, Types, Writes
from .patterns import cue_key
from .planning import Chance, Planner, in_order, last_of
from .plot import CLOSING, Group, Plot, holds

READS_MS: Final = (1_000, 30, 9_000)
"""Milliseconds to read a reply: at least, for each letter more, and at most."""
MOST_AT_ONCE: Final = 2
"""Groups that one reply can begin."""
_QUIETLY: Final = frozenset({"greeting", "presence", "validation", "goodbye"})
"""A reply that does this alone is never out of place."""
_replace = msgspec.structs.replace


class State(msgspec.Struct, frozen=True):
    """Where a session stands. `quiet_since`: since when she has waited for a word; `word_at`: the last word to her;
    `met`, `played`, `played_at`: of cues, never changed in place; `unread`: replies that came while she was away."""

    seed: int
    now: int = 0
    drawn: int = 0
    stands: Literal["waiting", "held", "closed"] = "waiting"
    since: int = 0
    quiet_since: int = 0
    word_at: int = 0
    plan: tuple[Moment, ...] = ()
    told: frozenset[str] = frozenset()
    said: frozenset[str] = frozenset()
    met: dict[str, int] = {}
    played: dict[str, int] = {}
    played_at: dict[str, int] = {}
    branch: str = RECORD
    answers: dict[str, int] = {}
    unfitting: int = 0
    patrol: bool = False
    gone: How | Literal[""] = ""
    unread: tuple[tuple[str, Reading], ...] = ()
    end: str | None = None
    end_at: int = 0
    over: bool = False


def word(state: State, at: int) -> State:
    return _replace(state, quiet_since=at, word_at=at)


def heard(plot: Plot, state: State, at: int, text: str, reading: Reading, late: bool = False) -> State:
    """A reply reaches her: a cue, else what of the record fits, else a nod. `late`: it was written while she was away,
    so that it is nobody's turn."""
    if state.gone:
        return _replace(state, unread=(*state.unread, (text, reading)))
    held = [cue for cue in plot.session.cues if holds(cue.when, cue_key(cue.id), reading)]
    state = _met(state, held)
    cue = next((cue for cue in held if may(state, cue)), None)
    if cue is not None:
        return play(plot, _replace(state, unfitting=0), at, cue, _reads(text))
    groups = list(_fitting(plot, state, reading, late))
    if groups:
        return tell(plot, _replace(state, unfitting=0), groups, at, f"fits:{groups[0].key}")
    return _unfitting(plot, state, at, text, reading)


def _fitting(plot: Plot, state: State, reading: Reading, late: bool) -> Iterable[Group]:
    """The groups of the record that a reply begins."""
    if state.branch != RECORD and plot.session.branch(state.branch).stay:
        return ()
    left = [group for group in plot.groups.values() if group.reply and group.key not in state.told]
    open_ = [group for group in left if group.reply and state.said.issuperset(group.reply.said)]
    own = [group for group in open_ if plot.fits(group, reading)][:MOST_AT_ONCE]
    if own or reading.harms or late:
        return own
    return [group for group in left[:1] if group in open_ and group.in_turn]


def _unfitting(plot: Plot, state: State, at: int, text: str, reading: Reading) -> State:
    if reading.questions or reading.harms or not reading.acts or not reading.acts <= _QUIETLY:
        state = _replace(state, unfitting=state.unfitting + 1)
        fired = fire(plot, state, at, "unfitting", "")
        if fired is not state:
            return _replace(fired, unfitting=0)
    if any(isinstance(moment.what, Writes) for moment in state.plan):
        return state
    return _nod(plot, state, at + _reads(text), "unsure" if reading.questions else "nods")


def _nod(plot: Plot, state: State, at: int, kind: Literal["nods", "unsure"]) -> State:
    """One of the answers for what nothing fits, in order, then again."""
    person, own = plot.session.head.visitor, _own(plot, state)
    texts = (getattr(own, kind) if own else []) or getattr(person, kind)
    count = state.answers.get(kind, 0)
    planner = _planner(plot, state, at, "nod" if kind == "nods" else "unsure")
    planner.write(at, f"{kind}-{count + 1}", texts[count % len(texts)])
    return planned(_replace(state, answers={**state.answers, kind: count + 1}), planner)


def _own(plot: Plot, state: State) -> Branch | None:
    branch = plot.session.branch(state.branch) if state.branch != RECORD else None
    return branch if branch and branch.stay else None


def stands(plot: Plot, state: State, at: int, kind: Literal["claimed", "released", "closed"]) -> State:
    stands: dict[str, Any] = {"claimed": "held", "released": "waiting", "closed": "closed"}
    state = _replace(state, stands=stands[kind], since=at)
    if kind == "claimed":
        state = word(state, at)
    if kind != "closed":
        return fire(plot, state, at, "stands", kind)
    state = _replace(state, plan=without_hers(state, closing=True))
    fired = fire(plot, state, at, "stands", kind)
    group = plot.groups.get(CLOSING)
    if fired is not state or group is None or state.gone:
        return fired
    return tell(plot, state, [group], at, "record")


def sent(plot: Plot, state: State, at: int) -> State:
    """A patrol is asked for; the room tells of it as in the record. A later request only tells more."""
    if state.patrol:
        return state
    told = [Moment(at + one.after, Tells(one.line.state, one.line.unit, one.line.text, one.group), "room")
            for one in plot.room]  # fmt: skip
    return fire(plot, _replace(state, plan=in_order(state.plan, told), patrol=True), at, "patrol", "sent")


# ---- cues ----------------------------------------------------------------------------------------------------------


def fire(plot: Plot, state: State, at: int, field: str, value: str) -> State:
    """Something that a cue may wait for has happened: the first that holds is played."""
    held = [cue for cue in plot.session.cues if _waits_for(cue, field, value, state)]
    state = _met(state, held) if held else state
    cue = next((cue for cue in held if may(state, cue)), None)
    return play(plot, state, at, cue) if cue is not None and not _deaf(state, field) else state


def _waits_for(cue: Cue, field: str, value: str, state: State) -> bool:
    wanted = getattr(cue.when, field)
    if field == "unfitting":
        return bool(wanted) and state.unfitting >= wanted
    return value in wanted or (field in ("referral", "signal") and ANY in wanted)


def _deaf(state: State, field: str) -> bool:
    """She who has left notices nothing, but that the conversation is closed when she is back."""
    return bool(state.gone) and field != "patrol"


def _met(state: State, cues: Iterable[Cue]) -> State:
    more = {cue.id: state.met.get(cue.id, 0) + 1 for cue in cues}
    return _replace(state, met={**state.met, **more}) if more else state


def may(state: State, cue: Cue) -> bool:
    """Whether a cue whose condition holds may play now."""
    timed = cue.when.silence or cue.when.waiting
    enough = timed or state.met.get(cue.id, 0) >= cue.count
    inside = not cue.inside or state.branch in cue.inside
    told = state.said.issuperset(cue.said) and state.said.isdisjoint(cue.unsaid)
    return bool(enough) and inside and told and state.played.get(cue.id, 0) < cue.times and state.end is None


def play(plot: Plot, state: State, at: int, cue: Cue, reads: int = 0) -> State:
    """A cue's branch is planned."""
    played = {**state.played, cue.id: state.played.get(cue.id, 0) + 1}
    plan = without_hers(state) if cue.cuts else state.plan
    state = _replace(state, plan=plan, played=played, played_at={**state.played_at, cue.id: at})
    stop = [Moment(at, Types(False), f"cue:{cue.id}")] if cue.cuts else []
    state = _replace(state, plan=in_order(state.plan, stop))
    planner = _planner(plot, state, at + reads, f"cue:{cue.id}")
    planner.branch(plot.session.branch(cue.then))
    return planned(state, planner)


# ---- plans ---------------------------------------------------------------------------------------------------------


def tell(plot: Plot, state: State, groups: Iterable[Group], at: int, cause: str) -> State:
    planner = _planner(plot, state, at, cause)
    for group in groups:
        planner.group(group, max(at, planner.free))
    return planned(state, planner)


def _planner(plot: Plot, state: State, at: int, cause: str) -> Planner:
    return Planner(plot, Chance(state.seed, state.drawn), max(at, last_of(state.plan, at)), cause, state.told)


def planned(state: State, planner: Planner) -> State:
    plan = in_order(state.plan, planner.moments)
    return _replace(state, plan=plan, told=frozenset(planner.told), drawn=planner.chance.drawn)


def without_hers(state: State, closing: bool = False) -> tuple[Moment, ...]:
    """What is left of the plan when she breaks off: the room's part, and her return when she is away. When it is the
    trainee who closes, the session's end stands too."""
    kept: tuple[type, ...] = (Tells, Over)
    kept += (Comes,) if state.gone else ()
    kept += (Ends, Enters) if closing else ()
    return tuple(moment for moment in state.plan if isinstance(moment.what, kept))


def _reads(text: str) -> int:
    least, each, most = READS_MS
    return min(least + each * len(text), most)
