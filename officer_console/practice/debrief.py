"""The debrief of an attempt: scores by competence with the moments that made them, beside the record and earlier
attempts, and what to try next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from officer_console.locale import N_, _

from .chronicle import Chronicle
from .feedback import Remark, remarks
from .moments import (
    Confirms,
    Done,
    Ends,
    Enters,
    Entry,
    Gives,
    Goes,
    Moment,
    Replies,
    Sends,
    Shares,
    Stands,
    Tells,
    Writes,
)
from .rules import rules

NEXT: Final = 3
"""How many things to try next are told."""
GOOD: Final = 75
FAIR: Final = 50
"""From which score a competence is well, or fairly, there."""


class Score(msgspec.Struct, frozen=True):
    """One competence. `value`: 0 to 100, None when nothing in the session asked for it; `record`: of its officer."""

    competence: str
    name: str
    value: int | None
    record: int | None
    remarks: tuple[Remark, ...] = ()


class Mark(msgspec.Struct, frozen=True):
    """A moment of the time line. `kind`: visitor, reply, signal, referral, patrol, room, left, closed, end."""

    at: int
    kind: str
    text: str


class Reaction(msgspec.Struct, frozen=True):
    """Something she did because of a cue: when, and what made her."""

    at: int
    why: str


class Figure(msgspec.Struct, frozen=True):
    """A figure of the attempt, and the same of the record, as they are shown."""

    name: str
    mine: str
    record: str


class Earlier(msgspec.Struct, frozen=True):
    """An earlier attempt of the same session: when (ms since 1970) and its overall score."""

    at: int
    overall: int


class Debrief(msgspec.Struct, frozen=True):
    """Everything that is told at the end. Times are ms of the session."""

    session: str
    title: str
    language: str
    gist: str
    overall: int
    record_overall: int
    end: str
    end_value: int
    length: int
    scores: tuple[Score, ...]
    marks: tuple[Mark, ...]
    figures: tuple[Figure, ...]
    next: tuple[Remark, ...]
    reactions: tuple[Reaction, ...] = ()
    earlier: tuple[Earlier, ...] = ()


def debrief_of(
    chronicle: Chronicle, record: Chronicle, language: str, earlier: Sequence[Earlier] = (), more: Sequence[Remark] = ()
) -> Debrief:
    """The debrief of an attempt, in the trainee's language. `record`: what the officer of the record did; `more`: what
    is told of several sessions together."""
    mine, his = [*remarks(chronicle, language), *more], remarks(record, language)
    session = chronicle.plot.session
    end = session.end(chronicle.end)
    return Debrief(
        session.id, session.head.title, session.head.language, session.truth.gist,
        overall(mine), overall(his), end.text if end else _("It ended without an end of its own."),
        end.value if end else 0, chronicle.now, tuple(_scores(mine, his, language)), tuple(marks(chronicle)),
        tuple(_figures(chronicle, record)), tuple(to_try(mine)),
        tuple(reactions(chronicle)), tuple(earlier),
    )  # fmt: skip


# ---- scores --------------------------------------------------------------------------------------------------------


def score(found: Iterable[Remark]) -> int | None:
    """What was done well of all that counted, of 100; None when nothing did."""
    counted = [(remark.kind == "good", remark.weight) for remark in found]
    whole = sum(weight for _good, weight in counted)
    return round(100 * sum(weight for good, weight in counted if good) / whole) if whole else None


def overall(found: Sequence[Remark]) -> int:
    """The score over all competences."""
    return score(found) or 0


def _scores(mine: Sequence[Remark], his: Sequence[Remark], language: str) -> Iterable[Score]:
    for competence, names in rules().competences.items():
        own = tuple(remark for remark in mine if remark.competence == competence)
        of_record = [remark for remark in his if remark.competence == competence]
        if own or of_record:
            name = names.get(language) or names["en"]
            yield Score(competence, name, score(own), score(of_record), own)


def to_try(found: Iterable[Remark]) -> list[Remark]:
    """What to try next: the heaviest of what went wrong, one of each rule."""
    wrong = sorted((one for one in found if one.kind != "good"), key=lambda one: (-one.weight, one.at))
    first = {remark.rule: remark for remark in reversed(wrong)}
    return [remark for remark in wrong if first[remark.rule] is remark and remark.rule != "end"][:NEXT]


def reactions(chronicle: Chronicle) -> Iterable[Reaction]:
    """What the trainee's doings made her do, as the cues of the session tell it."""
    for entry in chronicle.entries:
        if isinstance(entry.what, Enters) and isinstance(entry, Moment) and entry.cause.startswith("cue:"):
            cue = chronicle.plot.cues[entry.cause.removeprefix("cue:")]
            if entry.what.branch == cue.then:
                yield Reaction(entry.at, cue.why)


# ---- figures and marks ---------------------------------------------------------------------------------------------


def _figures(mine: Chronicle, record: Chronicle) -> Iterable[Figure]:
    for name, of in (
        (N_("First answer"), _first_answer),
        (N_("Patrol asked for"), _patrol_at),
        (N_("Replies"), lambda c: str(len(c.replies))),
        (N_("Words a reply"), _words_a_reply),
        (N_("Signals confirmed"), lambda c: str(len(c.confirmed))),
        (N_("Length"), lambda c: clock(c.now)),
    ):
        yield Figure(_(name), of(mine), of(record))


def _first_answer(c: Chronicle) -> str:
    return clock(c.replies[0].at - c.arrived) if c.replies and c.arrived is not None else "—"


def _patrol_at(c: Chronicle) -> str:
    return clock(c.requests[0][0]) if c.requests else "—"


def _words_a_reply(c: Chronicle) -> str:
    return str(round(sum(reply.reading.length for reply in c.replies) / len(c.replies))) if c.replies else "—"


def clock(ms: int) -> str:
    """As minutes and seconds."""
    return f"{ms // 60_000}:{ms // 1000 % 60:02}"


KINDS: Final = {
    "visitor": N_("visitor"), "reply": N_("reply"), "signal": N_("signal"), "referral": N_("referral"),
    "patrol": N_("patrol"), "room": N_("room"), "left": N_("left"), "closed": N_("closed"), "end": N_("end"),
}  # fmt: skip
"""Kind of a mark -> how it is called."""


def marks(chronicle: Chronicle) -> Iterable[Mark]:
    """The moments of a time line."""
    ends = {end.id: end.text for end in chronicle.plot.session.ends}
    for entry in chronicle.entries:
        kind, text = _mark(entry)
        if kind:
            yield Mark(entry.at, kind, ends.get(text, text) if kind == "end" else text)


def _mark(entry: Entry) -> tuple[str, str]:
    what = entry.what
    if isinstance(entry, Done):
        return _mark_done(entry)
    match what:
        case Writes():
            return "visitor", what.text
        case Shares():
            return "visitor", _("shares where she is")
        case Goes():
            return "left", what.how
        case Tells():
            return "room", f"{what.state} {what.unit}".strip()
        case Ends() if what.end:
            return "end", what.end
    return "", ""


def _mark_done(done: Done) -> tuple[str, str]:
    match done.what:
        case Replies(text=text):
            return "reply", text
        case Confirms(signal=signal):
            return "signal", signal
        case Gives(referral=referral):
            return "referral", referral
        case Sends():
            return "patrol", _("patrol asked for")
        case Stands(state="closed", outcome=outcome):
            return "closed", outcome
    return "", ""
