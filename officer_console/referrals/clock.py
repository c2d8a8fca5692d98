"""What time it is, and whether it is a public holiday, in each part of France."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = "Europe/Paris"
ZONES: Final = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
"""Departments and territories that do not keep the time of Paris (IANA time zone database)."""

OWN_HOLIDAYS: Final = {
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "975": "PM",
    "976": "976",
    "977": "BL",
    "978": "MF",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}
"""Departments with holidays of their own, by the names that the `holidays` package gives them."""


@cache
def zone(department: str = "") -> ZoneInfo:
    """The time zone of a department; of Paris for all others and for ""."""
    return ZoneInfo(ZONES.get(department, PARIS))


def is_holiday(day: date, department: str = "") -> bool:
    """Whether `day` is a public holiday there. The first question of a year costs 80 ms, each other 1 µs."""
    return day in _holidays(day.year, OWN_HOLIDAYS.get(department))


@cache
def _holidays(year: int, part: str | None) -> frozenset[date]:
    import holidays  # 80 ms, and no search needs it before hours are shown

    return frozenset(holidays.country_holidays("FR", subdiv=part, years=year, expand=False))
