"""Opening hours of the open directory ("plage_ouverture") in our form, or as a note where our form can't say them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from officer_console.model.text import one_line

from .hours import DAYS, UNKNOWN, HoursError, parse

_NAMES: Final = dict(zip(("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"), DAYS, strict=True))
_TIME: Final = re.compile(r"(\d\d):(\d\d)(:\d\d)?", re.ASCII)
_LAST_MINUTE: Final = "23:59"
NOTE: Final = 300


def hours_from(ranges: Sequence[Any]) -> tuple[str, str]:
    """(hours, note). A range with a comment ("2nd and 4th Saturday") is no plain hours: all becomes a note."""
    tables = [table for table in ranges if isinstance(table, dict)]
    if any(_clean(table.get("commentaire")) for table in tables):
        return UNKNOWN, _note(tables)
    spans: dict[str, list[str]] = {}
    for table in tables:
        for day in _days(table):
            spans.setdefault(day, []).extend(_spans(table))
    rules = [f"{day} {','.join(sorted(set(times)))}" for day, times in spans.items() if times]
    text = _shorter("; ".join(sorted(rules, key=lambda rule: DAYS.index(rule[:2]))))
    try:
        return (parse(text).text, "") if text else (UNKNOWN, _note(tables))
    except HoursError:
        return UNKNOWN, _note(tables)


def _days(table: Mapping[str, Any]) -> Sequence[str]:
    first = _NAMES.get(_clean(table.get("nom_jour_debut")).lower())
    last = _NAMES.get(_clean(table.get("nom_jour_fin")).lower(), first)
    if first is None or last is None:
        return ()
    a, b = DAYS.index(first), DAYS.index(last)
    return [DAYS[at % 7] for at in range(a, b + 1 if b >= a else b + 8)]


def _spans(table: Mapping[str, Any]) -> list[str]:
    found = []
    for number in (1, 2):
        start = _time(table.get(f"valeur_heure_debut_{number}"))
        end = _time(table.get(f"valeur_heure_fin_{number}"))
        if start and end and start != end:
            found.append(f"{start}-{'24:00' if end == _LAST_MINUTE else end}")
    return found


def _shorter(text: str) -> str:
    """Days with the same hours in one rule; what is open all day every day as 24/7."""
    days: dict[str, list[str]] = {}
    for rule in filter(None, text.split("; ")):
        days.setdefault(rule[3:], []).append(rule[:2])
    if days.keys() == {"00:00-24:00"} and len(days["00:00-24:00"]) == len(DAYS):
        return "24/7"
    return "; ".join(f"{_range(names)} {times}" for times, names in days.items())


def _range(names: list[str]) -> str:
    together = DAYS.index(names[-1]) - DAYS.index(names[0]) == len(names) - 1
    return f"{names[0]}-{names[-1]}" if together and len(names) > 1 else ",".join(names)


def _note(tables: Sequence[Mapping[str, Any]]) -> str:
    """The ranges as the directory has them, in its French."""
    lines = []
    for table in tables:
        first, last = _clean(table.get("nom_jour_debut")), _clean(table.get("nom_jour_fin"))
        days = first if last in ("", first) else f"{first}-{last}"
        parts = (days, ", ".join(_spans(table)), _clean(table.get("commentaire")))
        lines.append(" ".join(filter(None, parts)))
    return one_line(" ; ".join(filter(None, lines)), NOTE)


def _time(value: object) -> str:
    match = _TIME.match(value) if isinstance(value, str) else None
    return f"{match[1]}:{match[2]}" if match else ""


def _clean(value: object) -> str:
    return one_line(value, NOTE) if isinstance(value, str) else ""
