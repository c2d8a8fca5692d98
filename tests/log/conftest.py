"""Every engine that the contract holds for. A new engine is one more Place."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Final, Protocol

import pytest

from officer_console.relay.log.interface import DirectoryStore, KeyShelf, Log
from officer_console.relay.log.sqlite import SqliteLog


class Engine(Log, KeyShelf, DirectoryStore, Protocol):
    """All three interfaces in one object."""


class Place(Protocol):
    """Where an engine keeps its data: to be opened again and again, and looked into. Its clock gives 1, 2, 3, …"""

    def __init__(self, folder: Path) -> None: ...
    def open(self) -> Engine: ...
    def raw(self) -> bytes:
        """All bytes that are stored."""
        ...

    def full(self) -> contextlib.AbstractContextManager[None]:
        """While inside, nothing more can be stored."""
        ...


class SqlitePlace:
    """A folder with a SQLite log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = count(1).__next__

    def open(self) -> Engine:
        return SqliteLog(self.folder, self.clock)

    def raw(self) -> bytes:
        return b"".join(file.read_bytes() for file in self._files())

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """No file of this process may grow beyond the largest in the folder: writes fail as on a full disk."""
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (max(file.stat().st_size for file in self._files()), hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    def _files(self) -> list[Path]:
        return sorted(file for file in self.folder.iterdir() if file.is_file())


PLACES: Final[dict[str, type[Place]]] = {"sqlite": SqlitePlace}


@pytest.fixture(scope="session", params=PLACES)
def new_place(request: pytest.FixtureRequest) -> type[Place]:
    """Makes a place of the engine under test in a folder."""
    return PLACES[request.param]


@pytest.fixture
def place(new_place: type[Place], tmp_path: Path) -> Place:
    return new_place(tmp_path)


@pytest.fixture
async def log(place: Place) -> AsyncIterator[Engine]:
    log = place.open()
    yield log
    await log.close()
