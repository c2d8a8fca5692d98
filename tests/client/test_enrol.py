"""Founding, inviting, joining, listing, keys: the very commands, against the real relay."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from officer_console.client import enrol, keys, officers
from officer_console.client.enrol import Person
from officer_console.client.exchange import desk_address
from officer_console.client.profile import profiles
from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.relay.service import running_relay
from tests.relay.peers import relay_config

LOOK_S: Final = 0.01


class Answers:
    """A person who answers in order, and everybody's passphrase is the same."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)

    def person(self) -> Person:
        return Person(lambda _question: self.lines.pop(0), lambda _question: "correct horse")


class Place:
    """One person's machine: its own folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        base = Config()
        self.config = msgspec.structs.replace(
            base,
            console=msgspec.structs.replace(base.console, state_dir=str(folder / "state")),
            keys=msgspec.structs.replace(base.keys, store="file", file=str(folder / "keys")),
        )

    def enrol(self, code: str, name: str, *lines: str) -> None:
        args = argparse.Namespace(code=code, relay="", name=name, desk_name="Poste 9")
        enrol.enrol(args, self.config, Answers(*lines).person())


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[Callable[[], str]]:
    """A relay in a thread of its own; gives what makes founding codes."""
    ready, stop, box = threading.Event(), threading.Event(), {}

    async def serve() -> None:
        (tmp_path / "relay").mkdir(mode=0o700)
        async with running_relay(relay_config(tmp_path / "relay"), 0) as running:
            box["code"] = running.founding_code
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    assert ready.wait(10)
    yield box["code"]
    stop.set()
    thread.join(10)


@pytest.fixture
def lead(tmp_path: Path, relay: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(enrol, "config_dir", lambda: tmp_path / "config")
    place = Place(tmp_path / "lead")
    place.folder.mkdir(mode=0o700)
    place.enrol(relay(), "Camille")
    return place


def invited(place: Place, newcomer: Place, role: str = "officer") -> str:
    """Invite on one machine, join on the other; what was printed. `capsys` would lose what another thread prints while
    it is read."""
    args = argparse.Namespace(action="invite", role=role, name="")
    inviting = threading.Thread(target=officers.act, args=(args, place.config, Answers().person()))
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        inviting.start()
        while "oc1." not in printed.getvalue() and inviting.is_alive():
            inviting.join(LOOK_S)
        code = next(word for word in printed.getvalue().split() if word.startswith("oc1."))
        newcomer.enrol(code, "Noor")
        inviting.join(15)
    assert not inviting.is_alive()
    return printed.getvalue()


def test_found_then_invite_then_join(lead: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    newcomer = Place(tmp_path / "noor")
    newcomer.folder.mkdir(mode=0o700)
    printed = invited(lead, newcomer)
    assert "Noor has joined the desk." in printed and "You belong to the desk “Poste 9” now." in printed
    args = argparse.Namespace(action="list", role="officer", name="")
    officers.act(args, newcomer.config, Answers().person())
    listed = capsys.readouterr().out
    assert listed.index("Camille") < listed.index("Noor")


def test_officers_cannot_invite(lead: Place, tmp_path: Path) -> None:
    newcomer = Place(tmp_path / "noor")
    newcomer.folder.mkdir(mode=0o700)
    invited(lead, newcomer)
    args = argparse.Namespace(action="invite", role="officer", name="")
    with pytest.raises(UserError, match="Only a shift lead"):
        officers.act(args, newcomer.config, Answers().person())


def test_a_code_founds_once(lead: Place, relay: Callable[[], str], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(enrol, "config_dir", lambda: tmp_path / "other-config")
    with pytest.raises(UserError, match="founding code is not valid any more"):
        Place(tmp_path / "thief").enrol(relay(), "Thief")


def test_nobody_is_enrolled() -> None:
    with pytest.raises(UserError, match="officer-console enrol"):
        profiles(Config()).usual()


def test_keys_are_shown_and_forgotten(lead: Place, capsys: pytest.CaptureFixture[str]) -> None:
    keys.act(argparse.Namespace(action="show"), lead.config, Answers().person())
    shown = capsys.readouterr().out
    assert profiles(lead.config).usual().kid in shown and "v1." not in shown
    with pytest.raises(UserError, match="Nothing was deleted"):
        keys.act(argparse.Namespace(action="forget"), lead.config, Answers("no").person())
    keys.act(argparse.Namespace(action="forget"), lead.config, Answers("forget").person())
    with pytest.raises(UserError):
        profiles(lead.config).usual()


def test_an_unsafe_address_is_refused() -> None:
    assert desk_address("https://desk.example.org")[0] == "wss://desk.example.org/desk"
    with pytest.raises(UserError, match="not safe"):
        desk_address("http://desk.example.org")
