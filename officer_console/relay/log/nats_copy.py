"""A SQLite log copied into a cluster's streams, number by number: see `relay.moving`."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.events import Erased

from . import records
from .address import Address
from .making import other_key
from .nats_link import EXPECTED_LAST, ApiError, Link, Unreachable, WrongLast
from .nats_streams import Streams
from .shelf import FILE, TOKEN, conversation_of
from .slots import read_all

WINDOW: Final = 256
"""Records that are on their way at a time."""
PATIENCE_S: Final = 30.0
HEARD_S: Final = 5.0
"""Seconds in which a relay that runs is heard."""
FILLER: Final = "-"
"""Stands where a conversation's name does in what fills a gap in the numbers, until it is purged."""
_COLUMNS: Final = "seq, at, cid, id, by, version, what"
Row = tuple[int, int, str, str, str, int, bytes]
Told = Callable[[int], None]


class Copy:
    """One run. `db` reads the old log; once both sides were compared, `count` is how many events they have, and `hash`
    (SHA-256, hex) stands for all that is in them."""

    def __init__(self, link: Link, address: Address, copies: int, folder: Path, db: sqlite3.Connection) -> None:
        self._link = link
        self._address = address
        self._streams = Streams(address, copies)
        self._folder = folder
        self._db = db
        self._reached = 0
        self.count = 0
        self.hash = ""

    async def begin(self, kid: str) -> None:
        """Make the streams, and note that they are not complete. Raises UserError when another desk is there."""
        await self._streams.make(self._link)
        notes = await self._streams.notes(self._link)
        if "move" not in notes and await self._last(self._streams.events):
            text = _("There is a desk at {where} already; take another name.")
            raise UserError(text.format(where=self._address.told))
        if notes.get("relay", kid) != kid:
            raise UserError(other_key(self._address))
        await self._streams.note(self._link, relay=kid, move="unfinished")

    def newest(self) -> int:
        """The old log's highest seq."""
        (seq,) = self._db.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
        return int(seq)

    async def events(self, told: Told) -> int:
        """Copy what is missing; how many events that was."""
        self._reached = before = await self._last(self._streams.events)
        count = 0
        for rows in self._missing(before):
            await self._store(rows)
            count += len(rows)
            told(rows[-1][0])
        sql = "SELECT cid, seq FROM events WHERE kind = 'erased' AND seq > ? AND seq <= ?"
        erased = self._db.execute(sql, (before, self._reached)).fetchall()
        await self._link.ask(f"STREAM.PURGE.{self._streams.events}", {"filter": self._subject(FILLER)})
        for cid, seq in erased:
            await self._delete_before(cid, seq)
        return count

    def _missing(self, after: int) -> Iterator[list[Row]]:
        sql = f"SELECT {_COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT {WINDOW}"
        while rows := self._db.execute(sql, (after,)).fetchall():
            after = rows[-1][0]
            yield rows

    async def _store(self, rows: Sequence[Row]) -> None:
        """Each under its own number; what is in between is filled."""
        until = time.monotonic() + PATIENCE_S
        while self._reached < rows[-1][0]:
            by_seq = {row[0]: row for row in rows}
            numbers = range(self._reached + 1, min(rows[-1][0], self._reached + WINDOW) + 1)
            work = (self._append(number, by_seq.get(number)) for number in numbers)
            results = await asyncio.gather(*work, return_exceptions=True)
            trouble = [each for each in results if isinstance(each, BaseException)]
            if any(not isinstance(each, WrongLast | Unreachable) for each in trouble) or time.monotonic() > until:
                raise trouble[0] if trouble else Unreachable
            self._reached = await self._last(self._streams.events) if trouble else numbers[-1]

    async def _append(self, number: int, row: Row | None) -> None:
        cid, data, headers = FILLER, b"", {EXPECTED_LAST: str(number - 1)}
        if row is not None:
            cid, data = row[2], _record(row)
            headers |= {records.ID: row[3], records.BY: row[4]}
        await self._link.append(self._subject(cid), data, headers)

    async def _delete_before(self, cid: str, seq: int) -> None:
        """What an earlier run has copied of a conversation that was erased since."""
        while batch := await self._link.fetch(self._streams.events, 0, WINDOW, self._subject(cid)):
            old = [each.seq for each in batch if each.seq < seq]
            if not old:
                return
            for each in old:
                await self._link.ask(f"STREAM.MSG.DELETE.{self._streams.events}", {"seq": each})

    async def directory(self) -> None:
        """Copy the statements that are missing. Raises UserError when the others are not the same."""
        ours = self._db.execute("SELECT s, sig FROM statements ORDER BY n").fetchall()
        theirs: list[tuple[str, str]] = []
        last = await self._last(self._streams.directory)
        after = 0
        while after < last:
            for record in await self._link.fetch(self._streams.directory, after, WINDOW):
                theirs += msgspec.json.decode(record.data, type=list[tuple[str, str]])
                after = record.seq
        if ours[: len(theirs)] != theirs:
            raise UserError(_("The list of officers at {where} is another.").format(where=self._address.told))
        if more := ours[len(theirs) :]:
            data = msgspec.json.encode(more)
            await self._link.append(self._streams.directory_subject, data, {EXPECTED_LAST: str(last)})

    async def keys(self) -> int:
        """Copy all keys, and drop those that have gone; how many there are."""
        slots = read_all(self._folder / FILE)
        info = await self._link.ask(f"STREAM.INFO.{self._streams.keys}", {"subjects_filter": ">"})
        there = {each.removeprefix(self._streams.key_subject) for each in info["state"].get("subjects") or {}}
        for name in there - slots.keys():
            want = {"filter": self._streams.key_subject + name}
            await self._link.ask(f"STREAM.PURGE.{self._streams.keys}", want)
        for name, value in slots.items():
            cid = conversation_of(name)
            if not cid or self._opened(cid):
                await self._link.append(self._streams.key_subject + name, value, {})
        return len(slots)

    def _opened(self, cid: str) -> bool:
        sql = "SELECT 1 FROM events WHERE cid = ? AND kind = 'opened'"
        return self._db.execute(sql, (cid,)).fetchone() is not None

    async def check(self, told: Told) -> None:
        """Compare every event of both sides, up to the last that was copied. Raises UserError."""
        ours, theirs = hashlib.sha256(), hashlib.sha256()
        mine = other = 0
        sql = f"SELECT {_COLUMNS} FROM events WHERE seq <= ? ORDER BY seq"
        for row in self._db.execute(sql, (self._reached,)):
            ours.update(_digested(row[0], row[2], _record(row)))
            mine += 1
        after = 0
        while after < self._reached:
            for record in await self._link.fetch(self._streams.events, after, WINDOW):
                after = record.seq
                cid = record.subject.removeprefix(self._streams.event_subject)
                theirs.update(_digested(record.seq, cid, record.data))
                other += 1
            told(after)
        if (mine, ours.digest()) != (other, theirs.digest()):
            text = _("The copy differs: {mine} events here, {other} at {where}. Move to another name.")
            raise UserError(text.format(mine=mine, other=other, where=self._address.told))
        self.count, self.hash = mine, ours.hexdigest()

    async def finish(self) -> None:
        """The cluster may be used."""
        await self._streams.note(self._link, move="")

    async def _last(self, stream: str) -> int:
        seq: Any = (await self._link.ask(f"STREAM.INFO.{stream}"))["state"]["last_seq"]
        return int(seq)

    def _subject(self, cid: str) -> str:
        return self._streams.event_subject + cid


def _record(row: Row) -> bytes:
    """A row as the stream keeps it; what can't be read in it goes along as it is."""
    _seq, at, _cid, id_, by, version, what = row
    return msgspec.json.encode(records.Record(version, at, id_, by, msgspec.Raw(bytes(what))))


def _digested(seq: int, cid: str, data: bytes) -> bytes:
    return f"{seq} {cid} {len(data)}\n".encode() + data


async def require_arrived(link: Link, address: Address, folder: Path, kid: str) -> None:
    """Raises UserError unless a desk was moved to a cluster whole, and a relay of it has the keys on its disk: one that
    is heard has them, and in the servers' memory alone they are not safe."""
    streams = Streams(address, 1)
    if (await streams.notes(link)) != {"relay": kid}:
        raise UserError(_("The desk of {folder} was not moved to {where}.").format(folder=folder, where=address.told))
    if not await _is_heard(link, streams.talk):
        raise UserError(_("No relay of {where} is heard; start one first.").format(where=address.told))
    info = await link.ask(f"STREAM.INFO.{streams.keys}", {"subjects_filter": ">"})
    there = {each.removeprefix(streams.key_subject) for each in info["state"].get("subjects") or {}}
    for name in read_all(folder / FILE).keys() - there - {TOKEN}:
        cid = conversation_of(name)
        if not cid or await _lives(link, streams, cid):
            raise UserError(_("{where} has not all keys of {folder}.").format(where=address.told, folder=folder))


async def _is_heard(link: Link, subject: str) -> bool:
    heard = asyncio.Event()
    await link.hear(subject, lambda _data: heard.set())
    try:
        await asyncio.wait_for(heard.wait(), HEARD_S)
    except TimeoutError:
        return False
    return True


async def _lives(link: Link, streams: Streams, cid: str) -> bool:
    """Whether a conversation is in the cluster, and not erased there."""
    want = {"last_by_subj": streams.event_subject + cid}
    try:
        answer = await link.ask(f"STREAM.MSG.GET.{streams.events}", want)
    except ApiError:
        return False
    data = msgspec.json.decode(f'"{answer["message"]["data"]}"', type=bytes)
    event, _readable = records.read(0, cid, data, None)
    return event is None or not isinstance(event.what, Erased)
