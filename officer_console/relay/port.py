"""The way out to one client: a bounded line of frames and one task that sends them.

Nobody who has something to say ever waits for a slow client: when its line is full it is cut off, and it resumes
from its cursor.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from officer_console.protocol.refusals import POLICY, TRY_LATER

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

NORMAL: Final = 1000
"""Close code of a connection that has served its purpose (RFC 6455)."""
STALL_S: Final = 10.0
"""Seconds between two looks at whether a client takes anything: after the second in vain it counts as gone."""
MAX_WAITING: Final = 4 << 20
"""Characters that may wait for one client, however few frames they are."""
FLUSH_S: Final = 5.0
"""Seconds a client that is cut off has to take what is on its way, and the close."""


class Port:
    """Frames for one client, as text, in order. At most `limit` wait. `bye` is the frame that asks it to come back."""

    def __init__(self, send: Send, limit: int, bye: str) -> None:
        self._send = send
        self._limit = limit
        self._bye = bye
        self._line: deque[str] = deque()
        self._waiting = 0
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._close: int | None = None
        self._sending = 0  # which frame is on its way
        self._seen = -1

    @property
    def closing(self) -> bool:
        return self._close is not None

    def put(self, text: str) -> None:
        """Send this, some time. A full line cuts the client off."""
        if self.closing:
            return
        if self._fills(1):
            self._line.clear()
            self._waiting = 0
            self.say_bye(TRY_LATER)
            return
        self._line.append(text)
        self._waiting += len(text)
        self._wake.set()

    async def room(self) -> None:
        """Wait while the line is half full. For those who have the client's own time."""
        while self._fills(2) and not self.closing:
            self._room.clear()
            await self._room.wait()

    async def put_when_room(self, text: str) -> None:
        """Send this, at the speed at which the client takes it."""
        await self.room()
        self.put(text)

    def end(self, code: int = POLICY, last: str = "") -> None:
        """Close after what waits, and `last`, has been sent. The first end counts."""
        if self.closing:
            return
        if last:
            self._line.append(last)
        self._close = code
        self._wake.set()
        self._room.set()

    def say_bye(self, code: int) -> None:
        """Close, and ask the client to come back."""
        self.end(code, self._bye)

    async def run(self) -> None:
        """Send until the end. Whoever runs it looks at `stalled` from time to time."""
        while True:
            while self._line:
                text = self._line.popleft()
                self._sending += 1
                await self._send({"type": "websocket.send", "text": text})
                self._waiting -= len(text)
                self._room.set()
            if self.closing:
                await self._send({"type": "websocket.close", "code": self._close})
                return
            self._wake.clear()
            await self._wake.wait()

    def stalled(self) -> bool:
        """Whether the client has taken nothing since this was asked the last time, though there was something."""
        seen, self._seen = self._seen, self._sending
        return bool(self._waiting or self.closing) and seen == self._sending

    def _fills(self, part: int) -> bool:
        return len(self._line) * part >= self._limit or self._waiting * part >= MAX_WAITING


class Binary(Exception):
    """A frame that is no text."""


async def receive_text(receive: Receive) -> str | None:
    """The next text frame; None when the client is gone. Raises Binary."""
    message = await receive()
    if message["type"] == "websocket.disconnect":
        return None
    text = message.get("text")
    if text is None:
        raise Binary
    return str(text)
