"""A proxy between clients and relay cuts, delays, throttles and reorders.

TCP keeps the order within a connection, so what can be out of order is connections: a client that has given one up and
has come back on another is overtaken by what the old one still had on its way. That is done here: what clients send is
held, they lose the connection without the relay's knowing, come back, and then the relay gets on the old connection
what was held.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Final

from tests.fire.fire import Fire
from tests.fire.proxy import Passage, Proxy
from tests.fire.scenario import Scenario

from .stages import proxied

DELAY_S: Final = (0.5, 2.0)
RATE: Final = 8_192
"""Bytes a second: a bad mobile network."""
HELD_S: Final = (0.2, 1.0)
LATE_S: Final = (0.2, 2.0)


def proxy_of(fire: Fire) -> Proxy:
    assert fire.stage.proxy is not None
    return fire.stage.proxy


@asynccontextmanager
async def cut(fire: Fire, random: Random) -> AsyncIterator[None]:
    """All connections at once, and those that come back once more."""
    proxy = proxy_of(fire)
    proxy.each(Passage.cut)
    await asyncio.sleep(random.uniform(0.1, 1.0))
    proxy.each(Passage.cut)
    yield


@asynccontextmanager
async def delayed(fire: Fire, random: Random) -> AsyncIterator[None]:
    """Everything, in both directions."""
    proxy_of(fire).weather.delay_s = DELAY_S
    yield
    proxy_of(fire).weather.fine()


@asynccontextmanager
async def throttled(fire: Fire, random: Random) -> AsyncIterator[None]:
    """Each connection, in both directions."""
    proxy_of(fire).weather.rate = RATE
    yield
    proxy_of(fire).weather.fine()


@asynccontextmanager
async def reordered(fire: Fire, random: Random) -> AsyncIterator[None]:
    """See the module."""
    proxy = proxy_of(fire)
    proxy.each(Passage.hold)
    await asyncio.sleep(random.uniform(*HELD_S))
    await proxy.haunt(random.uniform(*LATE_S))
    yield


CUT = Scenario(
    "connections cut", "sqlite", "all connections reset, and again while they come back", cut, proxied, least_s=10.0
)  # fmt: skip
DELAYED = Scenario(
    "connections delayed", "sqlite", "0.5 to 2 s of delay each way", delayed, proxied, hold_s=(4.0, 15.0), least_s=14.0
)  # fmt: skip
THROTTLED = Scenario(
    "connections throttled", "sqlite", "8 KiB a second each way and connection", throttled, proxied, hold_s=(4.0, 15.0),
    least_s=14.0,
)  # fmt: skip
REORDERED = Scenario(
    "connections reordered", "sqlite", "what an old connection had on its way arrives after the new one has begun",
    reordered, proxied, least_s=11.0,
)  # fmt: skip
