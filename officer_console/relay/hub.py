"""Who is connected, and what of each event goes to whom. Nobody here waits for anybody.

Visitors get their own conversation's events from one task that follows the log; each console follows the log itself,
at its own pace (see `officer`).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from functools import lru_cache

import msgspec

from officer_console.model.conversation import Conversation, State
from officer_console.model.envelope import VISITOR
from officer_console.model.events import Closed, Erased, Event, Noted, Opened, Said
from officer_console.protocol import codec
from officer_console.protocol.frames import Ack, DeskLive, Gone, Happened, Live, Status, Stored

from .log.interface import Log
from .port import Port
from .registrar import Registrar

STATUS_S = 0.5
"""Seconds over which changes of the queue are gathered before visitors are told their place."""


class VisitorPort(Port):
    """The way to one page. `cursor` is the last seq it has been sent; `ready` once it has caught up."""

    cursor = 0
    ready = False
    status: Status | None = None


class DeskPort(Port):
    """The way to one console of the officer `kid`."""

    kid = ""
    role = ""
    following = False


class Hub:
    """All connections of this relay."""

    def __init__(self, log: Log, registrar: Registrar) -> None:
        self.visitors: defaultdict[str, set[VisitorPort]] = defaultdict(set)
        self.desks: set[DeskPort] = set()
        self._log = log
        self._registrar = registrar
        self._stale = asyncio.Event()

    # ---- who is there ----

    def visitor_here(self, cid: str) -> bool:
        return bool(self.visitors.get(cid))

    def drop_visitor(self, cid: str, port: VisitorPort) -> None:
        self.visitors[cid].discard(port)
        if not self.visitors[cid]:
            del self.visitors[cid]

    def on_duty(self) -> list[str]:
        """Officers and leads who are connected and follow."""
        return sorted({port.kid for port in self.desks if port.following and port.role in ("officer", "lead")})

    def linked(self, kid: str) -> bool:
        return any(port.kid == kid for port in self.desks)

    def duty_changed(self) -> None:
        """Somebody came or went: visitors' status may be another."""
        self._stale.set()

    # ---- what goes out ----

    async def run(self) -> None:
        """Hand each event to the visitors it concerns, for ever."""
        async for batch in self._log.follow(self._registrar.queue.seq):
            for event in batch:
                self._registrar.learn(event)
                for port in tuple(self.visitors.get(event.cid, ())):
                    if port.ready:
                        self.tell_visitor(port, event, replay=False)
            self._stale.set()

    def tell_visitor(self, port: VisitorPort, event: Event, *, replay: bool) -> None:
        """Send a page what it may know of an event, once."""
        if event.seq <= port.cursor:
            return
        port.cursor = event.seq
        frame = visitors_view(event, replay=replay)
        if frame is not None:
            port.put(codec.padded(frame))

    async def keep_status(self) -> None:
        """Tell visitors how they stand, at most every STATUS_S, and only what is new."""
        while True:
            await self._stale.wait()
            await asyncio.sleep(STATUS_S)
            self._stale.clear()
            for cid, ports in tuple(self.visitors.items()):
                for port in tuple(ports):
                    self.tell_status(cid, port)

    def tell_status(self, cid: str, port: VisitorPort) -> None:
        """Send a page its conversation's status if it is another than the last one sent."""
        conversation = self._registrar.queue.get(cid)
        if conversation is None or not port.ready:
            return
        status = self.status(conversation)
        if status != port.status:
            port.status = status
            port.put(codec.padded(status))

    def status(self, conversation: Conversation) -> Status:
        ahead = self._registrar.queue.ahead(conversation.cid) or 0
        linked = conversation.state is State.HELD and self.linked(conversation.holder)
        return Status(conversation.state.value, bool(self.on_duty()), ahead, linked)

    def live_to_desk(self, cid: str, live: Live) -> None:
        """Pass a page's live frame on to the officer who holds the conversation."""
        conversation = self._registrar.queue.get(cid)
        if conversation is None or conversation.state is not State.HELD:
            return
        text = codec.encode(DeskLive(cid, live.h, live.n, live.c))
        for port in self.desks:
            if port.kid == conversation.holder:
                port.put(text)

    def live_to_visitor(self, frame: DeskLive, kid: str) -> None:
        """Pass a live frame of the officer who holds the conversation on to the page."""
        conversation = self._registrar.queue.get(frame.cid)
        if conversation is None or conversation.state is not State.HELD or conversation.holder != kid:
            return
        text = codec.padded(Live(frame.h, frame.n, frame.c))
        for port in tuple(self.visitors.get(frame.cid, ())):
            port.put(text)

    def to_all_desks(self, text: str, role: str | None = None) -> int:
        """Send a frame to all consoles that are logged in (of a role); how many there were."""
        ports = [port for port in self.desks if role in (None, port.role)]
        for port in ports:
            port.put(text)
        return len(ports)

    def end_all(self, code: int, visitors: str, desks: str) -> None:
        """Close every connection with a last frame."""
        for port in self.desks:
            port.end(code, desks)
        for ports in tuple(self.visitors.values()):
            for page in tuple(ports):
                page.end(code, visitors)


def visitors_view(event: Event, *, replay: bool) -> Stored | Ack | Gone | None:
    """What a visitor's page gets of an event: an allow-list, so that no kind is ever shown by accident."""
    match event.what:
        case Said(env=env) if env is not None:
            if event.by == VISITOR and not replay:
                return Ack(event.id, event.seq, event.at)
            return Stored(event.seq, event.at, env.h, env.n, env.c)
        case Opened():
            return Ack(event.id, event.seq, event.at)
        case Erased():
            return Gone()
        case _:
            return None


_BLANKS = {Said: Said(), Noted: Noted(), Closed: Closed()}


def seen_by(event: Event, readable: bool, box: str) -> Event:
    """The event as a console gets it: with the boxed key when it opens a conversation that the officer may read,
    without the words when he may not."""
    if readable:
        opened = event.what
        return msgspec.structs.replace(event, what=Opened(opened.h, box)) if isinstance(opened, Opened) else event
    blank = _BLANKS.get(type(event.what))
    return msgspec.structs.replace(event, what=blank) if blank else event


@lru_cache(maxsize=2048)
def desk_frame(event: Event, readable: bool, box: str) -> str:
    """The frame of an event for a console, encoded once for all consoles that see the same of it."""
    return codec.encode(Happened(seen_by(event, readable, box)))
