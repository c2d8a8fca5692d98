"""The board under test paints as often as in use; its times are those of Paris."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual import _wait, screen

from officer_console.console.pace import FRAMES_PER_S
from tests.board.fake_room import FakeRoom


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in tests/console/conftest.py."""
    monkeypatch.setattr(screen, "UPDATE_PERIOD", 1 / FRAMES_PER_S)
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", 0.005)


@pytest.fixture(autouse=True)
def _in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[FakeRoom]:
    room = FakeRoom(tmp_path)
    yield room
    room.store.close()
