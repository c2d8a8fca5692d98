"""The directory: the shipped rows, what was imported, and the station's own, which adds or overrides by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from officer_console.locale import _

from .entries import Referral, referral_from
from .home import Home, shipped_rows
from .phones import same_line
from .report import Problem, Row
from .tables import named, rows_in

STALE_DAYS: Final = 183
"""A row unchecked for longer is told of: six months."""
TABLE: Final = "referral"


class Directory(msgspec.Struct, frozen=True):
    """The rows that can be used, by id."""

    rows: Mapping[str, Referral]

    def __iter__(self) -> Iterator[Referral]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, id: str) -> Referral | None:
        """The row of an id."""
        return self.rows.get(id)

    def numbers(self) -> frozenset[str]:
        """Every telephone number, in one spelling (phones.same_line)."""
        return frozenset(same_line(number) for row in self for number in row.numbers)


class _Loading:
    """Rows by id as far as they are read: the raw tables too, because an override gives only some fields."""

    def __init__(self, problems: list[Problem]) -> None:
        self.rows: dict[str, Referral] = {}
        self.problems = problems
        self._tables: dict[str, dict[str, Any]] = {}

    def add_file(self, file: Path) -> None:
        seen: set[str] = set()
        for number, table in enumerate(rows_in(file, TABLE, self.problems), start=1):
            row = Row(file, named(table, number), self.problems)
            id = table.get("id")
            if isinstance(id, str) and id in seen:
                row.wrong("id", _("is the id of an earlier row of this file"))
            elif isinstance(id, str):
                seen.add(id)
            self._add(table, row)

    def _add(self, table: dict[str, Any], row: Row) -> None:
        id = table.get("id")
        whole = self._tables.get(id, {}) | table if isinstance(id, str) else table
        made = referral_from(whole, row)
        if made is not None and row.sound:
            self.rows[made.id] = made
            self._tables[made.id] = whole


def load_directory(home: Home, problems: list[Problem], more: Iterable[Path] = ()) -> Directory:
    """The directory; what is wrong goes to `problems`, and a bad row leaves the one that it overrides as it was.

    `more`: files that are tried out, read after all others.
    """
    loading = _Loading(problems)
    for file in (shipped_rows(), *home.row_files(), *more):
        loading.add_file(file)
    return Directory(loading.rows)


def stale_rows(directory: Directory, today: date, file: str) -> Iterator[Problem]:
    """A warning for each row that nobody has checked for six months, or ever."""
    for row in directory:
        if row.checked_on is None:
            yield Problem(file, row.id, "checked_on", _("nobody has checked this row yet"), warning=True)
        elif (today - row.checked_on).days > STALE_DAYS:
            reason = _("was last checked on {day}; ring, and write the day into the station's referrals.toml")
            yield Problem(file, row.id, "checked_on", reason.format(day=row.checked_on), warning=True)
