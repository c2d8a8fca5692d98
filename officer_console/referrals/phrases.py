"""What stands in a quick reply in place of a placeholder, in the reply's language: hours, costs, places."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import groupby

import msgspec

from .hours import DAY, Hours, Span

FALLBACK = "fr"


class Phrases(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"both": "and"}):
    """The phrases of one language; see data/phrases.toml."""

    always: str
    unknown: str
    days: tuple[str, str, str, str, str, str, str]
    range: str
    every: str
    both: str
    comma: str
    from_to: str
    time: str
    time_minutes: str
    holidays: str
    holidays_off: str
    sms: str
    sms_there: str
    postcode: str
    department: str
    cost: Mapping[str, str]
    places: Mapping[str, str]
    nearest: Mapping[str, str]


@cache
def _all() -> Mapping[str, Phrases]:
    data = files(__package__).joinpath("data", "phrases.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(data), dict[str, Phrases])


def languages() -> frozenset[str]:
    """The languages that have phrases."""
    return frozenset(_all())


def phrases(language: str) -> Phrases:
    """The phrases of a language; French ones when it has none."""
    return _all().get(language, _all()[FALLBACK])


def hours_in_words(hours: Hours, language: str) -> str:
    """Opening hours as one phrase: "du lundi au vendredi de 10h à 19h"."""
    say = phrases(language)
    if not hours.known:
        return say.unknown
    if hours.always:
        return say.always
    parts = [f"{_days(days, say)} {_times(spans, say)}" for days, spans in _alike(hours)]
    if hours.holiday:
        parts.append(f"{say.holidays} {_times(hours.holiday, say)}")
    elif hours.holiday == ():
        parts.append(say.holidays_off)
    return say.comma.join(parts) or say.unknown


def _alike(hours: Hours) -> Iterator[tuple[list[int], tuple[Span, ...]]]:
    """Days that have the same hours, with these, in the order of their first day."""
    kinds = dict.fromkeys(spans for spans in hours.week if spans)
    for spans in kinds:
        yield [day for day, other in enumerate(hours.week) if other == spans], spans


def _days(days: list[int], say: Phrases) -> str:
    if len(days) == len(say.days):
        return say.every
    runs = [[day for _at, day in run] for _key, run in groupby(enumerate(days), lambda pair: pair[1] - pair[0])]
    names: list[str] = []
    for run in runs:
        if len(run) > 2:  # noqa: PLR2004 - "from A to B" is for three days and more
            names.append(say.range.format(first=say.days[run[0]], last=say.days[run[-1]]))
        else:
            names += [say.days[day] for day in run]
    return _listed(names, say)


def _times(spans: tuple[Span, ...], say: Phrases) -> str:
    return _listed([say.from_to.format(start=_time(a, say), end=_time(b, say)) for a, b in spans], say)


def _time(minutes: int, say: Phrases) -> str:
    h, m = divmod(minutes if minutes <= DAY else minutes - DAY, 60)
    return (say.time_minutes if m else say.time).format(h=h, m=m)


def _listed(names: list[str], say: Phrases) -> str:
    *before, last = names
    return f"{say.comma.join(before)}{say.both}{last}" if before else last
