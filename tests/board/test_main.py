"""Starting `dispatch board`: who may, and what is said when nobody can."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from officer_console.client.enrolling import Enrolled
from officer_console.client.profile import new_profile, profiles
from officer_console.config import Config, Console, Keys
from officer_console.console.board import main
from officer_console.errors import UserError
from officer_console.relay.service import running_relay
from tests.relay.peers import relay_config

from .test_real import people


@pytest.fixture(autouse=True)
def _at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "harden", lambda: None)
    monkeypatch.setattr(main, "need_terminal", lambda: None)


def settings(folder: Path) -> Config:
    return Config(
        console=Console(state_dir=str(folder / "state")), keys=Keys(store="file", file=str(folder / "keys.sealed"))
    )


def enrol(config: Config, enrolled: Enrolled) -> None:
    profiles(config).make_usual(new_profile(enrolled.relay_url, enrolled.identity, enrolled.relay, enrolled.directory))


def test_starting_imports_no_screen() -> None:
    code = "import sys, officer_console.console.board.main; print([m for m in sys.modules if m.startswith('textual')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "[]\n"


def test_nobody_is_enrolled(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Nobody is enrolled"):
        main.run(argparse.Namespace(), settings(tmp_path))


async def test_an_officer_and_a_real_room_are_told_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir(mode=0o700)
    async with running_relay(relay_config(tmp_path / "relay"), 0) as relay:
        lead, _room = await people(relay)
    config = settings(tmp_path)
    enrol(config, lead)
    with pytest.raises(UserError, match=r"dispatch\.exercise = true"):
        main.run(argparse.Namespace(), config)
    exercise = msgspec.structs.replace(config, dispatch=msgspec.structs.replace(config.dispatch, exercise=True))
    with pytest.raises(UserError, match="not for the dispatch room"):
        main.run(argparse.Namespace(), exercise)
