"""Both endpoints: who is let in, read, refused, kept alive and closed. The talk is `visitor` and `officer`."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, Final

from officer_console.protocol import codec
from officer_console.protocol.frames import Beat, Bye, No, NoCmd
from officer_console.protocol.refusals import TRY_LATER, Refused

from .context import Context
from .crew import Crew
from .following import DeskPort, VisitorPort
from .officer import DeskConnection
from .port import NORMAL, STALL_S, Port
from .quiet import told
from .visitor import VisitorConnection
from .wire import SERVICE_RESTART, Binary, Wire, framed

Feed = Callable[[str], Awaitable[None]]
UNSUPPORTED_DATA, INTERNAL_ERROR = 1003, 1011
"""Close codes (RFC 6455)."""
COME_BACK_MS = 1000
DEAD_AFTER_S: Final = 15.0
"""Seconds without a sign of life after which a client is gone; clients give the relay as long."""
ROUNDS: Final = 20
"""Parts of the connections that get their heartbeat one after the other."""
_VISITORS_BYE: Final = framed(codec.padded(Bye(COME_BACK_MS)))
_DESKS_BYE: Final = framed(codec.encode(Bye(COME_BACK_MS)))
log = logging.getLogger(__name__)


class Sockets:
    """Both endpoints of a relay. `origins` are those a visitor's page may come from. Until they are `ready` nobody is
    let in, nor told anything; `prepare` is done before a console is greeted."""

    def __init__(self, relay: Context, origins: frozenset[str]) -> None:
        self._relay = relay
        self._origins = origins
        self._open: dict[str, set[Port]] = {"/ws": set(), "/desk": set()}
        self._rounds: list[set[Port]] = [set() for _ in range(ROUNDS)]
        self._came = 0
        self._none_open = asyncio.Event()
        self._none_open.set()
        self._stopping = False
        self._sent_away = False
        self.ready = False
        self.prepare: Callable[[], Awaitable[None]] = _nothing

    def welcomes(self, path: str, origin: str | None) -> bool:
        """A visitor's page says where it comes from; a console is no page, and never says so."""
        if path == "/desk":
            return origin is None
        return path == "/ws" and origin is not None and origin in self._origins

    def talk(self, wire: Wire, path: str, scope: dict[str, Any]) -> Coroutine[Any, Any, None]:
        """One connection, from its request to its end."""
        return self._visitor(wire, self._relay.networks.of(scope)) if path == "/ws" else self._desk(wire)

    async def say_bye(self, within: float) -> None:
        """Let nobody in any more, ask everybody to come back, and wait `within` seconds until they have gone."""
        self._stopping = True
        self._say_bye()
        try:
            await asyncio.wait_for(self._none_open.wait(), within)
        except TimeoutError:
            log.warning("some clients did not take their goodbye in time")

    def send_away(self) -> None:
        """Let nobody in until `let_in`, and ask everybody to come back: another relay may serve them."""
        self._sent_away = True
        self._say_bye()

    def let_in(self) -> None:
        """The end of `send_away`."""
        self._sent_away = False

    def _say_bye(self) -> None:
        for port in (*self._open["/ws"], *self._open["/desk"]):
            port.say_bye(SERVICE_RESTART)

    async def drop_stalled(self) -> None:
        """Give up clients that take nothing, for ever."""
        while True:
            await asyncio.sleep(STALL_S)
            for port in (*self._open["/ws"], *self._open["/desk"]):
                if port.stalled():
                    port.give_up()

    async def beat(self) -> None:
        """A heartbeat to everybody every `heartbeat_s`, for ever; not to all at once, which would keep others waiting.
        Who shows no sign of life for DEAD_AFTER_S is given up."""
        every_s = self._relay.config.timing.heartbeat_s
        for round_ in itertools.cycle(self._rounds):
            await asyncio.sleep(every_s / ROUNDS)
            if round_:
                self._beat(round_, DEAD_AFTER_S / every_s + 1)

    def _beat(self, round_: set[Port], most: float) -> None:
        connected, now = self._relay.connected, self._relay.clock()
        page, console = framed(codec.padded(Beat(now))), framed(self._relay.standings.pulse(now))
        for port in tuple(round_):
            port.wire.silent += 1
            if port.wire.silent > most:
                port.wire.fail()
            else:
                port.beat(page if port in connected.pages else console if port in connected.desks else b"")

    async def _visitor(self, wire: Wire, network: str) -> None:
        port = VisitorPort(wire, self._relay.config.timing.slow_client_events, _VISITORS_BYE)
        try:
            self._require_open()
        except Refused as refused:
            return await _turn_away(port, _visitors_no(refused))
        talk = VisitorConnection(self._relay, port, network)
        try:
            await self._talk("/ws", port, talk.feed)
        finally:
            talk.gone()

    async def _desk(self, wire: Wire) -> None:
        port = DeskPort(wire, self._relay.config.timing.slow_client_events, _DESKS_BYE)
        try:
            await self._require_ready()
        except Refused as refused:
            return await _turn_away(port, _desks_no(refused))
        crew = Crew(partial(_fail, port))
        talk = DeskConnection(self._relay, port, crew.start)
        try:
            await self._talk("/desk", port, talk.feed)
        finally:
            talk.gone()
            await crew.dismiss()

    async def _require_ready(self) -> None:
        """A console that hears of a shorter list of officers than it has seen stops for good. Raises Refused."""
        self._require_open()
        await self.prepare()

    def _require_open(self) -> None:
        if self._sent_away:
            raise Refused("storage")
        if not self.ready:
            raise Refused("busy")

    async def _talk(self, path: str, port: Port, feed: Feed) -> None:
        """Carry out what is said until one of both sides ends it; what is on its way still leaves."""
        round_ = self._entered(path, port)
        try:
            await self._read(path, port, feed)
            await port.ended()
        finally:
            round_.discard(port)
            self._left(path, port)

    async def _read(self, path: str, port: Port, feed: Feed) -> None:
        try:
            if len(self._open[path]) > self._most(path) or self._stopping:
                raise Refused("busy")
            goes_on = await self._first(port, feed)
            while goes_on and not port.closing:
                goes_on = await _feed_next(port, feed)
        except Refused as refused:
            self._relay.metrics.refused(refused.code)
            _fail(port, refused)
        except Exception as error:
            _fail(port, error)
        else:
            port.end(NORMAL)

    async def _first(self, port: Port, feed: Feed) -> bool:
        try:
            async with asyncio.timeout(self._relay.config.limits.first_frame_s):
                text = await port.wire.text()
        except TimeoutError:
            raise Refused("late") from None
        return await _fed(text, feed)

    def _most(self, path: str) -> int:
        limits = self._relay.config.limits
        return limits.visitors_total if path == "/ws" else limits.consoles_total

    def _entered(self, path: str, port: Port) -> set[Port]:
        """Its round of the heartbeat."""
        self._open[path].add(port)
        self._none_open.clear()
        self._count()
        self._came += 1
        round_ = self._rounds[self._came % ROUNDS]
        round_.add(port)
        return round_

    def _left(self, path: str, port: Port) -> None:
        self._open[path].discard(port)
        if not any(self._open.values()):
            self._none_open.set()
        self._count()

    def _count(self) -> None:
        self._relay.metrics.visitors.set(len(self._open["/ws"]))
        self._relay.metrics.consoles.set(len(self._open["/desk"]))


async def _nothing() -> None: ...


async def _turn_away(port: Port, no: str) -> None:
    port.end(TRY_LATER, no)
    await port.ended()


def _fail(port: Port, error: Exception) -> None:
    """End it: refused, or broken by something nobody foresaw, of which only kind and place are told."""
    no = _visitors_no if isinstance(port, VisitorPort) else _desks_no
    if isinstance(error, Refused):
        port.end(error.close or TRY_LATER, no(error))
    elif isinstance(error, Binary):
        port.end(UNSUPPORTED_DATA, no(Refused("malformed")))
    else:
        log.error("a connection failed: %s", told(error))
        port.end(INTERNAL_ERROR)


async def _feed_next(port: Port, feed: Feed) -> bool:  # nothing keeps a frame while the next one is waited for
    return await _fed(await port.wire.text(), feed)


async def _fed(text: str | None, feed: Feed) -> bool:
    if text is not None:
        await feed(text)
    return text is not None


def _visitors_no(refused: Refused) -> str:
    return codec.padded(No(refused.code, refused.sentence))


def _desks_no(refused: Refused) -> str:
    return codec.encode(NoCmd(refused.code, refused.sentence))
