"""After an erasure no byte of the conversation's key is left: not in a file, not in a free block, not in a backup."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from officer_console.protocol.commands import EraseConversation
from officer_console.protocol.frames import Done, Erase, Gone
from tests.fire.cluster import Pair
from tests.fire.served import Served, served
from tests.nats import Servers, contents
from tests.needles import memory
from tests.relay.peers import Station, VisitorPeer, officer, random_id

from .disk import Disk, new_disk
from .traces import Trace, hits, opened_by_a_thief

CONVERSATIONS: Final = 24
ENGINES: Final = {"sqlite": 0, "single": 1, "cluster": 3}
"""Engine -> how many servers of NATS it needs."""


class Desk(NamedTuple):
    """A founded desk whose store is on a disk; `url` is where it is reached, `relays` its processes."""

    url: str
    relays: Sequence[Served]
    servers: Servers | None

    @property
    def processes(self) -> list[int]:
        nodes = self.servers.nodes if self.servers else []
        return [*(relay.pid for relay in self.relays), *(node.pid for node in nodes)]


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return new_disk(tmp_path)


@pytest.fixture
def station() -> Station:
    return Station(int(time.time()))


@asynccontextmanager
async def desk_on(folder: Path, engine: str, station: Station) -> AsyncIterator[Desk]:
    """The whole of it in one folder; everybody is stopped in order at the end."""
    if not ENGINES[engine]:
        async with served(folder, station) as relay:
            yield Desk(relay.url, [relay], None)
            await relay.stop()
        return
    with running(folder, ENGINES[engine]) as servers:
        pair = Pair(folder, servers)
        async with pair.running(station):
            yield Desk(pair.url, pair.relays, servers)
            for relay in pair.relays:
                await relay.stop()


@contextmanager
def running(folder: Path, count: int) -> Iterator[Servers]:
    """Servers that leave their files where they are."""
    servers = Servers(folder / "nats", count)
    try:
        servers.start()
        yield servers
    finally:
        for node in servers.nodes:
            node.kill(signal.SIGTERM)


async def conversations(url: str, station: Station) -> list[Trace]:
    """Everybody writes; what was given to the relay of each."""
    visitors = [VisitorPeer(url, station) for _ in range(CONVERSATIONS)]

    async def talk(visitor: VisitorPeer) -> None:
        async with visitor.talking("au secours", "il revient", "vite"):
            pass

    for at in range(0, CONVERSATIONS, 6):
        await asyncio.gather(*map(talk, visitors[at : at + 6]))
    return [Trace(visitor) for visitor in visitors]


async def erase(url: str, station: Station, traces: Sequence[Trace]) -> None:
    """Every second one by herself, the others by a shift lead."""
    async with officer(url, station, station.lead) as lead:
        for number, trace in enumerate(traces):
            visitor = trace.visitor
            if number % 2:
                assert isinstance(await lead.do(EraseConversation(visitor.cid, random_id())), Done)
                continue
            async with visitor.wire(resume_after=0) as page:
                await page.send(Erase(visitor.cid))
                await page.until(Gone)


async def until_no_slot_has(traces: Sequence[Trace], relays: Sequence[Served]) -> None:
    """Each relay hears of an erasure in its own time."""
    async with asyncio.timeout(20):
        while hits(traces, contents([relay.data for relay in relays], "keys.slots")):
            await asyncio.sleep(0.05)


async def until_all_slots_have(traces: Sequence[Trace], relays: Sequence[Served]) -> None:
    async with asyncio.timeout(20):
        for relay in relays:
            while not all(trace.is_whole_in(contents([relay.data], "keys.slots")) for trace in traces):
                await asyncio.sleep(0.05)


async def back_up(desk: Desk, file: Path) -> None:
    """`relay backup`, where there is one, while the relay runs."""
    if desk.servers is None:
        code, told = await desk.relays[0].run("backup", str(file))
        assert code == 0, told


@pytest.mark.parametrize("engine", ENGINES)
async def test_no_block_has_a_byte_of_the_key(engine: str, disk: Disk, station: Station) -> None:
    with disk.mounted() as folder:
        async with desk_on(folder, engine, station) as desk:
            traces = await conversations(desk.url, station)
            gone, kept = traces[::2], traces[1::2]
            there = contents([folder])
            assert all(trace.is_whole_in(there) for trace in traces), "what is there is found"
            await back_up(desk, folder / "backup")
            await erase(desk.url, station, gone)
            await until_no_slot_has(gone, desk.relays)
            live = contents([folder])
        stopped = contents([folder])
    raw = disk.raw()
    assert hits(gone, live) == hits(gone, stopped) == hits(gone, raw) == 0
    assert all(trace.is_whole_in(raw) for trace in kept), "the same search finds who was spared"
    sealed = sum(trace.sealed_in(raw) for trace in gone)
    print(f"{engine}: of {3 * len(gone)} erased messages {sealed} are left in the blocks of the disk, sealed")
    assert opened_by_a_thief(raw, gone, station.desk_priv) == set()
    assert opened_by_a_thief(raw, kept, station.desk_priv) == {trace.visitor.cid for trace in kept}


async def test_a_relay_that_was_down_writes_over_its_slots_when_it_is_back(disk: Disk, station: Station) -> None:
    with disk.mounted() as folder:
        async with desk_on(folder, "single", station) as desk:
            traces = await conversations(desk.url, station)
            gone, kept = traces[::2], traces[1::2]
            one, down = desk.relays
            await until_all_slots_have(traces, desk.relays)
            await down.kill()
            await erase(desk.url, station, gone)
            assert not hits(gone, contents([one.data]))
            assert all(trace.is_whole_in(contents([down.data])) for trace in gone), "it knows of nothing yet"
            await down.start()
            await down.ready()
            await until_no_slot_has(gone, desk.relays)
            async with officer(down.own_url, station, station.lead) as lead:
                await lead.meet(*(trace.visitor.cid for trace in kept))
    raw = disk.raw()
    assert hits(gone, raw) == 0
    assert all(trace.is_whole_in(raw) for trace in kept)


@pytest.mark.parametrize("engine", ["sqlite", "single"])
async def test_after_a_restart_no_memory_has_it(engine: str, tmp_path: Path, station: Station) -> None:
    """What Python and NATS have freed they do not wipe: it is there until something else is, or the process ends."""
    async with desk_on(tmp_path, engine, station) as desk:
        traces = await conversations(desk.url, station)
        gone, kept = traces[::2], traces[1::2]
        await erase(desk.url, station, gone)
        await until_no_slot_has(gone, desk.relays)
        await restart(desk)
        async with officer(desk.url, station, station.lead) as lead:
            await lead.meet(*(trace.visitor.cid for trace in kept))
        seen = set()
        for pid in desk.processes:
            for part in memory(pid):
                assert hits(gone, part) == 0
                seen |= {trace.visitor.cid for trace in kept if trace.is_whole_in(part)}
        assert seen, "the search finds what is there"


async def restart(desk: Desk) -> None:
    """All processes one after the other, so that somebody always has the keys."""
    for node in desk.servers.nodes if desk.servers else ():
        node.kill(signal.SIGTERM)
        node.start()
        await desk.servers.ready_again()  # type: ignore[union-attr]
    for relay in desk.relays:
        await relay.stop()
        await relay.start()
        await relay.ready()
