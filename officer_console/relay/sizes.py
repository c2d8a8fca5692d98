"""Byte strings are canonical base64url, and of the size they must have."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from officer_console.model.envelope import BUCKETS
from officer_console.protocol.refusals import Refused

NONCE_SIZES: Final = frozenset({12})
DIGEST_SIZES: Final = frozenset({16})
"""Bytes of a nonce, and of the digest that names an envelope."""
NOTE_SIZES: Final = frozenset(size + 65 + 16 for size in BUCKETS)
"""Bytes of a sealed note: a bucket, the encapsulated key (RFC 9180, DHKEM(P-256)) and the tag of AES-GCM."""
BOX_SIZES: Final = frozenset({113})
"""Bytes of a sealed key of 32 bytes: the same two are added."""


_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_LAST: Final = {0: _ALPHABET, 2: _ALPHABET[::16], 3: _ALPHABET[::4]}
"""Length of a text modulo 4 -> letters it may end with: the bits that are left over are 0 in its one spelling."""


def size_of(text: str) -> int | None:
    """How many bytes a text of canonical base64url stands for; None when it is none. Decodes nothing."""
    raw = text.encode() if text.isascii() else b"!"
    rest = len(raw) % 4
    if raw.translate(None, _ALPHABET) or rest not in _LAST or (rest and raw[-1] not in _LAST[rest]):
        return None
    return len(raw) * 3 // 4


def require_sizes(text: str, sizes: Collection[int]) -> None:
    """Raises Refused("malformed") unless this is canonical base64url of as many bytes as one of `sizes`."""
    if size_of(text) not in sizes:
        raise Refused("malformed")
