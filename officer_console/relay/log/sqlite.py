"""The log on one machine: SQLite in WAL mode, durable at each commit, with deletion that leaves nothing behind.

`secure_delete=ON` overwrites deleted rows, and an erasure ends with `wal_checkpoint(TRUNCATE)`: without either,
erased rows stay readable in the files.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.events import VERSION, Draft, Event, dump, kind_of, load, numbered
from officer_console.protocol.refusals import Refused

from .interface import Clock, Conflict, Opening, Statement
from .writer import Writer

SCHEMA = 1
TAIL = 4096
"""Newest events kept in memory for followers."""
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "foreign_keys=ON",
    "busy_timeout=5000",
)
_TABLES = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, cid TEXT NOT NULL, id TEXT NOT NULL,
    by TEXT NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL, what BLOB NOT NULL, UNIQUE (cid, id));
CREATE INDEX events_cid ON events (cid, seq);
CREATE TABLE openings (cid TEXT PRIMARY KEY, box TEXT NOT NULL, vt TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE wraps (key TEXT NOT NULL, member TEXT NOT NULL, box TEXT NOT NULL,
    PRIMARY KEY (key, member)) WITHOUT ROWID;
CREATE TABLE statements (n INTEGER PRIMARY KEY, s TEXT NOT NULL, sig TEXT NOT NULL);
"""
_COLUMNS = "seq, at, cid, id, by, version, what"


def connect(file: Path) -> sqlite3.Connection:
    """A connection with the pragmas of the module; transactions are begun by hand."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _prepare(file: Path) -> None:
    connection = connect(file)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA:
            raise UserError(
                _("The relay's data in {folder} were written by a newer version; install that version.").format(
                    folder=file.parent
                )
            )
        if version == 0:
            connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} PRAGMA user_version={SCHEMA}; COMMIT;")
    finally:
        connection.close()


def _lock(folder: Path) -> int:
    """Hold the folder for this process alone; the kernel lets go when the process ends, however it ends."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise UserError(_("Another relay is using {folder}. Stop it first.").format(folder=folder)) from None
    return handle


def is_founded(folder: Path) -> bool:
    """Whether a relay's folder has a founded desk; works beside a relay that runs."""
    file = folder / "log.db"
    if not file.exists():
        return False
    connection = connect(file)
    try:
        return connection.execute("SELECT 1 FROM statements LIMIT 1").fetchone() is not None
    finally:
        connection.close()


def _event(row: tuple[Any, ...]) -> Event:
    seq, at, cid, id_, by, version, what = row
    return Event(seq, at, cid, id_, by, load(version, what))


class SqliteLog:
    """Log, KeyShelf and DirectoryStore of one machine (see `interface`)."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self._file = folder / "log.db"
        self._lock_handle = _lock(folder)
        try:
            self._reader, self._reading = self._open(), threading.Lock()
            (head,) = self._reader.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
            self._head = int(head)
            self._tail: deque[Event] = deque(maxlen=TAIL)
            self._tail_after = self._head  # every event above this is in the tail
            self._news = asyncio.Event()
            self._writer = Writer(lambda: connect(self._file), self._committed)
        except BaseException:
            os.close(self._lock_handle)
            raise

    def _open(self) -> sqlite3.Connection:
        try:
            _prepare(self._file)
            os.chmod(self._file, 0o600)
            return connect(self._file)
        except sqlite3.Error as error:
            raise UserError(
                _("The relay's log in {folder} can't be opened ({reason}). Is the disk full or read-only?").format(
                    folder=self._file.parent, reason=error
                )
            ) from None

    # ---- Log ----

    @property
    def healthy(self) -> bool:
        return self._writer.healthy

    async def append(self, draft: Draft, expected: int | None = None) -> Event:
        return await self._writer.do(lambda db: self._append(db, draft, expected))

    async def open(self, draft: Draft, opening: Opening) -> Event:
        def job(db: sqlite3.Connection) -> Event:
            event = self._append(db, draft, None)
            row = (draft.cid, opening.box, opening.vt)
            db.execute("INSERT INTO openings VALUES (?, ?, ?) ON CONFLICT DO NOTHING", row)
            if db.execute("SELECT * FROM openings WHERE cid = ?", (draft.cid,)).fetchone() != row:
                raise Refused("conflict")
            return event

        return await self._writer.do(job)

    async def erase(self, draft: Draft) -> Event:
        event = await self._writer.do(lambda db: self._erase(db, draft), after=self._truncate)
        self._forget(draft.cid, event.seq)
        return event

    async def read(self, after: int, limit: int, cid: str | None = None) -> list[Event]:
        where, values = ("cid = ? AND", (cid,)) if cid is not None else ("", ())
        sql = f"SELECT {_COLUMNS} FROM events WHERE {where} seq > ? ORDER BY seq LIMIT ?"
        return [_event(row) for row in await self._select(sql, (*values, after, limit))]

    async def follow(self, after: int) -> AsyncIterator[Sequence[Event]]:
        while True:
            news = self._news
            batch = await self._next(after)
            if batch:
                after = batch[-1].seq
                yield batch
            else:
                await news.wait()

    async def head(self) -> int:
        return self._head

    async def close(self) -> None:
        await self._writer.close()
        with self._reading:
            self._reader.close()
        os.close(self._lock_handle)

    # ---- KeyShelf ----

    async def opening(self, cid: str) -> Opening | None:
        return (await self.openings([cid])).get(cid)

    async def openings(self, cids: Sequence[str]) -> Mapping[str, Opening]:
        marks = ",".join("?" * len(cids))
        rows = await self._select(f"SELECT cid, box, vt FROM openings WHERE cid IN ({marks})", tuple(cids))
        return {cid: Opening(box, vt) for cid, box, vt in rows}

    async def wraps(self, member: str) -> list[tuple[str, str]]:
        return await self._select("SELECT key, box FROM wraps WHERE member = ?", (member,))

    # ---- DirectoryStore ----

    async def statements(self) -> list[Statement]:
        return [Statement(s, sig) for s, sig in await self._select("SELECT s, sig FROM statements ORDER BY n", ())]

    async def extend(self, size: int, statements: Sequence[Statement], wraps: Sequence[tuple[str, str, str]]) -> None:
        def job(db: sqlite3.Connection) -> None:
            if db.execute("SELECT count(*) FROM statements").fetchone() != (size,):
                raise Conflict
            rows = [(size + i, one.s, one.sig) for i, one in enumerate(statements)]
            db.executemany("INSERT INTO statements VALUES (?, ?, ?)", rows)
            db.executemany("INSERT OR REPLACE INTO wraps VALUES (?, ?, ?)", wraps)

        await self._writer.do(job)

    # ---- on the writer's thread ----

    def _append(self, db: sqlite3.Connection, draft: Draft, expected: int | None) -> Event:
        first = db.execute(f"SELECT {_COLUMNS} FROM events WHERE cid = ? AND id = ?", (draft.cid, draft.id)).fetchone()
        if first:
            return _same(_event(first), draft)
        last, kind = self._last(db, draft.cid)
        if kind == "erased":
            raise Refused("erased")
        if expected is not None and expected != last:
            raise Conflict
        return self._insert(db, draft)

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
        seq, kind = self._last(db, draft.cid)
        if kind == "erased":
            row = db.execute(f"SELECT {_COLUMNS} FROM events WHERE seq = ?", (seq,)).fetchone()
            return _event(row)
        db.execute("DELETE FROM openings WHERE cid = ?", (draft.cid,))
        db.execute("DELETE FROM events WHERE cid = ?", (draft.cid,))
        return self._insert(db, draft)

    # ---- on the event loop ----

    def _committed(self, results: list[Any]) -> None:
        fresh = sorted((e for e in results if isinstance(e, Event) and e.seq > self._head), key=lambda e: e.seq)
        if not fresh:
            return
        if fresh[0].seq != self._head + 1:  # a commit that failed to answer was stored after all: read it from disk
            self._tail.clear()
            self._tail_after = fresh[0].seq - 1
        self._head = fresh[-1].seq
        if len(self._tail) + len(fresh) > TAIL:
            dropped = (list(self._tail) + fresh)[: len(self._tail) + len(fresh) - TAIL]
            self._tail_after = dropped[-1].seq
        self._tail.extend(fresh)
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _next(self, after: int) -> Sequence[Event]:
        if after >= self._head:
            return []
        if after < self._tail_after:
            return await self.read(after, 500)
        return list(_above(self._tail, after))

    def _forget(self, cid: str, tombstone: int) -> None:
        kept = [event for event in self._tail if event.cid != cid or event.seq == tombstone]
        self._tail = deque(kept, maxlen=TAIL)

    # ---- reading ----

    async def _select(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        def run() -> list[Any]:
            with self._reading:
                return self._reader.execute(sql, values).fetchall()

        try:
            return await asyncio.to_thread(run)
        except sqlite3.Error:
            raise Refused("storage") from None

    def _truncate(self, db: sqlite3.Connection) -> None:
        """Move the WAL into the file and cut it to nothing. It is busy while a reader has a snapshot: readers are
        short and hold one lock, so it waits for that one."""
        with self._reading:
            (busy, _pages, _moved) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise sqlite3.OperationalError("busy")


def _same(first: Event, draft: Draft) -> Event:
    if (first.by, first.what) != (draft.by, draft.what):
        raise Refused("conflict")
    return first


def _above(tail: deque[Event], after: int) -> Iterator[Event]:
    newest: list[Event] = []
    for event in reversed(tail):
        if event.seq <= after:
            break
        newest.append(event)
    return reversed(newest)
