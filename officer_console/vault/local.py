"""What a console keeps on its own disk (unsent events, drafts), sealed with the member's keys."""

from __future__ import annotations

import os

from officer_console.locale import _

from .base64url import utf8
from .errors import CannotOpen
from .identity import Identity
from .primitives import NONCE, aes_open, aes_seal, context, hkdf

_VERSION = b"\x01"


class LocalSeal:
    """Seals for this member's console. After a renewal of the box key, what was sealed before still opens."""

    def __init__(self, identity: Identity) -> None:
        boxes = [box for box in (identity.box_priv, identity.old_box_priv) if box]
        self._keys = [hkdf(box + identity.sig_priv, b"local", 32) for box in boxes]

    def seal(self, kind: str, data: bytes) -> bytes:
        """`data` sealed as a thing of this kind: version, nonce, ciphertext."""
        nonce = os.urandom(NONCE)
        return _VERSION + nonce + aes_seal(self._keys[0], nonce, data, _aad(kind))

    def open(self, kind: str, blob: bytes) -> bytes:
        """What was sealed. Raises CannotOpen for another kind, key or version, and for a changed byte."""
        if not blob.startswith(_VERSION):
            raise CannotOpen(_("this was sealed by a newer version of this program"))
        nonce, sealed = blob[1 : 1 + NONCE], blob[1 + NONCE :]
        for key in self._keys[1:]:
            try:
                return aes_open(key, nonce, sealed, _aad(kind))
            except CannotOpen:
                continue
        return aes_open(self._keys[0], nonce, sealed, _aad(kind))


def _aad(kind: str) -> bytes:
    return context("local", utf8(kind))
