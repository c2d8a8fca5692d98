"""The client of the relay's bench: conversations whose two ends seal, sign and open for real, over any server.

Over the relay a message counts once it is acknowledged to its sender, and delivered to and opened by its reader; over
the echo once it is back and opened. All else is the same code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec
from websockets.asyncio.client import ClientConnection

from officer_console.model.bodies import Text
from officer_console.model.envelope import VISITOR, Envelope, OpenHeader
from officer_console.model.events import Said
from officer_console.protocol import codec
from officer_console.protocol.commands import CommandHeader, Say
from officer_console.protocol.frames import Ack, Cmd, Done, Happened, Msg, Stored
from officer_console.protocol.history import REFUSED_FAULTS, History
from officer_console.vault.base64url import unb64
from officer_console.vault.envelopes import open_message
from tests.relay.peers import DeskPeer, VisitorPeer

WORDS: Final = "Il est parti à vingt heures, il revient dans une heure. Je ne sais pas où aller avec les enfants. " * 3
"""As long as people write: with its signature it fills the smallest bucket."""
FIRST: Final = f"{VISITOR}.0"
"""The message with which a conversation came into the queue, before the measurement."""


class _Sent(msgspec.Struct):
    at: float
    missing: int


class Talk:
    """One conversation, both ends; the visitor's turn, then the officer's, and so on.

    `parts`: how many things must happen until a message is through; then `told(talk, seconds)` is called.
    """

    def __init__(self, page: VisitorPeer, desk: DeskPeer, link: ClientConnection, parts: int) -> None:
        self.page, self.desk = page, desk
        self.told: Callable[[Talk, float], Any] = lambda talk, seconds: None
        self._page_link, self._desk_link = link, desk.wire.ws
        self._parts = parts
        self._on_way: dict[str, _Sent] = {}
        self._turns = 0
        self._officers_count = 0
        h, box = page.opening.h, page.opening.box
        desk.histories[page.cid] = History(desk.keys.kid, h, box, codec.header(h, OpenHeader).kc)
        desk.conversations[page.cid] = page.keys
        for envelope in page.sent:
            self._accept(VISITOR, envelope)

    @property
    def busy(self) -> bool:
        """Whether a message is on its way."""
        return bool(self._on_way)

    async def say(self) -> None:
        """Send one message."""
        self._turns += 1
        sent = _Sent(time.perf_counter(), self._parts)
        if self._turns % 2:
            await self._page_link.send(self._visitors(sent))
        else:
            await self._desk_link.send(self._officers(sent))

    def _visitors(self, sent: _Sent) -> str:
        self._on_way[f"{VISITOR}.{len(self.page.sent)}"] = sent
        return codec.padded(self.page.seal(WORDS))

    def _officers(self, sent: _Sent) -> str:
        kid = self.desk.keys.kid
        name = f"{kid}.{self._officers_count}"
        self._officers_count += 1
        say = self.desk.say(self.page.cid, WORDS)
        _take(self.desk.histories[self.page.cid], say.env, kid)
        command = self.desk.command(say)
        self._on_way[name] = sent
        self.desk.asked[self.desk.given] = (self, name)
        return codec.encode(command)

    def read(self, envelope: Envelope, by: str) -> None:
        """The reader's end: check the history and open."""
        n = self._accept(by, envelope)
        key = self.page.keys.k_v if by == VISITOR else self.page.keys.k_d
        body = open_message(key, "msg", envelope.h, unb64(envelope.n), unb64(envelope.c))
        assert codec.body(body, Text).b == WORDS
        self.step(f"{by}.{n}")

    def _accept(self, by: str, envelope: Envelope) -> int:
        history = self.desk.histories[self.page.cid] if by == VISITOR else self.page.history
        _take(history, envelope, by)
        return history.accepted("v" if by == VISITOR else "d") - 1

    def step(self, name: str) -> None:
        """One of the things a message needs has happened."""
        sent = self._on_way.get(name)
        if sent is None:
            return
        sent.missing -= 1
        if not sent.missing:
            del self._on_way[name]
            self.told(self, time.perf_counter() - sent.at)


def _take(history: History, envelope: Envelope, by: str) -> None:
    fault = history.accept(envelope, by)
    assert fault not in REFUSED_FAULTS, fault


# ---- what comes in, by server and end ------------------------------------------------------------------------------


async def relays_page(talk: Talk, link: ClientConnection) -> None:
    """A page's frames from the relay, until the connection ends."""
    kid = talk.desk.keys.kid
    async for text in link:
        match codec.visitor_out(text):
            case Ack(id=name):
                talk.step(name)
            case Stored(h=h, n=n, c=c):
                talk.read(Envelope(h, n, c), kid)


async def relays_desk(talks: Iterable[Talk], desk: DeskPeer) -> None:
    """A console's frames from the relay."""
    mine = {talk.page.cid: talk for talk in talks}
    async for text in desk.wire.ws:
        match codec.desk_out(text):
            case Done(c=c) if c in desk.asked:
                talk, name = desk.asked.pop(c)
                talk.step(name)
            case Happened(e=event) if event.by == VISITOR and event.cid in mine and event.id != FIRST:
                if isinstance(event.what, Said) and event.what.env is not None:
                    mine[event.cid].read(event.what.env, VISITOR)


async def echoed_page(talk: Talk, link: ClientConnection) -> None:
    """A page's own frames, back from the echo."""
    async for text in link:
        frame = codec.visitor_in(text)
        assert isinstance(frame, Msg)
        talk.read(Envelope(frame.h, frame.n, frame.c), VISITOR)


async def echoed_desk(talks: Iterable[Talk], desk: DeskPeer) -> None:
    """A console's own frames, back from the echo."""
    mine = {talk.page.cid: talk for talk in talks}
    async for text in desk.wire.ws:
        frame = codec.desk_in(text)
        assert isinstance(frame, Cmd)
        do = codec.header(frame.h, CommandHeader).do
        assert isinstance(do, Say)
        mine[do.cid].read(do.env, desk.keys.kid)
