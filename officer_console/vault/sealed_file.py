"""The form of a file sealed with a passphrase: two lines of text, Argon2id (RFC 9106) and AES-256-GCM.

The first line tells what the file is and how it is sealed, and is the additional authenticated data; the
second is nonce and ciphertext in base64url. The costs are those of version 1 and not taken from the file, so
an edited header can neither weaken them nor make opening cost a machine's whole memory.
"""

from __future__ import annotations

import os
import re
import unicodedata
from typing import Final, Literal

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from officer_console.locale import _

from .base64url import b64, unb64
from .errors import CannotOpen, Malformed, WrongPassphrase
from .primitives import NONCE, aes_open, aes_seal
from .secret import Secret

Content = Literal["keys", "root"]
MIN_PASSPHRASE: Final = 8
"""Characters of the shortest passphrase that can be set."""

_HEADER = "officer-console sealed file 1 {content} argon2id t=3 m=65536 p=4 salt={salt}"
_SALT: Final = 16
_FORM = re.compile(re.escape(_HEADER).replace(r"\{content\}", r"(\w+)").replace(r"\{salt\}", r"([\w-]{22})"))


class FileKey(Secret, frozen=True):
    """What a passphrase opens: the salt and the key made of both. Making it takes about 0.2 s and 64 MiB."""

    salt: bytes
    key: bytes


def new_key(passphrase: str) -> FileKey:
    """A key for a new file. Raises WrongPassphrase when the passphrase is too short."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise WrongPassphrase(_("a passphrase has at least {n} characters").format(n=MIN_PASSPHRASE))
    return _stretch(passphrase, os.urandom(_SALT))


def key_of(passphrase: str, content: Content, data: bytes) -> FileKey:
    """The key of a file that was sealed before. Raises Malformed; whether it fits, opening tells."""
    return _stretch(passphrase, _parts(content, data)[1])


def seal_file(key: FileKey, content: Content, plaintext: bytes) -> bytes:
    """The file's bytes."""
    header = _HEADER.format(content=content, salt=b64(key.salt)).encode()
    nonce = os.urandom(NONCE)
    return header + b"\n" + b64(nonce + aes_seal(key.key, nonce, plaintext, header)).encode() + b"\n"


def open_file(key: FileKey, content: Content, data: bytes) -> bytes:
    """What was sealed. Raises Malformed, or WrongPassphrase (which a changed byte looks like, too)."""
    header, _salt, box = _parts(content, data)
    try:
        return aes_open(key.key, box[:NONCE], box[NONCE:], header)
    except CannotOpen:
        raise WrongPassphrase(_("the passphrase is wrong, or the file was altered")) from None


def _parts(content: Content, data: bytes) -> tuple[bytes, bytes, bytes]:
    header, _newline, rest = data.partition(b"\n")
    form = _FORM.fullmatch(header.decode("ascii", "replace"))
    if not form or form[1] != content or not rest.endswith(b"\n"):
        raise Malformed(_("this is not a sealed file of this kind and version, or its first line was edited"))
    return header, unb64(form[2], _SALT), unb64(rest[:-1].decode("ascii", "replace"))


def _stretch(passphrase: str, salt: bytes) -> FileKey:
    # One accented letter has two spellings in Unicode, and keyboards differ: NFC (as RFC 8265 asks).
    secret = unicodedata.normalize("NFC", passphrase).encode()
    argon = Argon2id(salt=salt, length=32, iterations=3, lanes=4, memory_cost=64 * 1024)
    return FileKey(salt, argon.derive(secret))
