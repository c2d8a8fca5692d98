"""Local places from a file of the open directory: read as a stream, taken whole or not at all.

Memory does not grow with the file (json_rows); what is kept aside is which commune has which postcode, 36,000 short
rows. 77 MB with 60,000 wanted rows take 6 to 12 s. A file that ends too early, is no JSON or has no wanted row is
refused, and what was imported before stays.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.model.text import one_line

from .dila import Commune, Reading, read_row
from .home import Home
from .json_rows import BrokenJson, rows_of
from .place_store import Writing
from .places import Kind, Source
from .report import Problem, ReferralError

MOST_BYTES: Final = 2**30
"""1 GiB: the whole directory is a third of it."""
MOST_PLACES: Final = 500_000
DONE_EVERY: Final = 200
"""Rows between two reports of progress."""

Progress = Callable[[int, int], None]
"""Called with the bytes read and the bytes of the file."""


class Summary(msgspec.Struct):
    """What an import took, and why it left out what it wanted; `others`: rows of types that are not wanted."""

    taken: Counter[Kind]
    refused: Counter[str]
    others: int = 0

    @property
    def places(self) -> int:
        return self.taken.total()


def import_places(file: Path, where: Home, *, dry_run: bool = False, progress: Progress | None = None) -> Summary:
    """Replace the imported places with those of `file`; `dry_run` only reads. Raises UserError: nothing has changed."""
    size = _size(file)
    summary = Summary(Counter(), Counter())
    communes: dict[tuple[str, str], Commune] = {}
    with contextlib.ExitStack() as stack:
        writing = None if dry_run else stack.enter_context(Writing(where.made() / where.places.name))
        stack.enter_context(_told(file, where))
        for reading in _readings(file, size, progress or (lambda done, of: None)):
            _take(reading, summary, communes, writing)
        if not summary.places:
            raise ReferralError(str(file), [Problem(str(file), reason=_nothing(summary))])
        if writing:
            writing.add_communes(communes.values())
            writing.source(_source(file, summary))
    return summary


def _take(reading: Reading, summary: Summary, communes: dict[tuple[str, str], Commune], into: Writing | None) -> None:
    if commune := reading.commune:
        known = communes.get((commune.postcode, commune.insee))
        if known is None or known.lat is None:
            communes[commune.postcode, commune.insee] = commune
    if reading.refused:
        summary.refused[reading.refused] += 1
    elif not reading.taken:
        summary.others += 1
    for taken in reading.taken:
        summary.taken[taken.place.kind] += 1
        if summary.places > MOST_PLACES:
            raise UserError(_("more than {n} places; is it the right file?").format(n=MOST_PLACES))
        if into:
            into.add(taken)


def _readings(file: Path, size: int, progress: Progress) -> Iterator[Reading]:
    with file.open("rb") as opened:
        for number, row in enumerate(rows_of(opened.read)):
            if number % DONE_EVERY == 0:
                progress(opened.tell(), size)
            yield read_row(row)
    progress(size, size)


def _size(file: Path) -> int:
    try:
        size = file.stat().st_size
    except OSError as error:
        raise UserError(_("{file} can't be read: {reason}").format(file=file, reason=reason(error))) from error
    if size > MOST_BYTES:
        problem = _("is larger than {n} MB; is it the right file?").format(n=MOST_BYTES // 2**20)
        raise ReferralError(str(file), [Problem(str(file), reason=problem)])
    return size


@contextlib.contextmanager
def _told(file: Path, where: Home) -> Iterator[None]:
    """What goes wrong with either file, in plain words."""
    try:
        yield
    except BrokenJson as error:
        raise ReferralError(str(file), [Problem(str(file), reason=str(error))]) from error
    except (sqlite3.Error, OSError) as error:
        why = reason(error) if isinstance(error, OSError) else one_line(str(error), 120)
        raise UserError(_("{file} can't be written: {reason}").format(file=where.places, reason=why)) from error


def _nothing(summary: Summary) -> str:
    if summary.refused:
        return _("no row could be used: {reasons}").format(reasons=", ".join(map(_, summary.refused)))
    return _("has no police station, gendarmerie, victim help office, CIDFF or court; is it the right file?")


def _source(file: Path, summary: Summary) -> Source:
    changed = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    today = datetime.now(UTC)
    return Source(
        file=one_line(file.name, 120),
        date=f"{changed:%Y-%m-%d}",
        imported_on=f"{today:%Y-%m-%d}",
        places=summary.places,
    )
