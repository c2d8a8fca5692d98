"""A visitor without a page: what the demo, the tests and the benches write with.

It plays the page's part over real sockets with real keys, and comes back by itself when the link is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Final, Literal, Self

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from officer_console.model.bodies import About, Help, Presence, Text
from officer_console.protocol.codec import MAX_FRAME
from officer_console.protocol.frames import Bundle, Status
from officer_console.protocol.refusals import Refused
from officer_console.protocol.visitor_events import (
    Accepted,
    DeskKnown,
    Domain,
    HangUp,
    Happened,
    Heard,
    Over,
    Seen,
    Stands,
)
from officer_console.protocol.visitor_session import Phase, VisitorSession
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.directory import verify_page_bundle
from officer_console.vault.envelopes import ConversationKeys, open_message, seal_message, seal_open
from officer_console.vault.errors import VaultError

from .wire import dial

PAUSE_MS: Final = (200, 5_000)
"""Milliseconds between two tries to connect: the first time, and at most."""


def wall_clock() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


async def _within(ms: int, something: Awaitable[object]) -> None:
    """Wait for something, `ms` at most. Not asyncio.wait_for: before Python 3.12 it can swallow a cancellation."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(ms / 1000):
            await something


class PageKeys:
    """The keys that a page makes for one conversation, and the root key (65 bytes) that stands in it."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._ck = os.urandom(32)
        self._keys = ConversationKeys.derive(self._ck)
        self._desk_pub = b""
        self.cid = b64(os.urandom(16))
        self.vt = b64(os.urandom(32))
        self.kc = b64(self._keys.kc)

    def trust(self, bundle: Bundle, now: int) -> str:
        """See protocol.visitor_events.Keys, here and below."""
        try:
            key = verify_page_bundle(self._root, msgspec.structs.asdict(bundle), now // 1000)
            self._desk_pub = unb64(key.pub)
        except VaultError:
            raise Refused("bad_signature") from None
        return key.kid

    def box(self, h: str) -> str:
        return b64(seal_open(self._desk_pub, h, self._ck))

    def seal(self, domain: Domain, h: str, body: bytes) -> tuple[str, str]:
        nonce, sealed = seal_message(self._keys.k_v, domain, h, body)
        return b64(nonce), b64(sealed)

    def open(self, domain: Domain, direction: str, h: str, n: str, c: str) -> bytes:
        key = self._keys.k_v if direction == "v" else self._keys.k_d
        try:
            return open_message(key, domain, h, unb64(n), unb64(c))
        except VaultError:
            raise Refused("bad_signature") from None


class Visitor:
    """One visitor and her conversation; `async with` connects her and, at the end, closes her page without a word.

    `url` is the page's address, `root` the desk's root key, `told` is called with everything that happens.
    """

    def __init__(
        self,
        url: str,
        root: bytes,
        *,
        about: About | None = None,
        told: Callable[[Happened], None] | None = None,
        clock: Callable[[], int] = wall_clock,
        rng: random.Random | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._clock = clock
        self._told = told
        self._rng = rng or random.Random()
        self._keys = PageKeys(root)
        self._session = VisitorSession(self._keys, about or About(ts=clock(), lang="fr"), self._rng.randint)
        self._pause = PAUSE_MS[0]
        self._hang_up: HangUp | None = None
        self._stirred = asyncio.Event()
        self._changed = asyncio.Event()
        self._network = asyncio.Event()
        self._network.set()
        self._link: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None
        self._happened: list[Happened] = []
        self.heard: list[Heard] = []
        self.accepted = 0
        self.status: Status | None = None
        self.duty = False
        self.officer: Presence | None = None
        self.over = ""

    @property
    def cid(self) -> str:
        return self._keys.cid

    @property
    def online(self) -> bool:
        """Whether she is connected, and nothing that was missing is on its way."""
        return self._session.phase in (Phase.READY, Phase.TALKING)

    @property
    def texts(self) -> list[str]:
        """What officers wrote, in order, and that help is coming."""
        return [heard.body.b for heard in self.heard if isinstance(heard.body, Text | Help)]

    @property
    def helps(self) -> list[Help]:
        """What told her that help is coming, in order."""
        return [heard.body for heard in self.heard if isinstance(heard.body, Help)]

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        (ended,) = await asyncio.gather(self._task, return_exceptions=True)
        if isinstance(ended, Exception):
            raise ended

    # ---- what she does ----

    def say(self, text: str) -> int:
        """Write; gives the message's number for `stored` (0 is what the page itself sends). Raises Refused."""
        number = self._session.say(text, self._clock())
        self._stirred.set()
        return number

    def share_place(self, lat: int, lon: int, acc: int) -> int:
        """Tell where she is, in micro-degrees and metres as in `Place`; gives the number and raises as `say`."""
        number = self._session.share_place(lat, lon, acc, self._clock())
        self._stirred.set()
        return number

    def consent(self, yes: bool) -> int:
        """Answer whether the conversation may be practised on; gives and raises as VisitorSession.consent."""
        number = self._session.consent(yes, self._clock())
        self._stirred.set()
        return number

    def typing(self, typing: bool) -> None:
        """Show the officer that she types, or not."""
        self._session.show(typing=typing)
        self._stirred.set()

    async def leave(self, how: Literal["goodbye", "exit", "closed"]) -> None:
        """Go for good, in this way, and close the connection."""
        self._session.leave(how)
        await self._end()

    async def erase(self) -> None:
        """Erase the conversation; ends when the relay has done it, however often the link is lost meanwhile."""
        self._session.erase()
        await self._end()

    def lose_network(self) -> None:
        """The link breaks without a word, and none comes about until `find_network`."""
        self._network.clear()
        if self._link is not None:
            self._link.transport.abort()

    def find_network(self) -> None:
        self._network.set()

    # ---- what she sees ----

    async def stored(self, number: int) -> None:
        """Wait until the relay has message `number`, and all before it, on disk."""
        await self.until(lambda visitor: visitor.accepted > number)

    async def until(self, fits: Callable[[Visitor], bool]) -> None:
        """Wait until something holds of her. Raises Refused("state") when her conversation ends before."""
        while not fits(self):
            if self.over:
                raise Refused("state")
            await self._change()

    async def events(self) -> AsyncIterator[Happened]:
        """Everything that has happened and happens, until the end of the conversation."""
        number = 0
        while number < len(self._happened) or not self.over:
            if number == len(self._happened):
                await self._change()
                continue
            yield self._happened[number]
            number += 1

    # ---- the link ----

    async def _change(self) -> None:
        assert self._task is not None
        changed = asyncio.create_task(self._changed.wait())
        try:
            await asyncio.wait((changed, self._task), return_when=asyncio.FIRST_COMPLETED)
        finally:
            changed.cancel()
        if self._task.done():
            self._task.result()  # what broke it

    async def _end(self) -> None:
        assert self._task is not None
        self._take_in()
        self._stirred.set()
        if self.over:
            self._network.set()
        await asyncio.shield(self._task)

    async def _run(self) -> None:
        while not self.over:
            await self._network.wait()
            if self.over:
                return
            try:
                await self._connected()
            except (OSError, WebSocketException):  # TimeoutError is an OSError
                pass
            finally:
                self._link = None
                self._session.cut()
                self._wake()
            await self._rest()

    async def _rest(self) -> None:
        if self.over:
            return
        wait = self._hang_up.again if self._hang_up else self._pause
        self._pause = min(2 * self._pause, PAUSE_MS[1])
        self._hang_up = None
        await _within(wait, self._until_over())

    async def _until_over(self) -> None:
        while not self.over:
            self._stirred.clear()
            await self._stirred.wait()

    async def _connected(self) -> None:
        where = "ws" + self._url.removeprefix("http") + "/ws"
        async with dial(
            where,
            max_size=MAX_FRAME,
            origin=self._url,
            ping_interval=None,  # the relay's heartbeat tells enough
            close_timeout=2,
            user_agent_header=None,
        ) as link:
            self._link = link
            self._session.connected(self._clock())
            reading = asyncio.create_task(self._read(link))
            try:
                await self._write(link, reading)
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _read(self, link: ClientConnection) -> None:
        async for text in link:
            before = self._session.phase
            self._session.received(text, self._clock())
            self._take_in()
            if self._session.phase is not before:  # she may be online now, and nothing else has happened
                self._wake()
            self._stirred.set()

    async def _write(self, link: ClientConnection, reading: asyncio.Task[None]) -> None:
        reading.add_done_callback(lambda _task: self._stirred.set())
        while True:
            self._stirred.clear()
            for frame in self._session.frames():
                await link.send(frame)
            if self.over or self._hang_up or reading.done():
                return
            wait = max(0, self._session.wake_at() - self._clock())
            await _within(wait, self._stirred.wait())
            self._session.tick(self._clock())
            self._take_in()

    # ---- what happened ----

    def _take_in(self) -> None:
        happened = self._session.happened()
        for each in happened:
            self._note(each)
            if self._told:
                self._told(each)
        self._happened += happened
        if happened:
            self._wake()

    def _wake(self) -> None:
        """Let everybody look who waits for something."""
        self._changed.set()
        self._changed = asyncio.Event()

    def _note(self, happened: Happened) -> None:
        match happened:
            case Heard():
                self.heard.append(happened)
                self._session.show(read=len(self.heard))
            case Accepted(n=n):
                self.accepted = max(self.accepted, n + 1)
            case Stands(status=status):
                self.status, self.duty = status, status.duty
            case DeskKnown(duty=duty):
                self.duty, self._pause = duty, PAUSE_MS[0]
            case Seen(presence=presence):
                self.officer = presence
            case HangUp():
                self._hang_up = happened
            case Over(why=why):
                self.over = why
