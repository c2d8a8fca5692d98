"""SIGSTOP, and SIGCONT later: a process that hangs as under a debugger, on a machine that swaps, in one that is moved.
It keeps its connections, and the kernel takes new ones for it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Final

from tests.fire.fire import Fire
from tests.fire.scenario import Scenario

from .kills import cluster_of
from .stages import alone, cluster, watched, watched_cluster

LOOK_S: Final = 0.05
HOLD_S: Final = (8.0, 30.0)
Send = Callable[[signal.Signals], None]


@asynccontextmanager
async def relay_stopped(fire: Fire, random: Random) -> AsyncIterator[None]:
    """One relay, by chance."""
    with _stopped(random.choice(fire.stage.relays).send):
        yield


@asynccontextmanager
async def relay_hangs(fire: Fire, random: Random) -> AsyncIterator[None]:
    """One relay, by chance; nobody lets it go, but somebody watches it."""
    relay = random.choice(fire.stage.relays)
    assert relay.watch
    before = relay.watch.killed
    relay.send(signal.SIGSTOP)
    yield
    while relay.watch.killed == before:
        await asyncio.sleep(LOOK_S)
    await relay.ready()


@asynccontextmanager
async def leader_stopped(fire: Fire, random: Random) -> AsyncIterator[None]:
    """The server that leads the stream of events."""
    pair = cluster_of(fire)
    leader = await asyncio.to_thread(pair.leader)
    with _stopped(leader.send):
        yield


@asynccontextmanager
async def node_stopped(fire: Fire, random: Random) -> AsyncIterator[None]:
    """One that does not."""
    pair = cluster_of(fire)
    leader = await asyncio.to_thread(pair.leader)
    with _stopped(random.choice([node for node in pair.servers.nodes if node is not leader]).send):
        yield


class _stopped:
    def __init__(self, send: Send) -> None:
        self._send = send

    def __enter__(self) -> None:
        self._send(signal.SIGSTOP)

    def __exit__(self, *error: object) -> None:
        self._send(signal.SIGCONT)


RELAY = Scenario(
    "relay stopped", "sqlite", "SIGSTOP of the relay", relay_stopped, alone, hold_s=HOLD_S, least_s=16.0
)  # fmt: skip
RELAY_OF_TWO = Scenario(
    "relay of two stopped", "cluster", "SIGSTOP of one of two relays", relay_stopped, cluster, hold_s=HOLD_S,
    least_s=25.0,
)  # fmt: skip
HANGS = Scenario(
    "relay hangs", "sqlite", "SIGSTOP of the relay for good; what systemd does kills it and starts it", relay_hangs,
    watched, aim_s=5.0, least_s=14.0,
)  # fmt: skip
HANGS_OF_TWO = Scenario(
    "relay of two hangs", "cluster", "the same, one of two relays", relay_hangs, watched_cluster, goes_on=True,
    aim_s=5.0, least_s=20.0,
)  # fmt: skip
LEADER = Scenario(
    "leader stopped", "cluster", "SIGSTOP of the server that leads the stream", leader_stopped, cluster, hold_s=HOLD_S,
    least_s=25.0,
)  # fmt: skip
NODE = Scenario(
    "node stopped", "cluster", "SIGSTOP of a server that does not lead", node_stopped, cluster, hold_s=HOLD_S,
    least_s=22.0,
)  # fmt: skip
