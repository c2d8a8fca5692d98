"""The figures on disk: one SQLite file of their own, with numbers by hour and nothing that leads to a conversation.

Counts and the place in the log up to which they were counted change together, so that a relay that was killed goes on
counting where it was: nothing is lost, nothing counted twice.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.figures import Key

from .log.sqlite_file import connect
from .log.writer import Writer

FILE: Final = "figures.db"
SCHEMA: Final = 1
_TABLES: Final = """
CREATE TABLE figures (hour INTEGER NOT NULL, measure TEXT NOT NULL, value TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (hour, measure, value)) WITHOUT ROWID;
CREATE TABLE counted (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL);
INSERT INTO counted VALUES (1, 0);
CREATE TABLE ahead (seq INTEGER PRIMARY KEY);
CREATE TABLE tallies (id TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
"""
_ADD: Final = """
INSERT INTO figures VALUES (?, ?, ?, ?)
ON CONFLICT (hour, measure, value) DO UPDATE SET n = n + excluded.n
"""
_SELECT: Final = "SELECT hour, measure, value, n FROM figures WHERE hour >= ? AND hour < ?"
Counts = list[tuple[Key, int]]
log = logging.getLogger(__name__)


class FiguresStore:
    """`seq`: every event up to it has been counted, and of those above it the ones in `ahead`. All that writes raises
    Refused("storage") when the disk takes nothing. Raises UserError when a newer version wrote the file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        _prepare(self._file)
        with closing(connect(self._file)) as db:
            (self.seq,) = db.execute("SELECT seq FROM counted").fetchone()
            self.ahead = frozenset(seq for (seq,) in db.execute("SELECT seq FROM ahead"))
        self._writer = Writer(lambda: connect(self._file), lambda results: None, what="figures")

    async def add(self, counts: Mapping[Key, int], seq: int, ahead: Iterable[int]) -> None:
        """Add counts, and keep in the same step what has been counted."""
        rows = [(*key, number) for key, number in counts.items()]
        beyond = [(each,) for each in ahead]

        def job(db: sqlite3.Connection) -> None:
            db.executemany(_ADD, rows)
            db.execute("UPDATE counted SET seq = ?", (seq,))
            db.execute("DELETE FROM ahead")
            db.executemany("INSERT INTO ahead VALUES (?)", beyond)

        await self._writer.do(job)

    async def tally(self, id: str, key: Key, day: int) -> None:
        """Add one, unless this id has been counted already. `day`: days since 1970."""

        def job(db: sqlite3.Connection) -> None:
            if db.execute("INSERT OR IGNORE INTO tallies VALUES (?, ?)", (id, day)).rowcount:
                db.execute(_ADD, (*key, 1))

        await self._writer.do(job)

    async def forget(self, hour: int, day: int) -> None:
        """Drop figures from before an hour, and the ids of tallies from before a day."""

        def job(db: sqlite3.Connection) -> None:
            db.execute("DELETE FROM figures WHERE hour < ?", (hour,))
            db.execute("DELETE FROM tallies WHERE day < ?", (day,))

        await self._writer.do(job)

    async def counts(self, start: int, end: int) -> Counts:
        """The figures of the hours from `start` to before `end`."""
        return await self._writer.do(lambda db: _counts(db, start, end))

    async def close(self) -> None:
        """Finish what was begun, then release the file."""
        await self._writer.close()


def read_counts(folder: Path, start: int, end: int) -> Counts:
    """The same, beside a relay that runs or without one. Raises UserError."""
    file = folder / FILE
    if not file.exists():
        text = _("There are no figures in {folder}: no relay of this version has run there yet.")
        raise UserError(text.format(folder=folder))
    try:
        with closing(connect(file)) as db:
            return _counts(db, start, end)
    except sqlite3.Error as error:
        text = _("The figures in {file} can't be read ({reason}).")
        raise UserError(text.format(file=file, reason=error)) from None


def _counts(db: sqlite3.Connection, start: int, end: int) -> Counts:
    return [((hour, measure, value), n) for hour, measure, value, n in db.execute(_SELECT, (start, end))]


def _prepare(file: Path) -> None:
    """Make the tables. A file that is damaged is put aside and begun anew from the log: people are answered without
    figures too. Raises UserError."""
    try:
        _make(file)
    except sqlite3.OperationalError as error:
        text = _("The figures in {file} can't be opened ({reason}). Is the disk full or read-only?")
        raise UserError(text.format(file=file, reason=error)) from None
    except sqlite3.DatabaseError:
        log.error("the figures are damaged; they are put aside as %s.damaged and counted anew from the log", file.name)
        file.replace(file.with_name(file.name + ".damaged"))
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        _make(file)


def _make(file: Path) -> None:
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # or SQLite chooses the mode
    with closing(connect(file)) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA:
            text = _("The figures in {file} were written by a newer version; install that version.")
            raise UserError(text.format(file=file))
        if version == 0:
            db.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={SCHEMA}; COMMIT;")
        db.execute("SELECT count(*) FROM figures").fetchone()
