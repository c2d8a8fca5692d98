"""Opening hours in a form that a program can evaluate: a small part of OpenStreetMap's `opening_hours`.

    24/7                            always
    unknown                         nobody has found out
    Mo-Fr 10:00-19:00               days, then one or more times
    Mo,Tu,Th,Fr 10:00-17:00; PH off rules are parted by ";", a later one replaces an earlier one on its days
    Mo 10:00-13:00,14:30-17:30      closed over noon
    Fr-Sa 18:00-02:00               past midnight; the night belongs to the day on which it begins
    PH 10:00-12:00                  public holidays; without such a rule they are days like others

Source of the grammar: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification. A text is parsed in 10 µs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Final, NamedTuple

import msgspec

from officer_console.errors import did_you_mean, nearest
from officer_console.locale import _

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
HOLIDAY: Final = "PH"
NAMES: Final = (*DAYS, HOLIDAY)
DAY: Final = 24 * 60
ALWAYS: Final = "24/7"
UNKNOWN: Final = "unknown"
OFF: Final = ("off", "closed")
LONGEST: Final = 300

_LIKE_ALWAYS = ("24h/24", "24/24", "7j/7", "7/7")
_TIME = re.compile(r"(\d\d):(\d\d)", re.ASCII)
_GLUED = re.compile(r"\s*([-,])\s*")
_FOREIGN = {
    name: day
    for day, names in zip(
        DAYS,
        (
            "lu lun lundi mon monday",
            "ma mar mardi tue tuesday",
            "me mer mercredi wed wednesday",
            "je jeu jeudi thu thursday",
            "ve ven vendredi fri friday",
            "sam samedi sat saturday",
            "di dim dimanche sun sunday",
        ),
        strict=True,
    )
    for name in names.split()
}


class Span(NamedTuple):
    """From and to, in minutes after midnight of the day on which it begins; `end` is past 1440 when the night is."""

    start: int
    end: int


class Hours(msgspec.Struct, frozen=True):
    """Spans of each weekday, Monday first, and of public holidays: None says that holidays are days like others."""

    text: str
    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    holiday: tuple[Span, ...] | None = None

    @property
    def known(self) -> bool:
        return self.text != UNKNOWN

    @property
    def always(self) -> bool:
        return self.text == ALWAYS


class HoursError(ValueError):
    """Hours that can't be read; the message says what is wrong and how it should look."""


_UNKNOWN_HOURS: Final = Hours(UNKNOWN)
_ALWAYS_HOURS: Final = Hours(ALWAYS, ((Span(0, DAY),),) * 7)


def parse(text: str) -> Hours:
    """The hours that `text` says. Raises HoursError, and nothing else, for any text."""
    plain = " ".join(text.replace("–", "-").split())
    if plain == ALWAYS:
        return _ALWAYS_HOURS
    if plain == UNKNOWN:
        return _UNKNOWN_HOURS
    if not plain or len(plain) > LONGEST or plain.startswith(_LIKE_ALWAYS):
        guess = did_you_mean(ALWAYS if plain.startswith(_LIKE_ALWAYS) else "")
        raise HoursError(_("must be hours like Mo-Fr 10:00-19:00, 24/7 or unknown") + guess)
    return _of_rules(text, [_GLUED.sub(r"\1", rule.strip()) for rule in plain.split(";")])


def _of_rules(text: str, rules: Iterable[str]) -> Hours:
    spans: dict[str, tuple[Span, ...]] = {}
    seen: set[frozenset[str]] = set()
    for rule in rules:
        days, times = _rule(rule)
        if days in seen:
            problem = _("{days} has hours twice; write them in one rule, as in Mo 10:00-12:00,14:00-16:00")
            raise HoursError(problem.format(days=",".join(day for day in NAMES if day in days)))
        seen.add(days)
        spans.update(dict.fromkeys(days, times))
    return Hours(text, tuple(spans.get(day, ()) for day in DAYS), spans.get(HOLIDAY))


def _rule(rule: str) -> tuple[frozenset[str], tuple[Span, ...]]:
    if not rule:
        raise HoursError(_("there is nothing before or behind a “;”"))
    if rule in (ALWAYS, UNKNOWN):
        raise HoursError(_("{word} stands alone, without other rules").format(word=rule))
    first, _space, rest = rule.partition(" ")
    if first[:1].isalpha() and first.lower() not in OFF:
        return _days(first), _times(rest, first)
    return frozenset(DAYS), _times(rule, "")


def _days(text: str) -> frozenset[str]:
    found: set[str] = set()
    for part in text.split(","):
        start, dash, end = part.partition("-")
        found.update(_between(_day(start), _day(end)) if dash else [_day(start)])
    return frozenset(found)


def _between(start: str, end: str) -> list[str]:
    if HOLIDAY in (start, end):
        raise HoursError(_("PH, public holidays, is no day of the week; write it after a comma, as in Sa,PH"))
    first, last = DAYS.index(start), DAYS.index(end)
    return [DAYS[at % 7] for at in range(first, last + 1 if last >= first else last + 8)]


def _day(name: str) -> str:
    if name in NAMES:
        return name
    guess = _FOREIGN.get(name.lower().rstrip(".")) or nearest(name.capitalize(), NAMES)
    problem = _("{name} is no day; days are {days} and PH for public holidays")
    raise HoursError(problem.format(name=repr(name[:20]), days=" ".join(DAYS)) + did_you_mean(guess))


def _times(text: str, days: str) -> tuple[Span, ...]:
    if text in OFF:
        return ()
    if not text:
        problem = _("{days} has no hours; write {days} 09:00-17:00, or {days} off")
        raise HoursError(problem.format(days=days[:40]))
    spans = sorted(_span(part) for part in text.split(","))
    for before, after in pairwise(spans):
        if after.start < before.end:
            raise HoursError(_("hours overlap in {text}").format(text=repr(text[:40])))
    return tuple(spans)


def _span(text: str) -> Span:
    first, dash, second = text.partition("-")
    start = _minutes(first)
    if not dash:
        problem = _("{text} has no end; hours are written as 09:30-17:00")
        raise HoursError(problem.format(text=repr(text[:30])))
    end = _minutes(second)
    if start == DAY:
        raise HoursError(_("24:00 can only be an end; a day begins at 00:00"))
    if start == end:
        raise HoursError(_("{text} has no length; the whole day is 00:00-24:00").format(text=text))
    return Span(start, end if end > start else end + DAY)


def _minutes(text: str) -> int:
    match = _TIME.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match else -1
    if not match or int(match[2]) >= 60 or minutes > DAY:  # noqa: PLR2004 - minutes of an hour
        problem = _("{text} is no time; times go from 00:00 to 24:00 and are written as 09:30")
        raise HoursError(problem.format(text=repr(text[:20])))
    return minutes
