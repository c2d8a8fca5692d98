"""How things stand, as pages and consoles are told it: a visitor's place, who is on duty, the heartbeat's figures.

It is gathered for a moment, and only what is new is sent.
"""

from __future__ import annotations

import asyncio
from typing import Final

from officer_console.model.conversation import Conversation, State
from officer_console.model.events import OF_THE_DESK, Event
from officer_console.model.queue import Queue
from officer_console.protocol import codec
from officer_console.protocol.frames import Pulse, Standing, Status

from .connected import Connected
from .following import VisitorPort
from .peers import Peers
from .roster import Roster
from .wire import framed

STATUS_S: Final = 0.5
"""Seconds over which changes are gathered before anybody is told of them."""


class Standings:
    """`instead`: where visitors are sent while arrivals are diverted."""

    def __init__(self, connected: Connected, queue: Queue, roster: Roster, peers: Peers, instead: str = "") -> None:
        self._connected = connected
        self._queue = queue
        self._roster = roster
        self._peers = peers
        self._instead = instead
        self._stale = asyncio.Event()
        self._changed: set[str] = set()  # conversations whose visitors may have to be told how they stand
        self._all_changed = False
        self._other_roster = asyncio.Event()
        roster.changed = self._roster_changed

    # ---- what makes it another ----

    def happened(self, event: Event) -> None:
        """An event has been handed on."""
        self._changed.add(event.cid)
        self._all_changed |= isinstance(event.what, OF_THE_DESK)
        self._stale.set()

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

    def _all_stale(self) -> None:
        self._all_changed = True
        self._stale.set()

    # ---- for consoles ----

    def pulse(self, now: int) -> str:
        """A heartbeat for consoles. `now` in ms."""
        return codec.encode(Pulse(now, self._queue.seq, self._connected.on_duty(), self._connected.rooms()))

    def standing(self) -> str:
        """The timers and who is on duty, for consoles."""
        return codec.encode(Standing(self._queue.timers, self._roster.officers()))

    async def keep_consoles(self) -> None:
        """Tell consoles who is on duty, at most every STATUS_S, for ever."""
        while True:
            await self._other_roster.wait()
            await asyncio.sleep(STATUS_S)
            self._other_roster.clear()
            frame = framed(self.standing())
            for port in self._connected.desks:
                if port.on_duty and port.role != "dispatch":
                    port.put(frame)

    # ---- for pages ----

    async def keep_pages(self) -> None:
        """Tell visitors how they stand, at most every STATUS_S, and only what is new, for ever."""
        while True:
            await self._stale.wait()
            await asyncio.sleep(STATUS_S)
            self._stale.clear()
            present = self._present()
            for port in self._stale_pages():
                self._tell(port, present)

    def tell(self, port: VisitorPort) -> None:
        """Send a page how its conversation stands if that is another than the last time."""
        self._tell(port, self._present())

    def _stale_pages(self) -> list[VisitorPort]:
        """The pages whose status may be another: where something happened, and those who wait, whose place depends on
        others. Costs what has happened, not how many there are."""
        changed, self._changed = self._changed, set()
        everybody, self._all_changed = self._all_changed, False
        if everybody:
            return list(self._connected.pages)
        changed.update(conversation.cid for conversation in self._queue.waiting())
        return [port for cid in changed for port in self._connected.pages_of(cid)]

    def _present(self) -> tuple[bool, frozenset[str]]:
        """Whether somebody is on duty, and all who are connected."""
        connected = self._connected
        return bool(connected.on_duty()), frozenset(desk.kid for desk in connected.all_desks())

    def _tell(self, port: VisitorPort, present: tuple[bool, frozenset[str]]) -> None:
        conversation = self._queue.get(port.cid)
        if port.cid and (conversation is None or not port.ready):
            return
        status = self._status(conversation, *present)
        if status != port.status:
            port.status = status
            port.put(codec.padded(status))

    def _status(self, conversation: Conversation | None, duty: bool, linked: frozenset[str]) -> Status:
        if conversation is None or conversation.state is State.OPENING:
            way = self._queue.arrivals.way
            return Status("opening", duty, shut=way, instead=self._instead if way == "divert" else "")
        c = conversation
        ahead = self._queue.ahead(c.cid) or 0
        held = c.state is State.HELD and c.holder in linked
        joined = sum(guest.way == "join" for guest in c.guests)
        back = c.went_back if c.state is State.WAITING else ""
        return Status(c.state.value, duty, ahead, held, c.handed, back, len(c.guests), joined)  # type: ignore[arg-type]
