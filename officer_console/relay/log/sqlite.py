"""The log on one machine: SQLite in WAL mode, durable at each commit, with deletion that leaves nothing behind.

`secure_delete=ON` overwrites deleted rows, and an erasure ends with `wal_checkpoint(TRUNCATE)`: without either,
erased rows stay readable in the files. Free blocks of the file system keep copies nevertheless: so key material is in
slots (see `shelf`), on disk before the rows that it belongs to. It is written over when their deletion is on disk, and
before anybody is told of it: a disk that takes no deletion leaves the conversation whole, and she can ask again.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

from officer_console.model.events import VERSION, Draft, Event, dump, kind_of, load, numbered
from officer_console.protocol.refusals import Refused

from . import records
from .interface import Clock, Conflict, Opening
from .lock import lock
from .shelf import OPENING, Kept, Shelf
from .sqlite_beside import SqliteDirectory, SqliteKeyShelf
from .sqlite_file import Reader, connect, last_of, lenient, prepare, told
from .tail import Tail
from .writer import Writer

_COLUMNS = "seq, at, cid, id, by, version, what"
_TYPES = (int, int, str, str, str, int)
"""Of all columns but the last."""


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
    """The engine of one machine (see `interface`)."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._clock = clock
        self._quarantine = records.Quarantine()
        file = folder / "log.db"
        self._erasing: set[str] = set()  # their keys are to be written over, once the deletion is on disk
        self._lock_handle = lock(folder)
        try:
            with told(folder):
                self._slots = Shelf(folder)
                prepare(file, self._slots)
                self._reader = Reader(file)
                self._tail = Tail(self._reader.head())
                self._writer = Writer(lambda: lenient(connect(file)), self._committed, self._slots.sync)
        except BaseException:
            os.close(self._lock_handle)
            raise
        self.shelf = SqliteKeyShelf(self._slots, self._writer, self._reader, clock)
        self.directory = SqliteDirectory(self._slots, self._writer, self._reader, clock)

    # ---- what others ask ----

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
            kept = self._slots.get(name)
            if kept and kept.opening != opening and last_of(db, draft.cid)[0]:
                raise Refused("conflict")
            event = self._append(db, draft, None)
            if kept is None or kept.opening != opening:
                self._slots.put(name, Kept(event.at, opening.box, opening.vt))
            return event

        return await self._writer.do(job)

    async def erase(self, draft: Draft) -> Event:
        return await self._writer.do(lambda db: self._erase(db, draft), after=self._carry_through)

    async def read(self, after: int, limit: int, cid: str | None = None) -> list[Event]:
        where, values = ("cid = ? AND", (cid,)) if cid is not None else ("", ())
        sql = f"SELECT {_COLUMNS} FROM events WHERE {where} seq > ? ORDER BY seq LIMIT ?"
        found: list[Event] = []
        while wanted := limit - len(found):
            rows = await self._reader.select(sql, (*values, after, wanted))
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
        self._reader.close()
        self._slots.close()
        os.close(self._lock_handle)

    # ---- on the writer's thread ----

    def _append(self, db: sqlite3.Connection, draft: Draft, expected: int | None) -> Event:
        last, kind = last_of(db, draft.cid)
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

    def _insert(self, db: sqlite3.Connection, draft: Draft) -> Event:
        at = self._clock()
        row = (at, draft.cid, draft.id, draft.by, kind_of(draft.what), VERSION, dump(draft.what))
        cursor = db.execute("INSERT INTO events (at, cid, id, by, kind, version, what) VALUES (?,?,?,?,?,?,?)", row)
        assert cursor.lastrowid is not None
        return numbered(draft, cursor.lastrowid, at)

    def _erase(self, db: sqlite3.Connection, draft: Draft) -> Event:
        self._erasing.add(draft.cid)
        seq, kind = last_of(db, draft.cid)
        if kind == "erased":
            first, _ = _event(db.execute(f"SELECT {_COLUMNS} FROM events WHERE seq = ?", (seq,)).fetchone())
            if first is not None:
                return first
        db.execute("DELETE FROM events WHERE cid = ?", (draft.cid,))
        return self._insert(db, draft)

    # ---- on the event loop ----

    def _committed(self, results: list[Any]) -> None:
        self._tail.take(result for result in results if isinstance(result, Event))

    def _carry_through(self, db: sqlite3.Connection) -> None:
        """What follows a deletion: the keys, and the rows' copies in the WAL."""
        for cid in self._erasing:
            if last_of(db, cid)[1] == "erased":  # else it was taken back
                for name in self._slots.of_conversation(cid):
                    self._slots.drop(name)
        self._slots.sync()
        self._erasing.clear()
        self._reader.truncate(db)


def _same(first: Event | None, draft: Draft) -> Event:
    if first is None or (first.by, first.what) != (draft.by, draft.what):
        raise Refused("conflict")
    return first
