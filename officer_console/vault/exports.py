"""Sealing a conversation that is kept to practise on: in pieces, under a key of its own, boxed for the practice key.

The key is made here and lies with the conversation at the relay, nowhere else. `digest` is an HMAC of the whole under
that key: it commits to the key and to what was read, and tells nobody else anything. Opening is in `opening`.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from typing import Final

from officer_console.locale import _

from .base64url import utf8
from .envelopes import pad, unpad
from .errors import CannotOpen, Malformed
from .primitives import NONCE, aes_open, aes_seal, context, hkdf, hpke_seal
from .secret import Secret

DOMAIN: Final = "export"
KEY_SIZE: Final = 32


class ExportKey(Secret, frozen=True):
    """The key of one export, 32 bytes."""

    key: bytes

    @classmethod
    def new(cls) -> ExportKey:
        return cls(os.urandom(KEY_SIZE))

    def digest(self, data: bytes) -> bytes:
        """HMAC-SHA256 of the whole, 32 bytes."""
        return hmac.digest(hkdf(self.key, b"export digest", 32), data, "sha256")

    def box(self, practice_pub: bytes, h: str) -> bytes:
        """This key, sealed to a practice key under the export's header: 113 bytes."""
        return hpke_seal(practice_pub, context(DOMAIN, utf8(h)), self.key)

    def seal(self, h: str, pieces: Sequence[bytes]) -> list[bytes]:
        """The pieces, each nonce and ciphertext. Raises Malformed for one that is too long."""
        return [self._sealed(_bound(h, n), pad(piece)) for n, piece in enumerate(pieces)]

    def open(self, h: str, sealed: Sequence[bytes], digest: bytes) -> bytes:
        """The whole. Raises CannotOpen when a piece, their order or the digest does not fit."""
        try:
            opened = [unpad(aes_open(self._aes(), c[:NONCE], c[NONCE:], _bound(h, n))) for n, c in enumerate(sealed)]
        except Malformed as error:
            raise CannotOpen(str(error)) from None
        data = b"".join(opened)
        if not hmac.compare_digest(self.digest(data), digest):
            raise CannotOpen(_("what was kept is not what was signed"))
        return data

    def _sealed(self, aad: bytes, padded: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + aes_seal(self._aes(), nonce, padded, aad)

    def _aes(self) -> bytes:
        return hkdf(self.key, b"export pieces", 32)


def _bound(h: str, n: int) -> bytes:
    return context(DOMAIN, utf8(f"{h}\n{n}"))
