"""Byte strings are canonical base64url, and of the size they must have."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from officer_console.model.envelope import BUCKETS
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import unb64
from officer_console.vault.errors import Malformed

NOTE_SIZES: Final = frozenset(size + 65 + 16 for size in BUCKETS)
"""Bytes of a sealed note: a bucket, the encapsulated key (RFC 9180, DHKEM(P-256)) and the tag of AES-GCM."""
BOX_SIZES: Final = frozenset({113})
"""Bytes of a sealed key of 32 bytes: the same two are added."""


def require_sizes(text: str, sizes: Collection[int]) -> None:
    """Raises Refused("malformed") unless this is canonical base64url of as many bytes as one of `sizes`."""
    try:
        fits = len(unb64(text)) in sizes
    except Malformed:
        fits = False
    if not fits:
        raise Refused("malformed")
