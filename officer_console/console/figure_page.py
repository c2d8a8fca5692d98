"""The figures as a page of text: plots and numbers for a shift lead. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final, NamedTuple

from officer_console.console.widgets.plots import BLOCKS, Letters, Plot, bars, columns, varies
from officer_console.console.words import LANGUAGE, OUTCOME
from officer_console.figure_words import MEASURES, explained, number, step
from officer_console.locale import N_, _
from officer_console.model.figures import PLAIN, TIMES, UNKNOWN
from officer_console.model.shown_figures import Report, Shown

HEIGHT: Final = 5
WIDE: Final = 100
"""Cells from which two lists stand side by side."""
BETWEEN: Final = 3
MANY: Final = 12
"""Departments and languages that are shown."""
KINDS: Final[Mapping[str, str]] = {
    "emergency": N_("Emergency numbers"),
    "helpline": N_("Help lines"),
    "shelter": N_("Shelters"),
    "association": N_("Associations"),
    "chat": N_("Chats of associations"),
    "network": N_("Networks of associations"),
    "state_chat": N_("Chats of the state"),
    "portal": N_("Web sites"),
    "local": N_("Local places"),
}
URGENCIES: Final[Mapping[str, str]] = {"red": N_("Red"), "amber": N_("Amber"), "none": N_("No signal confirmed")}


class Part(NamedTuple):
    """A heading, and the lines below it."""

    heading: str
    lines: list[str]


def page(report: Report, width: int, letters: Letters = BLOCKS) -> Iterator[Part]:
    """The parts of the page, each at most `width` cells wide."""
    yield Part("", [_totals(report), explained()])
    yield from _plots(report, width, letters)
    shown = [Part(_(MEASURES[measure]), _list(report, measure, width, letters)) for measure in _ORDER]
    yield from _beside([part for part in shown if part.lines], width)


def _totals(report: Report) -> str:
    told = [f"{_(MEASURES[measure])} {number(report.totals[measure])}" for measure in PLAIN if report.totals[measure]]
    return " · ".join(told) or _("Nobody came in these days.")


def _plots(report: Report, width: int, letters: Letters) -> Iterator[Part]:
    hours = [f"{hour:02}" for hour in range(24)]
    arrived = Plot(report.hours["arrived"], hours)
    yield Part(_("Began to wait, by the hour of the day"), columns(arrived, HEIGHT, width, letters))
    steps = TIMES["wait"]
    waits = [steps.index(wait) + 1 if wait else 0 for wait in report.waits]
    if any(waits):
        plot = Plot(waits, hours, [step("wait", value) for value in steps])
        heading = _("Half were taken within, by the hour in which they came (from five on)")
        yield Part(heading, columns(plot, len(steps), width, letters))
    days = report.days["arrived"]
    if len(days) > 1 and varies(days):
        yield Part(
            _("Began to wait, by day"), columns(Plot(days, _days(report.first, len(days))), HEIGHT, width, letters)
        )


def _days(first: str, count: int) -> list[str]:
    start = date.fromisoformat(first).toordinal()
    return [f"{date.fromordinal(start + place).day:02}" for place in range(count)]


def _list(report: Report, measure: str, width: int, letters: Letters) -> list[str]:
    values = report.values[measure]
    if not any(values.values()):
        return []
    rows = [(_name(measure, value), shown) for value, shown in values.items()]
    if measure not in TIMES:
        rows = _greatest_first(rows)
    more = len(rows) - MANY
    lines = bars(rows[:MANY], width if width < WIDE else (width - BETWEEN) // 2, letters)
    return [*lines, _("… and {n} more: officer-console relay stats").format(n=more)] if more > 0 else lines


def _greatest_first(rows: list[tuple[str, Shown]]) -> list[tuple[str, Shown]]:
    """By what is shown; those that are hidden stay in the order of their names."""
    return sorted(rows, key=lambda row: -row[1] if row[1] > 0 else 0)


def _name(measure: str, value: str) -> str:
    if measure in TIMES:
        return step(measure, value)
    if measure == "department":
        return _department(value)
    words = {"outcome": OUTCOME, "language": LANGUAGE, "referral": KINDS, "urgency": URGENCIES}[measure]
    return _(words[value]) if value in words else _unknown(value)


def _department(value: str) -> str:
    from officer_console.referrals.departments import names  # when first asked for

    return f"{value} {names().get(value, '')}".strip() if value != UNKNOWN else _unknown(value)


def _unknown(value: str) -> str:
    return _("not known") if value == UNKNOWN else value


def _beside(parts: list[Part], width: int) -> Iterator[Part]:
    """Two and two, where there is room."""
    if width < WIDE:
        yield from parts
        return
    half = (width - BETWEEN) // 2
    for left, right in zip(parts[::2], [*parts[1::2], Part("", [])][: len(parts[::2])], strict=True):
        count = max(len(left.lines), len(right.lines))
        rows = zip(_filled(left.lines, count), _filled(right.lines, count), strict=True)
        heading = f"{left.heading:<{half + BETWEEN}}{right.heading}".rstrip()
        yield Part(heading, [f"{one:<{half + BETWEEN}}{other}".rstrip() for one, other in rows])


def _filled(lines: list[str], count: int) -> list[str]:
    return [*lines, *[""] * (count - len(lines))]


_ORDER: Final = ("answer", "length", "outcome", "referral", "language", "urgency", "department")
