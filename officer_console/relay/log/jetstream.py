"""The log of a cluster: NATS JetStream, one subject a conversation, each append with where the subject must end.

Any number of relays append side by side, and each folds the stream: it has no state of its own that matters. An append
whose answer is lost is sent again; that it is stored once is for the expected end and the ids of the conversation to
tell, whenever it comes. What a relay has stored or heard of it also reads: a server that has it not yet is asked again.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from nats.errors import Error as NatsError

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.events import Draft, Event
from officer_console.protocol.refusals import Refused
from officer_console.relay.quiet import told as kind_and_place

from .address import Address
from .interface import Clock, Opening
from .jobs import Jobs
from .lock import lock
from .nats_appends import PAUSE_S, Appends
from .nats_directory import Statements
from .nats_events import Events
from .nats_keys import Keys, Wrapped
from .nats_leader import Leader
from .nats_link import BATCH, ApiError, Link, Stored, Unreachable
from .nats_shelf import JetStreamKeyShelf
from .nats_streams import Streams, is_led
from .shelf import OPENING, Shelf
from .turns import Turn, Turns

T = TypeVar("T")
SLOW_S: Final = 1.0
"""Seconds after which it is told that nobody answers."""
READ_S: Final = 0.05
"""Seconds between two questions for what is new."""
SWEEP_S: Final = 10.0
"""Seconds after which it is looked whether an erasure was carried through by who began it."""
_PASSING: Final = (Unreachable, NatsError, TimeoutError, Refused)
"""Troubles that go away, and that /healthz tells of."""
log = logging.getLogger(__name__)


class JetStreamLog:
    """The engine of a cluster (see `interface`). `start` comes first."""

    def __init__(self, folder: Path, address: Address, copies: int, clock: Clock) -> None:
        self._lock_handle = lock(folder)
        try:
            self._slots = Shelf(folder)
        except OSError:
            os.close(self._lock_handle)
            raise UserError(_("The relay's keys in {folder} can't be opened.").format(folder=folder)) from None
        self.link = Link(address)
        self.streams = Streams(address, copies)
        self._turns, self._jobs = Turns(), Jobs()
        self._appends = Appends(self.link)
        self._leader = Leader(self.link, self._appends, self.streams)
        self._events = Events(self.link, self._appends, self.streams, clock)
        self._keys = Keys(self.link, self._appends, self.streams, self._slots, clock, self._lives)
        self.shelf = JetStreamKeyShelf(self._keys, self._slots, self._events, self._turns, self._jobs)
        self.directory = Statements(self.link, self._appends, self.streams, self._keys, self._jobs)
        self._tasks: list[asyncio.Task[None]] = []
        self._reached, self._keys_there = asyncio.Event(), asyncio.Event()
        self._following = False
        self._told = ""
        self._grown: Callable[[], None] = lambda: None

    # ---- beginning and end ----

    async def start(self, waits: Callable[[], None] = lambda: None) -> dict[str, str]:
        """Connect and learn all that there is; what is noted of the desk. `waits` is called when nobody answers.
        Raises UserError when the streams are not what they must be."""
        await self._connect(waits)
        notes = await self._patiently(lambda: self.streams.require(self.link))
        self._begin(self._leader.watch)
        self._events.head = await self._patiently(self._last_seq)
        self._begin(self._follow_events)
        while self._events.tail.head < self._events.head:
            self._reached.clear()
            await self._reached.wait()
        for work in (self._follow_keys, self._follow_directory, self._sweep):
            self._begin(work)
        await self._keys_there.wait()
        return notes

    async def _last_seq(self) -> int:
        """Where the stream ends. Raises Unreachable when who says so has lost the others: that may be long ago."""
        info = await self.link.ask(f"STREAM.INFO.{self.streams.events}")
        if not is_led(info.get("cluster")):
            raise Unreachable
        return int(info["state"]["last_seq"])

    def _trouble(self, error: Exception) -> None:
        told = ""
        if isinstance(error, ApiError):
            told = f"the cluster refuses: {error}"
        elif not isinstance(error, _PASSING):
            told = f"what the cluster has can't be taken in: {kind_and_place(error)}"
        if told and told != self._told:  # said once, not ten times a second
            log.warning("%s", told)
        self._told = told or self._told

    async def close(self) -> None:
        self._jobs.closed = True
        await self._turns.settled()
        await self._jobs.settled()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.link.close()
        self._slots.close()
        os.close(self._lock_handle)

    async def _connect(self, waits: Callable[[], None]) -> None:
        connecting = asyncio.create_task(self.link.connect())
        try:
            done, _pending = await asyncio.wait([connecting], timeout=SLOW_S)
            if not done:
                waits()
            await connecting
        except (NatsError, OSError) as error:
            text = _("{where} does not let this relay in ({kind}).")
            raise UserError(text.format(where=self.link.address.told, kind=type(error).__name__)) from None
        finally:
            connecting.cancel()

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        """Until JetStream answers: a cluster that is just being started takes a while."""
        while True:
            try:
                return await work()
            except (Unreachable, ApiError):
                await asyncio.sleep(PAUSE_S)

    def _begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async def on() -> None:
            while True:
                try:
                    await work()
                except Exception as error:  # whatever it was: without this the relay would be deaf, and not know it
                    self._trouble(error)
                    await asyncio.sleep(PAUSE_S)

        self._tasks.append(asyncio.create_task(on(), name=work.__name__))

    def watch(self, grown: Callable[[], None], wrapped: Wrapped) -> None:
        """Be told when another relay has extended the directory, and of desk keys that it has brought."""
        self._grown, self._keys.wrapped = grown, wrapped

    # ---- what is followed ----

    async def _follow_events(self) -> None:
        reading = asyncio.create_task(self._read_on())

        def begins() -> None:
            reading.cancel()

        def there() -> None:
            self._following = True

        try:
            after = self._events.tail
            await self.link.follow(self.streams.events, lambda: after.head, self._take_events, "", there, begins)
        finally:
            reading.cancel()
            self._following = False

    async def _read_on(self) -> None:
        """Ask for what is new again and again, while no server tells it by itself: for that the cluster must have
        elected who leads, and any server that has a copy answers this."""
        while True:
            try:
                while batch := await self.link.fetch(self.streams.events, self._events.tail.head, BATCH):
                    self._take_events(batch)
                self._following = True
            except _PASSING:
                self._following = False
            await asyncio.sleep(READ_S)

    def _take_events(self, batch: Sequence[Stored]) -> None:
        for cid in self._events.take(batch):
            self._jobs.spawn(self._keys.forget(cid))
        self._reached.set()

    async def _follow_keys(self) -> None:
        await self.streams.make_keys(self.link)
        await self._keys.give_back()
        await self.link.follow(
            self.streams.keys, lambda: 0, self._keys.take, f"{self.streams.key_subject}>", self._keys_there.set
        )

    async def _follow_directory(self) -> None:
        def take(batch: Sequence[Stored]) -> None:
            self.directory.take(batch)
            self._grown()

        await self.link.follow(self.streams.directory, lambda: self.directory.last, take)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            late = time.monotonic() - SWEEP_S
            for cid in [cid for cid, since in self._events.half_erased.items() if since < late]:
                await self._carry_through(cid)

    def _lives(self, cid: str) -> bool | None:
        end = self._events.end(cid)
        return not end.erased if end.last else None

    # ---- what others ask ----

    @property
    def healthy(self) -> bool:
        return self._appends.healthy and self._following and self.link.connected

    @property
    def quarantined(self) -> int:
        return len(self._events.quarantine)

    async def append(self, draft: Draft, expected: int | None = None) -> Event:
        self._jobs.require_open()
        async with self._turns.of(draft.cid):
            return await self._events.append(draft, expected)

    async def open(self, draft: Draft, opening: Opening) -> Event:
        self._jobs.require_open()
        return await asyncio.shield(self._jobs.spawn(self._open(self._turns.of(draft.cid), draft, opening)))

    async def erase(self, draft: Draft) -> Event:
        self._jobs.require_open()
        return await asyncio.shield(self._jobs.spawn(self._erase(self._turns.of(draft.cid), draft)))

    async def read(self, after: int, limit: int, cid: str | None = None) -> list[Event]:
        self._jobs.require_open()
        return await self._events.read(after, limit, cid)

    async def has_news(self, cid: str, after: int) -> bool:
        self._jobs.require_open()
        await self._events.look(cid)
        return self._events.end(cid).last > after

    def follow(self, after: int) -> AsyncIterator[Sequence[Event]]:
        return self._events.follow(after)

    async def head(self) -> int:
        return self._events.head

    async def _open(self, turn: Turn, draft: Draft, opening: Opening) -> Event:
        async with turn:
            if self._events.end(draft.cid).erased:
                raise Refused("erased")
            # The keys first: whoever sees the event finds them; without it they are void.
            await self._keys.put_opening(draft.cid, opening)
            try:
                return await self._events.append(draft)
            except Refused as refused:
                if refused.code == "erased":
                    await self._keys.drop([OPENING + draft.cid])
                raise

    async def _erase(self, turn: Turn, draft: Draft) -> Event:
        cid = draft.cid
        async with turn:
            # The event first: refused, it leaves the conversation whole, and she can ask again.
            try:
                event = await self._events.append(draft)
            except Refused as refused:
                if refused.code != "erased":
                    raise
                event = (await self._events.read(self._events.end(cid).erased - 1, 1, cid))[0]
            self._events.half_erased[cid] = time.monotonic()  # until it is carried through, here or by the sweep
            await self._carry_through(cid)
            return event

    async def _carry_through(self, cid: str) -> None:
        """What follows an erasure: its keys, and the records before it."""
        await self._keys.erase(cid)
        await self._events.erase_before(cid)

    def token(self) -> tuple[str, int] | None:
        """The founding token's digest, and the time (ms) until which it is good, for any relay to take."""
        return self._keys.token()
