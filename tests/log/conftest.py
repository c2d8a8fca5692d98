"""Every engine that the contract holds for. A new engine is one more Place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from officer_console.relay.log.sqlite import SqliteLog

Engine = SqliteLog


class SqlitePlace:
    """A folder with a SQLite log. `clock` gives 1, 2, 3, …"""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = count(1).__next__

    def open(self) -> Engine:
        return SqliteLog(self.folder, self.clock)

    def raw(self) -> bytes:
        """All bytes of all files, the write-ahead log's too."""
        return b"".join(file.read_bytes() for file in sorted(self.folder.iterdir()))


Place = SqlitePlace
PLACES = {"sqlite": SqlitePlace}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    yield PLACES[request.param](tmp_path)


@pytest.fixture
async def log(place: Place) -> AsyncIterator[Engine]:
    log = place.open()
    yield log
    await log.close()
