"""The relay, over each of its logs, beside a bare echo: durable, acknowledged, delivered sealed messages. Then the logs
alone (`log`), how it grows (`growth`), and a chat server with an archive (`prosody`).

One client process, the same code for all, alternating rounds; relays and echo each a process of its own, with the same
event loop; the cluster's log is three servers on the same machine. OFFICERS consoles follow the whole desk and hold
CONVERSATIONS between them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from statistics import median
from typing import Final

import msgspec
from websockets.asyncio.client import ClientConnection, connect

from officer_console.protocol import codec
from officer_console.protocol.commands import Claim
from officer_console.protocol.founding import parse_founding_code
from officer_console.protocol.frames import Ack, Done, Follow, Here
from tests.relay.peers import DeskPeer, Keys, Station, VisitorPeer, Wire, found_by_code, random_id

from . import growth, log, prosody, servers
from .echo import fast_loop
from .report import Figure, figure, plain, progress, quantile
from .talks import Talk, echoed_desk, echoed_page, relays_desk, relays_page

CONVERSATIONS: Final = 100
OFFICERS: Final = 4
ROUNDS: Final = 3
ROUND_S: Final = 4.0
WARM_S: Final = 1.0
TICK_S: Final = 0.001
"""The client sleeps at least so long: shorter sleeps are a busy loop, which takes one of two cores from the server."""
LEAST_RATE: Final = 0.5
MOST_P99: Final = 3.0


class Side(msgspec.Struct):
    """One server with the conversations that go over it, and what was measured."""

    name: str
    talks: list[Talk]
    rates: list[float] = msgspec.field(default_factory=list)
    p99s: list[float] = msgspec.field(default_factory=list)


def run() -> list[Figure]:
    """Measure all that the relay's speed is made of: a few minutes."""
    return [*_beside_echo(), *log.run(), *growth.run(), *prosody.run()]


def _beside_echo() -> list[Figure]:
    progress(f"{CONVERSATIONS} conversations over an echo, a relay, a relay on a cluster")
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        echo, alone, cluster = runner.run(_measure())
    rates, p99s = median(echo.rates), median(echo.p99s)
    return [
        figure("relay.messages", median(alone.rates), rates, "messages/s", (">=", LEAST_RATE)),
        figure("relay.p99", median(alone.p99s), p99s, "ms at half load", ("<=", MOST_P99)),
        plain("relay.cluster.messages", median(cluster.rates), "messages/s", rates),
        plain("relay.cluster.p99", median(cluster.p99s), "ms at half load", p99s),
    ]


async def _measure() -> list[Side]:
    async with contextlib.AsyncExitStack() as stack:
        tasks = await stack.enter_async_context(_task_group())
        sides = [
            Side("echo", await stack.enter_async_context(_over_echo(tasks))),
            Side("relay", await stack.enter_async_context(_over_relay(tasks, 0))),
            Side("relay.cluster", await stack.enter_async_context(_over_relay(tasks, 3))),
        ]
        for side in sides:
            await _closed(side.talks, WARM_S)
        for _ in range(ROUNDS):
            for side in sides:
                side.rates.append(await _closed(side.talks, ROUND_S))
        for _ in range(ROUNDS):
            for side in sides:
                side.p99s.append(await _paced(side.talks, median(side.rates) / 2, ROUND_S))
        return sides


@contextlib.asynccontextmanager
async def _task_group() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group whose tasks end with the block."""
    with contextlib.suppress(asyncio.CancelledError):
        async with asyncio.TaskGroup() as tasks:
            yield tasks
            raise asyncio.CancelledError


# ---- load ----------------------------------------------------------------------------------------------------------


async def _closed(talks: list[Talk], seconds: float) -> float:
    """Each conversation sends its next message when the last one is through; messages a second."""
    tasks: set[asyncio.Task[None]] = set()
    begin = time.perf_counter()
    count = 0

    def told(talk: Talk, taken: float) -> None:
        nonlocal count
        if time.perf_counter() - begin < seconds:
            count += 1
            _say(talk, tasks)

    for talk in talks:
        talk.told = told
        _say(talk, tasks)
    await asyncio.sleep(seconds)
    await _drained(talks)
    return count / seconds


async def _paced(talks: list[Talk], rate: float, seconds: float) -> float:
    """`rate` messages a second, evenly, whatever comes back; 99 % were through within so many ms."""
    tasks: set[asyncio.Task[None]] = set()
    taken: list[float] = []
    for talk in talks:
        talk.told = lambda _, seconds: taken.append(seconds)
    begin = time.perf_counter()
    for i in range(int(rate * seconds)):
        while (ahead := begin + i / rate - time.perf_counter()) > 0:
            await asyncio.sleep(max(ahead, TICK_S))
        _say(talks[i % len(talks)], tasks)
    await _drained(talks)
    return quantile(taken, 0.99) * 1000


def _say(talk: Talk, tasks: set[asyncio.Task[None]]) -> None:
    task = asyncio.create_task(talk.say())
    tasks.add(task)
    task.add_done_callback(tasks.discard)


async def _drained(talks: list[Talk]) -> None:
    async with asyncio.timeout(30):
        while any(talk.busy for talk in talks):
            await asyncio.sleep(0.01)


# ---- the two servers -----------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _over_echo(tasks: asyncio.TaskGroup) -> AsyncIterator[list[Talk]]:
    station = Station(int(time.time()))
    with servers.echo() as (_process, url):
        async with contextlib.AsyncExitStack() as stack:
            desks = [
                DeskPeer(station, Keys(str(i)), Wire(await _link(stack, url), codec.desk_in), sid=random_id())
                for i in range(OFFICERS)
            ]
            talks = []
            for i in range(CONVERSATIONS):
                link = await _link(stack, url)
                talks.append(Talk(VisitorPeer(url, station), desks[i % OFFICERS], link, parts=1))
                tasks.create_task(echoed_page(talks[-1], link))
            for desk in desks:
                tasks.create_task(echoed_desk([talk for talk in talks if talk.desk is desk], desk))
            yield talks


@contextlib.asynccontextmanager
async def _over_relay(tasks: asyncio.TaskGroup, copies: int) -> AsyncIterator[list[Talk]]:
    """A relay over a file, or over so many servers of NATS."""
    station = Station(int(time.time()))
    officers = [station.enrol(f"Officer {i}")[0] for i in range(OFFICERS)]
    with servers.relay(copies) as relay:
        url = relay.url
        await found_by_code(url, parse_founding_code(relay.code).token, station, *officers)
        async with contextlib.AsyncExitStack() as stack:
            desks = [await _log_in(stack, url, station, keys) for keys in officers]
            talks = []
            for i in range(CONVERSATIONS):
                page = VisitorPeer(url, station)
                link = await _link(stack, url.replace("http", "ws") + "/ws", origin=url)
                await _opened(page, Wire(link, codec.visitor_out))
                desk = desks[i % OFFICERS]
                assert isinstance(await desk.do(Claim(page.cid, random_id())), Done)
                talks.append(Talk(page, desk, link, parts=2))
                tasks.create_task(relays_page(talks[-1], link))
            for desk in desks:
                tasks.create_task(relays_desk([talk for talk in talks if talk.desk is desk], desk))
            yield talks


async def _log_in(stack: contextlib.AsyncExitStack, url: str, station: Station, keys: Keys) -> DeskPeer:
    host = url.removeprefix("http://")
    desk = DeskPeer(station, keys, Wire(await _link(stack, f"ws://{host}/desk"), codec.desk_out))
    await desk.login(host)
    await desk.wire.send(Follow(0))
    await desk.wire.until(Here)
    return desk


async def _opened(page: VisitorPeer, wire: Wire) -> None:
    await wire.ws.send(codec.padded(page.hello))
    await wire.ws.send(codec.padded(page.opening))
    await wire.ws.send(codec.padded(page.seal("bonjour")))
    await wire.until(Ack)
    await wire.until(Ack)


async def _link(stack: contextlib.AsyncExitStack, url: str, origin: str | None = None) -> ClientConnection:
    link = connect(url, compression=None, origin=origin, max_size=codec.MAX_DESK_OUT)  # type: ignore[arg-type]
    return await stack.enter_async_context(link)
