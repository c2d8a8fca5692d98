"""The one-time token with which the first shift lead founds the desk, and the relay's own key."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.vault.base64url import b64
from officer_console.vault.primitives import make_signing_key

from .log.interface import Clock

VALID_MS: Final = 30 * 60 * 1000
"""Milliseconds a founding token is good for."""
KEY_SIZE: Final = 32
_KEY_FILE, _TOKEN_FILE = "relay.key", "founding.json"


class _Kept(msgspec.Struct, frozen=True):
    digest: str
    until: int


class FoundingToken:
    """Its digest on disk, so that it outlives a restart; the token itself is only ever printed. `shared` gives digest
    and end of one that another relay has made."""

    def __init__(self, folder: Path, clock: Clock, shared: Callable[[], tuple[str, int] | None] = lambda: None) -> None:
        self._file = folder / _TOKEN_FILE
        self._clock = clock
        self._shared = shared

    def renew(self) -> str:
        """A new token, in place of any before. Raises UserError when it can't be written down."""
        token = b64(os.urandom(16))
        _write(self._file, msgspec.json.encode(_Kept(_digest(token), self._clock() + VALID_MS)))
        return token

    def fits(self, token: str) -> bool:
        """Whether this is the token, and its time has not run out."""
        kept = [each for each in (self.kept(), self._shared()) if each is not None]
        return any(
            hmac.compare_digest(digest.encode(), _digest(token).encode()) and self._clock() < until
            for digest, until in kept
        )

    def kept(self) -> tuple[str, int] | None:
        """Digest of this folder's token, and the time (ms) until which it is good."""
        try:
            kept = msgspec.json.decode(self._file.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError):
            return None
        return kept.digest, kept.until

    def spend(self) -> None:
        self._file.unlink(missing_ok=True)


def relay_key(folder: Path) -> bytes:
    """The relay's signing key (32 bytes), made at the first call, in a file that only its user can read. Raises
    UserError."""
    file = folder / _KEY_FILE
    if not file.exists():
        _write(file, make_signing_key())
    key = file.read_bytes()
    if len(key) != KEY_SIZE:
        raise UserError(_("The relay's key in {file} is damaged; restore it from a backup.").format(file=file))
    return key


def keep_key(folder: Path, key: bytes) -> None:
    """Keep a relay's key in a folder that has none. Raises UserError when it has another."""
    if (folder / _KEY_FILE).exists():
        if relay_key(folder) != key:
            raise UserError(_("{folder} has the key of another relay.").format(folder=folder))
        return
    _write(folder / _KEY_FILE, key)


def _digest(token: str) -> str:
    return hashlib.sha256(b"desk/1 founding token\n" + token.encode()).hexdigest()


def _write(file: Path, data: bytes) -> None:
    try:
        _replace(file, data)
    except OSError as error:
        text = _("The relay can't write to {folder}: {reason}.")
        raise UserError(text.format(folder=file.parent, reason=reason(error))) from None


def _replace(file: Path, data: bytes) -> None:
    fresh = file.with_suffix(".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    os.fsync(folder)  # or a power failure takes the new name back
    os.close(folder)
