"""Days and hours of the station's time zone, and the hours since 1970 in which figures are counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from officer_console.model.shown_figures import Place

HOUR_S: Final = 3600
FIRST_YEAR, LAST_YEAR = 2000, 2199


def day_of(text: str) -> date:
    """A day as "2026-11-01". Raises ValueError for what is none, or is far from our time."""
    day = date.fromisoformat(text)
    if day.isoformat() != text or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(text)
    return day


class Calendar:
    """`zone`: a name of the IANA time zone database that is known here. Where a zone is not whole hours from UTC, an
    hour belongs to the day in which it begins."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self.place = cache(self._place)
        """Gives day and hour of an hour since 1970."""

    def hours(self, first: date, last: date) -> tuple[int, int]:
        """The first hour of `first`, and the one after the last of `last`."""
        return self._start(first), self._start(last + timedelta(days=1))

    def days(self, first: date, last: date) -> list[str]:
        """Every day from `first` to `last`."""
        return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]

    def today(self, now: int) -> date:
        """The day of a time in ms."""
        return datetime.fromtimestamp(now / 1000, self._zone).date()

    def _start(self, day: date) -> int:
        midnight = datetime.combine(day, time(), self._zone)
        return -int(-midnight.timestamp() // HOUR_S)

    def _place(self, hour: int) -> Place:
        at = datetime.fromtimestamp(hour * HOUR_S, UTC).astimezone(self._zone)
        return at.date().isoformat(), at.hour
