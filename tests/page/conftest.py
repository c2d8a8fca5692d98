"""A founded desk on a real relay, and one Chromium for all tests of this folder that look at the page."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from officer_console.relay.service import Running
from tests.relay.peers import Station, founded_relay

from . import browser

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for these tests: a browser belongs to the loop that it was started in."""
    for item in items:
        if item.path.parent == HERE and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared_chromium() -> AsyncIterator[None]:
    async with browser.chromium() as started:
        browser.shared.append(started)
        yield
        browser.shared.clear()


@pytest.fixture
def station() -> Station:
    return Station(int(time.time()))


@pytest_asyncio.fixture(loop_scope="session")
async def relay(tmp_path: Path, station: Station) -> AsyncIterator[Running]:
    async with founded_relay(tmp_path, station) as running:
        yield running
