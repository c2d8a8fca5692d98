"""A founded desk on a real relay, for the tests that look at the page in a browser."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from officer_console.relay.service import Running
from tests.relay.peers import Station, founded_relay


@pytest.fixture
def station() -> Station:
    return Station(int(time.time()))


@pytest.fixture
async def relay(tmp_path: Path, station: Station) -> AsyncIterator[Running]:
    async with founded_relay(tmp_path, station) as running:
        yield running
