"""Clocks that are stepped: the relay's (see `stepped`), and those of the clients, which are told the time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Final

from tests.fire.fire import Fire
from tests.fire.scenario import Scenario
from tests.fire.stage import Alone

from .stages import proxied, with_its_own_clock
from .wires import cut

STEPS_S: Final = (3600, -3600, 30, -30)
"""What is set right by hand, an hour of summer time taken for the true one, and what a time server sets right."""


@asynccontextmanager
async def relay_stepped(fire: Fire, random: Random) -> AsyncIterator[None]:
    """And its clients have to come back meanwhile."""
    stage = fire.stage
    assert isinstance(stage, Alone)
    stage.step(random.choice(STEPS_S))
    async with cut(fire, random):
        yield
    stage.step(0)


@asynccontextmanager
async def clients_stepped(fire: Fire, random: Random) -> AsyncIterator[None]:
    """All visitors and consoles; they have to come back meanwhile."""
    fire.time.step_s = random.choice(STEPS_S)
    async with cut(fire, random):
        yield
    fire.time.step_s = 0


RELAY = Scenario(
    "relay's clock stepped", "sqlite", "the relay's clock is set by an hour or half a minute, and back", relay_stepped,
    with_its_own_clock, hold_s=(2.0, 5.0), least_s=12.0,
)  # fmt: skip
CLIENTS = Scenario(
    "clients' clocks stepped", "sqlite", "the clocks of all clients are set by an hour or half a minute, and back",
    clients_stepped, proxied, hold_s=(2.0, 5.0), least_s=12.0,
)  # fmt: skip
