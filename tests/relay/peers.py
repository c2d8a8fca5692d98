"""Bare peers of a relay for its tests: they seal, sign and speak the protocol frame by frame, and hide nothing."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from officer_console.config import Config
from officer_console.model.bodies import Aside, CardBody, Given, Outcome, PatrolAsked, PatrolTold, Reason, Signal, Text
from officer_console.model.envelope import (
    Envelope,
    LiveHeader,
    Note,
    NoteHeader,
    OpenHeader,
    PatrolHeader,
    PatrolStatusHeader,
)
from officer_console.model.events import DESK, Event, Opened, RoomBox
from officer_console.model.handover import Card, dump_card
from officer_console.protocol import codec
from officer_console.protocol.commands import (
    CancelPatrol,
    Close,
    Command,
    CommandHeader,
    ConfirmSignal,
    Entry,
    Heads,
    Offer,
    PauseArrivals,
    Refer,
    RequestCallback,
    RequestPatrol,
    Say,
    StepIn,
    TellCallback,
    TellPatrol,
    Whisper,
    Wrap,
)
from officer_console.protocol.desk_session import session_id
from officer_console.protocol.founding import parse_founding_code
from officer_console.protocol.frames import (
    Ack,
    Challenge,
    ChallengeHeader,
    Cmd,
    DeskOut,
    Follow,
    Found,
    Founded,
    Happened,
    Hello,
    Live,
    Login,
    LoginHeader,
    Msg,
    Open,
    Resume,
    VisitorOut,
)
from officer_console.protocol.history import History
from officer_console.relay.service import Running, running_relay
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.directory import Applicant, Directory, enrol_officer, found, issue_desk_key
from officer_console.vault.enrolment import sign_text
from officer_console.vault.envelopes import (
    ConversationKeys,
    open_message,
    seal_for_room,
    seal_message,
    seal_note,
    seal_open,
    sign_body,
    wrap_desk_key,
)
from officer_console.vault.opening import open_box
from officer_console.vault.primitives import box_public, kid, make_box_key, make_signing_key, signing_public

WAIT_S = 15


def random_id() -> str:
    return b64(os.urandom(16))


class Keys:
    """Somebody's signing and box key."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sig, self.box = make_signing_key(), make_box_key()
        self.kid = kid(signing_public(self.sig))

    @property
    def applicant(self) -> Applicant:
        return Applicant(self.name, signing_public(self.sig), box_public(self.box))


class Station:
    """A founded desk: the directory, a lead, a desk key, and whoever was enrolled."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.lead = Keys("Lead")
        self.root = make_signing_key()
        first = found("Test", self.root, self.lead.applicant, now)
        directory = Directory.verify(first)
        entry, self.desk_priv = issue_desk_key(directory, self.lead.sig, now)
        self.directory = directory.extend([entry])
        self.desk_key = self.directory.desk_key(now)

    def wrap(self, member: Keys) -> Wrap:
        sealed = wrap_desk_key(box_public(member.box), self.desk_key.kid, self.desk_priv)
        return Wrap(self.desk_key.kid, member.kid, b64(sealed))

    def entries(self, after: int = 0) -> list[Entry]:
        return [Entry(each.s, each.sig) for each in self.directory.entries[after:]]

    def enrol(self, name: str, role: Any = "officer") -> tuple[Keys, Entry]:
        keys = Keys(name)
        entry = enrol_officer(self.directory, self.lead.sig, keys.applicant, role, self.now)
        self.directory = self.directory.extend([entry])
        return keys, Entry(entry.s, entry.sig)

    @property
    def heads(self) -> Heads:
        return Heads(self.directory.size, b64(self.directory.head))


class Wire:
    """A WebSocket that speaks one endpoint's frames."""

    def __init__(self, ws: ClientConnection, read: Any) -> None:
        self.ws = ws
        self._read = read

    async def send(self, frame: object) -> None:
        await self.ws.send(codec.encode(frame))

    async def get(self) -> Any:
        async with asyncio.timeout(WAIT_S):
            return self._read(await self.ws.recv())

    async def closed(self) -> int:
        """The code with which the relay closes; what comes before is passed over."""
        async with asyncio.timeout(WAIT_S):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.ws.recv()
        assert self.ws.close_code is not None
        return self.ws.close_code

    async def until(self, *kinds: type) -> Any:
        """The next frame of one of these kinds; others are passed over."""
        while True:
            frame = await self.get()
            if isinstance(frame, kinds):
                return frame


class VisitorPeer:
    """A visitor; survives reconnects. Every envelope it sealed is kept in `sent`, in order."""

    def __init__(self, url: str, station: Station) -> None:
        self.url = url
        self.origin = ""  # where her page is from, when that is another address
        self.station = station
        self.cid = b64(os.urandom(16))
        self.vt = os.urandom(32)
        self.ck = os.urandom(32)
        self.keys = ConversationKeys.derive(self.ck)
        header = OpenHeader(cid=self.cid, e=0, kid=station.desk_key.kid, kc=b64(self.keys.kc))
        h = codec.encode(header)
        box = b64(seal_open(station.desk_key.pub, h, self.ck))
        self.hello = Hello(1)
        self.opening = Open(h, box, b64(self.vt))
        self.history = History("v", h, box, header.kc)
        self.sent: list[Envelope] = []
        self.live_count = itertools.count()

    def connect(self) -> Any:
        origin = self.origin or self.url
        return connect(self.url.replace("http", "ws") + "/ws", compression=None, origin=origin, max_queue=None)  # type: ignore[arg-type]

    @asynccontextmanager
    async def wire(self, resume_after: int | None = None) -> AsyncIterator[Wire]:
        async with self.connect() as ws:
            wire = Wire(ws, codec.visitor_out)
            await wire.send(self.hello if resume_after is None else self.resume(resume_after))
            yield wire

    @asynccontextmanager
    async def talking(self, *texts: str) -> AsyncIterator[Wire]:
        """Connected, opened, and with these first messages stored."""
        async with self.wire() as wire:
            await wire.send(self.opening)
            assert (await wire.until(Ack)).id == "open"
            for n, text in enumerate(texts):
                await wire.send(self.seal(text))
                assert (await wire.until(Ack)).id == f"v.{n}"
            yield wire

    def resume(self, after: int = 0) -> Resume:
        return Resume(1, self.cid, b64(self.vt), after)

    def seal(self, text: str) -> Msg:
        head = codec.encode(self.history.next_header())
        body = codec.encode_bytes(Text(ts=0, b=text))
        n, c = seal_message(self.keys.k_v, "msg", head, body)
        envelope = Envelope(head, b64(n), b64(c))
        assert self.history.accept(envelope, "v") is None
        self.sent.append(envelope)
        return Msg(envelope.h, envelope.n, envelope.c)

    def seal_live(self) -> Live:
        head = LiveHeader(cid=self.cid, kc=self.history.kc, d="v", s="v", ln=next(self.live_count))
        h = codec.encode(head)
        n, c = seal_message(self.keys.k_v, "live", h, b'{"k":"presence","ts":0}')
        return Live(h, b64(n), b64(c))


class DeskPeer:
    """An officer's connection: login, commands by hand, frames as they come."""

    def __init__(self, station: Station, keys: Keys, wire: Wire, sid: str = "") -> None:
        self.station = station
        self.keys = keys
        self.wire = wire
        self.sid = sid
        self.heads = station.heads  # the directory it has seen
        self.given = -1  # number of the last command
        self.asked: dict[int, Any] = {}  # for whoever gives many at once: number -> what for
        self.histories: dict[str, History] = {}
        self.conversations: dict[str, ConversationKeys] = {}

    async def login(self, host: str) -> DeskOut:
        challenge = await self.wire.until(Challenge)
        header = codec.header(challenge.h, ChallengeHeader)
        n2 = b64(os.urandom(32))
        self.sid = session_id(header.nonce, n2)
        self.heads = self.station.heads
        login = LoginHeader(1, self.keys.kid, header.relay, host, header.nonce, n2, self.heads)
        h = codec.encode(login)
        await self.wire.send(Login(h, sign_text(self.keys.sig, "login", h)))
        answer: DeskOut = await self.wire.get()
        return answer

    def command(self, do: Command) -> Cmd:
        self.given += 1
        header = CommandHeader(self.keys.kid, self.sid, self.given, self.heads, do)
        h = codec.encode(header)
        return Cmd(h, sign_text(self.keys.sig, "cmd", h))

    async def do(self, do: Command) -> Any:
        """Give a command and wait for its own answer."""
        await self.wire.send(self.command(do))
        while True:
            answer = await self.wire.get()
            if getattr(answer, "c", None) == self.given:
                return answer

    async def meet(self, *cids: str) -> None:
        """Read on until the keys of these conversations are here."""
        while not set(cids) <= self.histories.keys():
            event = (await self.wire.until(Happened)).e
            if isinstance(event.what, Opened) and event.cid in cids:
                self.take_key(event)

    async def happened_at(self, cid: str) -> Event:
        """The next event of this conversation."""
        while True:
            event: Event = (await self.wire.until(Happened)).e
            if event.cid == cid:
                return event

    async def happened(self, kind: str, cid: str = "") -> Event:
        """Read on until an event of this kind (in this conversation) comes."""
        while True:
            event: Event = (await self.wire.until(Happened)).e
            if event.kind == kind and cid in ("", event.cid):
                return event

    def take_key(self, opened: Any) -> None:
        """Open the boxed key of a conversation and begin its history."""
        header = codec.header(opened.what.h, OpenHeader)
        ck = open_box(self.station.desk_priv, opened.what.h, unb64(opened.what.box))
        self.conversations[opened.cid] = ConversationKeys.derive(ck)
        self.histories[opened.cid] = History(self.keys.kid, opened.what.h, opened.what.box, header.kc)

    def read(self, event: Any) -> str:
        """The text of a said event, checked against the history."""
        assert self.histories[event.cid].accept(event.what.env, event.by) is None
        keys, env = self.conversations[event.cid], event.what.env
        key = keys.k_v if event.by == "v" else keys.k_d
        body = open_message(key, "msg", env.h, unb64(env.n), unb64(env.c))
        text: str = msgspec.json.decode(body)["b"]
        return text

    def say(self, cid: str, text: str) -> Say:
        h = codec.encode(self.histories[cid].next_header())
        sig = b64(sign_body(self.keys.sig, h, text.encode()))
        body = codec.encode_bytes(Text(ts=0, b=text, sig=sig))
        n, c = seal_message(self.conversations[cid].k_d, "msg", h, body)
        return Say(cid, Envelope(h, b64(n), b64(c)))

    def close(self, cid: str, outcome: str = "advised") -> Close:
        return Close(cid, *self.note(cid, Outcome(ts=0, b=outcome)))

    def note(self, cid: str, body: Any) -> tuple[str, Note]:
        """An event's id, and something sealed to the desk under it."""
        id_, key = random_id(), self.station.desk_key
        h = codec.encode(NoteHeader(cid=cid, kid=key.kid, s=self.keys.kid, id=id_))
        return id_, Note(h, b64(seal_note(key.pub, h, codec.encode_bytes(body))))

    def ask_patrol(self, conversation: str, text: str = "{}", **header: Any) -> RequestPatrol:
        """Ask for a patrol, sealed to every room; `header` alters the header."""
        return RequestPatrol(*self._patrol(conversation, text, **{"act": "request", **header}))

    def cancel_patrol(self, conversation: str, text: str = "x") -> CancelPatrol:
        return CancelPatrol(*self._patrol(conversation, text, act="cancel"))

    def ask_callback(self, conversation: str, text: str = "{}") -> RequestCallback:
        return RequestCallback(*self._patrol(conversation, text, act="callback"))

    def tell_callback(self, cid: str, asked: str, state: str = "taken", **fields: Any) -> TellCallback:
        id_ = random_id()
        own = {"cid": cid, "kid": "", "s": self.keys.kid, "id": id_, "case": asked, "re": asked}
        h = codec.encode(PatrolStatusHeader(**{**own, "state": state, "at": 0, **fields}))
        return TellCallback(cid, id_, h, sign_text(self.keys.sig, "patrol-status", h))

    def refer(self, cid: str, line: str = "3919") -> Refer:
        return Refer(cid, *self.note(cid, Given(ts=0, b=line)))

    def confirm(self, cid: str, signal: str = "arme") -> ConfirmSignal:
        return ConfirmSignal(cid, *self.note(cid, Signal(ts=0, b=signal)))

    def offer(self, cid: str, to: str) -> Offer:
        id_, note = self.note(cid, CardBody(ts=0, b=dump_card(Card(facts="deux enfants"))))
        return Offer(cid, id_, to, note)

    def whisper(self, cid: str, text: str = "doucement") -> Whisper:
        return Whisper(cid, *self.note(cid, Aside(ts=0, b=text)))

    def step_in(self, cid: str, way: Any = "read", reason: str = "relecture") -> StepIn:
        id_, note = self.note(cid, Reason(ts=0, b=reason))
        return StepIn(cid, id_, way, note)

    def pause(self, way: Any = "pause", reason: str = "panne") -> PauseArrivals:
        id_, note = self.note(DESK, Reason(ts=0, b=reason))
        return PauseArrivals(id_, way, note)

    def _patrol(self, conversation: str, text: str, **fields: Any) -> tuple[str, str, str, str, str, list[RoomBox]]:
        key, id_ = self.station.desk_key, random_id()
        own = {"cid": conversation, "kid": key.kid, "s": self.keys.kid, "id": id_}
        given = {**own, "use": "live", "at": 0, **fields}
        h = codec.encode(PatrolHeader(**given))
        sig = b64(sign_body(self.keys.sig, h, text.encode()))
        body = codec.encode_bytes(PatrolAsked(ts=0, b=text, sig=sig))
        rooms = self.station.directory.rooms(self.station.now)
        boxes = [RoomBox(each.kid, b64(seal_for_room(each.box_pub, h, body))) for each in rooms]
        return conversation, id_, h, sign_text(self.keys.sig, "patrol", h), b64(seal_note(key.pub, h, body)), boxes

    def tell_patrol(self, cid: str, case: str, state: str = "accepted", words: str = "", **fields: Any) -> TellPatrol:
        """Tell what becomes of a case; `fields` alter the header."""
        key, id_ = self.station.desk_key, random_id()
        given = {"cid": cid, "kid": key.kid if words else "", "s": self.keys.kid, "id": id_, "case": case, "re": case}
        h = codec.encode(PatrolStatusHeader(**{**given, "state": state, "at": 0, **fields}))
        box = b64(seal_note(key.pub, h, codec.encode_bytes(PatrolTold(ts=0, b=words)))) if words else ""
        return TellPatrol(cid, id_, h, sign_text(self.keys.sig, "patrol-status", h), box)


@asynccontextmanager
async def officer(relay_url: str, station: Station, keys: Keys, after: int | None = 0) -> AsyncIterator[DeskPeer]:
    """A console that has logged in and (unless `after` is None) follows."""
    host = relay_url.split("://")[1]
    async with connect(f"ws://{host}/desk", compression=None, max_size=codec.MAX_DESK_OUT, max_queue=None) as ws:
        peer = DeskPeer(station, keys, Wire(ws, codec.desk_out))
        welcome = await peer.login(host)
        assert type(welcome).__name__ == "Welcome", welcome
        if after is not None:
            await peer.wire.send(Follow(after))
        yield peer


async def found_desk(relay: Running, station: Station, *members: Keys) -> None:
    """Found the desk of a relay that has none."""
    await found_by_code(relay.url, parse_founding_code(relay.founding_code()).token, station, *members)


async def found_by_code(url: str, token: str, station: Station, *members: Keys) -> None:
    """Found the desk of the relay at this address."""
    wraps = [station.wrap(each) for each in dict.fromkeys((station.lead, *members))]
    async with connect(url.replace("http", "ws") + "/desk", compression=None) as ws:
        wire = Wire(ws, codec.desk_out)
        await wire.get()
        await wire.send(Found(token, station.entries(), wraps))
        answer = await wire.get()
        assert isinstance(answer, Founded), answer


def relay_config(folder: Path, **limits: Any) -> Config:
    """A configuration for a relay in a folder; `limits` as in [relay.limits]."""
    base = Config()
    relay = msgspec.structs.replace(
        base.relay, data_dir=str(folder), limits=msgspec.structs.replace(base.relay.limits, **limits)
    )
    return msgspec.structs.replace(base, relay=relay)


@asynccontextmanager
async def founded_relay(folder: Path, station: Station, *members: Keys, **limits: Any) -> AsyncIterator[Running]:
    async with running_relay(relay_config(folder, **limits), 0) as relay:
        await found_desk(relay, station, *members)
        yield relay


__all__ = ["VisitorOut", "Wire"]
