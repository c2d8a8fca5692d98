"""WebSocket connections as ASGI hands them over: accept, read, refuse, close. The talk is `visitor` and `officer`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from officer_console.protocol import codec
from officer_console.protocol.frames import Bye, No, NoCmd
from officer_console.protocol.refusals import TRY_LATER, Refused

from .context import Context
from .crew import Crew
from .hub import DeskPort, VisitorPort
from .officer import DeskConnection
from .port import FLUSH_S, NORMAL, STALL_S, Binary, Message, Port, Receive, Send, receive_text
from .quiet import told
from .visitor import VisitorConnection

Feed = Callable[[str], Awaitable[None]]
UNSUPPORTED_DATA, INTERNAL_ERROR, SERVICE_RESTART = 1003, 1011, 1012
"""Close codes: RFC 6455, and the IANA registry for the last."""
COME_BACK_MS = 1000
log = logging.getLogger(__name__)


class Line:
    """One connection: where its frames come from, its way out, and how it is told no."""

    def __init__(self, receive: Receive, port: Port, no: Callable[[Refused], str]) -> None:
        self.receive = receive
        self.port = port
        self.sending: asyncio.Task[None] | None = None
        self._no = no

    async def text(self) -> str | None:
        """The next frame, or None at the end. Raises Binary."""
        return await receive_text(self.receive)

    def fail(self, error: Exception) -> None:
        """End it: refused, or broken by something nobody foresaw, of which only kind and place are told."""
        if isinstance(error, Refused):
            self.port.end(error.close or TRY_LATER, self._no(error))
        elif isinstance(error, Binary):
            self.port.end(UNSUPPORTED_DATA, self._no(Refused("malformed")))
        else:
            log.error("a connection failed: %s", told(error))
            self.port.end(INTERNAL_ERROR)


class Sockets:
    """Both endpoints of a relay. `origins` are those a visitor's page may come from. Until they are `ready` nobody is
    let in, nor told anything; `prepare` is done before a console is greeted."""

    def __init__(self, relay: Context, origins: frozenset[str]) -> None:
        self._relay = relay
        self._origins = origins
        self._open: dict[str, set[Line]] = {"/ws": set(), "/desk": set()}
        self._none_open = asyncio.Event()
        self._none_open.set()
        self._stopping = False
        self.ready = False
        self.prepare: Callable[[], Awaitable[None]] = _nothing

    async def handle(self, scope: Message, receive: Receive, send: Send) -> None:
        """One connection, from its request to its end."""
        path = scope["path"]
        await receive()  # websocket.connect
        if path not in self._open or not self._welcome(path, dict(scope["headers"]).get(b"origin")):
            await send({"type": "websocket.close", "code": 1008})
            return
        await send({"type": "websocket.accept"})
        try:
            await self._require_ready(path)
        except Refused as refused:
            no = _visitors_no(refused) if path == "/ws" else _desks_no(refused)
            await send({"type": "websocket.send", "text": no})
            await send({"type": "websocket.close", "code": TRY_LATER})
            return
        await (self._visitor(scope, receive, send) if path == "/ws" else self._desk(receive, send))

    async def _require_ready(self, path: str) -> None:
        """A console that hears of a shorter list of officers than it has seen stops for good. Raises Refused."""
        if not self.ready:
            raise Refused("busy")
        if path == "/desk":
            await self.prepare()

    async def say_bye(self, within: float) -> None:
        """Let nobody in any more, ask everybody to come back, and wait `within` seconds until they have gone."""
        self._stopping = True
        for line in (*self._open["/ws"], *self._open["/desk"]):
            line.port.say_bye(SERVICE_RESTART)
        try:
            await asyncio.wait_for(self._none_open.wait(), within)
        except TimeoutError:
            log.warning("some clients did not take their goodbye in time")

    async def drop_stalled(self) -> None:
        """Give up clients that take nothing, for ever."""
        while True:
            await asyncio.sleep(STALL_S)
            for line in (*self._open["/ws"], *self._open["/desk"]):
                if line.port.stalled() and line.sending:
                    line.sending.cancel()

    def _welcome(self, path: str, origin: bytes | None) -> bool:
        """A visitor's page says where it comes from; a console is no page, and never says so."""
        if path == "/desk":
            return origin is None
        return origin is not None and origin.decode("latin-1") in self._origins

    async def _visitor(self, scope: Message, receive: Receive, send: Send) -> None:
        port = VisitorPort(send, self._relay.config.timing.slow_client_events, codec.padded(Bye(COME_BACK_MS)))
        line = Line(receive, port, _visitors_no)
        talk = VisitorConnection(self._relay, port, self._relay.networks.of(scope))
        try:
            await self._talk("/ws", line, talk.feed)
        finally:
            talk.gone()

    async def _desk(self, receive: Receive, send: Send) -> None:
        port = DeskPort(send, self._relay.config.timing.slow_client_events, codec.encode(Bye(COME_BACK_MS)))
        line = Line(receive, port, _desks_no)
        crew = Crew(line.fail)
        talk = DeskConnection(self._relay, port, crew.start)
        try:
            await self._talk("/desk", line, talk.feed)
        finally:
            talk.gone()
            await crew.dismiss()

    async def _talk(self, path: str, line: Line, feed: Feed) -> None:
        """Read and send at the same time, until one of them ends; what is on its way still leaves."""
        self._entered(path, line)
        sending = line.sending = asyncio.create_task(line.port.run())
        reading = asyncio.create_task(self._read(path, line, feed))
        try:
            await asyncio.wait((sending, reading), return_when=asyncio.FIRST_COMPLETED)
            if not line.port.closing:  # the client is gone: what it has said before counts all the same
                await asyncio.wait((reading,), timeout=FLUSH_S)
            reading.cancel()
            await asyncio.wait((sending,), timeout=FLUSH_S)
        finally:
            for task in (sending, reading):
                task.cancel()
            for result in await asyncio.gather(sending, reading, return_exceptions=True):
                # The client is gone (OSError), or takes nothing (TimeoutError is one): that is how connections end.
                if isinstance(result, Exception) and not isinstance(result, OSError):
                    log.error("a connection failed: %s", told(result))
            self._left(path, line)

    async def _read(self, path: str, line: Line, feed: Feed) -> None:
        try:
            if len(self._open[path]) > self._most(path) or self._stopping:
                raise Refused("busy")
            goes_on = await self._first(line, feed)
            while goes_on and not line.port.closing:
                goes_on = await _feed_next(line, feed)
        except Refused as refused:
            self._relay.metrics.refused(refused.code)
            line.fail(refused)
        except Exception as error:
            line.fail(error)
        else:
            line.port.end(NORMAL)

    async def _first(self, line: Line, feed: Feed) -> bool:
        try:
            async with asyncio.timeout(self._relay.config.limits.first_frame_s):
                text = await line.text()
        except TimeoutError:
            raise Refused("late") from None
        return await _fed(text, feed)

    def _most(self, path: str) -> int:
        limits = self._relay.config.limits
        return limits.visitors_total if path == "/ws" else limits.consoles_total

    def _entered(self, path: str, line: Line) -> None:
        self._open[path].add(line)
        self._none_open.clear()
        self._count()

    def _left(self, path: str, line: Line) -> None:
        self._open[path].discard(line)
        if not any(self._open.values()):
            self._none_open.set()
        self._count()

    def _count(self) -> None:
        self._relay.metrics.visitors.set(len(self._open["/ws"]))
        self._relay.metrics.consoles.set(len(self._open["/desk"]))


async def _nothing() -> None: ...


async def _feed_next(line: Line, feed: Feed) -> bool:  # nothing keeps a frame while the next one is waited for
    return await _fed(await line.text(), feed)


async def _fed(text: str | None, feed: Feed) -> bool:
    if text is not None:
        await feed(text)
    return text is not None


def _visitors_no(refused: Refused) -> str:
    return codec.padded(No(refused.code, refused.sentence))


def _desks_no(refused: Refused) -> str:
    return codec.encode(NoCmd(refused.code, refused.sentence))
