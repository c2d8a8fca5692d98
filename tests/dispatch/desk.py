"""A desk with a visitor, an officer who asks for patrols, and the member of the dispatch role, for tests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from officer_console.client.keychain import Keychain, RelayPin
from officer_console.client.patrol_seal import is_honest, read_told, seal_patrol
from officer_console.config import Dispatch
from officer_console.dispatch.posting import Timing
from officer_console.dispatch.room import RoomKeys
from officer_console.dispatch.service import Membership, Running, running_dispatch
from officer_console.model.events import Event, PatrolStatus
from officer_console.model.patrol import Asked as ModelAsked
from officer_console.model.patrol import Cases, PatrolRequest, asked, dump_request, told
from officer_console.protocol.commands import Wrap
from officer_console.protocol.frames import Done, Happened
from officer_console.vault.directory import Directory, found, issue_desk_key
from officer_console.vault.identity import Identity
from officer_console.vault.primitives import make_signing_key
from tests.relay.peers import DeskPeer, Keys, Station, VisitorPeer, founded_relay, officer, random_id

from .fake_room import OURS, ROOM, SECRET, FakeRoom

WAIT_S = 30
FAST = Timing(points=(0, 0.02, 0.05, 0.1, 0.2, 0.3), every=0.3, tries_for=0.3, rest=0.01, longest=0.6)
"""The schedule, a hundred times as fast."""
MARKER = "lavande-7fQz2mWk9xTb"
REQUEST = PatrolRequest(
    place=f"14 rue {MARKER}", city="Mâcon", floor="3", people="elle et un enfant", now="il frappe à la porte"
)


class Told(NamedTuple):
    """One thing that the officer reads."""

    state: str
    re: str
    code: str = ""
    unit: str = ""
    words: str = ""


def identity_of(station: Station, keys: Keys) -> Identity:
    return Identity(keys.sig, keys.box, None, station.directory.genesis[:16])


def membership(station: Station, keys: Keys, url: str, folder: Path) -> Membership:
    folder.mkdir(mode=0o700, exist_ok=True)
    chain = RoomKeys(identity_of(station, keys), station.directory, RelayPin())
    return Membership(url, chain, folder)


def settings(room: FakeRoom | str, **changed: Any) -> Dispatch:
    url = room if isinstance(room, str) else room.url
    return msgspec.structs.replace(Dispatch(url=url, sender=OURS, recipient=ROOM), **changed)


class Officer:
    """A shift lead at a console: asks, and reads what is told."""

    def __init__(self, peer: DeskPeer, visitor: VisitorPeer) -> None:
        self.peer = peer
        self.cid = visitor.cid
        self.events: list[Event] = []
        station = peer.station
        self.chain = Keychain(identity_of(station, peer.keys), station.directory, RelayPin())
        self.chain.learn([], [Wrap(station.desk_key.kid, peer.keys.kid, station.wrap(peer.keys).box)])

    async def ask(self, request: PatrolRequest = REQUEST, *, ago: int = 0) -> str:
        """Ask for a patrol (`ago`: sealed so many ms before); gives the event's id."""
        return await self._do("request", dump_request(request), ago)

    async def cancel(self, reason: str = "fausse alerte") -> str:
        return await self._do("cancel", reason)

    async def _do(self, act: Any, text: str, ago: int = 0) -> str:
        id = random_id()
        do = seal_patrol(self.chain, self.cid, id, act, text, time.time_ns() // 1_000_000 - ago)
        answer = await self.give(do)
        assert isinstance(answer, Done), answer
        return id

    async def give(self, do: Any) -> Any:
        """Give a command and wait for its answer; events that come meanwhile are kept."""
        await self.peer.wire.send(self.peer.command(do))
        while True:
            frame = await self.peer.wire.get()
            if isinstance(frame, Happened):
                self.events.append(frame.e)
            if getattr(frame, "c", None) == self.peer.given:
                return frame

    async def told(self, fits: Callable[[list[Told]], object]) -> list[Told]:
        """Read on until what was told fits; gives all of it."""
        while not fits(self.so_far()):
            self.events.append((await self.peer.wire.until(Happened)).e)
        return self.so_far()

    def so_far(self) -> list[Told]:
        told = (event for event in self.events if isinstance(event.what, PatrolStatus) and event.cid == self.cid)
        return [self._read(event) for event in told]

    def _read(self, event: Event) -> Told:
        """One of this conversation; others are passed over before."""
        assert isinstance(event.what, PatrolStatus) and is_honest(self.chain, event)
        header = msgspec.json.decode(event.what.h)
        body = read_told(self.chain, event)
        words = (body.code, body.unit, body.b) if body else ("", "", "")
        return Told(header["state"], header["re"], *words)

    def cases(self) -> Cases:
        """The fold of all that came."""
        cases: Cases = ()
        for event in (each for each in self.events if each.cid == self.cid):
            if event.kind in ("patrol_requested", "patrol_cancelled"):
                cases = asked(cases, ModelAsked(event.id, event.by, event.at, event.kind == "patrol_cancelled"))
            elif isinstance(event.what, PatrolStatus):
                cases = told(cases, event.what.h, event.at)
        return cases


class Scene(NamedTuple):
    """Everybody."""

    station: Station
    keys: Keys
    relay_url: str
    relay: Any
    visitor: VisitorPeer
    officer: Officer
    room: FakeRoom
    folder: Path

    @property
    def mine(self) -> Membership:
        return membership(self.station, self.keys, self.relay_url, self.folder / "dispatch")

    @asynccontextmanager
    async def dispatch(self, timing: Timing = FAST, secrets: Any = (SECRET,), **changed: Any) -> AsyncIterator[Running]:
        """`dispatch serve` in this process."""
        context = changed.pop("context", None)
        async with running_dispatch(
            settings(self.room, **changed), self.mine, list(secrets), port=0, timing=timing, context=context
        ) as running:
            self.room.inbound = running.url
            yield running

    @asynccontextmanager
    async def another(self) -> AsyncIterator[Officer]:
        """Another visitor, and the officer for her."""
        visitor = VisitorPeer(self.relay_url, self.station)
        async with visitor.talking("moi aussi"), officer(self.relay_url, self.station, self.station.lead) as peer:
            yield Officer(peer, visitor)

    async def stored(self) -> list[Event]:
        log: list[Event] = await self.relay.relay.context.log.read(0, 100_000)
        return log


@asynccontextmanager
async def scene(
    folder: Path, room: FakeRoom | None = None, context: Any = None, station: Station | None = None
) -> AsyncIterator[Scene]:
    """A relay, a visitor who has written, an officer at her console, a room's system; the dispatch side is to be
    started."""
    station = station or Station(int(time.time()))
    keys, _entry = station.enrol("La salle", "dispatch")
    (folder / "relay").mkdir(mode=0o700)
    room = room or FakeRoom()
    async with asyncio.timeout(WAIT_S), AsyncExitStack() as stack:
        await stack.enter_async_context(room.serving(context))
        relay = await stack.enter_async_context(founded_relay(folder / "relay", station))
        visitor = VisitorPeer(relay.url, station)
        await stack.enter_async_context(visitor.talking("au secours"))
        peer = await stack.enter_async_context(officer(relay.url, station, station.lead))
        who = Officer(peer, visitor)
        yield Scene(station, keys, relay.url, relay, visitor, who, room, folder)


def states(told: list[Told]) -> list[str]:
    return [each.state for each in told]


class PracticeStation(Station):
    """A desk that was founded for practice."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.lead = Keys("Lead")
        self.root = make_signing_key()
        directory = Directory.verify(found("Test", self.root, self.lead.applicant, now, use="practice"))
        entry, self.desk_priv = issue_desk_key(directory, self.lead.sig, now)
        self.directory = directory.extend([entry])
        self.desk_key = self.directory.desk_key(now)
