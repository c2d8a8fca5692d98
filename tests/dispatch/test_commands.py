"""`officer-console dispatch serve`: what it refuses to begin with, in plain words, and who gives it the passphrase."""

from __future__ import annotations

import argparse
import io
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from officer_console.cli import main
from officer_console.client.enrol import Person
from officer_console.client.keychain import RelayPin
from officer_console.client.profile import account, key_store, new_profile, profiles
from officer_console.config import Config, load
from officer_console.dispatch import commands
from officer_console.dispatch.commands import CREDENTIAL, dispatch_dir, membership, serve
from officer_console.dispatch.service import open_store
from officer_console.errors import UserError
from tests.client.test_tls import certificate
from tests.relay.peers import Station

from .desk import MARKER, PracticeStation, identity_of, scene
from .test_killed import PASSPHRASE, served

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Machine:
    """A server on which the member of the dispatch role is enrolled."""

    def __init__(self, folder: Path, role: str = "dispatch", station: Station | None = None) -> None:
        self.folder = folder
        (secrets := folder / "secrets").touch(0o600)
        secrets.write_text(SECRET)
        (folder / "credentials").mkdir(mode=0o700)
        (folder / "credentials" / CREDENTIAL).write_text(PASSPHRASE + "\n")
        base = Config()
        dispatch = {"url": "http://127.0.0.1:1/", "secret_file": str(secrets), "data_dir": str(folder / "dispatch")}
        self.config = msgspec.structs.replace(
            base,
            console=msgspec.structs.replace(base.console, state_dir=str(folder / "state")),
            keys=msgspec.structs.replace(base.keys, store="file", file=str(folder / "keys")),
            dispatch=msgspec.structs.replace(base.dispatch, **dispatch),
        )
        if role:
            self.enrol(station or Station(int(time.time())), role)

    def enrol(self, station: Station, role: str) -> None:
        keys = station.lead if role == "lead" else station.enrol("La salle", role)[0]
        identity = identity_of(station, keys)
        profile = new_profile("http://127.0.0.1:1", identity, RelayPin(), station.directory)
        key_store(self.config, lambda new: PASSPHRASE).save(account(profile.genesis), identity)
        profiles(self.config).make_usual(profile)

    def with_(self, **changed: Any) -> Config:
        return msgspec.structs.replace(self.config, dispatch=msgspec.structs.replace(self.config.dispatch, **changed))


@pytest.fixture(autouse=True)
def _credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    monkeypatch.setattr(commands, "set_up", lambda config: None)


def refusal(config: Config) -> str:
    with pytest.raises(UserError) as told:
        serve(argparse.Namespace(), config)
    return str(told.value)


def test_whoever_is_not_of_the_dispatch_role_is_told_how_to_be(tmp_path: Path) -> None:
    machine = Machine(tmp_path, role="")
    assert "Nobody is enrolled" in refusal(machine.config)
    machine.enrol(Station(int(time.time())), "officer")
    assert refusal(machine.config).endswith("officer-console relay officers invite --role dispatch")


@pytest.mark.parametrize(
    ("station", "exercise", "told"),
    [(PracticeStation, False, "exercise = true"), (Station, True, "exercise = false")],
)
def test_practice_and_reality_are_kept_apart(tmp_path: Path, station: Any, exercise: bool, told: str) -> None:
    machine = Machine(tmp_path, station=station(int(time.time())))
    assert told in refusal(machine.with_(exercise=exercise))
    assert membership(machine.with_(exercise=not exercise)).chain.directory.use == station(1).directory.use


def test_what_must_be_configured(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert "dispatch.url" in refusal(machine.with_(url=""))
    assert "dispatch.secret_file" in refusal(machine.with_(secret_file=""))
    assert "no such file" in refusal(machine.with_(secret_file=str(tmp_path / "none")))
    (tmp_path / "secrets").chmod(0o644)
    assert "chmod 600" in refusal(machine.config) and SECRET not in refusal(machine.config)


def test_a_certificate_that_can_not_be_used(tmp_path: Path) -> None:
    machine, (cert, _key) = Machine(tmp_path), certificate(tmp_path)
    assert "certificate" in refusal(machine.with_(tls_cert=str(cert), tls_key=str(cert)))


def test_the_keys_of_a_server_at_which_nobody_sits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(tmp_path)
    mine = membership(machine.config)
    assert mine.folder == tmp_path / "dispatch" and mine.relay_url == "http://127.0.0.1:1"
    (tmp_path / "credentials" / CREDENTIAL).write_text("wrong horse battery")
    assert "passphrase is wrong" in refusal(machine.config)
    (tmp_path / "credentials" / CREDENTIAL).unlink()
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert f"LoadCredential={CREDENTIAL}:" in refusal(machine.config)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(commands, "Person", typing)
    assert membership(machine.config).chain.kid == mine.chain.kid


def typing() -> Person:
    return Person(secret=lambda question: PASSPHRASE)


def test_one_at_a_time_on_a_port_and_in_a_folder(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert "can't listen on 127.0.0.1" in refusal(machine.with_(port=port))
    store = open_store(membership(machine.config))
    assert "Stop it first" in refusal(machine.with_(port=port))
    store.close()


def test_the_usual_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert dispatch_dir(Config().dispatch) == tmp_path / "officer-console" / "dispatch"


def test_an_address_without_tls_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[dispatch]\nurl = "http://room.example/cases"\n')
    assert main(["--config", str(file), "dispatch", "serve"]) == 1
    assert "https://" in capsys.readouterr().err


async def test_stopped_in_order(tmp_path: Path) -> None:
    async with scene(tmp_path) as it, served(it) as mine:
        await mine.enrol()
        for number in (signal.SIGTERM, signal.SIGINT):
            assert (await mine.start()).startswith("The dispatch side listens on")
            assert await mine.end(number) == 0
        assert load(mine.file).dispatch.url == it.room.url
        await it.officer.ask()
        line = await mine.start(CREDENTIALS_DIRECTORY="/nowhere")
        assert mine.process and (line, await mine.process.wait()) == ("", 1)
        said = mine.said.read_text()
        assert "there is no terminal" in said and "Traceback" not in said and MARKER not in said
