"""The log on one machine: SQLite in WAL mode, durable at each commit, with deletion that leaves nothing behind.

`secure_delete=ON` overwrites deleted rows, and an erasure ends with `wal_checkpoint(TRUNCATE)`: without either,
erased rows stay readable in the files. Free blocks of the file system keep copies nevertheless: so key material is in
slots (see `shelf`), on disk before the rows that it belongs to. It is written over when their deletion is on disk, and
before anybody is told of it: a disk that takes no deletion leaves the conversation whole, and she can ask again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.events import VERSION, Draft, Event, dump, kind_of, load, numbered
from officer_console.protocol.refusals import Refused

from . import records
from .interface import Clock, Conflict, Opening, Statement
from .lock import lock
from .shelf import EXPORT, OPENING, Kept, Shelf, conversation_of, export_name, wrap_name
from .tail import Tail
from .writer import Writer

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
_COLUMNS = "seq, at, cid, id, by, version, what"
_TYPES = (int, int, str, str, str, int)
"""Of all columns but the last."""


def connect(file: Path) -> sqlite3.Connection:
    """A connection with the pragmas of the module; transactions are begun by hand."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _lenient(connection: sqlite3.Connection) -> sqlite3.Connection:
    """It gives texts that are damaged, too: one such row hides no other."""
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


def _prepare(file: Path, shelf: Shelf) -> None:
    """Make the tables, and finish what a relay that was killed had begun."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # or SQLite chooses the mode
    with contextlib.closing(_lenient(connect(file))) as connection:
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
def _told(folder: Path) -> Iterator[None]:
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
    with _told(folder), contextlib.closing(connect(file)) as connection:
        if connection.execute("PRAGMA user_version").fetchone() == (0,):
            return False
        return connection.execute("SELECT 1 FROM statements LIMIT 1").fetchone() is not None


def _bytes(what: object) -> bytes:
    """The stored form as a row has it; a text does as well."""
    if not isinstance(what, bytes | str):
        raise ValueError("no stored form")
    return what.encode() if isinstance(what, str) else what


def _event(row: tuple[Any, ...]) -> tuple[Event | None, bool]:
    """The event of a row, and whether it could be read; see `records.read`."""
    seq, at, cid, id_, by, version, what = row
    try:
        if tuple(map(type, row[:-1])) != _TYPES:
            raise ValueError("a column has another type")
        return Event(seq, at, cid, id_, by, load(version, _bytes(what))), True
    except records.BROKEN:
        return records.gap(seq, str(cid), str(id_), str(by)), False


class SqliteLog:
    """Log, KeyShelf and DirectoryStore of one machine (see `interface`)."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self._quarantine = records.Quarantine()
        self._file = folder / "log.db"
        self._reading = threading.Lock()
        self._erasing: set[str] = set()  # their keys are to be written over, once the deletion is on disk
        self._lock_handle = lock(folder)
        try:
            with _told(folder):
                self._shelf = Shelf(folder)
                _prepare(self._file, self._shelf)
                self._reader = connect(self._file)
                (head,) = self._reader.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
                self._tail = Tail(int(head))
                self._writer = Writer(lambda: _lenient(connect(self._file)), self._committed, self._shelf.sync)
        except BaseException:
            os.close(self._lock_handle)
            raise

    # ---- Log ----

    @property
    def healthy(self) -> bool:
        return self._writer.healthy

    @property
    def quarantined(self) -> int:
        return len(self._quarantine)

    async def append(self, draft: Draft, expected: int | None = None) -> Event:
        return await self._writer.do(lambda db: self._append(db, draft, expected))

    async def open(self, draft: Draft, opening: Opening) -> Event:
        name = OPENING + draft.cid

        def job(db: sqlite3.Connection) -> Event:
            kept = self._shelf.get(name)
            if kept and kept.opening != opening and self._last(db, draft.cid)[0]:
                raise Refused("conflict")
            event = self._append(db, draft, None)
            if kept is None or kept.opening != opening:
                self._shelf.put(name, Kept(event.at, opening.box, opening.vt))
            return event

        return await self._writer.do(job)

    async def erase(self, draft: Draft) -> Event:
        return await self._writer.do(lambda db: self._erase(db, draft), after=self._carry_through)

    async def read(self, after: int, limit: int, cid: str | None = None) -> list[Event]:
        where, values = ("cid = ? AND", (cid,)) if cid is not None else ("", ())
        sql = f"SELECT {_COLUMNS} FROM events WHERE {where} seq > ? ORDER BY seq LIMIT ?"
        found: list[Event] = []
        while wanted := limit - len(found):
            rows = await self._select(sql, (*values, after, wanted))
            found += self._readable(rows)
            if len(rows) < wanted:
                break
            after = rows[-1][0]
        return found

    def _readable(self, rows: Sequence[tuple[Any, ...]]) -> Iterator[Event]:
        for row in rows:
            event, readable = _event(row)
            if not readable:
                self._quarantine.take(row[0])
            if event is not None:
                yield event

    async def has_news(self, cid: str, after: int) -> bool:
        return False  # nobody else appends

    def follow(self, after: int) -> AsyncIterator[Sequence[Event]]:
        return self._tail.follow(after, self.read)

    async def head(self) -> int:
        return self._tail.head

    async def close(self) -> None:
        await self._writer.close()
        with self._reading:
            self._reader.close()
        self._shelf.close()
        os.close(self._lock_handle)

    # ---- KeyShelf ----

    async def opening(self, cid: str) -> Opening | None:
        return (await self.openings([cid])).get(cid)

    async def openings(self, cids: Sequence[str]) -> Mapping[str, Opening]:
        marks = ",".join("?" * len(cids))
        sql = f"SELECT cid FROM events WHERE kind = 'opened' AND cid IN ({marks})"
        opened = [cid for (cid,) in await self._select(sql, tuple(cids))]  # what is kept for others is void
        kept = {cid: self._shelf.get(OPENING + cid) for cid in opened}
        return {cid: each.opening for cid, each in kept.items() if each}

    async def wraps(self, member: str) -> list[tuple[str, str]]:
        return self._shelf.wraps(member)

    async def keep_export(self, cid: str, export: str, box: str) -> None:
        def job(db: sqlite3.Connection) -> None:
            _seq, kind = self._last(db, cid)
            if kind in ("", "erased"):
                raise Refused("erased" if kind else "unknown")
            self._shelf.put(export_name(cid, export), Kept(self._clock(), box))

        await self._writer.do(job)

    async def exports(self, before: int) -> list[tuple[str, str]]:
        return self._shelf.exports_before(before)

    async def export_box(self, cid: str, export: str) -> str | None:
        kept = self._shelf.get(export_name(cid, export))
        return kept.box if kept else None

    async def drop_exports(self, cid: str, but: str = "") -> None:
        def job(db: sqlite3.Connection) -> None:
            for name in self._shelf.exports(cid):
                if name != export_name(cid, but):
                    self._shelf.drop(name)

        await self._writer.do(job)

    # ---- DirectoryStore ----

    async def statements(self) -> list[Statement]:
        return [Statement(s, sig) for s, sig in await self._select("SELECT s, sig FROM statements ORDER BY n", ())]

    async def extend(self, size: int, statements: Sequence[Statement], wraps: Sequence[tuple[str, str, str]]) -> None:
        def job(db: sqlite3.Connection) -> None:
            if db.execute("SELECT count(*) FROM statements").fetchone() != (size,):
                raise Conflict
            rows = [(size + i, one.s, one.sig) for i, one in enumerate(statements)]
            db.executemany("INSERT INTO statements VALUES (?, ?, ?)", rows)
            for key, member, box in wraps:
                self._shelf.put(wrap_name(key, member), Kept(self._clock(), box))

        await self._writer.do(job)

    # ---- on the writer's thread ----

    def _append(self, db: sqlite3.Connection, draft: Draft, expected: int | None) -> Event:
        last, kind = self._last(db, draft.cid)
        refusal: Exception | None = Refused("erased") if kind == "erased" else None
        if refusal is None and expected not in (None, last) and expected != self._seen(db, draft.cid):
            refusal = Conflict()
        if refusal is None:
            with contextlib.suppress(sqlite3.IntegrityError):  # stored before under this id
                return self._insert(db, draft)
        sql = f"SELECT {_COLUMNS} FROM events WHERE cid = ? AND id = ?"
        first = db.execute(sql, (draft.cid, draft.id)).fetchone()
        if first:
            return _same(_event(first)[0], draft)
        raise refusal or Refused("storage")

    @staticmethod
    def _seen(db: sqlite3.Connection, cid: str) -> int:
        """The newest of a conversation that can be read: nobody can have seen what comes after it."""
        rows = db.execute(f"SELECT {_COLUMNS} FROM events WHERE cid = ? ORDER BY seq DESC", (cid,))
        return next((row[0] for row in rows if _event(row)[0] is not None), 0)

    @staticmethod
    def _last(db: sqlite3.Connection, cid: str) -> tuple[int, str]:
        sql = "SELECT seq, kind FROM events WHERE cid = ? ORDER BY seq DESC LIMIT 1"
        row: tuple[int, str] | None = db.execute(sql, (cid,)).fetchone()
        return row or (0, "")

    def _insert(self, db: sqlite3.Connection, draft: Draft) -> Event:
        at = self._clock()
        row = (at, draft.cid, draft.id, draft.by, kind_of(draft.what), VERSION, dump(draft.what))
        cursor = db.execute("INSERT INTO events (at, cid, id, by, kind, version, what) VALUES (?,?,?,?,?,?,?)", row)
        assert cursor.lastrowid is not None
        return numbered(draft, cursor.lastrowid, at)

    def _erase(self, db: sqlite3.Connection, draft: Draft) -> Event:
        self._erasing.add(draft.cid)
        seq, kind = self._last(db, draft.cid)
        if kind == "erased":
            first, _ = _event(db.execute(f"SELECT {_COLUMNS} FROM events WHERE seq = ?", (seq,)).fetchone())
            if first is not None:
                return first
        db.execute("DELETE FROM events WHERE cid = ?", (draft.cid,))
        return self._insert(db, draft)

    # ---- on the event loop ----

    def _committed(self, results: list[Any]) -> None:
        self._tail.take(result for result in results if isinstance(result, Event))

    # ---- reading ----

    async def _select(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        def run() -> list[Any]:
            with self._reading:
                try:
                    return self._reader.execute(sql, values).fetchall()
                except sqlite3.OperationalError:  # slower, so only from when a text could not be decoded
                    return _lenient(self._reader).execute(sql, values).fetchall()

        try:
            return await asyncio.to_thread(run)
        except sqlite3.Error:
            raise Refused("storage") from None

    def _carry_through(self, db: sqlite3.Connection) -> None:
        """What follows a deletion: the keys, and the rows' copies in the WAL."""
        for cid in self._erasing:
            if self._last(db, cid)[1] == "erased":  # else it was taken back
                for name in self._shelf.of_conversation(cid):
                    self._shelf.drop(name)
        self._shelf.sync()
        self._erasing.clear()
        self._truncate(db)

    def _truncate(self, db: sqlite3.Connection) -> None:
        """Move the WAL into the file and cut it to nothing. It is busy while a reader has a snapshot: readers are
        short and hold one lock, so it waits for that one."""
        with self._reading:
            (busy, _pages, _moved) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError("busy")


def _same(first: Event | None, draft: Draft) -> Event:
    if first is None or (first.by, first.what) != (draft.by, draft.what):
        raise Refused("conflict")
    return first
