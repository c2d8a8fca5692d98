"""What lies beside the log on one machine: the keys, in slots, and the list of officers, in a table."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from officer_console.protocol.refusals import Refused

from .interface import Clock, Conflict, Opening, Statement
from .shelf import OPENING, Kept, Shelf, export_name, wrap_name
from .sqlite_file import Reader, last_of
from .writer import Writer


class SqliteKeyShelf:
    """KeyShelf of one machine (see `interface`). What is changed waits its turn among the writer's jobs, so that no
    conversation is erased in between; it is on disk before they are."""

    def __init__(self, slots: Shelf, writer: Writer, reader: Reader, clock: Clock) -> None:
        self._slots = slots
        self._writer = writer
        self._reader = reader
        self._clock = clock

    async def opening(self, cid: str) -> Opening | None:
        return (await self.openings([cid])).get(cid)

    async def openings(self, cids: Sequence[str]) -> Mapping[str, Opening]:
        marks = ",".join("?" * len(cids))
        sql = f"SELECT cid FROM events WHERE kind = 'opened' AND cid IN ({marks})"
        opened = [cid for (cid,) in await self._reader.select(sql, tuple(cids))]  # what is kept for others is void
        kept = {cid: self._slots.get(OPENING + cid) for cid in opened}
        return {cid: each.opening for cid, each in kept.items() if each}

    async def wraps(self, member: str) -> list[tuple[str, str]]:
        return self._slots.wraps(member)

    async def keep_export(self, cid: str, export: str, box: str) -> None:
        def job(db: sqlite3.Connection) -> None:
            _seq, kind = last_of(db, cid)
            if kind in ("", "erased"):
                raise Refused("erased" if kind else "unknown")
            self._slots.put(export_name(cid, export), Kept(self._clock(), box))

        await self._writer.do(job)

    async def exports(self, before: int) -> list[tuple[str, str]]:
        return self._slots.exports_before(before)

    async def export_box(self, cid: str, export: str) -> str | None:
        kept = self._slots.get(export_name(cid, export))
        return kept.box if kept else None

    async def drop_exports(self, cid: str, but: str = "") -> None:
        def job(db: sqlite3.Connection) -> None:
            for name in self._slots.exports(cid):
                if name != export_name(cid, but):
                    self._slots.drop(name)

        await self._writer.do(job)


class SqliteDirectory:
    """DirectoryStore of one machine (see `interface`); wraps go to the keys."""

    def __init__(self, slots: Shelf, writer: Writer, reader: Reader, clock: Clock) -> None:
        self._slots = slots
        self._writer = writer
        self._reader = reader
        self._clock = clock

    async def statements(self) -> list[Statement]:
        return [Statement(s, sig) for s, sig in await self._reader.select("SELECT s, sig FROM statements ORDER BY n")]

    async def extend(self, size: int, statements: Sequence[Statement], wraps: Sequence[tuple[str, str, str]]) -> None:
        def job(db: sqlite3.Connection) -> None:
            if db.execute("SELECT count(*) FROM statements").fetchone() != (size,):
                raise Conflict
            rows = [(size + i, one.s, one.sig) for i, one in enumerate(statements)]
            db.executemany("INSERT INTO statements VALUES (?, ?, ?)", rows)
            for key, member, box in wraps:
                self._slots.put(wrap_name(key, member), Kept(self._clock(), box))

        await self._writer.do(job)
