"""Starting: what is closed before the screen opens, and the passphrase."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest

from officer_console.config import Config
from officer_console.console.hardening import HARMLESS, forget_switches
from officer_console.console.main import Asked, run
from officer_console.errors import UserError
from tests.console.fake_desk import FakeDesk

HARDENED = """
import ctypes, os, resource, sys
from officer_console.console.hardening import harden
harden()
assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
assert sys.platform != "linux" or ctypes.CDLL(None).prctl(3, 0, 0, 0, 0) == 0  # PR_GET_DUMPABLE
from textual import constants
assert constants.LOG_FILE is None and not constants.DEBUG and constants.SCREENSHOT_DELAY == -1, "switches"
print("hardened")
"""


def test_no_core_no_debugger_no_log_of_keys() -> None:
    """In a process of its own: there is no way back."""
    switches = {"TEXTUAL_LOG": "/dev/stderr", "TEXTUAL_DEBUG": "1", "TEXTUAL_SCREENSHOT": "0", "TEXTUAL": "devtools"}
    done = subprocess.run(
        [sys.executable, "-c", HARDENED], env=switches, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout, done.returncode) == ("hardened\n", 0), done.stderr


def test_switches_that_help_a_terminal_stay() -> None:
    environment = dict.fromkeys([*HARMLESS, "TEXTUAL_PRESS", "TEXTUAL", "TERM"], "x")
    forget_switches(environment)
    assert environment.keys() == {*HARMLESS, "TERM"}


def test_starting_imports_no_screen() -> None:
    code = "import sys, officer_console.console.main; print([m for m in sys.modules if m.startswith('textual')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


def test_without_a_terminal_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("officer_console.console.main.harden", lambda: None)
    with pytest.raises(UserError, match="needs a terminal"):
        run(argparse.Namespace(), Config())


def test_the_passphrase_is_known_again_but_not_kept() -> None:
    asked = Asked(lambda _prompt: "correct horse")
    assert not asked.once
    assert asked.ask(False) == "correct horse"
    assert asked.once
    assert asked.fits("correct horse")
    assert not asked.fits("correct house")
    assert "correct horse" not in repr(vars(asked))


def test_a_new_passphrase_is_typed_twice(capsys: pytest.CaptureFixture[str]) -> None:
    typed = iter(["one", "other", "third", "third"])
    asked = Asked(lambda _prompt: next(typed))
    assert asked.ask(True) == "third"
    assert "differ" in capsys.readouterr().err


def test_a_member_of_the_dispatch_room_is_sent_to_the_board(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = FakeDesk(role="dispatch")
    monkeypatch.setattr("officer_console.console.main.need_terminal", lambda: None)
    monkeypatch.setattr("officer_console.console.main.harden", lambda: None)
    monkeypatch.setattr("officer_console.client.open_desk.open_desk", lambda _config, _ask: desk)
    with pytest.raises(UserError, match="run “officer-console dispatch board”, or “dispatch serve” for a system"):
        run(argparse.Namespace(), Config())
