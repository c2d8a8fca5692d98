"""What a cluster's relay keeps of keys, as the rest of the relay asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from officer_console.protocol.refusals import Refused

from .interface import Opening
from .jobs import Jobs
from .nats_events import Events
from .nats_keys import Keys
from .shelf import Shelf
from .turns import Turn, Turns


class JetStreamKeyShelf:
    """KeyShelf of a cluster (see `interface`): what is kept belongs to conversations, which are in the events."""

    def __init__(self, keys: Keys, slots: Shelf, events: Events, turns: Turns, jobs: Jobs) -> None:
        self._keys = keys
        self._slots = slots
        self._events = events
        self._turns = turns
        self._jobs = jobs

    async def opening(self, cid: str) -> Opening | None:
        if not self._events.end(cid).last:  # it may have been opened at another relay, just now
            await self._events.look(cid)
        return await self._keys.opening(cid)

    async def openings(self, cids: Sequence[str]) -> Mapping[str, Opening]:
        found = {cid: await self.opening(cid) for cid in cids}
        return {cid: opening for cid, opening in found.items() if opening is not None}

    async def wraps(self, member: str) -> list[tuple[str, str]]:
        return self._slots.wraps(member)

    async def keep_export(self, cid: str, export: str, box: str) -> None:
        self._jobs.require_open()
        await asyncio.shield(self._jobs.spawn(self._keep_export(self._turns.of(cid), cid, export, box)))

    async def _keep_export(self, turn: Turn, cid: str, export: str, box: str) -> None:
        async with turn:
            await self._events.look(cid)
            end = self._events.end(cid)
            if end.erased or not end.last:
                raise Refused("erased" if end.erased else "unknown")
            await self._keys.put_export(cid, export, box)

    async def exports(self, before: int) -> list[tuple[str, str]]:
        return self._slots.exports_before(before)

    async def export_box(self, cid: str, export: str) -> str | None:
        return await self._keys.export_box(cid, export)

    async def drop_exports(self, cid: str, but: str = "") -> None:
        self._jobs.require_open()
        await self._keys.drop_exports(cid, but)
