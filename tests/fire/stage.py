"""What is under fire: one relay with its own file (`Alone`), or a cluster (`cluster.Pair`), in the same words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final, Protocol

from officer_console.model.events import Event
from tests.nats import Servers
from tests.relay.peers import Keys, Station

from .proxy import Proxy
from .served import PROGRAM, Served, Way, free_port
from .small_disk import SmallDisk

DISK_MIB: Final = 24
"""Room for what a short fire stores, several times."""


class Stage(Protocol):
    """`url` is what clients know. `proxy`, `servers` and `disks` are None or empty where a stage has none."""

    url: str
    relays: list[Served]
    proxy: Proxy | None
    servers: Servers | None
    disks: list[SmallDisk]

    def running(self, station: Station, *members: Keys) -> AbstractAsyncContextManager[None]: ...
    async def read(self) -> None:
        """Take down what is stored, for `log` and `boxes`."""

    def log(self) -> list[Event]: ...
    def boxes(self) -> dict[str, str]: ...


class Alone:
    """One relay: behind a proxy, on a small disk, with a clock that can be stepped, watched, if so wanted."""

    servers = None

    def __init__(
        self,
        folder: Path,
        *,
        proxied: bool = False,
        small: bool = False,
        stepped: bool = False,
        watched: bool = False,
    ) -> None:
        self._clock = folder / "step"
        self._clock.write_text("0")
        self._port = free_port()
        public = f"http://127.0.0.1:{self._port}" if proxied else ""
        program = ("-m", "tests.fire.stepped", str(self._clock)) if stepped else PROGRAM
        relay = Served(folder, public=public, way=Way(program=program, watched=watched))
        self.relays = [relay]
        self.url = relay.url
        self.proxy = Proxy([relay.where]) if proxied else None
        self._small = small
        self.disks: list[SmallDisk] = []

    @property
    def data(self) -> Path:
        return self.relays[0].data

    @asynccontextmanager
    async def running(self, station: Station, *members: Keys) -> AsyncIterator[None]:
        """Founded and served; killed at the end."""
        (relay,) = self.relays
        async with AsyncExitStack() as stack:
            if self._small:
                stack.enter_context(self._own_disk(relay.data))
            if self.proxy:
                await stack.enter_async_context(self.proxy.running(self._port))
            stack.push_async_callback(relay.kill)
            await relay.start()
            await relay.ready()
            await relay.found(station, *members)
            yield

    @contextmanager
    def _own_disk(self, folder: Path) -> Iterator[None]:
        folder.mkdir(mode=0o700)
        with SmallDisk(folder, DISK_MIB) as disk:
            self.disks = [disk]
            yield

    async def read(self) -> None:
        """Nothing to be taken down: it is in a file."""

    def log(self) -> list[Event]:
        return self.relays[0].log()

    def boxes(self) -> dict[str, str]:
        return self.relays[0].boxes()

    def step(self, seconds: float) -> None:
        """Set the relay's clock so many seconds before or after the true time."""
        new = self._clock.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self._clock)  # whoever looks sees the one or the other
