"""The file of a relay's log: its tables and pragmas, how it is made and opened, and who reads in it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.protocol.refusals import Refused

from .shelf import EXPORT, OPENING, Kept, Shelf, conversation_of, wrap_name

SCHEMA = 2
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "temp_store=MEMORY",
    "busy_timeout=5000",
)
_TABLES = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, cid TEXT NOT NULL, id TEXT NOT NULL,
    by TEXT NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL, what BLOB NOT NULL, UNIQUE (cid, id));
CREATE INDEX events_cid ON events (cid, seq);
CREATE TABLE statements (n INTEGER PRIMARY KEY, s TEXT NOT NULL, sig TEXT NOT NULL);
"""


def connect(file: Path) -> sqlite3.Connection:
    """A connection with the pragmas of the module; transactions are begun by hand."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def lenient(connection: sqlite3.Connection) -> sqlite3.Connection:
    """It gives texts that are damaged, too: one such row hides no other."""
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


def prepare(file: Path, shelf: Shelf) -> None:
    """Make the tables, and finish what a relay that was killed had begun."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # or SQLite chooses the mode
    with contextlib.closing(lenient(connect(file))) as connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA:
            raise UserError(
                _("The relay's data in {folder} were written by a newer version; install that version.").format(
                    folder=file.parent
                )
            )
        if version == 0:
            connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={SCHEMA}; COMMIT;")
        if version == 1:
            _move_keys(connection, shelf)
        _drop_void(connection, shelf)
        # What was erased just before a kill may still stand in the write-ahead log.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _move_keys(connection: sqlite3.Connection, shelf: Shelf) -> None:
    """Version 1 had key material in tables. A kill on the way leaves the tables, and it is done again."""
    for cid, box, vt in connection.execute("SELECT cid, box, vt FROM openings"):
        shelf.put(OPENING + cid, Kept(0, box, vt))
    for key, member, box in connection.execute("SELECT key, member, box FROM wraps"):
        shelf.put(wrap_name(key, member), Kept(0, box))
    shelf.sync()
    connection.executescript(
        f"BEGIN IMMEDIATE; DROP TABLE openings; DROP TABLE wraps; PRAGMA user_version={SCHEMA}; COMMIT;"
    )


def _drop_void(connection: sqlite3.Connection, shelf: Shelf) -> None:
    """Keys of conversations whose opening was never committed, and of those whose erasure was."""
    lives = {cid for (cid,) in connection.execute("SELECT DISTINCT cid FROM events WHERE kind <> 'erased'")}
    for name in (*shelf.names(OPENING), *shelf.names(EXPORT)):
        if conversation_of(name) not in lives:
            shelf.drop(name)
    shelf.sync()


@contextlib.contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn what SQLite says into what the operator must know."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise UserError(
            _("The relay's log in {folder} can't be opened ({reason}). Is the disk full or read-only?").format(
                folder=folder, reason=error
            )
        ) from None


def is_founded(folder: Path) -> bool:
    """Whether a relay's folder has a founded desk; works beside a relay that runs. Raises UserError."""
    file = folder / "log.db"
    if not file.exists():
        return False
    with told(folder), contextlib.closing(connect(file)) as connection:
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            return False
        return connection.execute("SELECT 1 FROM statements LIMIT 1").fetchone() is not None


def last_of(db: sqlite3.Connection, cid: str) -> tuple[int, str]:
    """Number and kind of a conversation's last event; (0, "") when it has none."""
    sql = "SELECT seq, kind FROM events WHERE cid = ? ORDER BY seq DESC LIMIT 1"
    row: tuple[int, str] | None = db.execute(sql, (cid,)).fetchone()
    return row or (0, "")


class Reader:
    """One connection for all who read, away from the event loop."""

    def __init__(self, file: Path) -> None:
        self._connection = connect(file)
        self._busy = threading.Lock()

    def head(self) -> int:
        """The highest number ever given."""
        sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence"
        return int(self._connection.execute(sql).fetchone()[0])

    async def select(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """All rows. Raises Refused("storage")."""

        def run() -> list[Any]:
            with self._busy:
                try:
                    return self._connection.execute(sql, values).fetchall()
                except sqlite3.OperationalError:  # slower, so only from when a text could not be decoded
                    return lenient(self._connection).execute(sql, values).fetchall()

        try:
            return await asyncio.to_thread(run)
        except sqlite3.Error:
            raise Refused("storage") from None

    def truncate(self, db: sqlite3.Connection) -> None:
        """Move the WAL into the file and cut it to nothing, over another connection. It is busy while a reader has a
        snapshot: readers are short and hold one lock, so it waits for that one. Raises sqlite3.OperationalError."""
        with self._busy:
            (busy, _pages, _moved) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError("busy")

    def close(self) -> None:
        with self._busy:
            self._connection.close()
