"""A WebSocket client that costs little: ten thousand fit beside the server that they load.

It knows what a bench needs of RFC 6455: the handshake, whole text frames, pings, the close. What it sends was framed
and masked before anything is timed.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from websockets.frames import Frame, Opcode

from officer_console.protocol import codec
from tests.relay.peers import WAIT_S

AT_ONCE: Final = 64
"""Connections that are made side by side."""
LONGEST: Final = 125
"""Bytes of the longest payload whose length stands in a frame's second byte; 126 and 127: in so many bytes after it."""
_LENGTHS: Final = {126: 2, 127: 8}
Take = Callable[[bytes], None]


def framed(text: str) -> bytes:
    """A text as a client's frame, ready to be sent."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=True, extensions=[])


class Light(asyncio.Protocol):
    """One connection. `take` is called with each text that comes; `opened` is done after the handshake."""

    __slots__ = ("_rest", "_transport", "_upgrade", "ended", "opened", "take")

    def __init__(self, upgrade: bytes, take: Take) -> None:
        loop = asyncio.get_running_loop()
        self.take = take
        self.opened: asyncio.Future[None] = loop.create_future()
        self.ended = False
        self._upgrade = upgrade
        self._rest = b""
        self._transport: Any = None

    def send(self, frame: bytes) -> None:
        """Send one frame or several, as `framed` makes them."""
        self._transport.write(frame)

    def close(self) -> None:
        """End it, without a word."""
        self._transport.abort()

    # ---- asyncio ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._transport.write(self._upgrade)

    def connection_lost(self, error: Exception | None) -> None:
        self.ended = True
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("refused"))

    def data_received(self, data: bytes) -> None:
        data = self._rest + data if self._rest else data
        if not self.opened.done():
            answer, end, data = data.partition(b"\r\n\r\n")
            if not end:
                self._rest = answer
                return
            assert answer.startswith(b"HTTP/1.1 101"), answer
            self.opened.set_result(None)
        at = 0
        for opcode, begin, at in _frames(data):
            self._take(opcode, data[begin:at])
        self._rest = data[at:]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == Opcode.TEXT:
            self.take(payload)
        elif opcode == Opcode.PING:
            self._transport.write(Frame(Opcode.PONG, payload).serialize(mask=True, extensions=[]))


def _frames(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Whole frames of a server: opcode, where the payload begins, and where it ends."""
    at = 0
    while at + 2 <= len(data):
        length, begin = data[at + 1], at + 2
        if length > LONGEST:
            begin += _LENGTHS[length]
            length = int.from_bytes(data[at + 2 : begin])
        if begin > len(data) or begin + length > len(data):
            return
        opcode, at = data[at] & 0xF, begin + length
        yield opcode, begin, at


async def dial(url: str, take: Take, origin: str = "", protocol: str = "") -> Light:
    """A connection whose handshake is done. `protocol`: the subprotocol it asks for. Raises OSError."""
    where = urlsplit(url)
    assert where.hostname is not None
    upgrade = _upgrade(where.netloc, where.path or "/", origin, protocol)
    loop = asyncio.get_running_loop()
    _transport, light = await loop.create_connection(lambda: Light(upgrade, take), where.hostname, where.port)
    await light.opened
    return light


def _upgrade(host: str, path: str, origin: str, protocol: str) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        *([f"Origin: {origin}"] if origin else []),
        *([f"Sec-WebSocket-Protocol: {protocol}"] if protocol else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


async def side_by_side(work: Iterable[Any], at_once: int = AT_ONCE) -> None:
    """Await all coroutines, so many at a time."""
    left = iter(work)

    async def on() -> None:
        for each in left:
            await each

    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(on())


class LightWire:
    """What `tests.relay.peers.Wire` is, over such a client, as long as frames are awaited one by one."""

    def __init__(self, read: Any) -> None:
        self.light: Light | None = None
        self._read = read
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()

    async def dial(self, url: str, origin: str = "") -> Light:
        self.light = await dial(url, self._queue.put_nowait, origin)
        return self.light

    async def send(self, frame: object) -> None:
        assert self.light is not None
        self.light.send(framed(codec.encode(frame)))

    async def get(self) -> Any:
        async with asyncio.timeout(WAIT_S):
            return self._read(await self._queue.get())

    async def until(self, *kinds: type) -> Any:
        """The next frame of one of these kinds."""
        while not isinstance(frame := await self.get(), kinds):
            pass
        return frame


def close_all(lights: Iterable[Light]) -> None:
    """End them."""
    for light in lights:
        with contextlib.suppress(OSError):
            light.close()
