"""Networks that fall apart: servers of NATS from each other, and a relay from all servers (network namespaces)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Final

from tests.fire.fire import Fire
from tests.fire.namespaces import why_not
from tests.fire.scenario import Scenario

from .stages import Apart, apart

HOLD_S: Final = (8.0, 20.0)


@asynccontextmanager
async def leader_apart(fire: Fire, random: Random) -> AsyncIterator[None]:
    """The stream's leader from the other servers; relays still reach it."""
    pair = _apart(fire)
    async with _pulled(pair, (await asyncio.to_thread(pair.leader)).name, "back"):
        yield


@asynccontextmanager
async def node_apart(fire: Fire, random: Random) -> AsyncIterator[None]:
    """A server that does not lead, from the other servers and from the relays."""
    pair = _apart(fire)
    leader = await asyncio.to_thread(pair.leader)
    name = random.choice([node.name for node in pair.servers.nodes if node is not leader])
    async with _pulled(pair, name, "back", "front"):
        yield


@asynccontextmanager
async def relay_apart(fire: Fire, random: Random) -> AsyncIterator[None]:
    """A relay from all servers; its clients still reach it."""
    pair = _apart(fire)
    pair.network.pull(name := random.choice(("r0", "r1")), "front")
    yield
    pair.network.plug(name, "front")


@asynccontextmanager
async def _pulled(pair: Apart, name: str, *switches: str) -> AsyncIterator[None]:
    pair.network.pull(name, *switches)
    yield
    pair.network.plug(name, *switches)


def _apart(fire: Fire) -> Apart:
    assert isinstance(fire.stage, Apart)
    return fire.stage


LEADER = Scenario(
    "leader cut off", "cluster", "the stream's leader is cut off from the other servers, not from the relays",
    leader_apart, apart, hold_s=HOLD_S, goes_on=True, least_s=25.0, why_not=why_not,
)  # fmt: skip
NODE = Scenario(
    "node cut off", "cluster", "a server that does not lead is cut off from all", node_apart, apart, hold_s=HOLD_S,
    goes_on=True, aim_s=5.0, least_s=22.0, why_not=why_not,
)  # fmt: skip
RELAY = Scenario(
    "relay cut off", "cluster", "a relay is cut off from all servers, not from its clients", relay_apart, apart,
    hold_s=HOLD_S, aim_s=5.0, least_s=22.0, why_not=why_not,
)  # fmt: skip
