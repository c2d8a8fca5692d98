"""The events of a desk in a cluster's stream: appended, read, followed, erased."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final

from officer_console.model.events import Draft, Erased, Event, numbered
from officer_console.protocol.refusals import Refused

from . import records
from .ends import End, Ends
from .interface import Clock, Conflict
from .nats_appends import PATIENCE_S, Appends
from .nats_link import EXPECTED, ApiError, Link, Stored, Unreachable, WrongLast
from .nats_streams import NO_MESSAGE, Streams
from .tail import Tail

LOOK_S: Final = 0.02
"""Seconds before a server is asked again that has not yet what another has."""
AT_ONCE: Final = 64
"""Records that are erased side by side."""
_GONE: Final = ("no message found", "not found")
"""How JetStream says that a record is not there; the code is that of any failure to delete."""


class Events:
    """What callers do with one conversation they do in turns (see `turns`). Raises Refused("storage") everywhere."""

    def __init__(self, link: Link, appends: Appends, streams: Streams, clock: Clock) -> None:
        self._link = link
        self._appends = appends
        self._streams = streams
        self._clock = clock
        self._ends = Ends()
        self.tail = Tail(0)
        self.head = 0
        self.quarantine = records.Quarantine()
        self.half_erased: dict[str, float] = {}

    def end(self, cid: str) -> End:
        return self._ends.get(cid)

    # ---- append ----

    async def append(self, draft: Draft, expected: int | None = None) -> Event:
        """See `interface.Log.append`."""
        end = await self._complete(draft.cid)
        data = b""
        while True:
            if first := (end.ids or {}).get(draft.id):
                return await self._same(first, draft)
            if end.erased:
                raise Refused("erased")
            if expected is not None and expected > end.last:  # its reader was given what came after the last look
                await self.look(draft.cid)
                end = self.end(draft.cid)
            if expected is not None and not end.is_at(expected):
                raise Conflict
            if not data:
                at = self._clock()
                data = records.encode(draft, at)
            try:
                headers = {EXPECTED: str(end.last), records.ID: draft.id, records.BY: draft.by}
                seq = await self._appends.store(self._streams.event_subject + draft.cid, data, headers)
            except WrongLast as wrong:
                end = await self._catch_up(draft.cid, max(wrong.last, end.last))
                continue
            return self._stored(numbered(draft, seq, at))

    def _stored(self, event: Event) -> Event:
        self.head = max(self.head, event.seq)
        self._ends.learn(event.cid, event.seq, event.id, readable=True, erased=isinstance(event.what, Erased))
        return event

    async def _same(self, seq: int, draft: Draft) -> Event:
        """The event that is stored under the draft's id. Raises Refused("conflict") when it is another one."""
        for event in await self.read(seq - 1, 1, draft.cid):
            if event.seq == seq and (event.by, event.what) == (draft.by, draft.what):
                return event
        raise Refused("erased" if self.end(draft.cid).erased else "conflict")

    async def _complete(self, cid: str) -> End:
        """A conversation's end with all its ids."""
        end = self._ends.get(cid)
        while end.ids is None:
            upto, ids = end.last, {}
            after = 0
            while after < upto:
                for record in await self._fetch(after, 1000, cid, upto):
                    after = record.seq
                    ids[_id_of(record)] = record.seq
            if end.last == upto:
                self._ends.remember(cid, ids)
        return end

    async def _catch_up(self, cid: str, upto: int) -> End:
        """Learn what others have appended to a conversation; `upto` is the seq of a record of it."""
        while (after := self.end(cid).last) < upto:
            self.learn(await self._fetch(after, 1000, cid, upto))
        return self.end(cid)

    async def look(self, cid: str) -> None:
        """Learn of a conversation that has not come to this relay's ears. Raises Refused("storage")."""
        want = {"last_by_subj": self._streams.event_subject + cid}
        try:
            answer = await self._link.ask(f"STREAM.MSG.GET.{self._streams.events}", want)
        except ApiError as error:
            if error.code != NO_MESSAGE:
                raise Refused("storage") from None
            return
        except Unreachable:
            raise Refused("storage") from None
        await self._catch_up(cid, answer["message"]["seq"])

    # ---- read ----

    async def read(self, after: int, limit: int, cid: str | None = None) -> list[Event]:
        """See `interface.Log.read`; everything this relay has stored or heard of is there."""
        found: list[Event] = []
        while len(found) < limit and after < (upto := self.head if cid is None else self.end(cid).last):
            batch = await self._fetch(after, limit - len(found), cid, upto)
            after = batch[-1].seq
            found += self._readable(batch)
        return found

    async def _fetch(self, after: int, limit: int, cid: str | None, upto: int) -> list[Stored]:
        """At least one record above `after`; `upto` is the seq of one that exists, or existed."""
        subject = self._streams.event_subject + cid if cid is not None else ""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                batch = await self._link.fetch(self._streams.events, after, limit, subject)
            except Unreachable:
                batch = []
            if batch:
                return batch
            if time.monotonic() > until or not self._link.connected:
                raise Refused("storage")
            await asyncio.sleep(LOOK_S)

    def _readable(self, batch: Iterable[Stored]) -> list[Event]:
        """The events of records; what was erased, and is only still to be deleted, is none."""
        events = []
        for record in batch:
            cid = self._cid(record)
            event, _ = records.read(record.seq, cid, record.data, record.headers)
            if event is not None and record.seq >= self.end(cid).erased:
                events.append(event)
        return events

    # ---- follow ----

    def follow(self, after: int) -> AsyncIterator[Sequence[Event]]:
        return self.tail.follow(after, self.read)

    def take(self, batch: Sequence[Stored]) -> list[str]:
        """What the stream has, in its order; the conversations that were erased."""
        events = self.learn(batch)
        self.tail.take(event for event in events if event.seq >= self.end(event.cid).erased)
        self.tail.passed(batch[-1].seq)
        return [event.cid for event in events if isinstance(event.what, Erased)]

    def learn(self, batch: Sequence[Stored]) -> list[Event]:
        """The events of records, taken into what is known of their conversations."""
        events = []
        for record in batch:
            cid = self._cid(record)
            event, readable = records.read(record.seq, cid, record.data, record.headers)
            erased = event is not None and isinstance(event.what, Erased)
            before = self.end(cid).last
            fresh = self._ends.learn(cid, record.seq, _id_of(record, event), readable=event is not None, erased=erased)
            self.head = max(self.head, record.seq)
            if fresh and erased and before:
                self.half_erased[cid] = time.monotonic()
            if fresh and not readable:
                self.quarantine.take(record.seq)
            if event is not None:
                events.append(event)
        return events

    # ---- erase ----

    async def erase_before(self, cid: str) -> None:
        """Delete all records of an erased conversation but what says so, and write over them. Again: nothing more."""
        end = self.end(cid)
        while batch := [each for each in await self._fetch(0, AT_ONCE, cid, end.erased) if each.seq < end.erased]:
            results = await asyncio.gather(*(self._delete(each.seq) for each in batch), return_exceptions=True)
            if any(isinstance(result, BaseException) for result in results):
                raise Refused("storage")
            await asyncio.sleep(0)  # a server that answers for another may be behind it
        self.half_erased.pop(cid, None)

    async def _delete(self, seq: int) -> None:
        try:
            await self._link.ask(f"STREAM.MSG.DELETE.{self._streams.events}", {"seq": seq})
        except ApiError as error:
            if not str(error).endswith(_GONE):
                raise

    def _cid(self, record: Stored) -> str:
        return record.subject.removeprefix(self._streams.event_subject)


def _id_of(record: Stored, event: Event | None = None) -> str:
    if event is not None:
        return event.id
    return (record.headers or {}).get(records.ID, "") or f"?{record.seq}"
