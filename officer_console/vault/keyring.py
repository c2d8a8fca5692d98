"""Where a member's keys are kept: the system's keyring, or a file sealed with a passphrase.

Some keyring backends write keys in clear or forget them, so only known ones are taken, and only after a
trial.
"""

from __future__ import annotations

import functools
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Final, Literal, TypeVar

import keyring
import keyring.backend
import keyring.errors
import msgspec
from keyring.backends.chainer import ChainerBackend

from officer_console.locale import _

from .errors import Malformed, NoKeyring
from .files import read_file, replace_file
from .identity import Identity
from .sealed_file import FileKey, key_of, new_key, open_file, seal_file

SERVICE: Final = "officer-console"
TRIAL_S: Final = 8.0
"""Seconds the trial of a keyring may take: a locked one can block for ever."""
CALL_S: Final = 60.0
"""Seconds a later call may take: somebody may have to answer the system's question."""
TRUSTED: Final = {
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
    "keyring.backends.SecretService.Keyring": "Secret Service",
    "keyring.backends.libsecret.Keyring": "libsecret",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
}
"""The keyring backends that keep a secret, and what people call them."""

Ask = Callable[[bool], str]
"""Asks for the passphrase; the argument tells whether it is a new one, to be typed twice."""
Prefer = Literal["auto", "keyring", "file"]
T = TypeVar("T")


class PassphraseFile(keyring.backend.KeyringBackend):
    """A keyring in one file, sealed with a passphrase that is asked for once. Only ever taken by explicit
    choice.

    Every call raises WrongPassphrase, Malformed or VaultError when the file can't be opened.
    """

    priority = -1
    viable = False  # never found by the keyring library's own search

    def __init__(self, path: Path, ask: Ask) -> None:
        # The base class would let environment variables set attributes here.
        self._path = path
        self._ask = ask
        self._key: FileKey | None = None

    def get_password(self, service: str, username: str) -> str | None:
        return self._read().get(service, {}).get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        items = self._read()
        items.setdefault(service, {})[username] = password
        self._write(items)

    def delete_password(self, service: str, username: str) -> None:
        items = self._read()
        if items.get(service, {}).pop(username, None) is None:
            raise keyring.errors.PasswordDeleteError
        self._write(items)

    def _read(self) -> dict[str, dict[str, str]]:
        data = read_file(self._path)
        if data is None:
            return {}
        key = self._key or key_of(self._ask(False), "keys", data)
        items = open_file(key, "keys", data)
        self._key = key  # kept only when it fits, so that a mistyped passphrase is asked for again
        try:
            return msgspec.json.decode(items, type=dict[str, dict[str, str]])
        except msgspec.DecodeError:
            raise Malformed(_("the file of keys has another form than this version writes")) from None

    def _write(self, items: dict[str, dict[str, str]]) -> None:
        self._key = self._key or new_key(self._ask(True))
        replace_file(self._path, seal_file(self._key, "keys", msgspec.json.encode(items)))


class KeyStore:
    """Keeps one short item per account. `where` says where, in words for people."""

    def __init__(self, backend: keyring.backend.KeyringBackend, where: str, limit_s: float | None = None) -> None:
        self.where = where
        self._backend = backend
        self._limit_s = limit_s

    def load(self, account: str) -> Identity | None:
        """The keys of an account, None when there are none. Raises NoKeyring, Malformed, WrongPassphrase."""
        text = self._call(lambda: self._backend.get_password(SERVICE, account))
        return None if text is None else Identity.parse(text)

    def save(self, account: str, identity: Identity) -> None:
        """Keep the keys of an account, and read them back. Raises NoKeyring, WrongPassphrase."""
        self._call(lambda: self._backend.set_password(SERVICE, account, identity.text()))
        if self.load(account) != identity:
            raise NoKeyring(_("{where} did not keep the keys").format(where=self.where))

    def delete(self, account: str) -> None:
        """Forget the keys of an account; none is no error. Raises NoKeyring, WrongPassphrase."""
        if self._call(lambda: self._backend.get_password(SERVICE, account)) is not None:
            self._call(lambda: self._backend.delete_password(SERVICE, account))

    def _call(self, act: Callable[[], T]) -> T:
        # Without a limit the call stays in this thread: it may ask for a passphrase at the terminal.
        return act() if self._limit_s is None else within(self._limit_s, act)


def open_store(prefer: Prefer, file: Path, ask: Ask, trial_s: float = TRIAL_S) -> KeyStore:
    """Where this member's keys are kept.

    "keyring" takes the system's keyring or raises NoKeyring; "file" the passphrase file; "auto" the file
    when there is one (it was chosen before), else the keyring, else a new file. Nothing is asked before keys
    are read or written.
    """
    if prefer == "file" or (prefer == "auto" and file.exists()):
        return _file_store(file, ask, "")
    try:
        return _keyring_store(trial_s)
    except NoKeyring as why:
        if prefer == "keyring":
            raise
        return _file_store(file, ask, str(why))


def within(limit_s: float, act: Callable[[], T]) -> T:
    """What `act` returns, from a thread that is left behind after `limit_s` seconds. Raises NoKeyring."""
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(act())
        except BaseException as error:  # whatever a backend throws is its answer
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True, name="keyring").start()
    try:
        return answer.result(limit_s)
    except NoKeyring:
        raise
    except TimeoutError:
        raise NoKeyring(_("the keyring does not answer; it may be locked: unlock it and try again")) from None
    except Exception as error:
        refusal = _("the keyring refuses ({reason}); unlock it and try again")
        raise NoKeyring(refusal.format(reason=type(error).__name__)) from error


def _file_store(file: Path, ask: Ask, why: str) -> KeyStore:
    where = _("the passphrase file {path}").format(path=file)
    return KeyStore(PassphraseFile(file, ask), f"{where} ({why})" if why else where)


def _keyring_store(trial_s: float) -> KeyStore:
    refusal = NoKeyring(
        _(
            "there is no keyring on this machine that keeps a secret; start one (GNOME Keyring, KWallet, "
            "KeePassXC), or keep the keys in a file with a passphrase"
        )
    )
    for backend in _candidates():
        try:
            within(trial_s, functools.partial(_try, backend))
        except NoKeyring as error:
            refusal = error
        else:
            name = TRUSTED[_path_of(backend)]
            return KeyStore(backend, _("the system's keyring ({name})").format(name=name), CALL_S)
    raise refusal


def _candidates() -> Iterator[keyring.backend.KeyringBackend]:
    try:
        chosen = keyring.get_keyring()
    except Exception as error:
        # A configured backend that can't even be loaded raises anything.
        refusal = _("the configured keyring can't be loaded ({reason})")
        raise NoKeyring(refusal.format(reason=type(error).__name__)) from error
    inner = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    return (backend for backend in inner if _path_of(backend) in TRUSTED)


def _path_of(backend: keyring.backend.KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _try(backend: keyring.backend.KeyringBackend) -> None:
    account, secret = f"trial {secrets.token_hex(8)}", secrets.token_urlsafe(115)  # as long as an identity
    backend.set_password(SERVICE, account, secret)
    kept = backend.get_password(SERVICE, account)
    backend.delete_password(SERVICE, account)
    if kept != secret or backend.get_password(SERVICE, account) is not None:
        raise NoKeyring(_("the keyring does not keep what it is given"))
