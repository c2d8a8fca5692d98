"""How the relay grows: 100, 1,000 and 10,000 conversations whose visitors are connected, and many consoles that follow.

All conversations are held, and mostly idle: over all of them in turn goes a load of LOAD messages a second, then as
many as pass with AT_ONCE on their way. The client is a process of its own, on the same processors: what it takes of
them is told beside.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any, Final

from officer_console.protocol import codec
from officer_console.protocol.founding import parse_founding_code
from officer_console.protocol.frames import Hello
from tests.relay.peers import Station, found_by_code

from . import servers
from .crowd import Crowd, closed, paced
from .echo import fast_loop
from .light import Light, close_all, dial, framed, side_by_side
from .report import Figure, absolute, figure, plain, progress, quantile

CONVERSATIONS: Final = (100, 1_000, 10_000)
OFFICERS: Final = 4
FOLLOWERS: Final = 100
FOLLOWED: Final = 1_000
"""Conversations that so many consoles follow."""
LOAD: Final = 1_000
AT_ONCE: Final = 100
PACED_S: Final = 6.0
CLOSED_S: Final = 3.0
SEALED: Final = 30_000
"""Messages that are ready before as many as possible are sent."""
IN_HAND: Final = 5
"""Messages more that are ready in each conversation before they come evenly: while one waits, others take its turns."""
SETTLE_S: Final = 3.0
IDLE: Final = 5_000
"""Connections whose memory is measured: page open, nothing written yet."""
MOST_MEMORY: Final = 1.3
MOST_P99_MS: Final = 250
LOGS: Final = (("relay", 0), ("relay.cluster", 3))
SPARE: Final = 500
"""Open files that a process needs for other things than its connections."""


def run() -> list[Figure]:
    """Measure."""
    most = servers.open_files() - SPARE
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        return runner.run(_measure(most))


async def _measure(most: int) -> list[Figure]:
    figures = await _memory()
    for name, copies in LOGS:
        async with crowd(copies, OFFICERS) as (relay, there):
            for count in CONVERSATIONS:
                figures += await _grown(name, relay.process, there, min(count, most))
    async with crowd(0, FOLLOWERS) as (relay, there):
        await there.grow(FOLLOWED)
        figures += await _under_load(f"relay.followed by {FOLLOWERS}", relay.process, there)
    return figures


@contextlib.asynccontextmanager
async def crowd(copies: int, officers: int) -> AsyncIterator[tuple[servers.StartedRelay, Crowd]]:
    """A relay over a file, or over so many servers of NATS, with the consoles of so many officers."""
    station = Station(int(time.time()))
    keys = [station.enrol(f"Officer {i}")[0] for i in range(officers)]
    with servers.relay(copies) as relay:
        await found_by_code(relay.url, parse_founding_code(relay.code).token, station, *keys)
        there = Crowd(relay.url, station)
        await there.log_in(keys)
        yield relay, there


async def _grown(name: str, relay: servers.Started, there: Crowd, count: int) -> list[Figure]:
    progress(f"{name}: {count} conversations")
    begin = time.perf_counter()
    new = count - len(there.pairs)
    await there.grow(count)
    opened = new / (time.perf_counter() - begin)
    await asyncio.sleep(SETTLE_S)
    name = f"{name}.{count}"
    idle = await _processors(relay, asyncio.sleep(SETTLE_S))
    there.prepare(SEALED)
    rate = await closed(there.pairs, AT_ONCE, CLOSED_S)
    return [
        plain(f"{name}.opened", opened, "conversations/s"),
        plain(f"{name}.idle", idle[0], "processors, and the client's", idle[1]),
        plain(f"{name}.messages", rate, f"messages/s, {AT_ONCE} on their way"),
        *await _under_load(name, relay, there),
    ]


async def _under_load(name: str, relay: servers.Started, there: Crowd) -> list[Figure]:
    there.prepare(int(LOAD * PACED_S) + IN_HAND * len(there.pairs))
    taken: list[float] = []

    async def load() -> None:
        taken.extend(await paced(there.pairs, LOAD, PACED_S))

    ours, clients = await _processors(relay, load())
    return [
        absolute(f"{name}.p99", quantile(taken, 0.99) * 1000, f"ms at {LOAD} messages/s", MOST_P99_MS),
        plain(f"{name}.processors", ours, "processors, and the client's", clients),
    ]


async def _processors(relay: servers.Started, work: Any) -> tuple[float, float]:
    """What the relay, and this process, take of a processor meanwhile."""
    begin, ours, own = time.perf_counter(), relay.processor_s(), time.process_time()
    await work
    seconds = time.perf_counter() - begin
    return (relay.processor_s() - ours) / seconds, (time.process_time() - own) / seconds


# ---- memory --------------------------------------------------------------------------------------------------------


async def _memory() -> list[Figure]:
    """Of a server, for each connection that says nothing; a visitor has been greeted."""
    progress(f"memory: {IDLE} connections, idle")
    with servers.echo() as (process, url):
        bare = await _bytes_each(process, url, "", b"")
    with servers.relay(0) as relay:
        hello = framed(codec.padded(Hello(1)))
        ours = await _bytes_each(relay.process, relay.url.replace("http", "ws") + "/ws", relay.url, hello)
    return [figure("relay.memory", ours, bare, "bytes/visitor", ("<=", MOST_MEMORY))]


async def _bytes_each(process: servers.Started, url: str, origin: str, first: bytes) -> float:
    await asyncio.sleep(1)
    before = process.memory()
    lights = await come(url, origin, first, IDLE)
    await asyncio.sleep(SETTLE_S)
    each = (process.memory() - before) / IDLE
    assert not any(light.ended for light in lights)
    close_all(lights)
    return each


async def come(url: str, origin: str, first: bytes, count: int) -> list[Light]:
    """So many connections that send `first` and then nothing."""
    lights: list[Light] = []

    async def one() -> None:
        light = await dial(url, _passed_over, origin)
        light.send(first)
        lights.append(light)

    await side_by_side(one() for _ in range(count))
    return lights


def _passed_over(text: bytes) -> None: ...
