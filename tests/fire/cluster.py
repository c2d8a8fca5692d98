"""Two relays that are processes of their own, over NATS servers, behind a proxy: one desk at one address."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Final

from websockets.exceptions import ConnectionClosed

from officer_console.model.events import Event
from officer_console.relay.log.address import parse
from officer_console.relay.log.jetstream import JetStreamLog
from tests.nats import Node, Servers
from tests.relay.peers import Keys, Station

from .proxy import Proxy
from .served import Served, Way, founding_code, free_port
from .small_disk import SmallDisk

FOUND_S: Final = 20.0
AGAIN_S: Final = 0.2
AGREED_S: Final = 60.0
_names = count(1)


class Pair:
    """A desk of several relays (`ways`: how each is run); `url` is the proxy's. `log` and `boxes` give what was stored
    when it was `read`. `disks` are those of the servers."""

    def __init__(
        self, folder: Path, servers: Servers, relays: int = 2, ways: Sequence[Way] = (), disks: Sequence[SmallDisk] = ()
    ) -> None:
        self.servers = servers
        self.desk = f"fire{next(_names)}"
        self.address = servers.url(self.desk)
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.disks = list(disks)
        more = f'log = "{self.address}"\ncopies = {servers.copies}'
        self.relays = []
        for number in range(relays):
            own = folder / f"relay{number}"
            own.mkdir()
            way = ways[number] if ways else Way()
            self.relays.append(Served(own, public=self.url, more=more, way=way))
        self.proxy = Proxy(relay.where for relay in self.relays)
        self._events: list[Event] = []
        self._boxes: dict[str, str] = {}

    @asynccontextmanager
    async def running(self, station: Station, *members: Keys) -> AsyncIterator[None]:
        """Founded and served; killed at the end."""
        async with self.unfounded() as code:
            await self._found(code, station, *members)
            yield

    async def _found(self, code: str, station: Station, *members: Keys) -> None:
        """Through any of the relays, once the servers have agreed on who leads the list of officers."""
        async with asyncio.timeout(FOUND_S):
            while True:
                with contextlib.suppress(ConnectionClosed):
                    return await self.relays[-1].found_with(code, station, *members)
                await asyncio.sleep(AGAIN_S)

    @asynccontextmanager
    async def unfounded(self) -> AsyncIterator[str]:
        """Served, with a code to found the desk with; killed at the end."""
        code = await self._init()
        async with self.proxy.running(self._port):
            try:
                for relay in self.relays:
                    await relay.start()
                for relay in self.relays:
                    await relay.ready()
                yield code
            finally:
                for relay in self.relays:
                    await relay.kill()

    async def _init(self) -> str:
        """Make the streams; the relays' common key is the first one's. The founding code."""
        said = await self.relays[0].init()
        key = (self.relays[0].data / "relay.key").read_bytes()
        for relay in self.relays[1:]:
            relay.data.mkdir(mode=0o700)
            (relay.data / "relay.key").write_bytes(key)
        return founding_code(said)

    async def read(self) -> None:
        """Take down what is stored, as one more relay would see it, once no server tells what was stored long ago."""
        async with asyncio.timeout(AGREED_S):
            await self.servers.agreed()
        with tempfile.TemporaryDirectory() as folder:
            log = JetStreamLog(Path(folder), parse(self.address), self.servers.copies, lambda: 0)
            await log.start()
            self._events = await log.read(0, 10**9)
            cids = {event.cid for event in self._events if event.kind == "opened"}
            openings = await log.shelf.openings(sorted(cids))
            self._boxes = {cid: opening.box for cid, opening in openings.items()}
            await log.close()

    def leader(self) -> Node:
        """The server that leads the stream of events; any while none does."""
        return self.servers.leader(f"{self.desk}-events") or self.servers.nodes[0]

    def log(self) -> list[Event]:
        return self._events

    def boxes(self) -> dict[str, str]:
        return self._boxes
