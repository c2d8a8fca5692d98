"""A visitor's connection: `/ws`, and the beacon `/bye`."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from officer_console.model.conversation import State
from officer_console.model.envelope import RELAY, VERSION, VISITOR, Envelope, MessageHeader
from officer_console.model.events import Crowded, Draft, Event
from officer_console.protocol import codec
from officer_console.protocol.frames import Ack, Desk, Erase, Hello, Here, Leave, Live, Msg, No, Open, Resume, Status
from officer_console.protocol.refusals import Refused
from officer_console.protocol.shapes import B16, B32
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.errors import Malformed

from .context import Context
from .following import VisitorPort
from .live import require_live

PAGE = 200
"""Events read at a time for a page that comes back."""
Handler = Callable[["VisitorConnection", Any], Any]


class Beacon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the page's beacon says when it goes."""

    cid: B16
    vt: B32
    how: Literal["exit", "closed"]


class VisitorConnection:
    """One page. `feed` takes its frames, one after the other; what it raises refuses the frame. `network` as Networks
    has it."""

    def __init__(self, relay: Context, port: VisitorPort, network: str) -> None:
        self._relay = relay
        self._network = network
        self._port = port
        self._greeted = False
        self._refused = False  # the opening was refused, and may be sent again

    async def feed(self, text: str) -> None:
        """Carry out one frame. Raises Refused when the connection must end."""
        frame = codec.visitor_in(text)
        if isinstance(frame, Hello | Resume) == self._greeted:
            raise Refused("unexpected")
        try:
            await _HANDLERS[type(frame)](self, frame)
        except Refused as refused:
            if refused.close is not None:
                raise
            self._refused |= isinstance(frame, Open)
            self._relay.metrics.refused(refused.code)
            self._port.put(codec.padded(No(refused.code, refused.sentence, _event_id(frame))))

    def gone(self) -> None:
        """The connection has ended."""
        self._relay.connected.leaves(self._port)
        if self._port.cid:
            self._relay.presence.disconnected(self._port.cid)

    # ---- coming ----

    async def _hello(self, frame: Hello) -> None:
        self._greet(frame.v)

    async def _resume(self, frame: Resume) -> None:
        _require_version(frame.v)
        await require_token(self._relay, frame.cid, frame.vt)
        self._greet(frame.v)
        self._port.status = None  # how it stands is told in any case
        self._relay.connected.joins(self._port, frame.cid)
        # A relay that was put back to an older state has less than she had; what comes must reach her nevertheless.
        self._port.cursor = min(frame.after, await self._relay.log.head())
        await self._catch_up(frame.cid)
        self._port.put(codec.padded(Here(self._port.cursor)))

    def _greet(self, version: int) -> None:
        _require_version(version)
        self._greeted = True
        duty, waiting = bool(self._relay.connected.on_duty()), self._relay.registrar.queue.waiting_size
        bundle = self._relay.members.bundle()
        self._port.put(codec.padded(Desk(VERSION, self._relay.clock(), duty, waiting, bundle)))
        self._port.status = Status(State.OPENING.value, duty)
        self._relay.connected.pages.add(self._port)
        self._relay.standings.tell(self._port)  # nothing, unless arrivals are paused

    async def _catch_up(self, cid: str) -> None:
        """Send what is missing. Events may be appended meanwhile: it is done when none is left above the cursor."""
        relay, port = self._relay, self._port
        while True:
            batch = await relay.log.read(port.cursor, PAGE, cid)
            for event in batch:
                await port.room()
                relay.hub.tell_visitor(port, event, replay=True)
            conversation = relay.registrar.queue.get(cid)
            if not batch and (conversation is None or conversation.seq <= port.cursor):
                break
        port.ready = True
        relay.standings.tell(port)
        await relay.presence.came(cid)

    # ---- writing ----

    async def _open(self, frame: Open) -> None:
        if self._port.cid:
            raise Refused("unexpected")
        relay, port = self._relay, self._port
        # the token itself, not its hash: who has a copy of the relay's files can't open in her name
        event = await relay.registrar.open(frame.h, frame.box, _proof(frame.vt), relay.members.desk_keys())
        port.cursor = event.seq
        relay.connected.joins(port, event.cid)
        self._ack(event)
        if relay.registrar.require(event.cid).seq > event.seq:  # it was opened before, and has grown since
            await self._catch_up(event.cid)
        port.ready = True
        relay.standings.tell(port)

    async def _msg(self, frame: Msg) -> None:
        if self._refused and not self._port.cid:
            raise Refused("sequence")  # it was on its way already
        cid = self._mine()
        had = self._port.cursor
        waited = self._waits(cid)
        event = await self._relay.registrar.say(cid, VISITOR, VISITOR, Envelope(frame.h, frame.n, frame.c))
        if not waited and self._waits(cid):
            await self._begins(event)
        if event.seq <= had:
            self._ack(event)  # sent again; the hub acknowledges what is new

    def _waits(self, cid: str) -> bool:
        conversation = self._relay.registrar.queue.get(cid)
        return conversation is not None and conversation.state is State.WAITING

    async def _begins(self, event: Event) -> None:
        """With this event the conversation begins to wait: fair among networks."""
        turn = self._relay.networks.begins(event.cid, self._network, self._waits)
        if turn:
            draft = Draft(event.cid, f"relay.crowded.{event.seq}", RELAY, Crowded(turn))
            with contextlib.suppress(Refused):  # it has been taken already, or erased
                await self._relay.registrar.submit(draft, RELAY)

    def _ack(self, event: Event) -> None:
        self._port.put(codec.padded(Ack(event.id, event.seq, event.at)))

    async def _live(self, frame: Live) -> None:
        cid = self._mine()
        header = require_live(frame)
        if (header.cid, header.d, header.s) != (cid, VISITOR, VISITOR):
            raise Refused("malformed")
        self._relay.passing.live_to_desk(cid, frame)

    # ---- going ----

    async def _leave(self, frame: Leave) -> None:
        await self._relay.presence.left(self._mine(), frame.how)

    async def _erase(self, frame: Erase) -> None:
        if frame.cid != self._mine():
            raise Refused("unknown")
        await self._relay.registrar.erase(frame.cid, VISITOR, VISITOR, "erased")  # the hub tells the page
        self._relay.networks.forget(frame.cid)

    def _mine(self) -> str:
        if not self._port.cid:
            raise Refused("unexpected")
        return self._port.cid


def _require_version(version: int) -> None:
    if version != VERSION:
        raise Refused("version")


async def require_token(relay: Context, cid: str, vt: str) -> None:
    """Raises Refused("unknown") unless the token is the conversation's; the same for a wrong one and a wrong cid. Of an
    erased one nothing is left that a token could be held against: Refused("erased"), whatever it is."""
    opening = await relay.shelf.opening(cid)
    proof = _proof(vt)
    if not hmac.compare_digest(proof, opening.vt if opening else "") or opening is None:
        if opening is None and relay.registrar.queue.get(cid) is not None:
            await relay.registrar.settled(cid)  # its keys go before anybody hears of it
        conversation = relay.registrar.queue.get(cid)
        erased = conversation is not None and conversation.state is State.ERASED
        raise Refused("erased" if erased else "unknown")
    await relay.registrar.meet(cid)


def _proof(vt: str) -> str:
    """What is kept of a visitor's token. Raises Refused("malformed")."""
    try:
        return b64(hashlib.sha256(unb64(vt, 32)).digest())
    except Malformed:
        raise Refused("malformed") from None


def _event_id(frame: object) -> str:
    if isinstance(frame, Open):
        return "open"
    if isinstance(frame, Msg):
        return f"{VISITOR}.{codec.header(frame.h, MessageHeader).n}"
    return ""


_HANDLERS: dict[type, Handler] = {
    Hello: VisitorConnection._hello,
    Resume: VisitorConnection._resume,
    Open: VisitorConnection._open,
    Msg: VisitorConnection._msg,
    Live: VisitorConnection._live,
    Leave: VisitorConnection._leave,
    Erase: VisitorConnection._erase,
}
