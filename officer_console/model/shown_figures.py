"""Figures as they may be shown: nothing below five, nothing that a subtraction gives away exactly.

1 to 4 is hidden. All else is rounded to the nearest multiple of 5, so that a total less its parts is no exact number;
and a total is withheld when together with its parts it would still leave only one possibility for a hidden one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from .figures import PLAIN, TIMES, TOLD_BY_CONSOLES, Key

LEAST: Final = 5
"""A number from 1 to one less is not shown."""
HIDDEN: Final = -1
WITHHELD: Final = -2
Shown = int
"""A number as it may be shown: HIDDEN, WITHHELD, 0, or a multiple of 5."""
PARTS: Final[Mapping[str, str]] = {"closed": "outcome", "referred": "referral"}
"""Measure -> the one whose values, once all are told, add up to it."""
HOURS: Final = 24
GREATEST: Final = 10**9
"""Of what somebody sends."""
Place = tuple[str, int]
"""A day ("2026-11-03") and an hour of it, in the station's time zone."""
By = Literal["hour", "day", "range"]


def hide(number: int) -> Shown:
    """`number` as it may be shown."""
    if 0 < number < LEAST:
        return HIDDEN
    return (number + LEAST // 2) // LEAST * LEAST


def possible(shown: Shown) -> tuple[int, int]:
    """The least and the greatest number that is shown like this."""
    if shown == HIDDEN:
        return 1, LEAST - 1
    return (0, 0) if shown == 0 else (max(LEAST, shown - LEAST // 2), shown + LEAST // 2)


def gives_away(total: Shown, parts: Iterable[Shown]) -> bool:
    """Whether `total` and its parts leave one possibility only for a part that is hidden."""
    ranges = [possible(part) for part in parts]
    least, most = possible(total)
    low, high = sum(low for low, _high in ranges), sum(high for _low, high in ranges)
    lowest = max(1, least - (high - (LEAST - 1)))
    highest = min(LEAST - 1, most - (low - 1))
    return (1, LEAST - 1) in ranges and lowest == highest


def total_beside(number: int, tables: Iterable[Sequence[Shown]]) -> Shown:
    """A total as it may be shown beside tables whose parts add up to it."""
    shown = hide(number)
    return WITHHELD if any(gives_away(shown, parts) for parts in tables) else shown


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Figures from `first` to `last` ("2026-11-01", both included), of the station's time zone.

    `totals`: measure -> number. `values`: measure -> value -> number; of what consoles tell without the zeros. `hours`:
    measure -> 24 numbers, by the hour of the day. `days`: measure -> a number for each day. `waits`: for each hour of
    the day the step (TIMES) within which half of the waits were over; "" for fewer than five.
    """

    first: str
    last: str
    totals: dict[str, Shown]
    values: dict[str, dict[str, Shown]]
    hours: dict[str, list[Shown]]
    days: dict[str, list[Shown]]
    waits: list[str]


class Row(NamedTuple):
    """One figure. `day` "" for the whole range, `hour` None for the whole day."""

    day: str
    hour: int | None
    measure: str
    value: str
    shown: Shown


Counts = Iterable[tuple[Key, int]]


def report(counts: Counts, days: Sequence[str], place: Callable[[int], Place]) -> Report:
    """The figures of these days; `place` gives day and hour of an hour since 1970."""
    sums = _Sums()
    for (hour, measure, value), number in counts:
        sums.add(measure, value, *place(hour), number)
    hours = {measure: [hide(sums.hours[measure, hour]) for hour in range(HOURS)] for measure in PLAIN}
    by_day = {measure: [hide(sums.days[measure, day]) for day in days] for measure in PLAIN}
    values = {measure: sums.told(measure) for measure in _LISTS}
    totals = {
        measure: total_beside(
            sums.totals[measure],
            (hours[measure], by_day[measure], [*values.get(PARTS.get(measure, ""), {}).values()]),
        )
        for measure in PLAIN
    }
    return Report(days[0], days[-1], totals, values, hours, by_day, [*map(sums.wait, range(HOURS))])


class _Sums:
    """Counts of one range, summed up in every way in which they are shown."""

    def __init__(self) -> None:
        self.totals: Counter[str] = Counter()
        self.hours: Counter[tuple[str, int]] = Counter()
        self.days: Counter[tuple[str, str]] = Counter()
        self._values: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._waits: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def add(self, measure: str, value: str, day: str, hour: int, number: int) -> None:
        if value:
            self._values[measure][value] += number
            if measure == "wait":
                self._waits[hour][value] += number
            return
        self.totals[measure] += number
        self.hours[measure, hour] += number
        self.days[measure, day] += number

    def told(self, measure: str) -> dict[str, Shown]:
        """Times from the shortest on, all of them; what consoles tell by its name, never by its size: that would tell
        which of two hidden ones is the greater."""
        found = self._values[measure]
        known = (value for value in _LISTS[measure] if measure in TIMES or found[value])
        return {value: hide(found[value]) for value in known}

    def wait(self, hour: int) -> str:
        """The step within which half of an hour's waits were over; "" for fewer than LEAST."""
        found, seen = self._waits[hour], 0
        half = found.total() / 2
        for step in TIMES["wait"]:
            seen += found[step]
            if seen >= half and found.total() >= LEAST:
                return step
        return ""


def known(figures: Report, days: int) -> Report:
    """What this version knows of a report that somebody sent, of so many days, and nothing else: whatever is missing is
    zero, and no text is left in it that does not stand in our lists."""
    return Report(
        figures.first,
        figures.last,
        {measure: _sane(figures.totals.get(measure, 0)) for measure in PLAIN},
        {measure: _known_values(figures.values.get(measure, {}), measure) for measure in _LISTS},
        {measure: _sized(figures.hours.get(measure, []), HOURS) for measure in PLAIN},
        {measure: _sized(figures.days.get(measure, []), days) for measure in PLAIN},
        [wait if wait in TIMES["wait"] else "" for wait in [*figures.waits, *[""] * HOURS][:HOURS]],
    )


def _known_values(values: Mapping[str, Shown], measure: str) -> dict[str, Shown]:
    wanted = TIMES[measure] if measure in TIMES else [value for value in _LISTS[measure] if value in values]
    return {value: _sane(values.get(value, 0)) for value in wanted}


def _sized(numbers: Sequence[Shown], size: int) -> list[Shown]:
    return [_sane(number) for number in [*numbers, *[0] * size][:size]]


def _sane(number: Shown) -> Shown:
    return max(WITHHELD, min(number, GREATEST))


def rows(counts: Counts, place: Callable[[int], Place], by: By) -> list[Row]:
    """The figures one by one, by hour or by day: each hidden by itself, without totals and zeros."""
    summed: Counter[tuple[str, int | None, str, str]] = Counter()
    for (hour, measure, value), number in counts:
        day, of_day = place(hour)
        summed[day, of_day if by == "hour" else None, measure, value] += number
    ordered = sorted(summed.items(), key=lambda item: (item[0][0], item[0][1] or 0, *_rank(item[0][2], item[0][3])))
    return [Row(*where, hide(number)) for where, number in ordered]


def rows_of(figures: Report) -> list[Row]:
    """The figures of the whole range one by one."""
    plain = [Row("", None, measure, "", shown) for measure, shown in figures.totals.items()]
    told = figures.values.items()
    return [*plain, *(Row("", None, measure, value, shown) for measure, of in told for value, shown in of.items())]


_LISTS: Final[dict[str, tuple[str, ...]]] = {
    **TIMES,
    **{measure: tuple(sorted(values)) for measure, values in TOLD_BY_CONSOLES.items()},
}
_ORDER: Final = {measure: place for place, measure in enumerate([*PLAIN, *_LISTS])}


def _rank(measure: str, value: str) -> tuple[int, int]:
    known = _LISTS.get(measure, ())
    return _ORDER.get(measure, len(_ORDER)), known.index(value) if value in known else -1
