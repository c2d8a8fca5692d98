"""What a trainer sees of attempts that were handed in: who practised what, how it went, and how attempts compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from officer_console.locale import _
from officer_console.model.text import one_line

from .attempts import Attempt
from .chronicle import Chronicle
from .debrief import overall, score
from .feedback import remarks
from .plot import plot_of
from .rules import rules
from .session import Session

STEPS: Final = "▁▂▃▄▅▆▇█"
BAR: Final = 16
NAME: Final = 24


class Judged(msgspec.Struct, frozen=True):
    """One attempt as it is judged today: overall, and by competence. `basis`: of what, see `judge`."""

    by: str
    session: str
    at: int
    overall: int
    end: str
    scores: dict[str, int | None]
    basis: str = "today"


def judged(attempts: Sequence[Attempt], sessions: Mapping[str, Session]) -> list[Judged]:
    """Attempts judged by the rules of today; of a session that is not installed by what was kept of it."""
    return [judge(attempt, sessions.get(attempt.head.session)) for attempt in attempts]


def judge(attempt: Attempt, session: Session | None) -> Judged:
    """`basis` of what comes of it: "today" by the rules of today; "kept" by the score that was kept, because the
    session is not installed; "unfit" likewise, because what was done does not fit the session as it is today."""
    head = attempt.head
    kept = Judged(head.by, head.session, head.at, head.overall, head.end, {}, "kept")
    if session is None or not attempt.entries:
        return kept
    try:
        found = remarks(chronicle_of(attempt, session))
    except Exception:  # a file of somebody else's may break any rule, and keeps nobody from the other attempts
        return msgspec.structs.replace(kept, basis="unfit")
    scores = {name: score(one for one in found if one.competence == name) for name in rules().competences}
    return Judged(head.by, head.session, head.at, overall(found), head.end, scores)


def chronicle_of(attempt: Attempt, session: Session) -> Chronicle:
    """What happened in an attempt, ready to be judged."""
    return Chronicle(plot_of(session), attempt.entries, attempt.entries[-1].at)


def as_data(found: Sequence[Judged]) -> list[dict[str, Any]]:
    """For `--json`."""
    return [msgspec.to_builtins(one) for one in found]


# ---- plots ---------------------------------------------------------------------------------------------------------


def sparkline(values: Sequence[int]) -> str:
    """Scores of 0 to 100 as a row of steps, the oldest first."""
    return "".join(STEPS[min(max(value, 0) * len(STEPS) // 101, len(STEPS) - 1)] for value in values)


def bar(value: int | None) -> str:
    """A score as a bar."""
    if value is None:
        return "·" * BAR
    filled = round(BAR * value / 100)
    return "█" * filled + "░" * (BAR - filled)


def overview(found: Sequence[Judged], exercise: Sequence[str] = ()) -> Iterator[str]:
    """Who practised what: a line a person and session, with the course of the scores."""
    people = dict.fromkeys(one.by for one in found)
    for person in people:
        mine = [one for one in found if one.by == person]
        yield f"{one_line(person, NAME) or '—'}  {sparkline([one.overall for one in mine])}"
        for session in dict.fromkeys(one.session for one in mine):
            scores = [one.overall for one in mine if one.session == session]
            last = max(one.at for one in mine if one.session == session)
            mark = "★" if session in exercise else " "
            course = f"{sparkline(scores)} {' → '.join(map(str, scores))}"
            yield f"  {mark} {one_line(session, 40):<34} {datetime.fromtimestamp(last / 1000, UTC):%Y-%m-%d}  {course}"
    for session in exercise:
        done = {one.by for one in found if one.session == session}
        missing = [person for person in people if person not in done]
        told = ", ".join(one_line(person, NAME) for person in missing)
        line = _("Exercise {session}: {done} of {all} have done it")
        yield line.format(session=session, done=len(done), all=len(people)) + _missing(told)


def _missing(told: str) -> str:
    return " " + _("(not yet: {names})").format(names=told) if told else ""


def compared(found: Sequence[Judged], language: str) -> Iterator[str]:
    """Attempts beside each other, competence by competence."""
    for name, names in rules().competences.items():
        if any(one.scores.get(name) is not None for one in found):
            yield names.get(language, names["en"])
            for one in found:
                value = one.scores.get(name)
                when = f"{datetime.fromtimestamp(one.at / 1000, UTC):%Y-%m-%d %H:%M}"
                told = "—" if value is None else str(value)
                yield f"  {one_line(one.by, NAME) or '—':<{NAME}} {when}  {bar(value)} {told:>3}"
