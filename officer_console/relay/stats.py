"""`officer-console relay stats`: the figures of some days, to read or for other programs. It works beside a relay."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.figure_words import MEASURES, explained, number, step
from officer_console.locale import _
from officer_console.model.figures import PLAIN, TIMES
from officer_console.model.shown_figures import HIDDEN, LEAST, Report, Row, report, rows, rows_of
from officer_console.paths import relay_dir

from .calendar import Calendar, day_of
from .figures_store import Counts, read_counts
from .service import wall_clock

USUAL_D: Final = 7
"""Days that are shown when none are named, today included."""
COLUMNS: Final = ("day", "hour", "measure", "value", "count")
WIDTH: Final = 36


def run(args: argparse.Namespace, config: Config) -> int:
    """See the module."""
    calendar = Calendar(config.relay.time_zone)
    first, last = _days(args.first, args.last, calendar.today(wall_clock()))
    counts = read_counts(relay_dir(config.relay.data_dir), *calendar.hours(first, last))
    found = report(counts, calendar.days(first, last), calendar.place)
    if args.csv and args.json:
        raise UserError(_("Choose one of --csv and --json."), 2)
    if args.csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(
            [COLUMNS, *map(_cells, _rows(found, counts, args.by, calendar))]
        )
    elif args.json:
        print(json.dumps(_document(found, _rows(found, counts, args.by, calendar), config.relay.time_zone)))
    else:
        print("\n".join(_table(found, config.relay.time_zone)))
    return 0


def _days(first: str, last: str, today: date) -> tuple[date, date]:
    end = _day(last) if last else today
    start = _day(first) if first else end - timedelta(days=USUAL_D - 1)
    if start > end:
        raise UserError(_("--from ({first}) is after --to ({last}).").format(first=start, last=end))
    return start, end


def _day(text: str) -> date:
    try:
        return day_of(text)
    except ValueError:
        told = _("{text} is not a day; write it as 2026-11-01.")
        raise UserError(told.format(text=repr(text[:20]))) from None


def _rows(found: Report, counts: Counts, by: str, calendar: Calendar) -> list[Row]:
    if by == "range":
        return rows_of(found)
    return rows(counts, calendar.place, "hour" if by == "hour" else "day")


def _cells(row: Row) -> tuple[str, ...]:
    hour = "" if row.hour is None else str(row.hour)
    return row.day, hour, row.measure, row.value, number(row.shown)


def _document(found: Report, given: list[Row], zone: str) -> dict[str, object]:
    """`count` null: not shown, and `why`."""
    figures = [{**dict(zip(COLUMNS, row[:4], strict=False)), **_count(row.shown)} for row in given]
    return {"from": found.first, "to": found.last, "time_zone": zone, "rounded_to": LEAST, "figures": figures}


def _count(shown: int) -> dict[str, object]:
    if shown >= 0:
        return {"count": shown}
    return {"count": None, "why": f"below {LEAST}" if shown == HIDDEN else "withheld"}


def _table(found: Report, zone: str) -> Iterator[str]:
    told = _("Figures from {first} to {last}, time of {zone}")
    yield told.format(first=found.first, last=found.last, zone=zone)
    yield explained()
    yield ""
    for measure in PLAIN:
        yield _line(_(MEASURES[measure]), found.totals[measure])
    for measure, values in found.values.items():
        shown = {value: each for value, each in values.items() if each}
        if shown:
            yield ""
            yield _(MEASURES[measure])
        for value, each in shown.items():
            yield _line("  " + (step(measure, value) if measure in TIMES else value), each)


def _line(words: str, shown: int) -> str:
    return f"{words:<{WIDTH}}{number(shown):>6}"
