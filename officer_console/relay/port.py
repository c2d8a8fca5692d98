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

STALL_S: Final = 20.0
"""Seconds one frame may take to leave before the client counts as gone."""


class Port:
    """Frames for one client, as text, in order."""

    def __init__(self, send: Send, limit: int) -> None:
        self._send = send
        self._limit = limit
        self._line: deque[str] = deque()
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._close: int | None = None
        self.cut = False

    @property
    def closing(self) -> bool:
        return self._close is not None

    def put(self, text: str) -> None:
        """Send this, some time. A full line cuts the client off."""
        if self.closing:
            return
        if len(self._line) >= self._limit:
            self.cut = True
            self._line.clear()
            self.end(TRY_LATER)
            return
        self._line.append(text)
        self._wake.set()

    async def put_when_room(self, text: str) -> None:
        """Send this; waits while the line is half full. For those who have the client's own time."""
        while len(self._line) > self._limit // 2 and not self.closing:
            self._room.clear()
            await self._room.wait()
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

    async def run(self) -> None:
        """Send until the end. Raises TimeoutError when the client takes nothing for STALL_S."""
        while True:
            while self._line:
                async with asyncio.timeout(STALL_S):
                    await self._send({"type": "websocket.send", "text": self._line.popleft()})
                if not self._room.is_set():
                    self._room.set()
            if self.closing:
                await self._send({"type": "websocket.close", "code": self._close})
                return
            self._wake.clear()
            await self._wake.wait()


async def receive_text(receive: Receive) -> str | None:
    """The next text frame; None when the client is gone. Raises ValueError for a binary one."""
    message = await receive()
    if message["type"] == "websocket.disconnect":
        return None
    text = message.get("text")
    if text is None:
        raise ValueError("binary")
    return str(text)
