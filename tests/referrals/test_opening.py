"""Open or closed, until or from when: weekdays, nights, French public holidays, clock changes, overseas.

A case is read: with these hours, at this moment (local time there), in this department, it is open until, or it is
closed and opens at. "?" behind it: a public holiday, and the hours say nothing about holidays.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.referrals.clock import is_holiday, zone
from officer_console.referrals.hours import parse
from officer_console.referrals.opening import AHEAD_DAYS, Opening, opening_at
from officer_console.referrals.told import opening_told

WEEK = "Mo-Fr 10:00-19:00"
DAILY = "Mo-Su 09:00-20:00"
SPLIT = "Mo 10:00-13:00,14:30-17:30; Th 10:00-13:00"
NIGHT = "Fr,Sa 18:00-02:00"
NIGHTS = "Mo-Su 22:00-06:00"
NOT_ON_HOLIDAYS = "Mo-Fr 10:00-19:00; PH off"
ON_HOLIDAYS = "Mo-Fr 10:00-19:00; PH 14:00-16:00"

CASES = [
    # weekdays; 2026-11-23 is a Monday
    (WEEK, "2026-11-23 10:00", "", "open 23 19:00"),
    (WEEK, "2026-11-23 09:59", "", "closed 23 10:00"),
    (WEEK, "2026-11-23 18:59", "", "open 23 19:00"),
    (WEEK, "2026-11-23 19:00", "", "closed 24 10:00"),
    (WEEK, "2026-11-27 12:00", "", "open 27 19:00"),
    (WEEK, "2026-11-27 19:30", "", "closed 30 10:00"),
    (WEEK, "2026-11-28 12:00", "", "closed 30 10:00"),
    (WEEK, "2026-11-29 23:59", "", "closed 30 10:00"),
    (DAILY, "2026-11-29 08:00", "", "closed 29 09:00"),
    (DAILY, "2026-11-29 19:59", "", "open 29 20:00"),
    (DAILY, "2026-11-29 20:00", "", "closed 30 09:00"),
    (SPLIT, "2026-11-23 12:30", "", "open 23 13:00"),
    (SPLIT, "2026-11-23 13:00", "", "closed 23 14:30"),
    (SPLIT, "2026-11-23 14:30", "", "open 23 17:30"),
    (SPLIT, "2026-11-23 18:00", "", "closed 26 10:00"),
    (SPLIT, "2026-11-26 13:30", "", "closed 30 10:00"),
    ("Mo 10:00-11:00", "2026-11-23 11:00", "", "closed 30 10:00"),
    ("Sa 14:00-16:00", "2026-11-28 15:00", "", "open 28 16:00"),
    # always, unknown, never
    ("24/7", "2026-11-29 03:00", "", "open"),
    ("24/7", "2026-12-25 03:00", "", "open"),
    ("unknown", "2026-11-23 12:00", "", "unknown"),
    ("Mo off", "2026-11-23 12:00", "", "closed"),
    ("Mo-Su 00:00-24:00", "2026-11-23 12:00", "", "open"),
    ("Mo-Sa 00:00-24:00", "2026-11-27 12:00", "", "open 29 00:00"),
    ("Mo-Sa 00:00-24:00", "2026-11-29 12:00", "", "closed 30 00:00"),
    # nights
    (NIGHT, "2026-11-27 17:59", "", "closed 27 18:00"),
    (NIGHT, "2026-11-27 23:00", "", "open 28 02:00"),
    (NIGHT, "2026-11-28 01:59", "", "open 28 02:00"),
    (NIGHT, "2026-11-28 02:00", "", "closed 28 18:00"),
    (NIGHT, "2026-11-29 01:00", "", "open 29 02:00"),
    (NIGHT, "2026-11-29 02:00", "", "closed 04 18:00"),
    (NIGHTS, "2026-11-23 00:00", "", "open 23 06:00"),
    (NIGHTS, "2026-11-23 06:00", "", "closed 23 22:00"),
    (NIGHTS, "2026-12-31 23:30", "", "open 01 06:00"),
    ("Su 20:00-04:00", "2026-11-30 03:00", "", "open 30 04:00"),
    ("Mo-Su 09:00-23:00", "2026-11-30 00:30", "", "closed 30 09:00"),
    # public holidays: 2026-11-11 a Wednesday, 2026-12-25 a Friday, 2026-05-14 Ascension, 2026-04-06 Easter Monday
    (NOT_ON_HOLIDAYS, "2026-11-11 12:00", "", "closed 12 10:00"),
    (NOT_ON_HOLIDAYS, "2026-11-10 19:00", "", "closed 12 10:00"),
    (NOT_ON_HOLIDAYS, "2026-12-24 20:00", "", "closed 28 10:00"),
    (NOT_ON_HOLIDAYS, "2026-05-14 10:00", "", "closed 15 10:00"),
    (NOT_ON_HOLIDAYS, "2026-04-03 19:00", "", "closed 07 10:00"),
    (NOT_ON_HOLIDAYS, "2027-03-29 12:00", "", "closed 30 10:00"),
    (ON_HOLIDAYS, "2026-11-11 12:00", "", "closed 11 14:00"),
    (ON_HOLIDAYS, "2026-11-11 15:00", "", "open 11 16:00"),
    (ON_HOLIDAYS, "2026-08-15 15:00", "", "open 15 16:00"),
    (WEEK, "2026-11-11 12:00", "", "open 11 19:00 ?"),
    (WEEK, "2026-11-10 20:00", "", "closed 11 10:00 ?"),
    (DAILY, "2026-07-14 12:00", "", "open 14 20:00 ?"),
    ("Mo-Su 22:00-06:00; PH off", "2026-11-11 01:00", "", "open 11 06:00"),
    ("Mo-Su 22:00-06:00; PH off", "2026-11-11 23:00", "", "closed 12 22:00"),
    # holidays of one part of France alone: 2026-12-26, a Saturday, in Alsace and Moselle; 2026-05-22 in Martinique
    ("Sa 10:00-12:00; PH off", "2026-12-26 11:00", "67", "closed 02 10:00"),
    ("Sa 10:00-12:00; PH off", "2026-12-26 11:00", "75", "open 26 12:00"),
    (NOT_ON_HOLIDAYS, "2026-05-22 12:00", "972", "closed 26 10:00"),
    (NOT_ON_HOLIDAYS, "2026-05-22 12:00", "", "open 22 19:00"),
    # clock changes: 2026-03-29 at 2:00 it is 3:00, 2026-10-25 at 3:00 it is 2:00 again
    (NIGHTS, "2026-03-29 05:59", "", "open 29 06:00"),
    (NIGHTS, "2026-10-25 05:59", "", "open 25 06:00"),
    (WEEK, "2026-03-27 19:00", "", "closed 30 10:00"),
    (WEEK, "2026-10-23 19:00", "", "closed 26 10:00"),
    # overseas by its own clock
    (WEEK, "2026-11-23 10:00", "974", "open 23 19:00"),
    (WEEK, "2026-11-23 09:59", "973", "closed 23 10:00"),
]  # fmt: skip


def told(opening: Opening) -> str:
    moment = opening.until or opening.opens
    parts = (opening.state, f"{moment:%d %H:%M}" if moment else "", "?" if opening.unsure else "")
    return " ".join(filter(None, parts))


def test_there_are_sixty_cases() -> None:
    assert len(CASES) == 60


@pytest.mark.parametrize(("hours", "at", "department", "expected"), CASES)
def test_open_or_closed(hours: str, at: str, department: str, expected: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=zone(department))
    assert told(opening_at(parse(hours), moment, department)) == expected


@pytest.mark.parametrize(
    ("utc", "expected"),
    [  # a line until 2:30 in the night in which 2:30 comes twice: it closes when it comes first
        ("2026-10-25T00:29", "open 25 02:30"),
        ("2026-10-25T00:30", "closed 31 18:00"),
        ("2026-10-25T01:15", "closed 31 18:00"),
        # in spring there is no 2:30: what ends then ends an hour later on the clock, at 3:30
        ("2026-03-29T01:29", "open 29 03:30"),
        ("2026-03-29T01:30", "closed 04 18:00"),
    ],
)
def test_an_hour_that_comes_twice_or_never(utc: str, expected: str) -> None:
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert told(opening_at(parse("Sa 18:00-02:30"), moment)) == expected


def test_a_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn() -> None:
    hours = parse(NIGHTS)
    lengths = []
    for day in (datetime(2026, 3, 28, 22), datetime(2026, 10, 24, 22), datetime(2026, 11, 24, 22)):
        start = day.replace(tzinfo=zone())
        until = opening_at(hours, start).until
        assert until is not None
        lengths.append((until.astimezone(UTC) - start.astimezone(UTC)).total_seconds() / 3600)
    assert lengths == [7, 9, 8]


def test_a_national_line_keeps_the_time_of_paris_wherever_one_asks() -> None:
    in_reunion = datetime(2026, 11, 23, 22, 30, tzinfo=zone("974"))
    assert told(opening_at(parse(WEEK), in_reunion)) == "closed 24 10:00"
    assert told(opening_at(parse(WEEK), in_reunion - timedelta(minutes=31))) == "open 23 19:00"


def test_a_moment_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        opening_at(parse(WEEK), datetime(2026, 11, 23, 12))


def test_holidays_by_department() -> None:
    good_friday = datetime(2026, 4, 3).date()
    assert [is_holiday(good_friday, part) for part in ("", "75", "57", "67", "68")] == [False, False, True, True, True]


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
HOURS = st.sampled_from([WEEK, DAILY, SPLIT, NIGHT, NIGHTS, NOT_ON_HOLIDAYS, ON_HOLIDAYS, "Mo-Sa 00:00-24:00"])


@given(HOURS, MOMENTS, st.sampled_from(["", "67", "971", "974", "987"]))
def test_what_is_told_is_true_a_moment_later(text: str, at: datetime, department: str) -> None:
    hours = parse(text)
    now = opening_at(hours, at, department)
    turn = now.until or now.opens
    assert turn is not None
    assert at < turn <= at + timedelta(days=AHEAD_DAYS)
    just_before = opening_at(hours, turn - timedelta(microseconds=1), department)
    then = opening_at(hours, turn, department)
    assert just_before.state == now.state
    assert then.state != now.state


@pytest.mark.parametrize(
    ("hours", "at", "english"),
    [
        (WEEK, "2026-11-23 10:00", "open now until 19:00"),
        ("24/7", "2026-11-23 10:00", "open now"),
        ("unknown", "2026-11-23 10:00", "hours unknown"),
        (WEEK, "2026-11-23 09:00", "opens today at 10:00"),
        (WEEK, "2026-11-23 20:00", "opens tomorrow at 10:00"),
        (WEEK, "2026-11-27 20:00", "opens on Monday at 10:00"),
        ("Mo 10:00-11:00", "2026-11-23 12:00", "opens on Monday 30/11 at 10:00"),
        ("Mo off", "2026-11-23 12:00", "closed for the next two weeks"),
        (WEEK, "2026-11-11 12:00", "open now until 19:00 (public holiday: may be closed)"),
    ],
)
def test_how_it_is_told(hours: str, at: str, english: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=zone())
    assert opening_told(opening_at(parse(hours), moment), moment) == english
