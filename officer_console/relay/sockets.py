"""WebSocket connections as ASGI hands them over: accept, read, refuse, close. The talk is `visitor` and `officer`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from officer_console.protocol import codec
from officer_console.protocol.frames import No, NoCmd
from officer_console.protocol.refusals import TRY_LATER, Refused

from .context import Context
from .hub import DeskPort, VisitorPort
from .officer import DeskConnection
from .port import Message, Port, Receive, Send, receive_text
from .visitor import VisitorConnection

Feed = Callable[[str], Awaitable[None]]
NORMAL = 1000


class Sockets:
    """Both endpoints of a relay. `origins` are those a visitor's page may come from."""

    def __init__(self, relay: Context, origins: frozenset[str]) -> None:
        self._relay = relay
        self._origins = origins
        self._open = {"/ws": 0, "/desk": 0}
        self.stopping = False

    async def handle(self, scope: Message, receive: Receive, send: Send) -> None:
        """One connection, from its request to its end."""
        path = scope["path"]
        await receive()  # websocket.connect
        if path not in self._open or not self._welcome(path, dict(scope["headers"]).get(b"origin")):
            await send({"type": "websocket.close", "code": 1008})
            return
        await send({"type": "websocket.accept"})
        self._open[path] += 1
        self._count()
        try:
            await (self._visitor(receive, send) if path == "/ws" else self._desk(receive, send))
        finally:
            self._open[path] -= 1
            self._count()

    def _welcome(self, path: str, origin: bytes | None) -> bool:
        """A visitor's page says where it comes from; a console is no page, and never says so."""
        if path == "/desk":
            return origin is None
        return origin is not None and origin.decode("latin-1") in self._origins

    def _count(self) -> None:
        self._relay.metrics.visitors.set(self._open["/ws"])
        self._relay.metrics.consoles.set(self._open["/desk"])

    def _full(self, path: str) -> bool:
        limits = self._relay.config.limits
        most = limits.visitors_total if path == "/ws" else limits.consoles_total
        return self._open[path] > most or self.stopping

    async def _visitor(self, receive: Receive, send: Send) -> None:
        port = VisitorPort(send, self._relay.config.timing.slow_client_events)
        talk = VisitorConnection(self._relay, port)
        try:
            await self._talk("/ws", receive, port, talk.feed, _visitors_no)
        finally:
            if talk.cid:
                self._relay.hub.drop_visitor(talk.cid, port)
                self._relay.presence.disconnected(talk.cid)

    async def _desk(self, receive: Receive, send: Send) -> None:
        port = DeskPort(send, self._relay.config.timing.slow_client_events)
        with contextlib.suppress(asyncio.CancelledError):
            async with asyncio.TaskGroup() as tasks:
                talk = DeskConnection(self._relay, port, tasks)
                try:
                    await self._talk("/desk", receive, port, talk.feed, _desks_no)
                finally:
                    talk.gone()
                    raise asyncio.CancelledError  # ends the tasks of this connection with it

    async def _talk(self, path: str, receive: Receive, port: Port, feed: Feed, no: Callable[[Refused], str]) -> None:
        sending = asyncio.create_task(port.run())
        reading = asyncio.create_task(self._read(path, receive, port, feed, no))
        try:
            await asyncio.wait((sending, reading), return_when=asyncio.FIRST_COMPLETED)
            if reading.done() and port.closing:
                await asyncio.wait((sending,), timeout=5)
        finally:
            for task in (sending, reading):
                task.cancel()
            results = await asyncio.gather(sending, reading, return_exceptions=True)
            for result in results:
                if isinstance(result, Exception) and not isinstance(result, OSError):  # TimeoutError is one
                    raise result

    async def _read(self, path: str, receive: Receive, port: Port, feed: Feed, no: Callable[[Refused], str]) -> None:
        try:
            if self._full(path):
                raise Refused("busy")
            async with asyncio.timeout(self._relay.config.limits.first_frame_s):
                text = await _text(receive)
            while text is not None and not port.closing:
                await feed(text)
                text = await _text(receive)
        except TimeoutError:
            self._refuse(port, Refused("late"), no)
        except Refused as refused:
            self._refuse(port, refused, no)
        else:
            port.end(NORMAL)

    def _refuse(self, port: Port, refused: Refused, no: Callable[[Refused], str]) -> None:
        self._relay.metrics.refused(refused.code)
        port.end(refused.close or TRY_LATER, no(refused))


async def _text(receive: Receive) -> str | None:
    try:
        return await receive_text(receive)
    except ValueError:
        raise Refused("malformed") from None


def _visitors_no(refused: Refused) -> str:
    return codec.padded(No(refused.code, refused.sentence))


def _desks_no(refused: Refused) -> str:
    return codec.encode(NoCmd(refused.code, refused.sentence))
