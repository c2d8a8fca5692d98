"""A patrol request from the key to the relay's disk, and to the room's acknowledgement, beside the bare legs.

Relay and `dispatch serve` are processes of their own, the officer's desk and the room's system are here. The bare legs,
measured in turn with ours: one WebSocket round trip for console and relay, one for relay and dispatch side, one HTTP
post to the room and one back.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final, NamedTuple

import httpx
from websockets.asyncio.client import ClientConnection, connect

from officer_console.client.api import LinkPhase
from officer_console.client.desk import OfficerDesk
from officer_console.client.open_desk import desk_of
from officer_console.dispatch.webhook import sign
from officer_console.model.patrol import PatrolRequest, PatrolState
from tests.client.test_desk import Watched
from tests.dispatch.fake_room import FakeRoom, Hit, status
from tests.fire.patrols import conversations, dispatch_side
from tests.fire.served import enrolled, served
from tests.relay.peers import Station

from .report import Figure, quantile, rounded

REQUESTS: Final = 200
WARM: Final = 10
"""Requests before those that count."""
MOST_ABOVE_MS: Final = 50.0
FRAME: Final = "x" * 3000
"""About as large as a patrol request on the wire."""
REQUEST: Final = PatrolRequest(place="14 rue des lilas", floor="3e gauche", code="48B2", now="il frappe à la porte")


class Taken(NamedTuple):
    """Milliseconds of one request: until it is durable at the relay, and until the room has acknowledged it."""

    durable: float
    acknowledged: float


def run() -> list[Figure]:
    """Measure."""
    ours, bare = asyncio.run(_measure())
    return [
        *_figures("durable", [each.durable for each in ours], [each.durable for each in bare]),
        *_figures("acknowledged", [each.acknowledged for each in ours], [each.acknowledged for each in bare]),
    ]


def _figures(name: str, ours: list[float], bare: list[float]) -> list[Figure]:
    parts = {"p50": 0.5, "p95": 0.95}
    return [_figure(f"patrol.{name}.{id}", quantile(ours, part), quantile(bare, part)) for id, part in parts.items()]


def _figure(id: str, ours: float, bare: float) -> Figure:
    met = ours - bare <= MOST_ABOVE_MS
    return Figure(id, rounded(ours), "ms", rounded(bare), rounded(ours / bare), f"<= {MOST_ABOVE_MS:g} ms above", met)


async def _measure() -> tuple[list[Taken], list[Taken]]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = await stack.enter_async_context(_way(folder))
        bare = await stack.enter_async_context(_bare())
        taken: tuple[list[Taken], list[Taken]] = ([], [])
        for cid in ours.cids:
            taken[0].append(await ours.ask(cid))
            taken[1].append(await bare.ask())
        return taken[0][WARM:], taken[1][WARM:]


# ---- ours --------------------------------------------------------------------------------------------------------


class Way:
    """The officer's desk and the room's system at the two ends."""

    def __init__(self, mine: Watched, room: FakeRoom, client: httpx.AsyncClient, cids: list[str]) -> None:
        self.cids = cids
        self._mine = mine
        self._room = room
        self._client = client
        self._acking: set[asyncio.Task[None]] = set()
        room.usually = self._came

    async def ask(self, cid: str) -> Taken:
        desk = self._mine.desk
        begin = time.perf_counter()
        desk.patrols.request(cid, REQUEST, 0)
        await self._until(desk, cid, lambda patrol: not patrol.unsent)
        durable = time.perf_counter()
        await self._until(desk, cid, lambda patrol: patrol.state is PatrolState.DELIVERED)
        return Taken((durable - begin) * 1000, (time.perf_counter() - begin) * 1000)

    async def _until(self, desk: OfficerDesk, cid: str, fits: Callable[..., bool]) -> None:
        async with asyncio.timeout(30):
            await self._mine.until(lambda: fits(desk.patrols.of(cid)))

    def _came(self, hit: Hit) -> bytes:
        task = asyncio.create_task(self._acknowledge(hit))
        self._acking.add(task)
        task.add_done_callback(self._acking.discard)
        return status(200)

    async def _acknowledge(self, hit: Hit) -> None:
        body = self._room.ack(hit)
        headers = sign([self._room.secret], f"ack-{hit.id}", int(time.time()), body)
        (await self._client.post(self._room.inbound, content=body, headers=headers)).raise_for_status()


@asynccontextmanager
async def _way(folder: Path) -> AsyncIterator[Way]:
    station = Station(int(time.time()))
    keys = station.enrol("Salle 9", "dispatch")[0]
    room = FakeRoom()
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(room.serving())
        relay = await stack.enter_async_context(served(folder, station))
        cids = await conversations(relay, station, REQUESTS + WARM)
        dispatch = dispatch_side(folder / "room", station, keys, relay.url, room)
        stack.push_async_callback(dispatch.kill)
        await dispatch.start()
        (folder / "desk").mkdir(mode=0o700)
        mine = Watched(desk_of(enrolled(station, station.lead, relay.url), folder / "desk"))
        running = asyncio.create_task(mine.desk.run())
        stack.push_async_callback(_ended, running)
        await mine.until(lambda: mine.desk.link.phase is LinkPhase.ONLINE and mine.desk.link.rooms)
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        yield Way(mine, room, client, cids)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


# ---- the bare legs -----------------------------------------------------------------------------------------------


class Legs:
    """Two WebSocket echoes and a bare HTTP server."""

    def __init__(self, first: ClientConnection, second: ClientConnection, client: httpx.AsyncClient, url: str) -> None:
        self._first, self._second, self._client, self._url = first, second, client, url

    async def ask(self) -> Taken:
        begin = time.perf_counter()
        await _there_and_back(self._first)
        durable = time.perf_counter()
        await _there_and_back(self._second)
        for _ in range(2):
            await self._client.post(self._url, content=FRAME)
        return Taken((durable - begin) * 1000, (time.perf_counter() - begin) * 1000)


async def _there_and_back(link: ClientConnection) -> None:
    await link.send(FRAME)
    await link.recv()


@asynccontextmanager
async def _bare() -> AsyncIterator[Legs]:
    async with AsyncExitStack() as stack:
        echo = stack.enter_context(_process("tests.bench.echo"))
        http = stack.enter_context(_process("tests.bench.bare_http"))
        links = [await stack.enter_async_context(connect(f"ws://127.0.0.1:{echo}", compression=None)) for _ in range(2)]
        client = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        yield Legs(links[0], links[1], client, f"http://127.0.0.1:{http}/")


@contextlib.contextmanager
def _process(module: str):  # type: ignore[no-untyped-def]
    """A server in a process of its own; gives the port that it prints."""
    with subprocess.Popen([sys.executable, "-m", module], stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout
            yield int(child.stdout.readline())
        finally:
            child.kill()
