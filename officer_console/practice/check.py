"""What must hold between the lines of a session. `wrong_of` is looked at whenever a session is opened; what costs more
(that the record fits itself, that everything can be reached) is in thorough.py."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from officer_console.errors import did_you_mean, nearest
from officer_console.locale import N_, _

from .fields import RECORD
from .format import (
    Branch,
    Confirmed,
    Cue,
    Deed,
    End,
    Ended,
    Fact,
    Replied,
    Said,
    Shared,
    TrueSignal,
    Truth,
    When,
)
from .patterns import cue_key, deed_key, fits_key, pattern_lexicon
from .reading import Numbered, Wrong
from .session import Session
from .steps import Finish, Goto, Say, Share, Turn

MOST_BY_ITSELF: Final = 10
"""Times that a cue of time may play."""
REPLY: Final = frozenset({"does", "words"})
"""Fields of a condition of a reply."""
REASONS: Final = {
    "bracket": N_("a bracket is missing or too many: {detail}"),
    "but": N_("!(…) takes single whole words"),
    "circle": N_("its classes name each other in a circle"),
    "class": N_("there is no such class: {detail}"),
    "empty": N_("says nothing: at least one word must be there"),
    "gap": N_("a gap is of 1 to 12 words, not {detail}"),
    "letter": N_("{detail} has no meaning in a pattern: patterns are words, never regular expressions"),
    "long": N_("is longer than 40 words"),
    "many": N_("has more than {detail} places for words: it costs too much"),
    "stem": N_("{detail}: the star stands at the end of three letters or more"),
}
"""Kind of a pattern's refusal (model/lexicon_pattern.py) -> words for it."""


class _Names:
    """What can be named, by kind, and whether it is there."""

    def __init__(self, session: Session) -> None:
        self.messages = frozenset(session.messages())
        self.branches = frozenset(branch.id for branch in session.branches)
        self.replies = frozenset(reply.id for reply in session.replies() if not reply.joined)
        self.ends = frozenset(end.id for end in session.ends)

    def miss(self, kind: str, names: Iterable[str]) -> Iterator[str]:
        known: frozenset[str] = getattr(self, kind)
        told = {
            "messages": N_("there is no message of hers {name}"),
            "branches": N_("leads to a branch that is not there: {name}"),
            "replies": N_("there is no reply {name} that begins a group"),
            "ends": N_("there is no end {name}"),
        }[kind]
        for name in names:
            if name not in known:
                yield _(told).format(name=name) + did_you_mean(nearest(name, known))


def wrong_of(session: Session, lines: Sequence[Numbered]) -> Iterator[Wrong]:
    """Every problem between the lines."""
    for check in (_moments, _ids):
        yield from check(session, lines)
    others = [each for each in lines if type(each.line) is not Said]  # thousands of them name nothing
    for check in (_names, _conditions, _patterns, _steps, _circles, _unreached, _ends):
        yield from check(session, others)


def _moments(session: Session, lines: Sequence[Numbered]) -> Iterator[Wrong]:
    before = 0
    for number, line in lines:
        at = getattr(line, "at", before)  # thousands of lines: asking for their kinds would cost more
        if at < before:
            yield number, _("goes back in time: {at} ms comes after {before} ms").format(at=at, before=before)
        else:
            before = at


def _ids(session: Session, lines: Sequence[Numbered]) -> Iterator[Wrong]:
    seen: set[str] = set()
    for number, line in lines:
        for id in (line.id,) if type(line) is Said else _ids_of(line):
            if id in seen:
                yield number, _("the id {id} stands here for the second time").format(id=id)
            seen.add(id)
        if isinstance(line, Branch) and line.id == RECORD:
            yield number, _("no branch can be called “record”")


def _ids_of(line: Any) -> Iterator[str]:
    if isinstance(line, Said | Shared | Replied | Cue | Branch | Deed | End):
        yield line.id
    if isinstance(line, Branch):
        yield from (step.id for step in line.steps if isinstance(step, Say | Share))


def _names(session: Session, lines: Sequence[Numbered]) -> Iterator[Wrong]:
    names = _Names(session)
    for number, line in lines:
        for kind, wanted in _named(line):
            yield from ((number, why) for why in names.miss(kind, wanted))


def _named(line: Any) -> Iterator[tuple[str, Iterable[str]]]:
    """What a line names: kind, names."""
    match line:
        case Truth():
            yield "messages", filter(None, [line.patrol_after])
        case TrueSignal() | Fact():
            yield "messages", line.messages
        case Deed():
            yield "messages", filter(None, [line.after])
        case Confirmed():
            yield "messages", [line.message]
        case Replied():
            yield "messages", line.said
        case Ended():
            yield "ends", [line.end]
        case Cue():
            yield "messages", [*line.said, *line.unsaid]
            yield "branches", [line.then, *(name for name in line.inside if name != RECORD)]
        case Branch():
            yield from _named_by_steps(line)


def _named_by_steps(branch: Branch) -> Iterator[tuple[str, Iterable[str]]]:
    yield "replies", [step.reply for step in branch.steps if isinstance(step, Turn)]
    yield "ends", [step.end for step in branch.steps if isinstance(step, Finish)]
    yield "branches", [each.branch for each in branch.steps if isinstance(each, Goto) and each.branch != RECORD]


# ---- conditions ----------------------------------------------------------------------------------------------------


def _conditions(session: Session, lines: Sequence[Numbered]) -> Iterator[Wrong]:
    for number, line in lines:
        if isinstance(line, Cue | Deed):
            given = _given(line.when)
            if not given:
                yield number, _("the condition “when” says nothing")
            elif len(given) > 1 and given - REPLY:
                yield number, _("a condition is of one kind, not of {kinds}").format(kinds=", ".join(sorted(given)))
        if isinstance(line, Replied) and _given(line.fits) - REPLY:
            yield number, _("“fits” is a condition of a reply: does, words")
        if isinstance(line, Cue):
            yield from ((number, why) for why in _of_cue(line))
        if isinstance(line, Deed) and _given(line.when) & {"silence", "waiting", "unfitting"}:
            yield number, _("a deed is something done: silence, waiting and unfitting are not")


def _given(when: When) -> frozenset[str]:
    return frozenset(msgspec.to_builtins(when))


def _of_cue(cue: Cue) -> Iterator[str]:
    if cue.when.words and not cue.example:
        yield _("a cue with a pattern has an “example” that fits it")
    if cue.when.silence or cue.when.waiting:
        if cue.times > MOST_BY_ITSELF:
            yield _("an endless loop: a cue of time plays at most {n} times").format(n=MOST_BY_ITSELF)
        if cue.count > 1:
            yield _("a cue of time has no “count”")


def _patterns(session: Session, lines: Sequence[Numbered]) -> Iterator[Wrong]:
    lexicon = pattern_lexicon(session)
    refused = {one.row: one for one in lexicon.refused} if lexicon else {}
    for number, line in lines:
        if (key := _key_of(line)) in refused:
            one = refused[key]
            known = REASONS.get(one.kind, "")
            told = _(known).format(detail=one.detail) if known else one.detail
            yield number, _("the pattern can't be used: {reason}").format(reason=told)


def _key_of(line: Any) -> str:
    keys: Mapping[type, Callable[[str], str]] = {Cue: cue_key, Deed: deed_key, Replied: fits_key}
    make = keys.get(type(line))
    return make(line.id) if make else ""


# ---- branches ------------------------------------------------------------------------------------------------------


def _steps(session: Session, lines: Sequence[Numbered]) -> Iterator[Wrong]:
    for number, line in lines:
        if isinstance(line, Branch):
            if any(isinstance(step, Goto | Finish) for step in line.steps[:-1]):
                yield number, _("“goto” and “end” can only be the last step")
            if line.stay and isinstance(line.steps[-1], Goto):
                yield number, _("a branch that goes elsewhere can't stay")
            if (line.nods or line.unsure) and not line.stay:
                yield number, _("only a branch that stays has its own nods and unsure")


def _circles(session: Session, lines: Sequence[Numbered]) -> Iterator[Wrong]:
    """Branches that lead to each other without anybody's doing would never end."""
    leads = {branch.id: step.branch for branch in session.branches for step in branch.steps if isinstance(step, Goto)}
    for number, line in lines:
        if isinstance(line, Branch) and line.id in leads and (path := _circle(line.id, leads)):
            yield number, _("an endless loop: {path}").format(path=" → ".join(path))


def _circle(start: str, leads: Mapping[str, str]) -> list[str]:
    path = [start]
    while (following := leads.get(path[-1])) is not None:
        if following == start:
            return [*path, start]
        if following in path:
            return []
        path.append(following)
    return []


def _unreached(session: Session, lines: Sequence[Numbered]) -> Iterator[Wrong]:
    """Branches and ends that nothing leads to."""
    reached = {cue.then for cue in session.cues}
    reached |= {step.branch for each in session.branches for step in each.steps if isinstance(step, Goto)}
    ended = {line.end for line in session.record if isinstance(line, Ended)}
    ended |= {step.end for each in session.branches for step in each.steps if isinstance(step, Finish)}
    for number, line in lines:
        if isinstance(line, Branch) and line.id not in reached:
            yield number, _("nothing leads to this branch")
        if isinstance(line, End) and line.id not in ended:
            yield number, _("the session never ends so")


def _ends(session: Session, lines: Sequence[Numbered]) -> Iterator[Wrong]:
    if not session.record:
        yield 0, _("nothing happens in it: there is no record")
    elif not any(isinstance(line, Said) for line in session.record):
        yield 0, _("she says nothing in its record")
    if len(session.ends) <= 1:
        yield 0, _("it has fewer than two ends")
