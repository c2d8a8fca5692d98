"""The rows that one transaction adds to the table of events, put there together.

Every statement gives Python's interpreter lock away, and its thread waits until a busy event loop lets go of it: that
takes longer than the statement. So what can be known from memory is not read, and up to 64 rows are one statement.
"""

from __future__ import annotations

import functools
import sqlite3
from collections import OrderedDict
from typing import Any, Final

import msgspec

from officer_console.model.events import VERSION, Draft, Erased, Event, dump, kind_of, numbered

SIZES: Final = (64, 16, 4, 1)
"""Rows of one statement; each size is a text that SQLite parses once."""
MOST_IDS: Final = 200_000
"""Ids kept in memory, over all conversations."""


class End(msgspec.Struct):
    """Where a conversation ends: the seq of its newest row (0: it has none), whether it is erased, and its ids."""

    last: int
    erased: bool
    ids: set[str]


class Rows:
    """Lives on the writer's thread. Whoever reads the table in a transaction calls `flush` before, and `forget` belongs
    to taking a transaction back."""

    def __init__(self, most: int = MOST_IDS) -> None:
        self._waiting: list[tuple[Any, ...]] = []
        self._ends: OrderedDict[str, End] = OrderedDict()
        self._count = 0
        self._most = most
        self._head = -1

    def end(self, db: sqlite3.Connection, cid: str) -> End:
        """From memory, or read: one statement for all that is ever asked of the conversation."""
        end = self._ends.get(cid)
        if end is None:
            self.flush(db)
            found = db.execute("SELECT seq, kind, id FROM events WHERE cid = ? ORDER BY seq", (cid,)).fetchall()
            last, kind, _ = found[-1] if found else (0, "", "")
            end = End(last, kind == "erased", {id_ for _, _, id_ in found})
            self._keep(cid, end)
        self._ends.move_to_end(cid)
        return end

    def add(self, db: sqlite3.Connection, draft: Draft, at: int) -> Event:
        """Number a row, and keep it for the next `flush`."""
        if self._head < 0:
            (self._head,) = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence").fetchone()
        self._head += 1
        what = dump(draft.what)
        self._waiting.append((self._head, at, draft.cid, draft.id, draft.by, kind_of(draft.what), VERSION, what))
        end = self.end(db, draft.cid)
        end.last, end.erased = self._head, isinstance(draft.what, Erased)
        end.ids.add(draft.id)
        self._count += 1
        return numbered(draft, self._head, at)

    def flush(self, db: sqlite3.Connection) -> None:
        """Put what waits into the table. Raises sqlite3.Error."""
        waiting, self._waiting = self._waiting, []
        begin = 0
        for size in SIZES:
            while begin + size <= len(waiting):
                values = [value for row in waiting[begin : begin + size] for value in row]
                db.execute(_statement(size), values)
                begin += size

    def delete(self, db: sqlite3.Connection, cid: str) -> None:
        """All rows of a conversation."""
        self.flush(db)
        db.execute("DELETE FROM events WHERE cid = ?", (cid,))
        self._drop(cid)
        self._keep(cid, End(0, False, set()))

    def forget(self) -> None:
        """The transaction was taken back: only what is in the file counts."""
        self._waiting = []
        self._ends.clear()
        self._count, self._head = 0, -1

    def _keep(self, cid: str, end: End) -> None:
        self._ends[cid] = end
        self._count += len(end.ids) + 1
        while self._count > self._most and len(self._ends) > 1:
            self._drop(next(iter(self._ends)))

    def _drop(self, cid: str) -> None:
        end = self._ends.pop(cid, None)
        if end is not None:
            self._count -= len(end.ids) + 1


@functools.cache
def _statement(rows: int) -> str:
    marks = ",".join(["(?,?,?,?,?,?,?,?)"] * rows)
    return f"INSERT INTO events (seq, at, cid, id, by, kind, version, what) VALUES {marks}"
