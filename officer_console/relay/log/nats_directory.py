"""The signed statements of a desk in a cluster: one record for all that is appended at once, so that it is all or
nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from officer_console.protocol.refusals import Refused

from .interface import Conflict, Statement
from .jobs import Jobs
from .nats_appends import Appends
from .nats_keys import Keys
from .nats_link import EXPECTED_LAST, ApiError, Link, Stored, Unreachable, WrongLast
from .nats_streams import Streams

_decoder: Final = msgspec.json.Decoder(list[tuple[str, str]])


class Statements:
    """DirectoryStore of a cluster (see `interface`)."""

    def __init__(self, link: Link, appends: Appends, streams: Streams, keys: Keys, jobs: Jobs) -> None:
        self._link = link
        self._appends = appends
        self._streams = streams
        self._keys = keys
        self._jobs = jobs
        self._known: list[Statement] = []
        self.last = 0
        self._turn = asyncio.Lock()

    async def statements(self) -> list[Statement]:
        try:
            await self._refresh()
        except (ApiError, Unreachable):
            raise Refused("storage") from None
        return list(self._known)

    def take(self, records: Sequence[Stored]) -> None:
        """What the stream has."""
        for record in records:
            if record.seq > self.last:
                self.last = record.seq
                self._known += [Statement(s, sig) for s, sig in _decoder.decode(record.data)]

    async def extend(self, size: int, statements: Sequence[Statement], wraps: Sequence[tuple[str, str, str]]) -> None:
        self._jobs.require_open()
        async with self._turn:
            if len(await self.statements()) != size:
                raise Conflict
            # The wraps first: whoever hears of a new member finds what is sealed to him.
            fresh = await self._keys.put_wraps(wraps)
            try:
                if statements:
                    await self._store(size, statements)
            except (Conflict, Refused):
                await self._keys.drop(fresh)
                raise

    async def _store(self, size: int, statements: Sequence[Statement]) -> None:
        data = msgspec.json.encode([(each.s, each.sig) for each in statements])
        try:
            seq = await self._appends.store(self._streams.directory_subject, data, {EXPECTED_LAST: str(self.last)})
        except WrongLast:
            if (await self.statements())[size : size + len(statements)] != list(statements):
                raise Conflict from None
            return  # an earlier try was stored, and only its answer was lost
        self.take([Stored(seq, "", data)])

    async def _refresh(self) -> None:
        info = await self._link.ask(f"STREAM.INFO.{self._streams.directory}")
        while self.last < info["state"]["last_seq"]:
            self.take(await self._link.fetch(self._streams.directory, self.last, 1000))
