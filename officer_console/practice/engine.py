"""The simulated visitor: a pure state machine. What the trainee does and the time go in, what she does comes out, each
with what made her do it. No clock, no chance but the seed's: the same session, seed and doings give the same moments.

`begin`, then `happen` for each thing the trainee does and `advance` as time passes, at `wake_at` at the latest.
Times are milliseconds of the session.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from .format import Cue
from .moments import (
    Cancels,
    Comes,
    Confirms,
    Did,
    Ends,
    Enters,
    Gives,
    Goes,
    Moment,
    Over,
    Replies,
    Sends,
    Shares,
    Stands,
    Tells,
    Typing,
    Writes,
)  # fmt: skip
from .planning import Chance, Planner, hers, in_order
from .plot import START, Plot
from .reacting import State, fire, heard, may, planned, play, sent, stands, tell, without_hers, word

LINGERS_MS: Final = 45_000
"""From the end until all is over, unless the trainee closes before."""
CLOSED_MS: Final = 4_000
GONE_MS: Final = 120_000
"""From her leaving for good until all is over, when the trainee does nothing."""
_NEVER: Final = 2**62
_replace = msgspec.structs.replace

Step = tuple[State, list[Moment]]


class _Due(NamedTuple):
    at: int
    cue: Cue | None = None


def begin(plot: Plot, seed: int) -> State:
    """She arrives."""
    planner = Planner(plot, Chance(seed, 0), 0, "record", frozenset())
    planner.group(plot.groups[START], 0, exact=True)
    return planned(State(seed), planner)


def wake_at(plot: Plot, state: State) -> int | None:
    """When something happens if the trainee does nothing; None: never."""
    if state.over:
        return None
    return min(state.plan[0].at if state.plan else _NEVER, _by_itself(plot, state).at)


def advance(plot: Plot, state: State, until: int) -> Step:
    """Everything that happens up to and including `until`."""
    moments: list[Moment] = []
    while not state.over:
        due = _by_itself(plot, state)
        if state.plan and state.plan[0].at <= min(due.at, until):
            state, more = _next(plot, state)
        elif due.at <= until:
            state, more = _of_itself(plot, state, due)
        else:
            break
        moments += more
    return msgspec.structs.replace(state, now=max(state.now, until)), moments


def happen(plot: Plot, state: State, at: int, did: Did) -> Step:
    """Something the trainee does, after all that happens before it."""
    state, moments = advance(plot, state, at)
    if state.over:
        return state, moments
    match did:
        case Replies(text, reading):
            state = heard(plot, word(state, at), at, text, reading)
        case Typing():
            state = _replace(state, quiet_since=at)
        case Stands(kind):
            state = stands(plot, state, at, kind)
        case Sends():
            state = sent(plot, state, at)
        case Cancels():
            kept = tuple(each for each in state.plan if not isinstance(each.what, Tells))
            state = fire(plot, _replace(state, plan=kept, patrol=False), at, "patrol", "cancelled")
        case Gives(referral):
            state = fire(plot, state, at, "referral", referral)
        case Confirms(signal):
            state = fire(plot, state, at, "signal", signal)
    return state, moments


# ---- what happens by itself ----------------------------------------------------------------------------------------


def _by_itself(plot: Plot, state: State) -> _Due:
    """What happens next because time passes: the end, her patience, or a cue of time."""
    dues = [_Due(_over_at(state))]
    if not state.gone and state.end is None and state.stands != "closed":
        dues.append(_Due(state.word_at + 1000 * plot.session.head.visitor.patience))
        dues += [_Due(at, cue) for cue in plot.session.cues if (at := _cue_at(state, cue)) is not None]
    first = min(dues, key=lambda due: due.at)
    return first._replace(at=max(first.at, state.now))  # what stood in its way may have ended only now


def _over_at(state: State) -> int:
    if state.plan and any(not isinstance(moment.what, Tells) for moment in state.plan):
        return _NEVER
    if state.stands == "closed":
        return max(state.since, state.end_at) + CLOSED_MS
    if state.end is not None:
        return state.end_at + LINGERS_MS
    return state.word_at + GONE_MS if state.gone else _NEVER


def _cue_at(state: State, cue: Cue) -> int | None:
    seconds, wanted = (cue.when.silence, "held") if cue.when.silence else (cue.when.waiting, "waiting")
    if not seconds or state.stands != wanted or not may(state, cue) or any(hers(state.plan)):
        return None
    since = state.quiet_since if cue.when.silence else state.since
    return max(since, state.played_at.get(cue.id, 0), 0) + 1000 * seconds


def _of_itself(plot: Plot, state: State, due: _Due) -> Step:
    state = _replace(state, now=due.at)
    if due.cue is not None:
        return play(plot, state, due.at, due.cue), []
    if due.at >= _over_at(state):
        ending = [] if state.end is not None else [Moment(due.at, Ends(""), "record")]
        return _replace(state, over=True, plan=()), [*ending, Moment(due.at, Over(), "record")]
    leaving = Moment(due.at, Goes("closed"), "patience")
    return _replace(state, plan=in_order(without_hers(state), [leaving]), word_at=due.at), []


def _next(plot: Plot, state: State) -> Step:
    """The first of what is planned."""
    moment, *rest = state.plan
    state = _replace(state, plan=tuple(rest), now=moment.at)
    match moment.what:
        case Writes(id=id) | Shares(id=id):
            state = _said(plot, state, moment, id)
        case Goes(how):
            state = _replace(state, gone=how, word_at=moment.at)
        case Comes():
            return _back(plot, state, moment)
        case Enters(branch):
            state = _replace(state, branch=branch)
        case Ends(end):
            state = _replace(state, end=end, end_at=moment.at)
        case Tells():
            state = _room(plot, state, moment)
    return state, [moment]


def _said(plot: Plot, state: State, moment: Moment, id: str) -> State:
    state = _replace(state, said=state.said | {id})
    if state.stands == "closed":
        state = _replace(state, stands="waiting", since=moment.at, word_at=moment.at)
    cue = plot.cues.get(moment.cause.removeprefix("cue:"))
    by_itself = cue is not None and bool(cue.when.silence or cue.when.waiting)
    return state if by_itself else _replace(state, quiet_since=moment.at)


def _back(plot: Plot, state: State, moment: Moment) -> Step:
    """She returns, and reads what was written meanwhile."""
    unread = state.unread
    state = _replace(state, gone="", unread=(), word_at=moment.at, quiet_since=moment.at)
    for text, reading in unread:
        state = heard(plot, state, moment.at, text, reading, late=True)
    return state, [moment]


def _room(plot: Plot, state: State, moment: Moment) -> State:
    assert isinstance(moment.what, Tells)
    group = plot.groups.get(moment.what.group)
    if group is not None and not state.gone:
        state = tell(plot, state, [group], moment.at, "room")
    return fire(plot, state, moment.at, "patrol", moment.what.state)
