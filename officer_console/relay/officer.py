"""A console's connection: `/desk`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from officer_console.model.events import DESK, Draft, Event, What
from officer_console.model.rules import ANSWERS, DESK_ROLES
from officer_console.protocol import codec
from officer_console.protocol.commands import (
    CallBreak,
    Close,
    CommandHeader,
    EndExport,
    EraseConversation,
    FetchExport,
    History,
    KeepExport,
    PauseArrivals,
    Publish,
    ResumeArrivals,
    Say,
    Tally,
    TellDuty,
    WantFigures,
)
from officer_console.protocol.frames import (
    Cmd,
    DeskLive,
    Done,
    Figures,
    Follow,
    Found,
    Founded,
    Here,
    Join,
    Joined,
    Login,
    NoCmd,
    Past,
    Pending,
    Welcome,
)
from officer_console.protocol.refusals import Refused

from . import exports
from .access import Session
from .acting import OF_CONVERSATIONS, Actor, becomes
from .context import Context
from .following import DeskPort
from .joining import asking
from .live import require_live

IN_FLIGHT = 64
"""Commands of one console that may be on their way to the disk at a time."""
BATCH = 200
"""Events read at a time for a console that has catching up to do."""
PAST_EVENTS = 40
"""Events in one `past` frame, so that it stays below codec.MAX_DESK_OUT."""
Handler = Callable[["DeskConnection", Any], Awaitable[None]]
Start = Callable[[Coroutine[Any, Any, None]], None]
"""Begins a task that ends with the connection, and ends it when it fails."""


class DeskConnection:
    """One console. `feed` takes its frames; commands of different conversations run side by side, those of one
    conversation in order."""

    def __init__(self, relay: Context, port: DeskPort, start: Start) -> None:
        self._relay = relay
        self._port = port
        self._start = start
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._session: Session | None = None
        self._asked: Join | None = None
        self._greet()

    def _greet(self) -> None:
        challenge, self._challenge = self._relay.doorkeeper.greet()
        self._port.put(codec.encode(challenge))

    async def feed(self, text: str) -> None:
        """Carry out one frame. Raises Refused when the connection must end."""
        frame = codec.desk_in(text)
        if isinstance(frame, Login | Found | Join) == (self._session is not None):
            raise Refused("unexpected")
        await _HANDLERS[type(frame)](self, frame)

    def gone(self) -> None:
        """The connection has ended."""
        if self._asked:
            self._relay.joiners.drop(self._asked)
        self._relay.connected.desks.discard(self._port)
        self._relay.standings.duty_changed()
        if not self._relay.connected.console_here(self._port.kid):
            self._relay.roster.went(self._port.kid)
        self._tell_rooms()

    def _tell_rooms(self) -> None:
        """Whether a dispatch room is there is known at once, not at the next heartbeat."""
        if self._port.role == "dispatch":
            self._relay.connected.to_all_desks(self._relay.standings.pulse(self._relay.clock()))

    # ---- before login ----

    async def _found(self, frame: Found) -> None:
        relay = self._relay
        if relay.members.founded or not relay.token.fits(frame.token):
            raise Refused("founding")
        await relay.members.extend(frame.entries, frame.wraps)
        relay.token.spend()
        self._port.put(codec.encode(Founded()))
        self._greet()

    async def _join(self, frame: Join) -> None:
        if not self._relay.members.founded:
            raise Refused("not_founded")
        if self._asked:
            raise Refused("unexpected")
        kid = asking(frame)
        if kid in self._relay.members.directory.members:  # it was enrolled while its console was away
            self._enrolled()
            return
        self._relay.joiners.ask(frame, self._enrolled)
        self._asked = frame
        self._port.put(codec.encode(Pending()))

    def _enrolled(self) -> None:
        self._asked = None
        self._port.put(codec.encode(Joined(self._relay.members.entries_after(0))))
        self._greet()

    async def _login(self, frame: Login) -> None:
        relay, port = self._relay, self._port
        if not relay.members.founded:
            raise Refused("not_founded")
        member, header = relay.doorkeeper.admit(frame, self._challenge)
        entries, wraps = await relay.members.known_to(member.kid, header.dir.size)
        seq = await relay.log.head()
        # No await from here: what is published from now on is told to those in `desks`.
        self._session = Session(member, header)
        port.kid, port.role = member.kid, member.role
        relay.connected.desks.add(port)
        port.put(codec.encode(Welcome(member.kid, member.role, relay.clock(), seq, entries, wraps)))
        if member.role == "lead":
            relay.joiners.repeat(port)

    # ---- following the log ----

    async def _follow(self, frame: Follow) -> None:
        if self._port.on_duty:
            raise Refused("unexpected")
        self._port.on_duty = True
        self._relay.standings.duty_changed()
        self._relay.roster.came(self._port.kid, self._port.role)
        self._tell_rooms()
        self._start(self._catch_up(frame.after))

    async def _catch_up(self, after: int) -> None:
        """Send the log from there on, at the speed at which this console takes it, until the hub can take over."""
        hub, port = self._relay.hub, self._port
        head = await self._relay.log.head()
        port.cursor = min(after, head)  # a relay that was put back to an older state has less than the console had
        await self._follow_to(head)
        port.put(codec.encode(Here(head)))
        port.put(self._relay.standings.pulse(self._relay.clock()))
        port.put(self._relay.standings.standing())
        while port.cursor < hub.cursor:
            await self._follow_to(hub.cursor)
        port.ready = True

    async def _follow_to(self, seq: int) -> None:
        while self._port.cursor < seq:
            batch = await self._relay.log.read(self._port.cursor, BATCH)
            await self._send_batch(batch)
            self._port.cursor = batch[-1].seq if batch else seq

    async def _send_batch(self, batch: Sequence[Event]) -> None:
        hub, port = self._relay.hub, self._port
        boxes = await hub.boxes(batch)
        for event in batch:
            self._relay.registrar.learn(event)
            await port.room()  # before looking: what this console may see can change meanwhile
            frame = hub.views(event, boxes.get(event.cid, "")).frame(port.kid, port.role)
            if frame is not None:
                port.put(frame)

    # ---- commands ----

    async def _cmd(self, frame: Cmd) -> None:
        if self._session is None:
            raise Refused("unexpected")
        header = self._session.check(frame)
        self._relay.doorkeeper.require_member(header.kid)
        await self._slots.acquire()
        self._start(self._carry_out(header))

    async def _carry_out(self, header: CommandHeader) -> None:
        try:
            self._relay.members.require(header.dir)
            seq = await _COMMANDS[type(header.do)](self, header.do)
            await self._port.put_when_room(codec.encode(Done(header.c, seq)))
        except Refused as refused:
            self._relay.metrics.refused(refused.code)
            await self._port.put_when_room(codec.encode(NoCmd(refused.code, refused.sentence, header.c, refused.who)))
        finally:
            self._slots.release()

    async def _append(self, cid: str, id_: str, what: What) -> int:
        event = await self._relay.registrar.submit(Draft(cid, id_, self._port.kid, what), self._port.role)
        return event.seq if event else 0

    async def _say(self, do: Say) -> int:
        return (await self._relay.registrar.say(do.cid, self._port.kid, self._port.role, do.env)).seq

    async def _act(self, do: Any) -> int:
        self._relay.registrar.require(do.cid)
        return await self._append(do.cid, do.id, becomes(do, self._actor()))

    async def _close(self, do: Close) -> int:
        seq = await self._act(do)
        if do.abuse:
            self._relay.networks.abused(do.cid)
        return seq

    async def _act_on_desk(self, do: PauseArrivals | ResumeArrivals) -> int:
        draft = Draft(DESK, do.id, self._port.kid, becomes(do, self._actor()))
        return (await self._relay.registrar.submit_for_desk(draft, self._port.role)).seq

    async def _tell_duty(self, do: TellDuty) -> int:
        self._relay.roster.tell(self._port.kid, do.duty)
        return 0

    async def _call_break(self, do: CallBreak) -> int:
        if self._port.role not in DESK_ROLES:
            raise Refused("not_yours")
        if not self._relay.passing.call_break(do.to, self._port.kid):
            raise Refused("not_on_duty")
        return 0

    def _actor(self) -> Actor:
        return Actor(self._port.kid, self._relay.members.directory, self._relay.roster)

    async def _erase(self, do: EraseConversation) -> int:
        event = await self._relay.registrar.erase(do.cid, self._port.kid, self._port.role, do.id)
        self._relay.networks.forget(do.cid)
        return event.seq

    async def _history(self, do: History) -> int:
        await self._relay.registrar.settled(do.cid)
        # With less than another relay has let in, a console would give its next message a number that is another's.
        await self._relay.log.has_news(do.cid, 0)
        after, waiting = 0, True
        while waiting:
            batch = await self._relay.log.read(after, PAST_EVENTS, do.cid)
            waiting = len(batch) == PAST_EVENTS
            after = batch[-1].seq if batch else after
            past = Past(do.cid, await self._readable(batch), not waiting)
            await self._port.put_when_room(codec.encode(past))
        return 0

    async def _readable(self, batch: Sequence[Event]) -> list[Event]:
        hub, port = self._relay.hub, self._port
        boxes = await hub.boxes(batch)
        seen = (hub.views(event, boxes.get(event.cid, "")).of(port.kid, port.role) for event in batch)
        return [event for event in seen if event is not None]

    async def _publish(self, do: Publish) -> int:
        if self._port.role != "lead":
            raise Refused("not_yours")
        await self._relay.members.extend(do.entries, do.wraps)
        return 0

    async def _tally(self, do: Tally) -> int:
        if self._port.role not in ANSWERS:
            raise Refused("not_yours")
        await self._relay.figures.tell(self._port.kid, do.id, do.measure, do.value)
        return 0

    async def _figures(self, do: WantFigures) -> int:
        if self._port.role != "lead":
            raise Refused("not_yours")
        report = await self._relay.figures.report(do.first, do.last)
        await self._port.put_when_room(codec.encode(Figures(report)))
        return 0

    async def _keep_export(self, do: KeepExport) -> int:
        return await exports.keep(self._relay, do, self._port.kid, self._port.role)

    async def _end_export(self, do: EndExport) -> int:
        return await exports.end(self._relay, do, await self._act(do))

    async def _fetch_export(self, do: FetchExport) -> int:
        await self._port.put_when_room(codec.encode(await exports.fetch(self._relay, do, self._port.role)))
        return 0

    async def _live(self, frame: DeskLive) -> None:
        header = require_live(frame)
        if (header.cid, header.d, header.s) != (frame.cid, "d", self._port.kid):
            raise Refused("malformed")
        self._relay.passing.live_to_visitor(frame, self._port.kid)


_HANDLERS: dict[type, Handler] = {
    Found: DeskConnection._found,
    Join: DeskConnection._join,
    Login: DeskConnection._login,
    Follow: DeskConnection._follow,
    Cmd: DeskConnection._cmd,
    DeskLive: DeskConnection._live,
}
_COMMANDS: dict[type, Callable[[DeskConnection, Any], Awaitable[int]]] = {
    **dict.fromkeys(OF_CONVERSATIONS, DeskConnection._act),
    Close: DeskConnection._close,
    KeepExport: DeskConnection._keep_export,
    EndExport: DeskConnection._end_export,
    FetchExport: DeskConnection._fetch_export,
    PauseArrivals: DeskConnection._act_on_desk,
    ResumeArrivals: DeskConnection._act_on_desk,
    Say: DeskConnection._say,
    EraseConversation: DeskConnection._erase,
    TellDuty: DeskConnection._tell_duty,
    CallBreak: DeskConnection._call_break,
    History: DeskConnection._history,
    Publish: DeskConnection._publish,
    Tally: DeskConnection._tally,
    WantFigures: DeskConnection._figures,
}
