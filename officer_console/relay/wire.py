"""One WebSocket connection of a relay: uvicorn hands it over at the upgrade, `sockets` talks over it.

websockets' protocol without sockets (RFC 6455) reads and answers. What is sent was framed before, once for all who get
it, and what waits leaves in one write. A connection that is idle has one task and no timer.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from collections.abc import Coroutine, Sequence
from http import HTTPStatus
from typing import Any, Final, Protocol, cast
from urllib.parse import unquote

from uvicorn.server import ServerState
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import Event, State
from websockets.server import ServerProtocol

from officer_console.protocol import codec

from .quiet import told

FLUSH_S: Final = 5.0
"""Seconds that a connection which ends has for what is on its way, in either direction."""
CLOSE_S: Final = 10.0
"""Seconds that a client has to answer a close."""
MOST_UNREAD: Final = codec.MAX_FRAME
"""Characters that may wait to be read before no more is taken from the network."""
SERVICE_RESTART: Final = 1012
PING: Final = bytes((0x80 | Opcode.PING, 0))
_TEXT: Final = 0x80 | Opcode.TEXT
_TINY, _SHORT, _LONG = 125, 126, 127  # RFC 6455, 5.2: how long the payload is, or in how many bytes that is told
log = logging.getLogger(__name__)


class Binary(Exception):
    """A frame that is no text."""


def framed(text: str) -> bytes:
    """A text as a server's frame, ready to be sent to anybody."""
    data = text.encode()
    size = len(data)
    if size <= _TINY:
        return bytes((_TEXT, size)) + data
    if size < 1 << 16:
        return struct.pack("!BBH", _TEXT, _SHORT, size) + data
    return struct.pack("!BBQ", _TEXT, _LONG, size) + data


class Sender(Protocol):
    """Who has something to send: `flush` is called when the wire takes more again, `lost` when it never will."""

    def flush(self) -> None: ...
    def lost(self) -> None: ...


class House(Protocol):
    """Who is called on. `scope` is what ASGI says of a connection: its headers and its client."""

    def welcomes(self, path: str, origin: str | None) -> bool: ...
    def talk(self, wire: Wire, path: str, scope: dict[str, Any]) -> Coroutine[Any, Any, None]: ...


class Wire(asyncio.Protocol):
    """See the module. `paused`: nothing more may be written; `silent` counts looks since something came."""

    __slots__ = (
        "_binary", "_closing", "_ended", "_house", "_inbox", "_parts", "_protocol", "_reader", "_reading", "_state",
        "_task", "_timer", "_transport", "_unread", "paused", "sender", "silent",
    )  # fmt: skip

    def __init__(self, house: House, state: ServerState) -> None:
        self._house = house
        self._state = state
        self._protocol = ServerProtocol(max_size=codec.MAX_DESK_IN)
        self._transport: asyncio.Transport = cast(asyncio.Transport, None)
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._reader: asyncio.Future[None] | None = None
        self._inbox: list[str | None] = []  # None: a frame that is no text
        self._parts: list[bytes] = []
        self._binary = False
        self._unread = 0
        self._reading = True
        self._closing = False
        self._ended = False
        self.sender: Sender | None = None
        self.paused = False
        self.silent = 0

    # ---- for those who talk ----

    async def text(self) -> str | None:
        """The next text; None at the end. Raises Binary."""
        while not self._inbox:
            if self._ended:
                return None
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        text = self._inbox.pop(0)
        self._unread -= len(text or "")
        if not self._inbox:
            self._read_on()
        if text is None:
            raise Binary
        return text

    def write(self, frames: Sequence[bytes]) -> None:
        """Send frames, as `framed` makes them, in one piece."""
        if self._protocol.state is State.OPEN:
            self._transport.write(b"".join(frames))

    def close(self, code: int) -> None:
        """Say goodbye. Nothing more is read."""
        self._closing = True
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code)
            self._timer = asyncio.get_running_loop().call_later(CLOSE_S, self._transport.close)
            self._send()
            self._read_on()
        self._end()

    def fail(self) -> None:
        """Give up somebody who shows no sign of life."""
        if self._protocol.state is State.OPEN:
            self._protocol.fail(CloseCode.INTERNAL_ERROR, "keepalive ping timeout")
            self._send()
        self._end()

    def give_up(self) -> None:
        """Give up somebody who takes nothing: whoever talks over it ends."""
        self._end()

    # ---- for uvicorn ----

    def shutdown(self) -> None:
        """The server stops."""
        self.close(SERVICE_RESTART)
        self._transport.close()

    # ---- for asyncio ----

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._state.connections.add(cast(Any, self))

    def connection_lost(self, error: Exception | None) -> None:
        self._state.connections.discard(cast(Any, self))
        self._protocol.receive_eof()
        if self._timer is not None:
            self._timer.cancel()
        self._end()
        if self.sender is not None:
            self.sender.lost()

    def data_received(self, data: bytes) -> None:
        self.silent = 0
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            self._take(event)
        self._send()
        if self._unread > MOST_UNREAD and self._reading and not self._closing:
            self._reading = False
            self._transport.pause_reading()

    def eof_received(self) -> None:
        """The other end has said its last; asyncio closes."""

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False
        if self.sender is not None:
            self.sender.flush()

    # ---- inside ----

    def _send(self) -> None:
        """What the protocol has to say of itself; an empty piece ends the connection."""
        pieces = self._protocol.data_to_send()
        if not pieces or self._transport.is_closing():
            return
        self._transport.write(b"".join(pieces))
        if not all(pieces):
            self._transport.close()
            self._end()

    def _read_on(self) -> None:
        if not self._reading and not self._transport.is_closing():
            self._reading = True
            self._transport.resume_reading()

    def _take(self, event: Event) -> None:
        if isinstance(event, Request):
            self._upgrade(event)
        elif isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            self._take_part(event)

    def _take_part(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.CONT:
            self._binary = frame.opcode is Opcode.BINARY
        self._parts.append(bytes(frame.data))
        if not frame.fin:
            return
        data, self._parts = b"".join(self._parts), []
        if self._closing:
            return
        try:
            self._inbox.append(None if self._binary else data.decode())
        except UnicodeDecodeError:
            self._protocol.fail(CloseCode.INVALID_DATA)
            return
        self._unread += len(data)
        self._wake()

    def _upgrade(self, request: Request) -> None:
        path = unquote(request.path.partition("?")[0])
        response = self._protocol.accept(request)
        in_order = response.status_code == HTTPStatus.SWITCHING_PROTOCOLS
        welcome = in_order and self._house.welcomes(path, self._protocol.origin)
        if in_order and not welcome:
            response = self._protocol.reject(HTTPStatus.FORBIDDEN, "")
        del response.headers["Date"]
        self._protocol.send_response(response)
        if not welcome:
            return
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in request.headers.raw_items()]
        scope = {"headers": headers, "client": self._transport.get_extra_info("peername")}
        self._task = asyncio.get_running_loop().create_task(self._house.talk(self, path, scope))
        self._state.tasks.add(self._task)
        self._task.add_done_callback(self._talked)

    def _talked(self, task: asyncio.Task[None]) -> None:
        self._state.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a connection failed: %s", told(error))
        if self._timer is None:
            self._transport.close()

    def _end(self) -> None:
        """Nothing more comes. Who still carries out what was said has FLUSH_S for it."""
        if self._ended:
            return
        self._ended = True
        self._wake()
        if self._task is not None and not self._task.done():
            asyncio.get_running_loop().call_later(FLUSH_S, self._task.cancel)

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)
