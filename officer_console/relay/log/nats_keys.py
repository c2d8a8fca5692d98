"""Key material of a cluster: a stream in memory on every server, and a file of slots at every relay.

Each relay copies the stream into its file, and puts back into it what is missing there: after a power failure of all
servers nothing is left in their memory. What belongs to an erased conversation is written over when the erasure is
heard of, and never put back.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from officer_console.protocol.refusals import Refused

from .interface import Clock, Opening
from .nats_appends import Appends
from .nats_link import EXPECTED, ApiError, Link, Stored, Unreachable, WrongLast
from .nats_streams import NO_MESSAGE, NOT_FOUND, Streams
from .shelf import OPENING, TOKEN, WRAP, Kept, Shelf, conversation_of, decode, export_name, wrap_name

LOST_MS: Final = 3_600_000
"""Milliseconds after which key material of a conversation that was never opened is given up."""
log = logging.getLogger(__name__)
Wrapped = Callable[[str, str, str], None]
"""Called with a desk key's name, a member, and the box in which it is wrapped for him."""


class Keys:
    """`lives` says of a conversation whether it has events (True), was erased (False), or is not known (None)."""

    def __init__(
        self, link: Link, appends: Appends, streams: Streams, shelf: Shelf, clock: Clock,
        lives: Callable[[str], bool | None],
    ) -> None:  # fmt: skip
        self._link = link
        self._appends = appends
        self._streams = streams
        self._shelf = shelf
        self._clock = clock
        self._lives = lives
        self._syncing = asyncio.Lock()
        self.wrapped: Wrapped = lambda key, member, box: None

    # ---- what there is ----

    async def opening(self, cid: str) -> Opening | None:
        """None for a conversation that has no events: what was kept for it is void. Raises Refused("storage")."""
        if not self._lives(cid):
            return None
        kept = self._shelf.get(OPENING + cid) or await self._ask(OPENING + cid)
        return kept.opening if kept else None

    async def export_box(self, cid: str, export: str) -> str | None:
        """None for a conversation that has no events. Raises Refused("storage")."""
        if not self._lives(cid):
            return None
        name = export_name(cid, export)
        kept = self._shelf.get(name) or await self._ask(name)
        return kept.box if kept else None

    def token(self) -> tuple[str, int] | None:
        kept = self._shelf.get(TOKEN)
        return (kept.box, int(kept.vt)) if kept else None

    # ---- what comes and goes ----

    async def put_opening(self, cid: str, opening: Opening) -> None:
        """Raises Refused("conflict") when another one is kept, Refused("storage") when nothing can be."""
        kept = Kept(self._clock(), opening.box, opening.vt)
        first = await self._put(OPENING + cid, kept)
        if first and (first.box, first.vt) != (kept.box, kept.vt):
            raise Refused("conflict")
        self._shelf.put(OPENING + cid, first or kept)
        await self.sync()

    async def put_export(self, cid: str, export: str, box: str) -> None:
        """Raises Refused("storage") when nothing can be kept."""
        name, kept = export_name(cid, export), Kept(self._clock(), box)
        self._shelf.put(name, await self._put(name, kept) or kept)
        await self.sync()

    async def drop_exports(self, cid: str, but: str = "") -> None:
        """All of a conversation but one. Raises Refused("storage")."""
        await self.drop([name for name in self._shelf.exports(cid) if name != export_name(cid, but)])

    async def put_wraps(self, wraps: Sequence[tuple[str, str, str]]) -> list[str]:
        """Names of those that were not there before."""
        fresh = []
        for key, member, box in wraps:
            name, kept = wrap_name(key, member), Kept(self._clock(), box)
            if await self._put(name, kept) is None:
                fresh.append(name)
            else:
                await self._put(name, kept, anew=True)
            self._shelf.put(name, kept)
        if wraps:
            await self.sync()
        return fresh

    async def drop(self, names: Sequence[str]) -> None:
        """Write over what is kept here, then empty it in the cluster. Raises Refused("storage")."""
        for name in names:
            self._shelf.drop(name)
        await self.sync()
        for name in names:
            await self._purge(name)

    async def forget(self, cid: str) -> None:
        """Write over all that is kept of a conversation at this relay."""
        for name in self._shelf.of_conversation(cid):
            self._shelf.drop(name)
        await self.sync()

    async def erase(self, cid: str) -> None:
        """Write over all that is kept of a conversation here, then empty it in the cluster, whatever another relay may
        have put there. Raises Refused("storage")."""
        await self.forget(cid)
        for name in (OPENING + cid, export_name(cid, ">")):
            await self._purge(name)

    async def _drop_here(self, name: str) -> None:
        self._shelf.drop(name)
        await self.sync()

    async def _purge(self, name: str) -> None:
        try:
            await self._link.ask(f"STREAM.PURGE.{self._streams.keys}", {"filter": self._subject(name)})
        except ApiError as error:
            if error.code != NOT_FOUND:  # without the stream there is nothing to empty
                raise Refused("storage") from None
        except Unreachable:
            raise Refused("storage") from None

    async def sync(self) -> None:
        """Wait until the file has it all; what comes meanwhile shares the next wait."""
        async with self._syncing:
            try:
                await asyncio.to_thread(self._shelf.sync)
            except OSError:
                raise Refused("storage") from None

    async def take(self, records: Sequence[Stored]) -> None:
        """What other relays have put into the cluster; what this version can't read is passed over."""
        for record in records:
            name = record.subject.removeprefix(self._streams.key_subject)
            cid = conversation_of(name)
            if cid and self._lives(cid) is False:
                continue
            try:
                await self._take(name, record.data)
            except (msgspec.DecodeError, ValueError):
                log.error("a key in the cluster can't be read, and is passed over: of a newer version")
        await self.sync()

    async def _take(self, name: str, data: bytes) -> None:
        own, theirs = self._shelf.get(name), decode(data)
        key, member = name.removeprefix(WRAP).split(".") if name.startswith(WRAP) else ("", "")
        if own is None or own.at < theirs.at:
            self._shelf.put(name, theirs)
            if key:
                self.wrapped(key, member, theirs.box)
        elif own.at > theirs.at:  # given back by a relay that had been away
            await self._put(name, own, anew=True)

    async def give_back(self) -> None:
        """Put into the cluster what only this relay has; drop what belongs to nothing. Raises Unreachable, ApiError."""
        want = {"subjects_filter": ">"}
        info = await self._link.ask(f"STREAM.INFO.{self._streams.keys}", want)
        there = info["state"].get("subjects") or {}
        for name in self._shelf.names():
            kept = self._shelf.get(name)
            if kept and self._is_void(name, kept):
                await self._drop_here(name)
            elif kept and self._subject(name) not in there:
                await self._put(name, kept)

    def _is_void(self, name: str, kept: Kept) -> bool:
        cid = conversation_of(name)
        if not cid:
            return False
        lives = self._lives(cid)
        return lives is False or (lives is None and kept.at < self._clock() - LOST_MS)

    # ---- the cluster ----

    async def _put(self, name: str, kept: Kept, *, anew: bool = False) -> Kept | None:
        """Keep it unless something is kept under this name: then that. `anew`: in any case. Raises Refused."""
        headers = {} if anew else {EXPECTED: "0"}
        try:
            await self._appends.store(self._subject(name), msgspec.json.encode(kept), headers)
        except WrongLast:
            return await self._ask(name)
        return None

    async def _ask(self, name: str) -> Kept | None:
        """What the cluster has under this name. Raises Refused("storage") when nobody can say that there is nothing."""
        near = await self._near(name)
        return near if near is not None else await self._ask_leader(name)

    async def _near(self, name: str) -> Kept | None:
        """The same from any server, which may be behind; that works while none leads, too."""
        try:
            found = await self._link.fetch(self._streams.keys, 0, 1, self._subject(name))
        except Unreachable:
            return None
        return decode(found[0].data) if found else None

    async def _ask_leader(self, name: str) -> Kept | None:
        api, want = f"STREAM.MSG.GET.{self._streams.keys}", {"last_by_subj": self._subject(name)}
        try:
            answer = await self._link.ask(api, want)
        except ApiError as error:
            if error.code not in (NO_MESSAGE, NOT_FOUND):
                raise Refused("storage") from None
            return None
        except Unreachable:
            raise Refused("storage") from None
        return decode(msgspec.json.decode(f'"{answer["message"]["data"]}"', type=bytes))

    def _subject(self, name: str) -> str:
        return self._streams.key_subject + name


def token_record(digest: str, until: int, at: int) -> bytes:
    """A founding token's digest and end (ms), as all relays get it under TOKEN."""
    return msgspec.json.encode(Kept(at, digest, str(until)))
