"""The console under test paints as often as in use, and a test waits no longer than it takes to be idle."""

from __future__ import annotations

import pytest
from textual import _wait, screen

from officer_console.console.pace import FRAMES_PER_S

SLICE_S = 0.005
"""How long the program must have had nothing to do; longer than a few frames. Textual's 20 ms suit its 60 frames a
second, and they are waited for several times at each key."""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "UPDATE_PERIOD", 1 / FRAMES_PER_S)
    monkeypatch.setattr(_wait, "SLEEP_GRANULARITY", SLICE_S)
