"""What a console shows of a real conversation as the record of a session, with other words in it. Pure.

Kept are what she and the officer wrote, who came, went, took and closed, referrals, confirmed signals and what became
of a patrol. Left out are notes, whispers, hand-over cards, call backs, language and postcode, reasons of leads, remarks
at the close, names of officers and units, questions of consent, and what the relay has not stored. No place of hers is
a position, no moment a time of day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, get_args

import msgspec

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.bodies import OUTCOMES
from officer_console.model.events import How
from officer_console.model.patrol import PatrolRequest
from officer_console.model.text import one_line
from officer_console.model.transcript import Kind, Line, Status

from .fields import RoomState
from .format import (
    Claimed,
    Closed,
    Confirmed,
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
)
from .redaction import MARKS

LONGEST: Final = 4000
"""Characters of a line of a session; what she may write is longer."""
SHORTEST_ABSENCE_MS: Final = 60_000
"""A shorter one is a lost connection, not something that she did."""
EMPTY: Final = "…"
"""Stands where nothing is left, and for a position that was written out."""
STATES: Final = frozenset(get_args(RoomState))
WORDED: Final = frozenset({Kind.VISITOR, Kind.OFFICER, Kind.HELP, Kind.PATROL, Kind.PATROL_CANCELLED, Kind.PATROL_TOLD})
BROKEN: Final = frozenset({Kind.MISSING, Kind.REFUSED, Kind.SEALED})
_position: Final = re.compile(r"geo:[-+\d.,;=%a-z]+", re.IGNORECASE | re.ASCII).sub


def require_whole(lines: Sequence[Line]) -> None:
    """Raises UserError when something of the conversation is missing or was not opened."""
    if not lines or any(line.kind in BROKEN for line in lines):
        told = _("the transcript is not whole: a message is missing, sealed or refused, so nothing is made of it")
        raise UserError(told)


def worded(lines: Sequence[Line]) -> list[str]:
    """The words that will stand in the record, in order, without positions."""
    return [_position(EMPTY, line.text) for line in lines if _has_words(line)]


def record_of(
    lines: Sequence[Line], words: Sequence[str], language: Literal["fr", "en"], hidden: Callable[[str], bool]
) -> list[Recorded]:
    """The record; `words` in place of `worded`. A referral whose id is `hidden` is left out."""
    record, following = _Record(lines, language, hidden), iter(words)
    made = [each for line in lines for each in record.of(line, next(following) if _has_words(line) else "")]
    return _apart(list(_settled(made)))


def _has_words(line: Line) -> bool:
    told = line.kind is not Kind.PATROL_TOLD or _state(line) in STATES
    return line.status in (Status.STORED, Status.READ) and line.kind in WORDED and told


def _state(line: Line) -> str:
    return line.remark.partition(" ")[0]


class _Record:
    """Makes the lines, one after the other. `ids`: key of a message of hers -> its id in the session."""

    def __init__(self, lines: Sequence[Line], language: Literal["fr", "en"], hidden: Callable[[str], bool]) -> None:
        self._language, self._hidden = language, hidden
        self._place = f"[{MARKS[language]['place']}]"
        self._last_close = next((line.key for line in reversed(lines) if line.kind is Kind.CLOSED), "")
        self._began: int | None = None
        self._at = 0
        self._ids: dict[str, str] = {}
        self._said = self._replied = 0
        self._held = False

    def of(self, line: Line, words: str) -> Iterator[Recorded]:
        """What becomes of a line, at its moment."""
        make = _MAKERS.get(line.kind)
        if make is None or line.status not in (Status.STORED, Status.READ):
            return
        began = self._began = line.at if self._began is None else self._began
        self._at = max(self._at, round((line.at - began) / 1000) * 1000)
        yield from make(self, line, words)

    def said(self, line: Line, words: str) -> Iterator[Recorded]:
        for number, piece in enumerate(_pieces(self._place if line.kind is Kind.PLACE else words)):
            self._said += 1
            if not number:
                self._ids[line.key] = f"v{self._said}"
            yield Said(at=self._at, id=f"v{self._said}", text=piece)

    def replied(self, line: Line, words: str) -> Iterator[Recorded]:
        for piece in _pieces(words):
            self._replied += 1
            yield Replied(at=self._at, id=f"o{self._replied}", text=piece)

    def taken(self, line: Line, words: str) -> Iterator[Recorded]:
        """In a session one officer stands for all who had it."""
        if not self._held:
            self._held = True
            yield Claimed(at=self._at)

    def released(self, line: Line, words: str) -> Iterator[Recorded]:
        if self._held:
            self._held = False
            yield Released(at=self._at)

    def closed(self, line: Line, words: str) -> Iterator[Recorded]:
        """An earlier close, after which she wrote again, was none."""
        if line.key != self._last_close:
            yield from self.released(line, words)
            return
        self._held = False
        yield Closed(at=self._at, outcome=line.text if line.text in OUTCOMES else "other")

    def left(self, line: Line, words: str) -> Iterator[Recorded]:
        yield Left(at=self._at, how=msgspec.convert(line.text, How))

    def returned(self, line: Line, words: str) -> Iterator[Recorded]:
        yield Returned(at=self._at)

    def referred(self, line: Line, words: str) -> Iterator[Recorded]:
        if line.text and not self._hidden(line.text):
            yield Referred(at=self._at, referral=line.text[:300])

    def confirmed(self, line: Line, words: str) -> Iterator[Recorded]:
        if line.remark in self._ids:
            yield Confirmed(at=self._at, signal=line.text, message=self._ids[line.remark])

    def asked(self, line: Line, words: str) -> Iterator[Recorded]:
        """Nothing of the request but where to, in the words that are left of it."""
        where = PatrolRequest(where=one_line(words, 400) or EMPTY, language=self._language)
        yield PatrolRequested(at=self._at, request=where)

    def cancelled(self, line: Line, words: str) -> Iterator[Recorded]:
        yield PatrolCancelled(at=self._at, reason=one_line(words, 300) or EMPTY)

    def told(self, line: Line, words: str) -> Iterator[Recorded]:
        if _state(line) in STATES:
            state = msgspec.convert(_state(line), RoomState)
            yield PatrolTold(at=self._at, state=state, text=one_line(words, 400))


_MAKERS: Final[dict[Kind, Callable[[_Record, Line, str], Iterator[Recorded]]]] = {
    Kind.VISITOR: _Record.said,
    Kind.PLACE: _Record.said,
    Kind.OFFICER: _Record.replied,
    Kind.HELP: _Record.replied,
    Kind.CLAIMED: _Record.taken,
    Kind.ASSIGNED: _Record.taken,
    Kind.ACCEPTED: _Record.taken,
    Kind.RELEASED: _Record.released,
    Kind.CLOSED: _Record.closed,
    Kind.LEFT: _Record.left,
    Kind.RETURNED: _Record.returned,
    Kind.REFERRED: _Record.referred,
    Kind.SIGNAL: _Record.confirmed,
    Kind.PATROL: _Record.asked,
    Kind.PATROL_CANCELLED: _Record.cancelled,
    Kind.PATROL_TOLD: _Record.told,
}


def _pieces(text: str) -> Iterator[str]:
    """A text in lines that a session can hold, cut between words."""
    text = text.strip() or EMPTY
    while len(text) > LONGEST:
        cut = max(text.rfind("\n", 1, LONGEST), text.rfind(" ", 1, LONGEST))
        cut = cut if cut > 0 else LONGEST
        yield text[:cut].strip() or EMPTY
        text = text[cut:].strip() or EMPTY
    yield text


# ---- what can be played ----------------------------------------------------------------------------------------------


def _settled(record: Sequence[Recorded]) -> Iterator[Recorded]:
    """Without absences that are short, or during which the room told something or it was closed: what follows these
    begins anew in a session, and she would not be back. Who is gone neither goes nor writes; who is here does not
    come."""
    dropped: set[int] = set()
    left: int | None = None
    for at, line in enumerate(record):
        if isinstance(line, Left):
            dropped |= {at} if left is not None else set()
            left = at if left is None else left
        elif isinstance(line, Returned):
            kept = left is not None and _is_absence(record[left : at + 1])
            dropped |= set() if kept else {at} if left is None else {left, at}
            left = None
        elif isinstance(line, Said) and left is not None:
            dropped.add(left)
            left = None
    yield from (line for at, line in enumerate(record) if at not in dropped)


def _is_absence(lines: Sequence[Recorded]) -> bool:
    long = lines[-1].at - lines[0].at >= SHORTEST_ABSENCE_MS
    return long and not any(isinstance(line, PatrolTold | Closed) for line in lines)


def _apart(record: Sequence[Recorded]) -> list[Recorded]:
    """What the room told, each at a moment of its own: what follows it is found by that."""
    made: list[Recorded] = []
    last, room = 0, -1
    for line in record:
        at = max(line.at, last)
        if isinstance(line, PatrolTold):
            at = room = at if at > room else room + 1000
        made.append(msgspec.structs.replace(line, at=at))
        last = at
    return made
