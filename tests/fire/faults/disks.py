"""A disk that is full, and later is not: the relay's, and that of a server of NATS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

from tests.fire.fire import Fire
from tests.fire.scenario import Scenario
from tests.fire.small_disk import why_not

from .kills import cluster_of
from .stages import on_a_small_disk, on_small_disks


@asynccontextmanager
async def relay_full(fire: Fire, random: Random) -> AsyncIterator[None]:
    """The folder of the relay."""
    (disk,) = fire.stage.disks
    disk.fill()
    yield
    disk.free()


@asynccontextmanager
async def node_full(fire: Fire, random: Random) -> AsyncIterator[None]:
    """The store of one server. NATS then takes its JetStream out of use until it is started again, which is done."""
    pair = cluster_of(fire)
    number = random.randrange(len(fire.stage.disks))
    node, disk = pair.servers.nodes[number], fire.stage.disks[number]
    disk.fill()
    yield
    disk.free()
    node.kill()
    await asyncio.sleep(0)
    node.start()


RELAY = Scenario(
    "relay's disk full", "sqlite", "the relay's disk is filled to the last byte, and later freed", relay_full,
    on_a_small_disk, hold_s=(3.0, 10.0), least_s=14.0, why_not=why_not,
)  # fmt: skip
NODE = Scenario(
    "node's disk full", "cluster", "the disk of one server is filled; freed, and the server started again", node_full,
    on_small_disks, hold_s=(5.0, 15.0), least_s=22.0, why_not=why_not,
)  # fmt: skip
