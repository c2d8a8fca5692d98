"""From a record to a whole session: the truth that the record shows, what other replies must do to fit, and what every
session has. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import msgspec

from .analysis import ASKING, HARMS, read
from .fields import VERSION, Act
from .format import (
    Branch,
    Closed,
    Confirmed,
    Consent,
    Cue,
    Deed,
    End,
    Ended,
    Head,
    Left,
    Line,
    PatrolRequested,
    PatrolTold,
    Person,
    Recorded,
    Referred,
    Replied,
    Returned,
    Said,
    Shared,
    TrueSignal,
    Truth,
    When,
    write_line,
)
from .steps import Finish, Leave, Say

SILENCE_S: Final = 180
TO_WRITE: Final = "…"
"""Stands where a person must write something."""


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What of a session no record shows. `safety`: what a good officer does at the beginning; `as_played`, `alone`: the
    two ends; `silence`: why she leaves when nobody writes to her."""

    name: str
    language: Literal["fr", "en"]
    title: str
    origin: Literal["played", "live"]
    difficulty: int = 2
    warning: str = ""
    gist: str = TO_WRITE
    consent: Consent | None = None
    safety: str = TO_WRITE
    as_played: str = TO_WRITE
    alone: str = TO_WRITE
    silence: str = TO_WRITE


def session_bytes(frame: Frame, played: Sequence[Recorded]) -> bytes:
    """The file of `session_lines`."""
    return b"".join(write_line(line) + b"\n" for line in session_lines(frame, played))


def session_lines(frame: Frame, played: Sequence[Recorded]) -> list[Line]:
    """The lines of a session of what was played: the record as it was, and of the truth what the record shows."""
    record = _ended(_fitting(list(_confirmed_once(played)), frame.language))
    head, truth = _head(frame, record[-1].at), _truth(frame, played)
    return [head, truth, *_signals(record), *_rest(frame), *record]


def _ended(record: list[Recorded]) -> list[Recorded]:
    """With its end: the last line, or when she left for good: who closes after that has nobody to end with."""
    hers = [at for at, line in enumerate(record) if isinstance(line, Said | Shared | Left | Returned)]
    if hers and isinstance(record[hers[-1]], Left):
        place, last = hers[-1] + 1, record[hers[-1]].at
        return [*record[:place], Ended(at=last, end="as-played"), *record[place:]]
    return [*record, Ended(at=(record[-1].at if record else 0) + 1000, end="as-played")]


def _head(frame: Frame, end: int) -> Head:
    said = "oui" if frame.language == "fr" else "yes"
    return Head(
        practice=VERSION, id=frame.name, language=frame.language, title=frame.title, difficulty=frame.difficulty,
        minutes=min(max(end // 60_000, 1), 180), warning=frame.warning, topics=[frame.origin], origin=frame.origin,
        consent=frame.consent, visitor=Person(nods=[said, "ok"], unsure=["…"]),
    )  # fmt: skip


def _truth(frame: Frame, played: Sequence[Recorded]) -> Truth:
    asked = any(isinstance(line, PatrolRequested) for line in played)
    return Truth(
        urgency="red" if asked else "amber", gist=frame.gist, patrol="needed" if asked else "possible",
        referrals=list(dict.fromkeys(line.referral for line in played if isinstance(line, Referred))),
        outcomes=[line.outcome for line in played if isinstance(line, Closed)][-1:],
    )  # fmt: skip


def _signals(record: Sequence[Recorded]) -> Iterator[Line]:
    for line in record:
        if isinstance(line, Confirmed):
            yield TrueSignal(signal=line.signal, messages=[line.message])


def _confirmed_once(played: Sequence[Recorded]) -> Iterator[Recorded]:
    """Without what has no message of hers behind it, and each signal once."""
    said = {line.id for line in played if isinstance(line, Said)}
    seen: set[str] = set()
    for line in played:
        if isinstance(line, Confirmed):
            if line.message not in said or line.signal in seen:
                continue
            seen.add(line.signal)
        yield line


def _rest(frame: Frame) -> Iterator[Line]:
    """What every session has: something a good officer does, two ends, and what silence leads to."""
    yield Deed(id="asks-safety", when=When(does=["safety_asked"]), by=120, text=frame.safety, weight=2)
    yield End(id="as-played", text=frame.as_played, value=1)
    yield End(id="left-alone", text=frame.alone, value=-1)
    yield Cue(id="silence", when=When(silence=SILENCE_S), then="leaves", why=frame.silence)
    yield Branch(id="leaves", steps=[Say(id="b1", text="?"), Leave(how="closed"), Finish(end="left-alone")])


# ---- what fits -------------------------------------------------------------------------------------------------------


def _fitting(record: list[Recorded], language: str) -> list[Recorded]:
    """Each reply with what it does as the condition that others must fit. Of several in a row one begins what follows,
    the others are joined to it; to her who is away all are."""
    for away, run in _runs(record):
        acts = {at: _acts(record[at], language) for at in run}
        first = min(run, key=lambda at: (not acts[at] & ASKING, not acts[at]))
        for at in run:
            joined = away or at != first
            fits = When() if joined else When(does=sorted(acts[at] & ASKING) or sorted(acts[at]))
            record[at] = msgspec.structs.replace(record[at], fits=fits, joined=joined)
    return record


def _runs(record: Sequence[Recorded]) -> Iterator[tuple[bool, list[int]]]:
    """Whether she is away, and the places of replies between which nothing is said or told."""
    run: list[int] = []
    away = False
    for at, line in enumerate(record):
        if isinstance(line, Replied):
            run.append(at)
        elif isinstance(line, Said | Shared | Left | Returned | PatrolTold | Closed):
            if run:
                yield away, run
            run = []
            away = isinstance(line, Left) or (away and not isinstance(line, Returned | Said | Shared))
    if run:
        yield away, run


def _acts(line: Recorded, language: str) -> set[Act]:
    """What a reply does that others can do as well: no harm, and not how many questions it has."""
    assert isinstance(line, Replied)
    return set(read(line.text, language).acts - HARMS - {"closed_question", "several_questions"})
