"""Frames that are passed on and never stored: what they must look like."""

from __future__ import annotations

from typing import Final, Protocol

from officer_console.model.envelope import BUCKETS, LiveHeader
from officer_console.protocol import codec

from .sizes import NONCE_SIZES, require_sizes

BURST: Final = 10
PER_S: Final = 1.0
"""Live frames of one conversation and direction that are passed on; what is more is dropped, and gaps are allowed."""
_SEALED: Final = frozenset({BUCKETS[0] + 16})
"""A presence fits the smallest bucket: all live frames are of one size."""


class Sealed(Protocol):
    """A live frame of either endpoint."""

    @property
    def h(self) -> str: ...
    @property
    def n(self) -> str: ...
    @property
    def c(self) -> str: ...


def require_live(frame: Sealed) -> LiveHeader:
    """The header of a live frame. Raises Refused("malformed")."""
    header = codec.header(frame.h, LiveHeader)
    require_sizes(frame.n, NONCE_SIZES)
    require_sizes(frame.c, _SEALED)
    return header
