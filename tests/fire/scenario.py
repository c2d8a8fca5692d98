"""One scenario of the fire: what is done to which stage, with whom around it, and the row that it gives."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from tests.relay.peers import Station

from .fire import Fire, People
from .referee import Faults
from .stage import Stage

Fault = Callable[[Any, Random], AbstractAsyncContextManager[None]]
"""`async with`: it begins, and ends with the block. Its first argument is the Fire."""
Build = Callable[[Path], AbstractContextManager[Stage]]
Told = Callable[[str], None]
CALM_S: Final = (0.5, 1.5)
"""Seconds for which all is well before it burns again."""
SEEN_S: Final = 1.0
"""Seconds after which whoever is hit by it has written and waits: before, everybody seems well."""
END_S: Final = 3.0
"""Seconds that the end takes: everybody quiet, and judged."""
LONG_S: Final = 60.0
"""A scenario that has as much time holds its fault for as long as it wants, a shorter one for as long as it must."""


class Scenario(msgspec.Struct, frozen=True):
    """`engine`: "sqlite" or "cluster". `what` is done, in plain words. `hold_s`: seconds for which it lasts, in a short
    and in a long run. `goes_on`: others take over, so everybody must be well while it lasts. `aim_s`: an outage
    that is less is as it should be, 0 for no aim. `least_s`: what it needs at least. `why_not`: a reason for which it
    can't be run here, or ""."""

    name: str
    engine: str
    what: str
    fault: Fault
    build: Build
    hold_s: tuple[float, float] = (0.0, 0.0)
    goes_on: bool = False
    aim_s: float = 0.0
    people: People = People()
    least_s: float = 10.0
    why_not: Callable[[], str] = str


class Row(msgspec.Struct):
    """What came of it; times in s. `recovery_s`: until everybody was connected and all stored that had been written,
    from the end of the fault, or from its beginning where others take over. `faults`: the first ones, in words."""

    scenario: str
    engine: str
    what: str
    aim_s: float
    visitors: int
    consoles: int
    rounds: int = 0
    held_s: float = 0.0
    seconds: float = 0.0
    events: int = 0
    acknowledged: int = 0
    refused_claims: int = 0
    refused_messages: int = 0
    lost: int = 0
    doubled: int = 0
    disordered: int = 0
    clients: int = 0
    back: int = 0
    outage_s: float = 0.0
    recovery_s: float = 0.0
    faults: list[str] = []

    @property
    def passed(self) -> bool:
        """Nothing lost, doubled or out of order, and everybody has come back."""
        return not (self.lost or self.doubled or self.disordered) and self.back == self.clients

    def take(self, faults: Faults) -> None:
        self.lost, self.doubled, self.disordered = map(len, (faults.lost, faults.doubled, faults.disordered))
        self.faults = (faults.lost + faults.doubled + faults.disordered)[:20]


async def run(
    scenario: Scenario, seconds: float, seed: int, folder: Path, told: Told = print, look: Callable[[Fire], None] = id
) -> Row:
    """One row, in a folder of its own, within about so many seconds; one round of the fault is done in any case.
    `told` hears how it goes, `look` gets everything when it is over."""
    begin = time.monotonic()
    random = Random(f"{seed} {scenario.name}")
    station = Station(int(time.time()))
    people = scenario.people
    consoles = people.consoles + people.children
    row = Row(scenario.name, scenario.engine, scenario.what, scenario.aim_s, people.visitors, consoles)
    with scenario.build(folder) as stage:
        fire = Fire(stage, station, people, folder, random)
        async with stage.running(station, *fire.staff), fire.crowd():
            await fire.well()
            await _burn(scenario, fire, row, begin + seconds, told)
            await _aftermath(fire, row)
            look(fire)
    row.seconds = time.monotonic() - begin
    return row


async def _burn(scenario: Scenario, fire: Fire, row: Row, until: float, told: Told) -> None:
    hold_s = scenario.hold_s[until - time.monotonic() >= LONG_S]
    row.held_s = hold_s
    fire.waits.begin()
    longest = 0.0
    while not row.rounds or await _can_burn_again(fire, until - longest - END_S):
        begin = time.monotonic()
        await asyncio.sleep(fire.random.uniform(*CALM_S))
        fire.still_write()
        recovery = await _round(scenario, fire, hold_s)
        row.rounds += 1
        row.recovery_s = max(row.recovery_s, recovery)
        longest = max(longest, time.monotonic() - begin)
        told(f"{scenario.name}, round {row.rounds}: well after {recovery:.1f} s, outage {fire.waits.longest:.1f} s")


async def _can_burn_again(fire: Fire, until: float) -> bool:
    """Whether there is time for it, and all copies are whole by then: one more that is lost would be the second one,
    and three copies bear the loss of one."""
    if fire.stage.servers is None:
        return time.monotonic() < until
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(until - time.monotonic()):
            await fire.stage.servers.whole()
            return True
    return False


async def _round(scenario: Scenario, fire: Fire, hold_s: float) -> float:
    """The fault once; how long it took until everybody was well."""
    begin = time.monotonic()
    recovery = 0.0
    async with scenario.fault(fire, fire.random):
        if scenario.goes_on:
            await asyncio.sleep(SEEN_S)
            recovery = SEEN_S + await fire.well()
        await asyncio.sleep(max(0.0, begin + hold_s - time.monotonic()))
        begin = time.monotonic()
    await fire.well()
    return recovery if scenario.goes_on else time.monotonic() - begin


async def _aftermath(fire: Fire, row: Row) -> None:
    await fire.hush()
    row.clients, row.back = await fire.all_quiet()
    row.outage_s = fire.waits.longest
    row.take(await fire.judge())
    row.events, row.acknowledged = len(fire.stage.log()), fire.referee.acknowledged
    row.refused_claims, row.refused_messages = fire.referee.refused


def cores() -> int:
    """Cores that this machine gives."""
    return len(os.sched_getaffinity(0))
