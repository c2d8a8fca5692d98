"""The way out to one client: a bounded line of frames, which leaves as fast as the client takes it.

Nobody who has something to say ever waits for a slow client: when its line is full it is cut off, and it resumes
from its cursor. What is put in one turn of the event loop leaves in one write.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from officer_console.protocol.refusals import POLICY, TRY_LATER

from .wire import FLUSH_S, PING, Wire, framed

NORMAL: Final = 1000
"""Close code of a connection that has served its purpose (RFC 6455)."""
STALL_S: Final = 10.0
"""Seconds between two looks at whether a client takes anything: after the second in vain it counts as gone."""
MAX_WAITING: Final = 4 << 20
"""Bytes that may wait for one client, however few frames they are."""
PIECE: Final = 1 << 16
"""Bytes that are written at a time: then it is looked whether the client takes them."""


class Port:
    """Frames for one client, in order. At most `limit` wait. `bye` is the frame that asks it to come back."""

    __slots__ = (
        "_bye", "_close", "_due", "_limit", "_line", "_seen", "_sent", "_waiters", "_waiting", "over", "wire",
    )  # fmt: skip

    def __init__(self, wire: Wire, limit: int, bye: bytes) -> None:
        self.wire = wire
        wire.sender = self
        self._limit = limit
        self._bye = bye
        self._line: list[bytes] = []
        self._waiting = 0
        self._waiters: list[asyncio.Future[None]] | None = None
        self._due = False
        self._close: int | None = None
        self.over = False  # the close was sent, or nobody is there to take it
        self._sent = 0  # how many bytes have left
        self._seen = -1

    @property
    def closing(self) -> bool:
        return self._close is not None

    def put(self, frame: str | bytes) -> None:
        """Send this, some time: a text, or what `framed` made of one. A full line cuts the client off."""
        if self.closing or self.over:
            return
        if self._fills(1):
            self._line.clear()
            self._waiting = 0
            self.say_bye(TRY_LATER)
            return
        self._add(framed(frame) if isinstance(frame, str) else frame)
        if self._waiting >= PIECE:
            self.flush()

    async def room(self) -> None:
        """Wait while the line is half full. For those who have the client's own time."""
        while self._fills(2) and not (self.closing or self.over):
            await self._news()

    async def put_when_room(self, text: str) -> None:
        """Send this, at the speed at which the client takes it."""
        await self.room()
        self.put(text)

    def end(self, code: int = POLICY, last: str | bytes = b"") -> None:
        """Close after what waits, and `last`, has been sent. The first end counts."""
        if self.closing:
            return
        self._close = code
        self._add(framed(last) if isinstance(last, str) else last)
        self._tell()

    def say_bye(self, code: int) -> None:
        """Close, and ask the client to come back."""
        self.end(code, self._bye)

    async def ended(self) -> None:
        """Wait until all has been sent, the close too, or FLUSH_S have passed."""
        self.flush()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FLUSH_S):
                while not self.over:
                    await self._news()

    def beat(self, frame: bytes = b"") -> None:
        """Ask for a sign of life, and send this with it."""
        self.put(PING + frame)

    def stalled(self) -> bool:
        """Whether the client has taken nothing since this was asked the last time, though there was something."""
        seen, self._seen = self._seen, self._sent
        return bool(self._waiting or self.closing) and seen == self._sent

    def give_up(self) -> None:
        """Nobody takes it: end without waiting until it is taken."""
        self.end(NORMAL)
        self.wire.give_up()

    # ---- for the wire ----

    def flush(self) -> None:
        """Send what waits, as long as the client takes it."""
        self._due = False
        while self._line and not self.wire.paused:
            self._write()
        if self.closing and not self._line and not self.over:
            self.over = True
            self.wire.close(self._close or NORMAL)
        self._tell()

    def lost(self) -> None:
        """Nobody takes anything any more."""
        self.over = True
        self._line.clear()
        self._waiting = 0
        self._tell()

    # ---- inside ----

    def _add(self, frame: bytes) -> None:
        self._line.append(frame)
        self._waiting += len(frame)
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self.flush)

    def _write(self) -> None:
        """The next piece."""
        piece, size = self._line, self._waiting
        rest: list[bytes] = []
        if size > PIECE:
            count = size = 0
            while size < PIECE:
                size += len(piece[count])
                count += 1
            piece, rest = piece[:count], piece[count:]
        self._line = rest
        self._waiting -= size
        self._sent += size
        self.wire.write(piece)

    def _fills(self, part: int) -> bool:
        return len(self._line) * part >= self._limit or self._waiting * part >= MAX_WAITING

    async def _news(self) -> None:
        """Wait until something has left, or nothing more will."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters = [*(self._waiters or ()), waiter]
        await waiter

    def _tell(self) -> None:
        if self._waiters:
            waiters, self._waiters = self._waiters, None
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(None)
