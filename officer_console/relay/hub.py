"""Who is connected, and what of each event goes to whom. Nobody here waits for anybody.

One task follows the log and hands each event to whom it concerns. A page or console that has catching up to do reads
the log itself, at its own pace, until there is nothing between it and the hub: then its port is `ready`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Sequence

from officer_console.model.conversation import Conversation, State
from officer_console.model.envelope import VISITOR
from officer_console.model.events import OF_THE_DESK, Erased, Event, Exported, ExportEnded, Opened, Said
from officer_console.model.rules import ANSWERS
from officer_console.protocol import codec
from officer_console.protocol.frames import Ack, BreakCalled, DeskLive, Gone, Live, Pulse, Standing, Status, Stored
from officer_console.protocol.refusals import Refused

from .limits import Buckets
from .log.interface import KeyShelf, Log
from .peers import Alone, Desk, Peers
from .port import NORMAL, Port
from .registrar import Registrar
from .roster import Roster
from .views import Views
from .wire import Wire, framed

STATUS_S = 0.5
"""Seconds over which changes of the queue are gathered before visitors are told their place."""


class Following(Port):
    """A way to who follows the log. `cursor` is the last seq it has been sent; `ready` once it has caught up."""

    __slots__ = ("cursor", "ready")

    def __init__(self, wire: Wire, limit: int, bye: bytes) -> None:
        super().__init__(wire, limit, bye)
        self.cursor = 0
        self.ready = False


class VisitorPort(Following):
    """The way to one page."""

    __slots__ = ("cid", "status")

    def __init__(self, wire: Wire, limit: int, bye: bytes) -> None:
        super().__init__(wire, limit, bye)
        self.cid = ""
        self.status: Status | None = None


class DeskPort(Following):
    """The way to one console of the officer `kid`; `on_duty` once it has asked for events."""

    __slots__ = ("kid", "on_duty", "role")

    def __init__(self, wire: Wire, limit: int, bye: bytes) -> None:
        super().__init__(wire, limit, bye)
        self.kid = ""
        self.role = ""
        self.on_duty = False


class Hub:
    """All connections of this relay that have said who they are. `lives` bounds live frames by their way; `instead`:
    where visitors are sent while arrivals are diverted; `peers` are the other relays."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a hub needs is known at once and never again
        self, log: Log, shelf: KeyShelf, registrar: Registrar, lives: Buckets, roster: Roster, instead: str = "",
        peers: Peers | None = None,
    ) -> None:  # fmt: skip
        self.pages: set[VisitorPort] = set()
        self.desks: set[DeskPort] = set()
        self._visitors: defaultdict[str, set[VisitorPort]] = defaultdict(set)
        self._log = log
        self._shelf = shelf
        self._registrar = registrar
        self._lives = lives
        self._peers = peers or Alone()
        self.cursor = 0
        self._stale = asyncio.Event()
        self._changed: set[str] = set()  # conversations whose visitors may have to be told how they stand
        self._all_changed = False
        self._instead = instead
        self._roster = roster
        self._other_roster = asyncio.Event()
        roster.changed = self._roster_changed
        roster.elsewhere = self._peers.desks

    # ---- who is there ----

    def joins(self, port: VisitorPort, cid: str) -> None:
        """A page is that of a conversation's visitor."""
        port.cid = cid
        if cid not in self._visitors:
            self._peers.page_came(cid)
        self._visitors[cid].add(port)

    def leaves(self, port: VisitorPort) -> None:
        """A page's connection has ended."""
        self.pages.discard(port)
        self._visitors[port.cid].discard(port)
        if not self._visitors[port.cid]:
            del self._visitors[port.cid]
            if port.cid:
                self._peers.page_left(port.cid)

    def visitor_here(self, cid: str) -> bool:
        """Whether a page of this conversation is connected, here or to another relay."""
        return cid in self._visitors or self._peers.has_page(cid)

    def all_desks(self) -> list[Desk]:
        """All consoles, here and at other relays."""
        return [*self.own_desks(), *self._peers.desks()]

    def own_desks(self) -> list[Desk]:
        """The consoles of this relay."""
        duty = self._roster.duty
        return [Desk(port.kid, port.role, port.on_duty, duty(port.kid)) for port in self.desks]

    def own_pages(self) -> list[str]:
        """Conversations whose pages are connected here."""
        return list(self._visitors)

    def on_duty(self) -> list[str]:
        """Officers and leads who are connected and follow."""
        return sorted({desk.kid for desk in self.all_desks() if desk.on_duty and desk.role in ANSWERS})

    def rooms(self) -> list[str]:
        """Members of the dispatch role who are connected and follow."""
        return sorted({desk.kid for desk in self.all_desks() if desk.on_duty and desk.role == "dispatch"})

    def duty_changed(self) -> None:
        """Somebody came or went here: visitors' status may be another."""
        self._peers.desks_changed()
        self._all_stale()

    def others_changed(self) -> None:
        """The same at another relay."""
        self._all_stale()
        self._other_roster.set()

    def _roster_changed(self) -> None:
        self._peers.desks_changed()
        self._other_roster.set()

    def pulse(self, now: int) -> str:
        """A heartbeat for consoles. `now` in ms."""
        return codec.encode(Pulse(now, self._registrar.queue.seq, self.on_duty(), self.rooms()))

    def console_here(self, kid: str) -> bool:
        """Whether a console of this officer is connected and follows."""
        return any(port.kid == kid and port.on_duty for port in self.desks)

    def standing(self) -> str:
        """The timers and who is on duty, for consoles."""
        return codec.encode(Standing(self._registrar.queue.timers, self._roster.officers()))

    async def keep_standing(self) -> None:
        """Tell consoles who is on duty, at most every STATUS_S."""
        while True:
            await self._other_roster.wait()
            await asyncio.sleep(STATUS_S)
            self._other_roster.clear()
            frame = framed(self.standing())
            for port in self.desks:
                if port.on_duty and port.role != "dispatch":
                    port.put(frame)

    def call_break(self, kid: str, by: str) -> bool:
        """Ask an officer to take a break, wherever his consoles are; whether there is any."""
        here = any(desk.kid == kid and desk.on_duty for desk in self.all_desks())
        if here:
            self.deliver_break(kid, by)
            self._peers.break_called(kid, by)
        return here

    def deliver_break(self, kid: str, by: str) -> None:
        """The same, to his consoles at this relay."""
        for port in self.desks:
            if port.kid == kid and port.on_duty:
                port.put(codec.encode(BreakCalled(by)))

    # ---- what goes out ----

    def start(self) -> None:
        """Whatever the registrar has learnt by now is news to nobody."""
        self.cursor = self._registrar.queue.seq

    async def run(self) -> None:
        """Hand each event to those it concerns, for ever."""
        async for batch in self._log.follow(self.cursor):
            boxes = await self.boxes(batch)
            for event in batch:
                self.cursor = event.seq
                self._registrar.learn(event)
                self._tell_visitors(event)
                self._tell_desks(event, boxes.get(event.cid, ""))
                self._changed.add(event.cid)
                self._all_changed |= isinstance(event.what, OF_THE_DESK)
                if isinstance(event.what, Erased):
                    self._forget(event.cid)
                elif isinstance(event.what, Exported | ExportEnded):
                    await self._tidy(event.cid)
            self._stale.set()

    async def boxes(self, batch: Sequence[Event]) -> dict[str, str]:
        """The boxed keys of the conversations that are opened in a batch."""
        cids = [event.cid for event in batch if isinstance(event.what, Opened)]
        found = await self._shelf.openings(cids) if cids else {}
        return {cid: opening.box for cid, opening in found.items()}

    def _tell_visitors(self, event: Event) -> None:
        for port in self._visitors.get(event.cid, ()):
            if port.ready:
                self.tell_visitor(port, event, replay=False)

    def _tell_desks(self, event: Event, box: str) -> None:
        views = self.views(event, box)
        for port in self.desks:
            if port.ready and event.seq > port.cursor:
                port.cursor = event.seq
                frame = views.frame(port.kid, port.role)
                if frame is not None:
                    port.put(frame)

    def views(self, event: Event, box: str) -> Views:
        """What each console gets of an event, as things stand now."""
        return Views(event, self._registrar.queue.get(event.cid), box)

    async def _tidy(self, cid: str) -> None:
        """Another relay may have begun or ended an export: what does not stand has no key here, either."""
        conversation = self._registrar.queue.get(cid)
        export = conversation.export if conversation else None
        with contextlib.suppress(Refused):  # it is done again at the next start
            await self._shelf.drop_exports(cid, but=export.id if export else "")

    def _forget(self, cid: str) -> None:
        for way in "vd":
            self._lives.forget(f"{cid} {way}")

    def tell_visitor(self, port: VisitorPort, event: Event, *, replay: bool) -> None:
        """Send a page what it may know of an event, once."""
        if event.seq <= port.cursor:
            return
        port.cursor = event.seq
        frame = visitors_view(event, replay=replay)
        if frame is not None:
            port.put(codec.padded(frame))
        if isinstance(frame, Gone):
            port.end(NORMAL)

    async def keep_status(self) -> None:
        """Tell visitors how they stand, at most every STATUS_S, and only what is new."""
        while True:
            await self._stale.wait()
            await asyncio.sleep(STATUS_S)
            self._stale.clear()
            present = self._present()
            for port in self._stale_pages():
                self._tell_status(port, present)

    def _all_stale(self) -> None:
        self._all_changed = True
        self._stale.set()

    def _stale_pages(self) -> list[VisitorPort]:
        """The pages whose status may be another: where something happened, and those who wait, whose place depends on
        others. Costs what has happened, not how many there are."""
        changed, self._changed = self._changed, set()
        everybody, self._all_changed = self._all_changed, False
        if everybody:
            return list(self.pages)
        changed.update(conversation.cid for conversation in self._registrar.queue.waiting())
        return [port for cid in changed for port in self._visitors.get(cid, ())]

    def tell_status(self, port: VisitorPort) -> None:
        """Send a page how its conversation stands if that is another than the last time."""
        self._tell_status(port, self._present())

    def _present(self) -> tuple[bool, frozenset[str]]:
        return bool(self.on_duty()), frozenset(desk.kid for desk in self.all_desks())

    def _tell_status(self, port: VisitorPort, present: tuple[bool, frozenset[str]]) -> None:
        conversation = self._registrar.queue.get(port.cid)
        if port.cid and (conversation is None or not port.ready):
            return
        status = self._status(conversation, *present)
        if status != port.status:
            port.status = status
            port.put(codec.padded(status))

    def _status(self, conversation: Conversation | None, duty: bool, linked: frozenset[str]) -> Status:
        if conversation is None or conversation.state is State.OPENING:
            way = self._registrar.queue.arrivals.way
            return Status("opening", duty, shut=way, instead=self._instead if way == "divert" else "")
        c = conversation
        ahead = self._registrar.queue.ahead(c.cid) or 0
        held = c.state is State.HELD and c.holder in linked
        joined = sum(guest.way == "join" for guest in c.guests)
        back = c.went_back if c.state is State.WAITING else ""
        return Status(c.state.value, duty, ahead, held, c.handed, back, len(c.guests), joined)  # type: ignore[arg-type]

    def live_to_desk(self, cid: str, live: Live) -> None:
        """Pass a page's live frame on to the officer who holds the conversation."""
        holder = self._holder(cid)
        if holder and self._lives.take(f"{cid} v"):
            frame = DeskLive(cid, live.h, live.n, live.c)
            self.deliver_to_desk(holder, frame)
            self._peers.live_to_desk(holder, frame)

    def deliver_to_desk(self, kid: str, frame: DeskLive) -> None:
        """Give a live frame to the consoles of an officer that are connected here."""
        text = codec.encode(frame)
        for port in self.desks:
            if port.kid == kid:
                port.put(text)

    def live_to_visitor(self, frame: DeskLive, kid: str) -> None:
        """Pass a live frame of the officer who holds the conversation on to the page."""
        if self._holder(frame.cid) == kid and self._lives.take(f"{frame.cid} d"):
            self.deliver_to_page(frame)
            self._peers.live_to_page(frame)

    def deliver_to_page(self, frame: DeskLive) -> None:
        """Give a live frame to the pages of its conversation that are connected here."""
        text = codec.padded(Live(frame.h, frame.n, frame.c))
        for port in self._visitors.get(frame.cid, ()):
            port.put(text)

    def _holder(self, cid: str) -> str:
        conversation = self._registrar.queue.get(cid)
        return conversation.holder if conversation and conversation.state is State.HELD else ""

    def to_all_desks(self, text: str, role: str | None = None) -> None:
        """Send a frame to all consoles that are logged in (of a role)."""
        frame = framed(text)
        for port in self.desks:
            if role in (None, port.role):
                port.put(frame)


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
