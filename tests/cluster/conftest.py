"""Relays side by side over one cluster, each with a folder of its own and the same key."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

import msgspec
import pytest

from officer_console.config import Config
from officer_console.relay.log.address import parse
from officer_console.relay.log.making import connected
from officer_console.relay.log.nats_streams import Streams
from officer_console.relay.service import Running, running_relay
from tests.nats import Servers
from tests.relay.peers import Keys, Station, found_desk, relay_config

_names = count(1)


class House:
    """A desk's streams on some servers, and the relays that are opened over them."""

    def __init__(self, servers: Servers, folder: Path, station: Station) -> None:
        self.servers = servers
        self.station = station
        self.url = servers.url(f"h{next(_names)}")
        self.address = parse(self.url)
        self.streams = Streams(self.address, servers.copies)
        self._folder = folder

    async def make(self) -> None:
        async with connected(self.address) as link:
            await self.streams.make(link)

    def config(self, name: str, **limits: object) -> Config:
        """The configuration of the relay of this name; all have one key."""
        folder = self._folder / name
        folder.mkdir(mode=0o700, exist_ok=True)
        key = self._folder / "relay.key"
        if key.exists():
            (folder / "relay.key").write_bytes(key.read_bytes())
        base = relay_config(folder, **limits)
        timing = msgspec.structs.replace(base.relay.timing, heartbeat_s=1, visitor_lost_after_s=2)
        relay = msgspec.structs.replace(base.relay, log=self.url, copies=self.servers.copies, timing=timing)
        return msgspec.structs.replace(base, relay=relay)

    @contextlib.asynccontextmanager
    async def relay(self, name: str, **limits: object) -> AsyncIterator[Running]:
        async with running_relay(self.config(name, **limits), 0) as relay:
            key = self._folder / "relay.key"
            if not key.exists():
                key.write_bytes((self._folder / name / "relay.key").read_bytes())
            yield relay

    async def found(self, relay: Running, *members: Keys) -> None:
        await found_desk(relay, self.station, *members)


def deafen(relay: Running) -> None:
    """From now on this relay hears of nothing that another one appends."""
    tasks = relay.relay.context.log._tasks  # type: ignore[attr-defined]
    (following,) = [task for task in tasks if task.get_name() == "_follow_events"]
    following.cancel()


@pytest.fixture
def station() -> Station:
    return Station(int(time.time()))


@pytest.fixture
async def house(nats: Callable[[int], Servers], tmp_path: Path, station: Station) -> House:
    """On one server: what several relays do to each other does not depend on how many there are."""
    house = House(nats(1), tmp_path, station)
    await house.make()
    return house
