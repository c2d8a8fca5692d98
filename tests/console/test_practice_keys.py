"""A trainee who is enrolled has his attempts sealed with his own keys, and only they open them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from officer_console.client.keychain import RelayPin
from officer_console.client.profile import account, key_store, new_profile, profiles
from officer_console.config import Config
from officer_console.console.main import Asked
from officer_console.console.practice import keys
from officer_console.console.practice.keys import own_seal
from officer_console.errors import UserError
from officer_console.practice.attempts import Attempts
from tests.client.paper import Paper
from tests.practice.test_attempts import WORDS, attempt

PAPER = Paper()


@pytest.fixture(name="config")
def _config(tmp_path: Path) -> Config:
    base = Config()
    console = msgspec.structs.replace(base.console, state_dir=str(tmp_path / "state"))
    kept = msgspec.structs.replace(base.keys, store="file", file=str(tmp_path / "keys.sealed"))
    return msgspec.structs.replace(base, console=console, keys=kept)


def enrol(config: Config) -> None:
    lead = PAPER.lead
    profile = new_profile("https://desk.example.org", lead.identity, RelayPin("relay-key-A", ""), lead.directory)
    profiles(config).make_usual(profile)
    key_store(config, lambda new: "a long passphrase").save(account(profile.genesis), lead.identity)


def asked(monkeypatch: pytest.MonkeyPatch, passphrase: str) -> None:
    monkeypatch.setattr(keys, "Asked", lambda: Asked(lambda prompt: passphrase))


def test_who_is_not_enrolled_practises_without_keys(config: Config) -> None:
    assert own_seal(config) is None


def test_who_is_enrolled_has_them_sealed(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(config)
    asked(monkeypatch, "a long passphrase")
    seal = own_seal(config)
    assert seal is not None
    file = Attempts(tmp_path / "attempts", seal).keep(attempt())
    assert WORDS.encode() not in file.read_bytes()
    assert list(Attempts(tmp_path / "attempts", own_seal(config)).all()) == [attempt()]


def test_a_wrong_passphrase_is_refused(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(config)
    asked(monkeypatch, "another passphrase")
    with pytest.raises(UserError):
        own_seal(config)
