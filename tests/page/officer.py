"""An officer at the desk, who reads everything that arrives while a test looks at the page."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from officer_console.model.bodies import About, Consent, Help, LiveBody, MessageBody, Place, Presence, Text
from officer_console.model.envelope import Envelope, LiveHeader
from officer_console.model.events import Event
from officer_console.protocol import codec
from officer_console.protocol.commands import Claim, Command, CommandHeader, Release, Say
from officer_console.protocol.frames import DeskLive, Done, Happened, Here, NoCmd
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.envelopes import open_message, seal_message
from tests.relay.peers import DeskPeer, Keys, Station, officer, random_id

WAIT_S = 15


class Officer:
    """Everything that the desk knows: `events`, and by conversation what the visitor wrote, told and showed."""

    def __init__(self, peer: DeskPeer) -> None:
        self.peer = peer
        self.events: list[Event] = []
        self.texts: defaultdict[str, list[str]] = defaultdict(list)
        self.places: defaultdict[str, list[Place]] = defaultdict(list)
        self.consents: defaultdict[str, list[Consent]] = defaultdict(list)
        self.about: dict[str, About] = {}
        self.presence: dict[str, Presence] = {}
        self.live_count = 0
        self.changed = asyncio.Condition()
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.caught_up = False

    # ---- what comes ----

    async def read(self) -> None:
        while True:
            frame = await self.peer.wire.get()
            self._take(frame)
            async with self.changed:
                self.changed.notify_all()

    def _take(self, frame: Any) -> None:
        match frame:
            case Happened(e=event):
                self.events.append(event)
                self._learn(event)
            case DeskLive(cid=cid) if cid in self.peer.conversations:
                self.presence[cid] = self._open("live", cid, frame, LiveBody)
            case Done(c=c) | NoCmd(c=c) if c in self._answers:
                self._answers.pop(c).set_result(frame)
            case Here():
                self.caught_up = True

    def _learn(self, event: Event) -> None:
        if event.kind == "opened":
            self.peer.take_key(event)
        elif event.kind == "said" and event.by == "v":
            env = event.what.env  # type: ignore[union-attr]
            assert env is not None
            assert self.peer.histories[event.cid].accept(env, "v") is None
            body = self._open("msg", event.cid, env, MessageBody)
            if isinstance(body, About):
                self.about[event.cid] = body
            elif isinstance(body, Place):
                self.places[event.cid].append(body)
            elif isinstance(body, Consent):
                self.consents[event.cid].append(body)
            else:
                self.texts[event.cid].append(body.b)

    def _open(self, domain: Any, cid: str, sealed: Any, kind: Any) -> Any:
        key = self.peer.conversations[cid].k_v
        return codec.body(open_message(key, domain, sealed.h, unb64(sealed.n), unb64(sealed.c)), kind)

    async def until(self, true: Callable[[], Any]) -> Any:
        """Wait until `true()`; gives its value."""
        async with asyncio.timeout(WAIT_S), self.changed:
            await self.changed.wait_for(true)
            return true()

    async def arrived(self, text: str) -> str:
        """The conversation in which this text has come."""
        return str(await self.until(lambda: next((cid for cid, all_ in self.texts.items() if text in all_), "")))

    async def placed(self, count: int = 1) -> str:
        """The conversation in which so many places have come."""
        return str(await self.until(lambda: next((c for c, all_ in self.places.items() if len(all_) >= count), "")))

    async def left(self, cid: str) -> str:
        """How the visitor left, once known."""
        hows = await self.until(lambda: [e.what.how for e in self.events if e.cid == cid and e.kind == "left"])  # type: ignore[union-attr]
        return str(hows[0])

    # ---- what he does ----

    async def do(self, command: Command) -> Any:
        frame = self.peer.command(command)
        c = codec.header(frame.h, CommandHeader).c
        answer = self._answers[c] = asyncio.get_running_loop().create_future()
        await self.peer.wire.send(frame)
        async with asyncio.timeout(WAIT_S):
            return await answer

    async def done(self, command: Command) -> None:
        """Give a command that the relay carries out."""
        assert isinstance(await self.do(command), Done)

    async def claim(self, cid: str) -> None:
        assert isinstance(await self.do(Claim(cid, random_id())), Done)

    async def release(self, cid: str) -> None:
        assert isinstance(await self.do(Release(cid, random_id())), Done)

    async def close(self, cid: str) -> None:
        assert isinstance(await self.do(self.peer.close(cid)), Done)

    async def say(self, cid: str, text: str) -> None:
        await self._send(self.peer.say(cid, text))

    async def help(self, cid: str, text: str) -> None:
        """Say that help is coming."""
        await self.tell(cid, Help(ts=0, b=text, case=random_id()))

    async def tell(self, cid: str, body: MessageBody) -> None:
        """Send any body, whether it is the desk's to send or not."""
        h = codec.encode(self.peer.histories[cid].next_header())
        n, c = seal_message(self.peer.conversations[cid].k_d, "msg", h, codec.encode_bytes(body))
        await self._send(Say(cid, Envelope(h, b64(n), b64(c))))

    async def _send(self, say: Say) -> None:
        cid = say.cid
        assert self.peer.histories[cid].accept(say.env, self.peer.keys.kid) is None
        assert isinstance(await self.do(say), Done)

    async def show(self, cid: str, **presence: Any) -> None:
        """Send a live frame."""
        keys, history = self.peer.conversations[cid], self.peer.histories[cid]
        h = codec.encode(LiveHeader(cid=cid, kc=history.kc, d="d", s=self.peer.keys.kid, ln=self.live_count))
        self.live_count += 1
        n, c = seal_message(keys.k_d, "live", h, codec.encode_bytes(Presence(ts=0, **presence)))
        await self.peer.wire.send(DeskLive(cid, h, b64(n), b64(c)))

    def kinds(self, cid: str) -> list[str]:
        return [event.kind for event in self.events if event.cid == cid]


@asynccontextmanager
async def on_duty(relay_url: str, station: Station, keys: Keys | None = None) -> AsyncIterator[Officer]:
    """An officer (the lead by default) who is logged in and has caught up."""
    async with officer(relay_url, station, keys or station.lead) as peer:
        desk = Officer(peer)
        reading = asyncio.create_task(desk.read())
        try:
            await desk.until(lambda: desk.caught_up)
            yield desk
        finally:
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading


__all__ = ["Officer", "Text", "on_duty"]
