"""JSON to structs and back, strictly: no unknown field, no duplicate key, no number that is not an integer.

Every frame of a visitor's connection is padded with spaces (JSON allows them) to one of WIRE_SIZES, so that its size
tells nothing but the bucket.
"""

from __future__ import annotations

import functools
import json
from typing import Any, Final, TypeVar

import msgspec

from officer_console.model.bodies import LiveBody, MessageBody, NoteBody
from officer_console.model.envelope import Header, LiveHeader, MessageHeader, NoteHeader, OpenHeader

from .commands import CommandHeader
from .frames import DeskIn, DeskOut, LoginHeader, VisitorIn, VisitorOut
from .refusals import Refused

MAX_FRAME = 24_576
"""Bytes of the largest frame of a visitor's connection."""
MAX_DESK_IN = 4 * MAX_FRAME
"""Bytes of the largest frame from a console: a new desk key is wrapped for every officer of the desk."""
MAX_DESK_OUT = 1 << 20
"""Bytes of the largest frame from the relay to a console."""
WIRE_SIZES = (1024, 3072, 11_264, 22_528)
"""Bytes a frame of a visitor's connection is padded to."""

T = TypeVar("T")
_encoder = msgspec.json.Encoder()


def _no_doubles(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")


# All that msgspec does not refuse by itself: it keeps the last of two members of one name.
_read_single_keys = json.JSONDecoder(object_pairs_hook=_no_doubles).decode


def _require_single_keys(found: Any, text: str) -> None:
    """Who spells a frame as we would has no key twice: that is quickly seen. Any other text is read once more."""
    if _encoder.encode(found) != text.rstrip(" ").encode():
        _read_single_keys(text)


@functools.cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


def _strictly(text: str | bytes, decoder: msgspec.json.Decoder[Any], limit: int) -> Any:
    try:
        if len(text) > limit or (isinstance(text, str) and not text.isascii() and len(text.encode()) > limit):
            raise Refused("too_large")
        found = decoder.decode(text)
        _require_single_keys(found, text if isinstance(text, str) else text.decode())
    except (msgspec.DecodeError, ValueError, RecursionError):  # UnicodeError is a ValueError
        raise Refused("malformed") from None
    return found


def decode(text: str | bytes, kind: Any) -> Any:
    """Read one JSON text as `kind`. Raises Refused("malformed"), or "too_large" above MAX_DESK_OUT."""
    return _strictly(text, _decoder(kind), MAX_DESK_OUT)


_VISITOR_IN: Final = _decoder(VisitorIn)
_VISITOR_OUT: Final = _decoder(VisitorOut)
_DESK_IN: Final = _decoder(DeskIn)
_DESK_OUT: Final = _decoder(DeskOut)


def visitor_in(text: str | bytes) -> VisitorIn:
    """A frame from a visitor. Raises Refused("malformed") or "too_large"."""
    return _strictly(text, _VISITOR_IN, MAX_FRAME)  # type: ignore[no-any-return]


def visitor_out(text: str | bytes) -> VisitorOut:
    """A frame to a visitor, as her page (or the headless one) reads it. Raises as `visitor_in`."""
    return _strictly(text, _VISITOR_OUT, MAX_FRAME)  # type: ignore[no-any-return]


def desk_in(text: str | bytes) -> DeskIn:
    """A frame from a console. Raises as `visitor_in`."""
    return _strictly(text, _DESK_IN, MAX_DESK_IN)  # type: ignore[no-any-return]


def desk_out(text: str | bytes) -> DeskOut:
    """A frame to a console. Raises as `visitor_in`."""
    return _strictly(text, _DESK_OUT, MAX_DESK_OUT)  # type: ignore[no-any-return]


def header(text: str, kind: type[T]) -> T:
    """A header (OpenHeader, MessageHeader, LiveHeader, NoteHeader, CommandHeader, LoginHeader …) from its string."""
    return decode(text, kind)  # type: ignore[no-any-return]


def body(data: bytes, kind: Any) -> Any:
    """An opened body (MessageBody, LiveBody or NoteBody) from its bytes."""
    return decode(data, kind)


def encode(frame: object) -> str:
    """One struct as compact JSON text."""
    return _encoder.encode(frame).decode()


def encode_bytes(frame: object) -> bytes:
    """One struct as compact JSON in bytes."""
    return _encoder.encode(frame)


def padded(frame: object) -> str:
    """One frame of a visitor's connection, padded to the next of WIRE_SIZES."""
    raw = _encoder.encode(frame)
    for size in WIRE_SIZES:
        if len(raw) <= size:
            return raw.decode() + " " * (size - len(raw))
    return raw.decode()


__all__ = [
    "MAX_DESK_IN",
    "MAX_DESK_OUT",
    "MAX_FRAME",
    "WIRE_SIZES",
    "CommandHeader",
    "Header",
    "LiveBody",
    "LiveHeader",
    "LoginHeader",
    "MessageBody",
    "MessageHeader",
    "NoteBody",
    "NoteHeader",
    "OpenHeader",
    "body",
    "decode",
    "desk_in",
    "desk_out",
    "encode",
    "encode_bytes",
    "header",
    "padded",
    "visitor_in",
    "visitor_out",
]
