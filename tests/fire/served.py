"""A relay that is a process of its own: `officer-console relay serve`, to be killed and started again in one folder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import msgspec

from officer_console.client.enrolling import Enrolled
from officer_console.client.keychain import RelayPin
from officer_console.model.events import Event
from officer_console.protocol.founding import parse_founding_code
from officer_console.vault.identity import Identity
from tests.relay.peers import Keys, Station, found_by_code

from .proxy import Where
from .reading import read_boxes
from .referee import read_log
from .watch import Watch

LOOK_S: Final = 0.02
"""Seconds between two looks whether it listens."""
PROGRAM: Final = ("-m", "officer_console")
_CONFIG: Final = """
[relay]
data_dir = "{folder}/relay"
host = "{host}"
port = {port}
public_url = "{public}"
{more}
[relay.limits]
messages_burst = 1000000
messages_per_s = 1000
messages_max = 1000000
bytes_max = 1073741824
unanswered_max = 10000
[log]
level = "{level}"
"""


class Way(msgspec.Struct, frozen=True):
    """How a relay is run: at which address, by what before Python, as which program of Python, and whether somebody
    watches it as systemd does."""

    host: str = "127.0.0.1"
    before: tuple[str, ...] = ()
    program: tuple[str, ...] = PROGRAM
    watched: bool = False


class Served:
    """One relay. `said` is the file that gets all its output, `data` its folder; `public` is the address of a proxy
    before it, `more` is added to its [relay]."""

    def __init__(
        self, folder: Path, level: str = "warning", public: str = "", more: str = "", way: Way | None = None
    ) -> None:
        way = way or Way()
        port = self.port = free_port()
        self.own_url = f"http://{way.host}:{port}"
        self.url = public or self.own_url
        self.data = folder / "relay"
        self.said = folder / "relay.out"
        self._way = way
        self._config = folder / "config.toml"
        text = _CONFIG.format(folder=folder, host=way.host, port=port, level=level, public=self.url, more=more)
        self._config.write_text(text)
        self._process: Process | None = None
        self.watch: Watch | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def where(self) -> Where:
        """Where it listens."""
        return Where(self._way.host, self.port)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def found(self, station: Station, *members: Keys) -> None:
        """Found the station's desk on it; it must run."""
        await self.found_with(founding_code(await self.init()), station, *members)

    async def found_with(self, code: str, station: Station, *members: Keys) -> None:
        """Found the station's desk through this relay."""
        await found_by_code(self.own_url, parse_founding_code(code).token, station, *members)

    async def init(self) -> str:
        """`relay init`; what it says."""
        child = await asyncio.create_subprocess_exec(*self._command("init"), stdout=PIPE)
        told, _ = await child.communicate()
        assert child.returncode == 0
        return told.decode()

    async def run(self, *words: str) -> tuple[int, str]:
        """A `relay` command of the same configuration; its exit code and what it said."""
        child = await asyncio.create_subprocess_exec(*self._command(*words), stdout=PIPE, stderr=PIPE)
        out, err = await child.communicate()
        return child.returncode or 0, (out + err).decode()

    def log(self) -> list[Event]:
        """All that it has stored."""
        return read_log(self.data)

    def boxes(self) -> dict[str, str]:
        """Conversation -> its boxed key."""
        return read_boxes(self.data)

    async def start(self) -> None:
        """Begin a new process; it takes a while to listen."""
        if self._way.watched:
            self.watch = Watch()
        process = await self._started()
        if self.watch:
            self._watching = asyncio.create_task(self.watch.run(process, self._started))

    async def _started(self) -> Process:
        environ = {**os.environ, **(self.watch.environ if self.watch else {})}
        with self.said.open("ab") as out:
            self._process = process = await asyncio.create_subprocess_exec(
                *self._command("serve"), stdout=out, stderr=out, env=environ
            )
        return process

    async def ready(self) -> None:
        """Wait until it is well."""
        assert self._process is not None
        async with httpx.AsyncClient(trust_env=False) as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"{self.own_url}/healthz")).status_code == httpx.codes.OK:
                        return
                assert self.watch or self._process.returncode is None, self.said.read_text()
                await asyncio.sleep(LOOK_S)

    async def kill(self) -> None:
        """`kill -9`."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to stop in order."""
        await self._end(signal.SIGTERM)

    def send(self, number: signal.Signals) -> None:
        """A signal after which it lives on."""
        assert self._process is not None
        self._process.send_signal(number)

    async def _end(self, number: signal.Signals) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)
            await self._process.wait()

    def _command(self, *words: str) -> list[str]:
        return [
            *self._way.before,
            sys.executable,
            *self._way.program,
            "--language",
            "en",
            "--config",
            str(self._config),
            "relay",
            *words,
        ]


@asynccontextmanager
async def served(folder: Path, station: Station, *members: Keys, level: str = "warning") -> AsyncIterator[Served]:
    """A relay that runs and whose desk is founded; killed at the end if it still runs."""
    relay = Served(folder, level)
    try:
        await relay.start()
        await relay.ready()
        await relay.found(station, *members)
        yield relay
    finally:
        await relay.kill()


def enrolled(station: Station, keys: Keys, url: str) -> Enrolled:
    """A member of a station as `client.open_desk.desk_of` wants it."""
    identity = Identity(keys.sig, keys.box, None, station.directory.genesis[:16])
    return Enrolled(identity, station.directory, RelayPin(), url)


def founding_code(said: str) -> str:
    """The code among what `relay init` says."""
    return next(word for word in said.split() if word.startswith("oc0."))


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
