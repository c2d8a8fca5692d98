"""A person's private keys, and the root key's file and paper."""

from __future__ import annotations

from pathlib import Path

from officer_console.locale import _

from .base64url import b64, unb64
from .chain import pin
from .errors import Malformed, VaultError
from .files import read_file, replace_file
from .paper import fingerprint, read_root_paper, root_paper
from .primitives import box_public, kid, make_box_key, make_signing_key, signing_public
from .sealed_file import key_of, new_key, open_file, seal_file
from .secret import Secret
from .statements import Applicant

__all__ = ["Identity", "fingerprint", "read_root", "read_root_paper", "root_paper", "write_root"]

_MARK = "v1."
_NO_KEY = bytes(32)
_SIZE = 32 + 32 + 32 + 16


class Identity(Secret, frozen=True):
    """One member's private keys, and the desk they are for.

    `old_box_priv` is the box key before the last renewal, while something is still sealed to it. `genesis16`
    are the first 16 bytes of the pinned genesis head. Never printed: repr shows nothing of it.
    """

    sig_priv: bytes
    box_priv: bytes
    old_box_priv: bytes | None
    genesis16: bytes

    @classmethod
    def create(cls, genesis: bytes) -> Identity:
        """New keys for the desk with this genesis head (its first 16 bytes are enough). Raises Malformed."""
        return cls(make_signing_key(), make_box_key(), None, pin(genesis))

    @classmethod
    def parse(cls, text: str) -> Identity:
        """Read `text()`. Raises Malformed for anything else, and for numbers that are no keys."""
        if not text.startswith(_MARK):
            raise Malformed(_("these are not keys that this version can read"))
        data = unb64(text.removeprefix(_MARK), _SIZE)
        sig, box, old, genesis = data[:32], data[32:64], data[64:96], data[96:]
        for key in (sig, box) if old == _NO_KEY else (sig, box, old):
            signing_public(key)
        return cls(sig, box, None if old == _NO_KEY else old, genesis)

    def text(self) -> str:
        """The keyring item: 153 characters, short enough for every keyring."""
        return _MARK + b64(self.sig_priv + self.box_priv + (self.old_box_priv or _NO_KEY) + self.genesis16)

    @property
    def kid(self) -> str:
        """What everybody calls this member's key."""
        return kid(self.sig_pub)

    @property
    def sig_pub(self) -> bytes:
        """Public half of the signing key."""
        return signing_public(self.sig_priv)

    @property
    def box_pub(self) -> bytes:
        """Public half of the box key."""
        return box_public(self.box_priv)

    def applicant(self, name: str) -> Applicant:
        """What a statement says of this person."""
        return Applicant(name, self.sig_pub, self.box_pub)


def write_root(path: Path, root_priv: bytes, passphrase: str) -> None:
    """Seal the root key into a new file. Raises VaultError when there is one, WrongPassphrase."""
    if path.exists():
        raise VaultError(_("{path} exists already; a root key is never overwritten").format(path=path))
    replace_file(path, seal_file(new_key(passphrase), "root", root_priv))


def read_root(path: Path, passphrase: str) -> bytes:
    """The root key of a file. Raises WrongPassphrase, Malformed, VaultError when there is no such file."""
    data = read_file(path)
    if data is None:
        raise VaultError(_("there is no root key at {path}").format(path=path))
    root_priv = open_file(key_of(passphrase, "root", data), "root", data)
    signing_public(root_priv)
    return root_priv
