"""Rows and replies from a TOML or CSV file: checked as a whole, then kept as it is beside the station's own files.

One problem anywhere, and nothing of the file is taken. A file of the same name replaces the one imported before.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.paths import private_dir

from . import directory as rows
from . import replies
from .home import REPLIES, ROWS, Home
from .report import Problem, ReferralError, errors
from .tables import named, read

WARNINGS_SHOWN: Final = 20


class Taken(msgspec.Struct, frozen=True):
    """What was taken from one file: how many rows are new, how many replace one, and what somebody should look at."""

    what: str
    new: int
    replaced: int
    warnings: list[Problem]


def import_rows(file: Path, where: Home, *, dry_run: bool = False) -> Taken:
    """Take a file of rows or replies; `dry_run` only checks it. Raises ReferralError: nothing has changed."""
    problems: list[Problem] = []
    what = _what(file, problems)
    if errors(problems):
        raise ReferralError(str(file), problems)
    before, after = _before_and_after(file, what, where, problems)
    mine = [problem for problem in problems if problem.file == str(file)]
    if errors(mine):
        raise ReferralError(str(file), errors(mine))
    changed = {id for id in after if after[id] is not before.get(id) and after[id] != before.get(id)}
    if not after.keys() & _ids(file, what):
        raise ReferralError(str(file), [Problem(str(file), reason=_("has no row"))])
    if not dry_run:
        _keep(file, where.imported(what))
    new = len(changed - before.keys())
    return Taken(what, new, len(changed) - new, mine[:WARNINGS_SHOWN])


def _before_and_after(
    file: Path, what: str, where: Home, problems: list[Problem]
) -> tuple[dict[str, object], dict[str, object]]:
    directory = rows.load_directory(where, [])
    if what == ROWS:
        return dict(directory.rows), dict(rows.load_directory(where, problems, [file]).rows)
    before = replies.load_replies(where, directory, [])
    return dict(before), dict(replies.load_replies(where, directory, problems, [file]))


def _what(file: Path, problems: list[Problem]) -> str:
    """Rows or replies, by what is in the file."""
    if file.suffix.lower() == ".csv":
        return REPLIES
    data = read(file, problems)
    if rows.TABLE in data and replies.TABLE in data:
        told = _("has rows and quick replies; put them into two files")
        problems.append(Problem(str(file), reason=told))
    elif rows.TABLE not in data and replies.TABLE not in data and not problems:
        told = _("has neither [[referral]] nor [[template]]")
        problems.append(Problem(str(file), reason=told))
    return ROWS if rows.TABLE in data else REPLIES


def _ids(file: Path, what: str) -> set[str]:
    if file.suffix.lower() == ".csv":
        tables = replies.csv_tables(file, [])
    else:
        tables = read(file, []).get(rows.TABLE if what == ROWS else replies.TABLE, [])
    return {named(table, number) for number, table in enumerate(tables, start=1)}


def _keep(file: Path, folder: Path) -> None:
    """A copy of the file in `folder`, there as a whole or not at all."""
    private_dir(folder)
    kept = folder / (file.stem + file.suffix.lower())
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".new", delete=False) as copy:
            copy.write(file.read_bytes())
            copy.flush()
            os.fsync(copy.fileno())
        Path(copy.name).replace(kept)
    except OSError as error:
        raise UserError(_("{file} can't be written: {reason}").format(file=kept, reason=reason(error))) from error
