"""A visitor's connection: `/ws`, and the beacon `/bye`."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Literal

import msgspec

from officer_console.model.conversation import State
from officer_console.model.envelope import VERSION, VISITOR, Envelope, MessageHeader
from officer_console.model.events import Draft, Event, Said
from officer_console.protocol import codec
from officer_console.protocol.frames import (
    B16,
    B32,
    Ack,
    Desk,
    Erase,
    Gone,
    Hello,
    Here,
    Leave,
    Live,
    Msg,
    No,
    Open,
    Resume,
)
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64, unb64

from .context import Context
from .hub import VisitorPort

Handler = Callable[["VisitorConnection", Any], Any]


class Beacon(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the page's beacon says when it goes."""

    cid: B16
    vt: B32
    how: Literal["exit", "closed"]


class VisitorConnection:
    """One page. `feed` takes its frames, one after the other; what it raises refuses the frame."""

    def __init__(self, relay: Context, port: VisitorPort) -> None:
        self._relay = relay
        self._port = port
        self.cid = ""
        self._greeted = False

    async def feed(self, text: str) -> None:
        """Carry out one frame. Raises Refused when the connection must end."""
        frame = codec.visitor_in(text)
        first = isinstance(frame, Hello | Resume)
        if first == self._greeted:
            raise Refused("unexpected")
        try:
            await _HANDLERS[type(frame)](self, frame)
        except Refused as refused:
            self._refuse(refused, frame)

    def _refuse(self, refused: Refused, frame: object) -> None:
        self._relay.metrics.refused(refused.code)
        if refused.close is not None:
            raise refused
        self._port.put(codec.padded(No(refused.code, refused.sentence, _event_id(frame))))

    # ---- coming ----

    async def _hello(self, frame: Hello) -> None:
        self._greet(frame.v)

    async def _resume(self, frame: Resume) -> None:
        await require_token(self._relay, frame.cid, frame.vt)
        self._greet(frame.v)
        self._take(frame.cid)
        self._port.cursor = frame.after
        await self._replay(frame.cid)
        await self._relay.presence.came(frame.cid)

    def _greet(self, version: int) -> None:
        if version != VERSION:
            raise Refused("version")
        self._greeted = True
        duty, waiting = bool(self._relay.hub.on_duty()), self._relay.registrar.queue.waiting_size
        bundle = self._relay.members.bundle()
        self._port.put(codec.padded(Desk(VERSION, self._relay.clock(), duty, waiting, bundle)))

    async def _replay(self, cid: str) -> None:
        """Send what is missing. Events may be appended meanwhile: it is done when none is left above the cursor."""
        while True:
            batch = await self._relay.log.read(self._port.cursor, 200, cid)
            for event in batch:
                self._relay.hub.tell_visitor(self._port, event, replay=True)
            conversation = self._relay.registrar.queue.get(cid)
            if not batch and (conversation is None or conversation.seq <= self._port.cursor):
                break
        self._become_ready(cid)
        self._port.put(codec.padded(Here(self._port.cursor)))

    def _become_ready(self, cid: str) -> None:
        self._port.ready = True
        self._relay.hub.tell_status(cid, self._port)

    def _take(self, cid: str) -> None:
        self.cid = cid
        self._relay.hub.visitors[cid].add(self._port)

    # ---- writing ----

    async def _open(self, frame: Open) -> None:
        if self.cid:
            raise Refused("unexpected")
        event = await self._relay.registrar.open(
            frame.h, frame.box, frame.vt, self._relay.members.desk_keys()
        )
        self._take(event.cid)
        self._port.cursor = event.seq
        self._become_ready(event.cid)
        self._ack(event)

    async def _msg(self, frame: Msg) -> None:
        cid = self._mine()
        n = codec.header(frame.h, MessageHeader).n
        draft = Draft(cid, f"{VISITOR}.{n}", VISITOR, Said(Envelope(frame.h, frame.n, frame.c)))
        event = await self._relay.registrar.submit(draft, VISITOR)
        if event is not None and event.seq <= self._port.cursor:
            self._ack(event)  # sent again: the hub has passed it already

    def _ack(self, event: Event) -> None:
        self._port.put(codec.padded(Ack(event.id, event.seq, event.at)))

    async def _live(self, frame: Live) -> None:
        self._relay.hub.live_to_desk(self._mine(), frame)

    # ---- going ----

    async def _leave(self, frame: Leave) -> None:
        await self._relay.presence.left(self._mine(), frame.how)

    async def _erase(self, frame: Erase) -> None:
        if frame.cid != self._mine():
            raise Refused("unknown")
        conversation = self._relay.registrar.queue.get(frame.cid)
        if conversation and conversation.state is State.ERASED:
            self._port.put(codec.padded(Gone()))  # asked again; otherwise the hub tells it
        else:
            await erase(self._relay, frame.cid)

    def _mine(self) -> str:
        if not self.cid:
            raise Refused("unexpected")
        return self.cid


async def erase(relay: Context, cid: str) -> None:
    """Erase a conversation as its visitor."""
    await relay.registrar.erase(cid, VISITOR, VISITOR, "erased")


async def require_token(relay: Context, cid: str, vt: str) -> None:
    """Raises Refused("unknown") unless the token is the conversation's; the same for a wrong one and a wrong cid."""
    opening = await relay.shelf.opening(cid)
    proof = b64(hashlib.sha256(unb64(vt, 32)).digest())
    if not hmac.compare_digest(proof, opening.vt if opening else "") or opening is None:
        raise Refused("unknown")


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
