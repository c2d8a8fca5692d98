"""kill -9: of the relay, of one of two, of servers of NATS, of consoles."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Final

from tests.fire.cluster import Pair
from tests.fire.fire import Fire, People
from tests.fire.scenario import Scenario
from tests.nats import Node

from .stages import alone, cluster

AGAIN_S: Final = (0.0, 0.9)
"""Seconds after which a relay that is being started is killed once more: it has hardly begun, or everybody is just
coming back."""
GENTLY: Final = 0.3
"""Of so many relays of two one is stopped in order instead, as for an upgrade."""


@asynccontextmanager
async def relay_killed(fire: Fire, random: Random) -> AsyncIterator[None]:
    """Once, or once more in the middle of coming back."""
    (relay,) = fire.stage.relays
    await relay.kill()
    for _ in range(random.randrange(3)):
        await relay.start()
        await asyncio.sleep(random.uniform(*AGAIN_S))
        await relay.kill()
    yield
    await relay.start()
    await relay.ready()


@asynccontextmanager
async def one_of_two_killed(fire: Fire, random: Random) -> AsyncIterator[None]:
    """Or stopped in order."""
    relay = random.choice(fire.stage.relays)
    await (relay.stop() if random.random() < GENTLY else relay.kill())
    yield
    await relay.start()
    await relay.ready()


@asynccontextmanager
async def leader_killed(fire: Fire, random: Random) -> AsyncIterator[None]:
    """The server that leads the stream of events."""
    pair = cluster_of(fire)
    async with _down(pair, await asyncio.to_thread(pair.leader)):
        yield


@asynccontextmanager
async def node_killed(fire: Fire, random: Random) -> AsyncIterator[None]:
    """One that does not."""
    pair = cluster_of(fire)
    leader = await asyncio.to_thread(pair.leader)
    async with _down(pair, random.choice([node for node in pair.servers.nodes if node is not leader])):
        yield


@asynccontextmanager
async def consoles_killed(fire: Fire, random: Random) -> AsyncIterator[None]:
    """All that are processes, in the same moment; their next lives begin with what the disk has."""
    await asyncio.gather(*(child.kill() for child in fire.children))
    yield
    for child in fire.children:
        await child.start()


@contextlib.asynccontextmanager
async def _down(pair: Pair, node: Node) -> AsyncIterator[None]:
    node.kill()
    yield
    node.start()


def cluster_of(fire: Fire) -> Pair:
    assert isinstance(fire.stage, Pair)
    return fire.stage


RELAY = Scenario(
    "relay killed", "sqlite", "kill -9 of the relay, up to three times before it may stay", relay_killed, alone,
    hold_s=(0.0, 0.8), aim_s=5.0, least_s=10.0,
)  # fmt: skip
CONSOLES = Scenario(
    "consoles killed", "sqlite", "kill -9 of four consoles with unsent work", consoles_killed, alone,
    hold_s=(0.2, 1.0), people=People(consoles=2, children=4), least_s=12.0,
)  # fmt: skip
RELAY_OF_TWO = Scenario(
    "relay of two killed", "cluster", "kill -9 of a relay; three in ten are stopped in order", one_of_two_killed,
    cluster, goes_on=True, aim_s=5.0, least_s=13.0,
)  # fmt: skip
LEADER = Scenario(
    "leader killed", "cluster", "kill -9 of the server that leads the stream", leader_killed, cluster, goes_on=True,
    aim_s=5.0, least_s=20.0,
)  # fmt: skip
NODE = Scenario(
    "node killed", "cluster", "kill -9 of a server that does not lead", node_killed, cluster, goes_on=True, aim_s=5.0,
    least_s=15.0,
)  # fmt: skip
