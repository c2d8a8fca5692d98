"""A founded desk: a relay that listens, and people with keys."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from officer_console.model.events import Event
from officer_console.relay.service import Running

from .peers import DeskPeer, Keys, Station, VisitorPeer, founded_relay, officer

ROLES = ("officer", "trainer", "dispatch", "wall")


class House:
    """A running relay and its desk: a lead, and one member of each other role, by role."""

    def __init__(self, relay: Running, station: Station, members: dict[str, Keys]) -> None:
        self.relay = relay
        self.station = station
        self.members = members

    @property
    def url(self) -> str:
        return self.relay.url

    @property
    def host(self) -> str:
        return self.url.split("://")[1]

    def visitor(self) -> VisitorPeer:
        return VisitorPeer(self.url, self.station)

    def console(self, role: str = "lead", after: int | None = 0) -> AbstractAsyncContextManager[DeskPeer]:
        """A logged-in console of the member with this role."""
        return officer(self.url, self.station, self.members[role], after)

    async def stored(self) -> list[Event]:
        """All that the log has."""
        return await self.relay.relay.context.log.read(0, 100_000)


@pytest.fixture
def station() -> Station:
    return Station(int(time.time()))


def enrol_all(station: Station) -> dict[str, Keys]:
    """One member of each role."""
    roles: tuple[Any, ...] = ROLES
    return {"lead": station.lead, **{role: station.enrol(f"The {role}", role)[0] for role in roles}}


@pytest.fixture
async def house(tmp_path: Path, station: Station) -> AsyncIterator[House]:
    members = enrol_all(station)
    async with founded_relay(tmp_path, station) as relay:
        yield House(relay, station, members)
