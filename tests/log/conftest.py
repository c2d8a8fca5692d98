"""Every engine that the contract holds for. A new engine is one more Place."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import AsyncIterator, Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
import pytest

from officer_console.config import Config
from officer_console.model.events import VERSION
from officer_console.relay.log import records
from officer_console.relay.log.address import parse
from officer_console.relay.log.interface import Engine
from officer_console.relay.log.jetstream import JetStreamLog
from officer_console.relay.log.nats_link import Link
from officer_console.relay.log.nats_streams import Streams
from officer_console.relay.log.sqlite import SqliteLog
from officer_console.relay.log.sqlite_file import connect
from tests.nats import Servers, contents
from tests.relay.peers import relay_config


class Place(Protocol):
    """Where an engine keeps its data: to be opened again and again, and looked into. Its clock gives 1, 2, 3, …"""

    forgets_words: bool
    """Whether no byte of an erased event is left; if not, only what was sealed is left, and its key is not."""

    async def open(self) -> Engine: ...
    async def config(self) -> Config:
        """Of a relay over it."""
        ...

    def raw(self) -> bytes:
        """All bytes that are stored."""
        ...

    async def spoil(self, cid: str, id_: str, by: str, data: bytes, version: int = VERSION) -> None:
        """While no engine is open, store something in a conversation that no engine of this version can read."""
        ...

    def full(self) -> contextlib.AbstractAsyncContextManager[None]:
        """While inside, nothing more can be stored."""
        ...


NewPlace = Callable[[Path], Place]


class SqlitePlace:
    """A folder with a SQLite log."""

    forgets_words = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = count(1).__next__

    async def open(self) -> Engine:
        return SqliteLog(self.folder, self.clock)

    async def config(self) -> Config:
        return relay_config(self.folder)

    def raw(self) -> bytes:
        return b"".join(file.read_bytes() for file in self._files())

    async def spoil(self, cid: str, id_: str, by: str, data: bytes, version: int = VERSION) -> None:
        with contextlib.closing(connect(self.folder / "log.db")) as db:
            row = (1, cid, id_, by, "said", version, data)
            db.execute("INSERT INTO events (at, cid, id, by, kind, version, what) VALUES (?,?,?,?,?,?,?)", row)

    @contextlib.asynccontextmanager
    async def full(self) -> AsyncIterator[None]:
        """No file of this process may grow beyond the largest in the folder: writes fail as on a full disk."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (max(file.stat().st_size for file in self._files()), hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    def _files(self) -> list[Path]:
        return sorted(file for file in self.folder.iterdir() if file.is_file())


class NatsPlace:
    """Streams of their own on servers that others use too, and a relay's folder."""

    _numbers = count(1)

    def __init__(self, servers: Servers, folder: Path) -> None:
        self.servers = servers
        self.folder = folder
        self.name = f"t{next(self._numbers)}"
        self.clock = count(1).__next__
        self.forgets_words = servers.copies == 1
        self.address = parse(servers.url(self.name))
        self.streams = Streams(self.address, servers.copies)
        self._made = False

    async def open(self, folder: Path | None = None) -> JetStreamLog:
        """A relay's log; those of several relays need a folder each."""
        await self._make()
        log = JetStreamLog(folder or self.folder, self.address, self.servers.copies, self.clock)
        await log.start()
        return log

    async def config(self) -> Config:
        await self._make()
        base = relay_config(self.folder)
        relay = msgspec.structs.replace(base.relay, log=self.servers.url(self.name), copies=self.servers.copies)
        return msgspec.structs.replace(base, relay=relay)

    async def _make(self) -> None:
        if not self._made:
            await self.ask(self.streams.make)
            self._made = True

    def raw(self) -> bytes:
        stores = [node.folder / "store" for node in self.servers.nodes]
        own = f"{self.name}-" if self.servers.copies == 1 else ""  # a cluster's journals have names of their own
        return contents([self.folder]) + contents(stores, own)

    async def spoil(self, cid: str, id_: str, by: str, data: bytes, version: int = VERSION) -> None:
        record = msgspec.json.encode((version, 1, id_, by, msgspec.Raw(data)))
        headers = {records.ID: id_, records.BY: by}
        await self.ask(lambda link: link.append(self.streams.event_subject + cid, record, headers))

    @contextlib.asynccontextmanager
    async def full(self) -> AsyncIterator[None]:
        """The stream may not grow: appends fail as on a full disk."""
        await self._limit(1)
        try:
            yield
        finally:
            await self._limit(-1)

    async def _limit(self, most: int) -> None:
        async def change(link: Link) -> None:
            info = await link.ask(f"STREAM.INFO.{self.streams.events}")
            limit = info["state"]["bytes"] + 1 if most > 0 else -1
            await link.ask(f"STREAM.UPDATE.{self.streams.events}", {**info["config"], "max_bytes": limit})

        await self.ask(change)

    async def ask(self, work: Callable[[Link], Any]) -> Any:
        """Do something with a connection of its own."""
        link = Link(self.address)
        await link.connect()
        try:
            return await work(link)
        finally:
            await link.close()


ENGINES: Final = {"sqlite": 0, "single": 1, "cluster": 3}
"""Engine -> how many servers of NATS it needs."""


@pytest.fixture(scope="session", params=ENGINES)
def new_place(request: pytest.FixtureRequest, nats: Callable[[int], Servers]) -> NewPlace:
    """Makes a place of the engine under test in a folder."""
    servers = ENGINES[request.param]
    return partial(NatsPlace, nats(servers)) if servers else SqlitePlace


@pytest.fixture
def place(new_place: NewPlace, tmp_path: Path) -> Place:
    return new_place(tmp_path)


@pytest.fixture
async def log(place: Place) -> AsyncIterator[Engine]:
    log = await place.open()
    yield log
    await log.close()
