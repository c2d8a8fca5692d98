"""A real conversation as a session to practise on, by what a lead decided of each thing that could tell who she is.

Pure: what comes out is sealed by who calls, and written to no disk. It is opened by `parse(…, live=True)` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from officer_console.errors import UserError
from officer_console.locale import N_, _
from officer_console.model.text import displayable, one_line
from officer_console.model.transcript import Line

from .composing import Frame, session_bytes
from .format import (
    Claimed,
    Closed,
    Confirmed,
    Consent,
    Head,
    Left,
    PatrolCancelled,
    PatrolRequested,
    PatrolTold,
    Recorded,
    Referred,
    Released,
    Replied,
    Returned,
    Said,
    Truth,
    read_line,
    write_line,
)
from .reading import parse
from .real_record import record_of, require_whole, worded
from .redaction import Decision, Proposal, proposals, redacted, remaining
from .session import Session

SHOWN: Final = 200
"""Characters of the words that a refusal names."""
SENTENCES: Final = {
    "fr": {
        "safety": "Lui demander si elle peut écrire sans danger.",
        "as_played": "La conversation a pris fin comme dans la réalité.",
        "alone": "Elle est partie, restée sans réponse.",
        "silence": "Elle attendait une réponse qui ne venait pas.",
    },
    "en": {
        "safety": "Ask her whether it is safe to write.",
        "as_played": "The conversation ended as it really did.",
        "alone": "She left, without an answer.",
        "silence": "She waited for an answer that did not come.",
    },
}
"""What every such session says in its own language, whoever reads it: nobody writes it by hand."""


GOING: Final = {
    "goodbye": N_("she said goodbye"),
    "exit": N_("she pressed the exit button"),
    "closed": N_("she closed the page"),
    "lost": N_("her connection was lost"),
}
CODES: Final = frozenset({"line", "id", "how", "signal", "message", "state", "outcome", "end", "does", "language"})
"""Fields of a record whose values are ours: nobody's words."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a lead says of it: `name` is the session's id (a–z, 0–9, "-"), `gist` what was so, told in the debrief,
    `warning` what of it can weigh on somebody; `consent`: the event of hers; `redacted_by`: the lead's name."""

    name: str
    language: Literal["fr", "en"]
    title: str
    gist: str
    consent: str
    redacted_by: str
    warning: str = ""
    difficulty: int = 2


class Row(NamedTuple):
    """What who countersigns reads, displayable; `at_ms` after the beginning."""

    at_ms: int
    who: Literal["visitor", "officer", "event"]
    text: str


def texts(lines: Sequence[Line]) -> list[str]:
    """The words that will stand in the session, in order: what `redaction.proposals` is asked about. Raises UserError
    when the transcript is not whole."""
    require_whole(lines)
    return worded(lines)


def exported(lines: Sequence[Line], found: Iterable[Proposal], decisions: Sequence[Decision], about: About) -> bytes:
    """The session, not countersigned yet. `found`: what was proposed; what is found now is looked at too.

    Raises UserError when the transcript is not whole or words that were taken out still stand somewhere, Undecided when
    anything is, SessionError when what `about` says, or what is left, makes no session.
    """
    words = texts(lines)
    decided = redacted(words, [*found, *proposals(words, about.language)], decisions)
    record = record_of(lines, decided, about.language, lambda id: bool(remaining([id], decisions)))
    consent = Consent(event=about.consent, redacted_by=about.redacted_by)
    frame = Frame(
        name=about.name, language=about.language, title=about.title, origin="live", difficulty=about.difficulty,
        warning=about.warning, gist=about.gist, consent=consent, **SENTENCES[about.language],
    )  # fmt: skip
    made = session_bytes(frame, record)
    _require_gone(parse(made, about.name, live=True, countersigned=False), decisions)
    return made


def _require_gone(session: Session, decisions: Sequence[Decision]) -> None:
    """Raises UserError. Not looked at are our own sentences, and the names of the officers who answer for it."""
    head, truth = session.head, session.truth
    places = {
        N_("the title"): [head.title], N_("the warning"): [head.warning], N_("what was so"): [truth.gist],
        N_("the name"): [head.id], N_("the conversation"): list(_strings(msgspec.to_builtins(list(session.record)))),
    }  # fmt: skip
    for place, written in places.items():
        if left := remaining(written, decisions):
            told = _("{place} still has words that were taken out: {words}")
            raise UserError(told.format(place=_(place), words=one_line(", ".join(left), SHOWN)))


def _strings(value: Any, field: str = "") -> Iterator[str]:
    """Every word that somebody wrote in a record."""
    if isinstance(value, str) and field not in CODES:
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each, field)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _strings(each, name)


# ---- a second officer ------------------------------------------------------------------------------------------------


def countersigned(session: bytes, by: str) -> bytes:
    """The session with the name of who countersigned it. Raises SessionError."""
    parse(session, live=True, countersigned=False)
    first, newline, rest = session.partition(b"\n")
    head = read_line(first)
    assert isinstance(head, Head) and head.consent is not None
    consent = msgspec.structs.replace(head.consent, countersigned_by=by)
    made = write_line(msgspec.structs.replace(head, consent=consent)) + newline + rest
    parse(made, live=True)
    return made


def rows(session: bytes) -> list[Row]:
    """All words of a session that are somebody's, in order, what its lead says of it first. Raises SessionError."""
    read = parse(session, live=True, countersigned=False)
    return [*_about(read.head, read.truth), *(row for line in read.record if (row := _row(line)))]


def _about(head: Head, truth: Truth) -> Iterator[Row]:
    yield Row(0, "event", _("Title: {text}").format(text=displayable(head.title)))
    if head.warning:
        yield Row(0, "event", _("Warning: {text}").format(text=displayable(head.warning)))
    yield Row(0, "event", _("What was so: {text}").format(text=displayable(truth.gist)))


def _row(line: Recorded) -> Row | None:
    if isinstance(line, Said | Replied):
        return Row(line.at, "visitor" if isinstance(line, Said) else "officer", displayable(line.text))
    told = _event(line)
    return Row(line.at, "event", displayable(told)) if told else None


def _event(line: Recorded) -> str:
    tell = _EVENTS.get(type(line))
    return tell(line) if tell else ""


_EVENTS: Final[dict[type, Callable[[Any], str]]] = {
    Claimed: lambda line: _("an officer took it"),
    Released: lambda line: _("put back"),
    Returned: lambda line: _("she came back"),
    Left: lambda line: _(GOING[line.how]),
    Closed: lambda line: _("closed ({outcome})").format(outcome=line.outcome),
    Confirmed: lambda line: _("danger signal confirmed: {signal}").format(signal=line.signal),
    Referred: lambda line: _("referral given: {id}").format(id=line.referral),
    PatrolRequested: lambda line: _("patrol asked for: {where}").format(where=line.request.where),
    PatrolCancelled: lambda line: _("patrol cancelled: {reason}").format(reason=line.reason),
    PatrolTold: lambda line: _("the room: {state}. {words}").format(state=line.state, words=line.text).rstrip(),
}
