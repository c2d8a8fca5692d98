"""What is passed on and never stored: who types or reads what, and a lead's word that somebody take a break."""

from __future__ import annotations

import time

from officer_console.model.conversation import State
from officer_console.model.queue import Queue
from officer_console.protocol import codec
from officer_console.protocol.frames import BreakCalled, DeskLive, Live

from . import live
from .connected import Connected
from .limits import Buckets
from .peers import Peers


class Passing:
    """From page to officer and back, here and by way of the other relays; live frames are bounded by their way."""

    def __init__(self, connected: Connected, queue: Queue, peers: Peers) -> None:
        self._connected = connected
        self._queue = queue
        self._lives = Buckets(live.BURST, live.PER_S, time.monotonic)
        self._peers = peers

    def live_to_desk(self, cid: str, frame: Live) -> None:
        """Pass a page's live frame on to the officer who holds the conversation."""
        holder = self._holder(cid)
        if holder and self._lives.take(f"{cid} v"):
            named = DeskLive(cid, frame.h, frame.n, frame.c)
            self.deliver_to_desk(holder, named)
            self._peers.live_to_desk(holder, named)

    def deliver_to_desk(self, kid: str, frame: DeskLive) -> None:
        """Give a live frame to the consoles of an officer that are connected here."""
        text = codec.encode(frame)
        for port in self._connected.desks:
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
        for port in self._connected.pages_of(frame.cid):
            port.put(text)

    def call_break(self, kid: str, by: str) -> bool:
        """Ask an officer to take a break, wherever his consoles are; whether there is any."""
        here = any(desk.kid == kid and desk.on_duty for desk in self._connected.all_desks())
        if here:
            self.deliver_break(kid, by)
            self._peers.break_called(kid, by)
        return here

    def deliver_break(self, kid: str, by: str) -> None:
        """The same, to his consoles at this relay."""
        for port in self._connected.desks:
            if port.kid == kid and port.on_duty:
                port.put(codec.encode(BreakCalled(by)))

    def forget(self, cid: str) -> None:
        """The conversation is erased: nothing is counted of it any more."""
        for way in "vd":
            self._lives.forget(f"{cid} {way}")

    def _holder(self, cid: str) -> str:
        conversation = self._queue.get(cid)
        return conversation.holder if conversation and conversation.state is State.HELD else ""
