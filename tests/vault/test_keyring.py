from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from officer_console.vault import keyring as ours
from officer_console.vault.errors import Malformed, NoKeyring, VaultError, WrongPassphrase
from officer_console.vault.identity import Identity
from officer_console.vault.keyring import SERVICE, KeyStore, PassphraseFile, open_store, within

ME = Identity.create(bytes(range(32)))
ITEMS = tuple[str, str]


class Memory(keyring.backend.KeyringBackend):
    """A keyring that keeps what it is given. Not viable: the keyring library must not find it by itself."""

    priority = 1
    viable = False

    def __init__(self) -> None:
        self.items: dict[ITEMS, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.items.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError


class Forgetful(Memory):
    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Hoarder(Memory):
    def delete_password(self, service: str, username: str) -> None:
        pass


class Cutter(Memory):
    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:100])


class Locked(Memory):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise keyring.errors.KeyringLocked("secret detail")


class Blocked(Memory):
    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.released.wait()


def never(_new: bool) -> str:
    raise AssertionError("a passphrase was asked for")


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Makes a backend the system's keyring; `trusted` also puts its class on the list."""
    before = keyring.get_keyring()

    def install(backend: keyring.backend.KeyringBackend, trusted: bool = True) -> None:
        if trusted:
            monkeypatch.setitem(ours.TRUSTED, ours._path_of(backend), "Test Keyring")
        keyring.set_keyring(backend)

    yield install
    keyring.set_keyring(before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys"


# ---- which keyring is taken -----------------------------------------------------------------------------------


def test_a_keyring_that_keeps_is_taken(installed: Any, file: Path) -> None:
    backend = Memory()
    installed(backend)
    store = open_store("auto", file, never)
    assert "Test Keyring" in store.where
    assert backend.items == {}  # nothing is left of the trial
    assert store.load("desk") is None
    store.save("desk", ME)
    assert backend.items == {(SERVICE, "desk"): ME.text()}
    assert open_store("keyring", file, never).load("desk") == ME
    store.delete("desk")
    store.delete("desk")
    assert backend.items == {} and not file.exists()


@pytest.mark.parametrize("kind", [Forgetful, Hoarder, Cutter, Locked])
def test_a_keyring_that_does_not_keep_is_refused(installed: Any, file: Path, kind: type[Memory]) -> None:
    installed(kind())
    with pytest.raises(NoKeyring) as refusal:
        open_store("keyring", file, never)
    assert "secret detail" not in str(refusal.value)


def test_a_keyring_that_never_answers_is_left(installed: Any, file: Path) -> None:
    backend = Blocked()
    installed(backend)
    begun = time.monotonic()
    try:
        with pytest.raises(NoKeyring, match="does not answer"):
            open_store("keyring", file, never, trial_s=0.05)
        assert time.monotonic() - begun < 5
    finally:
        backend.released.set()


def test_a_keyring_that_is_not_known_is_never_even_tried(installed: Any, file: Path) -> None:
    backend = Memory()
    installed(backend, trusted=False)
    with pytest.raises(NoKeyring, match="file with a passphrase"):
        open_store("keyring", file, never)
    assert backend.items == {}


@pytest.mark.parametrize("backend", [keyring.backends.null.Keyring(), keyring.backends.fail.Keyring()])
def test_null_and_fail_are_refused(installed: Any, file: Path, backend: keyring.backend.KeyringBackend) -> None:
    installed(backend, trusted=False)
    with pytest.raises(NoKeyring, match="file with a passphrase"):
        open_store("keyring", file, never)
    assert "passphrase file" in open_store("auto", file, never).where


def test_a_plaintext_backend_gets_nothing(tmp_path: Path, file: Path) -> None:
    """The backend that writes keys in clear, under its real name, chosen as its users choose it: by environment."""
    package = tmp_path / "keyrings" / "alt"
    package.mkdir(parents=True)
    (package / "file.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class PlaintextKeyring(KeyringBackend):\n"
        "    priority = 0.5\n"
        "    def get_password(self, s, u): return open('leak').read()\n"
        "    def set_password(self, s, u, p): open('leak', 'w').write(p)\n"
    )
    code = (
        "import sys; from pathlib import Path; from officer_console.vault.keyring import *\n"
        "try: open_store('keyring', Path(sys.argv[1]), lambda new: 'x')\n"
        "except NoKeyring as error: print(error)\n"
    )
    root = str(Path(ours.__file__).parents[2])
    env = {
        "PYTHONPATH": f"{tmp_path}:{root}",
        "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring",
        "HOME": str(tmp_path),
    }
    run = subprocess.run(
        [sys.executable, "-c", code, str(file)], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert "no keyring" in run.stdout
    assert not (tmp_path / "leak").exists()


def test_a_backend_that_can_t_be_loaded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ModuleNotFoundError("keyrings.gone")

    monkeypatch.setattr(keyring, "get_keyring", broken)
    with pytest.raises(NoKeyring, match="can't be loaded"):
        open_store("keyring", file, never)


def test_the_chainer_is_unwrapped(installed: Any, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would hand a key to the first backend that takes it, also to one that is not on the list."""
    bad, forgetful, good = Memory(), Forgetful(), Memory()
    chosen = type("Chosen", (Memory,), {})()
    monkeypatch.setitem(ours.TRUSTED, ours._path_of(forgetful), "Forgetful")
    monkeypatch.setitem(ours.TRUSTED, ours._path_of(chosen), "Chosen")

    class Chain(keyring.backends.chainer.ChainerBackend):
        backends = (bad, good, forgetful, chosen)
        priority = 10

    installed(Chain(), trusted=False)
    store = open_store("auto", file, never)
    store.save("desk", ME)
    assert "Chosen" in store.where
    assert list(chosen.items.values()) == [ME.text()]
    assert not bad.items and not good.items and not forgetful.items


def test_a_keyring_that_loses_the_keys_later_is_told(file: Path) -> None:
    with pytest.raises(NoKeyring, match="did not keep the keys"):
        KeyStore(Forgetful(), "the test keyring").save("desk", ME)


def test_a_keyring_that_refuses_later_is_told() -> None:
    with pytest.raises(NoKeyring, match="KeyringLocked"):
        KeyStore(Locked(), "the test keyring", 5).save("desk", ME)


def test_a_spoilt_item_is_told() -> None:
    backend = Memory()
    backend.items[SERVICE, "desk"] = "v1.spoilt"
    with pytest.raises(Malformed):
        KeyStore(backend, "the test keyring").load("desk")


def test_within() -> None:
    assert within(5, lambda: 7) == 7
    with pytest.raises(NoKeyring, match="ZeroDivisionError"):
        within(5, lambda: 1 // 0)


# ---- the passphrase file ---------------------------------------------------------------------------------------


class Typist:
    """Answers with a passphrase and remembers what it was asked."""

    def __init__(self, *words: str) -> None:
        self.words = list(words)
        self.asked: list[bool] = []

    def __call__(self, new: bool) -> str:
        self.asked.append(new)
        return self.words.pop(0)


def test_a_new_file_asks_once_for_a_new_passphrase(file: Path) -> None:
    typist = Typist("correct horse")
    store = open_store("file", file, typist)
    assert store.load("desk") is None and typist.asked == []
    store.save("desk", ME)
    store.save("other", ME)
    assert store.load("desk") == ME and typist.asked == [True]
    assert ME.text().encode() not in file.read_bytes()
    assert str(file) in store.where


def test_an_old_file_asks_once_for_its_passphrase(installed: Any, file: Path) -> None:
    installed(Memory())
    open_store("file", file, Typist("correct horse")).save("desk", ME)
    typist = Typist("correct horse")
    store = open_store("auto", file, typist)  # a file that is there was chosen before
    assert typist.asked == []
    assert store.load("desk") == ME
    store.delete("desk")
    store.delete("desk")
    assert store.load("desk") is None
    assert typist.asked == [False]


def test_a_wrong_passphrase_is_asked_for_again(file: Path) -> None:
    open_store("file", file, Typist("correct horse")).save("desk", ME)
    before = file.read_bytes()
    typist = Typist("wrong horse", "wrong again", "correct horse")
    store = open_store("file", file, typist)
    with pytest.raises(WrongPassphrase):
        store.load("desk")
    with pytest.raises(WrongPassphrase):
        store.save("desk", Identity.create(bytes(32)))
    assert file.read_bytes() == before
    assert store.load("desk") == ME and typist.asked == [False] * 3


def test_a_short_passphrase_makes_no_file(file: Path) -> None:
    store = open_store("file", file, Typist("short", "long enough"))
    with pytest.raises(WrongPassphrase):
        store.save("desk", ME)
    assert not file.exists()
    store.save("desk", ME)
    assert store.load("desk") == ME


def test_without_a_keyring_auto_takes_the_file_and_says_why(installed: Any, file: Path) -> None:
    installed(Locked())
    store = open_store("auto", file, Typist("correct horse"))
    assert str(file) in store.where and "KeyringLocked" in store.where
    store.save("desk", ME)
    assert file.exists()


def test_a_spoilt_file(file: Path) -> None:
    file.write_bytes(b"hello\n")
    with pytest.raises(Malformed):
        open_store("file", file, Typist("correct horse")).load("desk")


def test_a_file_that_can_t_be_written(file: Path) -> None:
    file.write_bytes(b"")
    store = open_store("file", file / "keys", Typist("correct horse"))
    with pytest.raises(VaultError, match="can't be used"):
        store.save("desk", ME)


def test_the_keyring_library_never_finds_the_file_by_itself() -> None:
    assert PassphraseFile not in {type(each) for each in keyring.backend.get_all_keyring()}
    assert PassphraseFile.priority < 0


def test_the_environment_sets_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring library lets KEYRING_PROPERTY_… set attributes of its backends."""
    monkeypatch.setenv("KEYRING_PROPERTY__PATH", "/nowhere")
    monkeypatch.setenv("KEYRING_PROPERTY_GET_PASSWORD", "x")
    store = open_store("file", file, Typist("correct horse"))
    store.save("desk", ME)
    assert store.load("desk") == ME and file.exists()


# ---- the real thing ----------------------------------------------------------------------------------------------

NEEDED = ("dbus-run-session", "gnome-keyring-daemon")


@pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"needs {' and '.join(NEEDED)} on a Linux machine")
def test_a_real_secret_service(tmp_path: Path) -> None:
    command = ["dbus-run-session", "--", sys.executable, "-m", "tests.vault.secret_service", str(tmp_path / "keys")]
    root = Path(ours.__file__).parents[2]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=60)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1]) == {
        "where": "the system's keyring (Secret Service)",
        "before": True,
        "kept": True,
        "after": True,
        "file": False,
    }
