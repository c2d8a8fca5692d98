"""The start is hurried, and garbage is collected once the screen is there."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from officer_console.console.pace import FRAMES_PER_S, TURN_S, hurry, settle


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    threshold, turn = gc.get_threshold(), sys.getswitchinterval()
    monkeypatch.setenv("TEXTUAL_FPS", "60")
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    gc.enable()
    sys.setswitchinterval(turn)


def test_garbage_waits_for_the_screen() -> None:
    hurry()
    assert not gc.isenabled()
    settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_the_threads_of_keys_and_screen_get_their_turn_soon() -> None:
    settle()
    assert sys.getswitchinterval() == pytest.approx(TURN_S)
    assert TURN_S < 0.001


def test_textual_takes_the_pace_when_it_is_imported_afterwards() -> None:
    code = "from officer_console.console.pace import hurry; hurry(); import textual.screen as s; print(s.UPDATE_PERIOD)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ)
    assert float(shown.stdout) == 1 / FRAMES_PER_S
