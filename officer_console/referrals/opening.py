"""Whether somebody is open at a moment, and until or from when. About 30 µs a question."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

import msgspec

from .clock import is_holiday, zone
from .hours import DAY, Hours, Span

AHEAD_DAYS: Final = 14
"""How far the next opening is looked for."""


class Opening(msgspec.Struct, frozen=True):
    """`until` or `opens` are in local time there; None: not within 14 days. `unsure`: that day is a public holiday, and
    the hours say nothing about holidays."""

    state: Literal["open", "closed", "unknown"]
    until: datetime | None = None
    opens: datetime | None = None
    unsure: bool = False


def opening_at(hours: Hours, at: datetime, department: str = "") -> Opening:
    """Whether it is open at `at`, which must know its time zone. Raises ValueError when it does not."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    if not hours.known:
        return Opening("unknown")
    if hours.always:
        return Opening("open")
    here = zone(department)
    first = at.astimezone(here).date()
    last = at + timedelta(days=AHEAD_DAYS)
    for start, end in _stretches(hours, first, department):
        if end <= at:
            continue
        if start > last:
            break
        if start <= at:
            until = end.astimezone(here) if end <= last else None
            return Opening("open", until=until, unsure=_unsure(hours, at.astimezone(here), department))
        opens = start.astimezone(here)
        return Opening("closed", opens=opens, unsure=_unsure(hours, opens, department))
    return Opening("closed")


def _unsure(hours: Hours, day: datetime, department: str) -> bool:
    return hours.holiday is None and is_holiday(day.date(), department)


def _stretches(hours: Hours, first: date, department: str) -> Iterator[tuple[datetime, datetime]]:
    """From and to in UTC, in their order, those that touch made one; from the night before `first` on."""
    start: datetime | None = None
    end: datetime | None = None
    for begins, ends in _spans(hours, first, department):
        if start is not None and end is not None and begins <= end:
            end = max(end, ends)
            continue
        if start is not None and end is not None:
            yield start, end
        start, end = begins, ends
    if start is not None and end is not None:
        yield start, end


def _spans(hours: Hours, first: date, department: str) -> Iterator[tuple[datetime, datetime]]:
    for number in range(-1, AHEAD_DAYS + 2):
        day = first + timedelta(days=number)
        for span in spans_of(hours, day, department):
            yield _moment(day, span.start, department), _moment(day, span.end, department)


def spans_of(hours: Hours, day: date, department: str = "") -> tuple[Span, ...]:
    """The spans that begin on `day`."""
    if hours.holiday is not None and is_holiday(day, department):
        return hours.holiday
    return hours.week[day.weekday()]


def _moment(day: date, minutes: int, department: str) -> datetime:
    """Wall-clock time as a moment. An hour that a clock change repeats is meant when it comes first; one that it leaves
    out is the hour after."""
    days, rest = divmod(minutes, DAY)
    wall = datetime.combine(day + timedelta(days=days), datetime.min.time(), zone(department))
    return wall.replace(hour=rest // 60, minute=rest % 60).astimezone(UTC)
