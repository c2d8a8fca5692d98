"""`python -m tests.fire.console_child`: an officer at work in a process of his own, to be killed; and who starts it.

The child reads one JSON line (`Wanted`), then writes one line for each thing that the referee has to know, before it
goes on: what a killed console has told is in the pipe. A second line on its input tells it to begin nothing more.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from pathlib import Path
from random import Random

import msgspec

from officer_console.client.enrolling import Enrolled
from officer_console.client.keychain import RelayPin
from officer_console.model.events import What
from officer_console.protocol.commands import Entry
from officer_console.vault.chain import Directory
from officer_console.vault.identity import Identity

from .crowd import Console, Pace
from .referee import Referee, digest


class Wanted(msgspec.Struct):
    """Whose console, its folder, and how he works."""

    url: str
    keys: str
    entries: list[Entry]
    folder: str
    seed: int
    pace: Pace


class Told(msgspec.Struct):
    """What the child says. `what`: a method of the referee, or "state" or "hushed": `seq` is how much is unsent."""

    what: str
    cid: str = ""
    id: str = ""
    seq: int = 0
    more: str = ""
    online: bool = False


class _Telling:
    """The referee's ears, at the other end of a pipe."""

    def meant(self, cid: str, id: str, what: What) -> None:
        _tell(Told("meant", cid, id, more=digest(what)))

    def stored(self, cid: str, id: str, seq: int) -> None:
        _tell(Told("stored", cid, id, seq))

    def refuses(self, cid: str, id: str, code: str) -> None:
        _tell(Told("refuses", cid, id, more=code))

    def needless(self, cid: str, id: str) -> None:
        _tell(Told("needless", cid, id))


def _tell(told: Told) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


async def _run(wanted: Wanted) -> None:
    identity = Identity.parse(wanted.keys)
    directory = Directory.verify(wanted.entries, identity.genesis16)
    who = Enrolled(identity, directory, RelayPin(), wanted.url)
    console = Console(who, Path(wanted.folder), _Telling(), Random(wanted.seed))
    async with console, asyncio.TaskGroup() as group:
        living = group.create_task(console.live(wanted.pace))
        telling = group.create_task(_tell_state(console))
        while await asyncio.to_thread(sys.stdin.buffer.readline):
            living.cancel()
            await asyncio.wait((living,))
            _tell(_state("hushed", console))
        telling.cancel()  # who started it is gone


async def _tell_state(console: Console) -> None:
    last: Told | None = None
    while True:
        told = _state("state", console)
        if told != last:
            _tell(told)
        last = told
        await console.changed()


def _state(what: str, console: Console) -> Told:
    return Told(what, seq=console.desk.link.unsent, online=console.online)


# ---- who starts it ----


class ConsoleChild:
    """The process, and its next one, and what it has told. Its errors are in `said`."""

    def __init__(self, who: Enrolled, folder: Path, referee: Referee, random: Random, pace: Pace) -> None:
        self.who = who
        self.folder = folder
        self.away = False
        self.said = folder.with_suffix(".said")
        self._pace = pace
        self._referee = referee
        self._random = random
        self._process: Process | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._state = Told("state")
        self._changed = asyncio.Event()
        self._hushed = asyncio.Event()

    @property
    def online(self) -> bool:
        return self._state.online

    @property
    def quiet(self) -> bool:
        return self.online and not self._state.seq

    def mark(self) -> Callable[[], bool]:
        """Whether it is connected."""
        return lambda: self.online

    def waits_for(self) -> list[float]:
        """What it waits for it does not tell."""
        return []

    async def until(self, fits: Callable[[], object]) -> None:
        """Wait until something holds of what it has told."""
        while not fits():
            self._changed.clear()
            await self._changed.wait()

    async def start(self) -> None:
        """A new life in the same folder."""
        self._hushed.clear()
        seed = self._random.randrange(2**32)
        entries = [Entry(each.s, each.sig) for each in self.who.directory.entries]
        wanted = Wanted(self.who.relay_url, self.who.identity.text(), entries, str(self.folder), seed, self._pace)
        with self.said.open("ab") as said:
            command = (sys.executable, "-m", "tests.fire.console_child")
            self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=said)
        self._write(msgspec.json.encode(wanted) + b"\n")
        self._hearing = asyncio.create_task(self._hear(self._process))

    async def hush(self) -> None:
        """Begin nothing more. What is told afterwards is how it stands without another word."""
        self._write(b"\n")
        await self._hushed.wait()

    async def kill(self) -> None:
        """`kill -9`, and hear what it has told until then."""
        if self._process is not None and self._hearing is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            await self._hearing
            self._take(Told("state"))

    def _write(self, line: bytes) -> None:
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(line)

    async def _hear(self, process: Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            if line.endswith(b"\n"):  # else it was killed while it wrote that
                self._take(msgspec.json.decode(line, type=Told))
        self._hushed.set()  # it tells nothing more

    def _take(self, told: Told) -> None:
        match told.what:
            case "meant":
                self._referee.meant_as(told.cid, told.id, told.more)
            case "stored":
                self._referee.stored(told.cid, told.id, told.seq)
            case "refuses":
                self._referee.refuses(told.cid, told.id, told.more)
            case "needless":
                self._referee.needless(told.cid, told.id)
            case "state" | "hushed":
                self._state = told
                self._changed.set()
                if told.what == "hushed":
                    self._hushed.set()


def main() -> None:
    """The child process."""
    asyncio.run(_run(msgspec.json.decode(sys.stdin.buffer.readline(), type=Wanted)))


if __name__ == "__main__":
    main()
