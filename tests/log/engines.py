"""The engines that the contract suite runs, each as a way to open its log over a folder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from officer_console.model.envelope import VISITOR, Envelope
from officer_console.model.events import Draft, Event, Opened, Said
from officer_console.relay.log.interface import Clock, DirectoryStore, KeyShelf, Log, Opening
from officer_console.relay.log.sqlite import SqliteLog


class Store(Log, KeyShelf, DirectoryStore, Protocol):
    """All three interfaces; an engine may give them by one object."""


class Engine(msgspec.Struct, frozen=True):
    """`open(folder, clock)` makes the engine's log; inside `full(folder)` its disk takes nothing more."""

    name: str
    open: Callable[[Path, Clock], Store]
    full: Callable[[Path], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def _no_larger_files(folder: Path) -> Iterator[None]:
    """No file of this process may grow beyond the largest in the folder: as on a full disk, writes fail."""
    largest = max((file.stat().st_size for file in folder.rglob("*") if file.is_file()), default=0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


ENGINES: Final = (Engine("sqlite", SqliteLog, _no_larger_files),)


class Bench:
    """A folder with an engine's log in it, which can be closed and opened again. The clock goes on by itself."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.now = 1_700_000_000_000
        self.store = engine.open(folder, self.clock)

    def clock(self) -> int:
        self.now += 1
        return self.now

    async def reopen(self) -> None:
        """As after a restart."""
        await self.store.close()
        self.store = self.engine.open(self.folder, self.clock)

    def bytes_on_disk(self) -> bytes:
        """All that the engine has in its files."""
        return b"".join(file.read_bytes() for file in sorted(self.folder.rglob("*")) if file.is_file())


def name(number: int) -> str:
    """A conversation's name."""
    return f"{number:022d}"


def opened(cid: str, h: str = "{}") -> Draft:
    return Draft(cid, "open", VISITOR, Opened(h))


def said(cid: str, n: int, text: str = "", by: str = VISITOR) -> Draft:
    return Draft(cid, f"{by}.{n}", by, Said(Envelope("{}", "n", text or f"{cid} {n}")))


OPENING: Final = Opening("box", "vt")


async def first(events: AsyncIterator[Any], count: int) -> list[Event]:
    """The first `count` events that a follower gets."""
    got: list[Event] = []
    async with asyncio.timeout(20), contextlib.aclosing(events) as batches:  # type: ignore[type-var]
        async for batch in batches:
            got.extend(batch)
            if len(got) >= count:
                break
    return got


def random_text(size: int) -> str:
    """A text that stands nowhere else."""
    return os.urandom(size // 2).hex()
