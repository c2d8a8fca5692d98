"""JSON to structs and back, strictly: no unknown field, no duplicate key, no number that is not an integer.

Every frame of a visitor's connection is padded with spaces (JSON allows them) to one of WIRE_SIZES, so that its size
tells nothing but the bucket.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

from officer_console.model.bodies import LiveBody, MessageBody, NoteBody
from officer_console.model.envelope import Header, LiveHeader, MessageHeader, NoteHeader, OpenHeader

from .frames import CommandHeader, DeskIn, DeskOut, LoginHeader, VisitorIn, VisitorOut
from .refusals import Refused

MAX_FRAME = 24_576
"""Bytes of the largest frame of a visitor's connection and of any frame from a console."""
MAX_DESK_OUT = 1 << 20
"""Bytes of the largest frame from the relay to a console."""
WIRE_SIZES = (1024, 3072, 11_264, 22_528)
"""Bytes a frame of a visitor's connection is padded to."""

T = TypeVar("T")
_encoder = msgspec.json.Encoder()


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key stands twice")
    return fields


def _refuse_number(text: str) -> Any:
    raise ValueError(f"{text[:20]} is not an integer")


_json = json.JSONDecoder(
    object_pairs_hook=_no_doubles, parse_float=_refuse_number, parse_constant=_refuse_number
).decode


def decode(text: str | bytes, kind: Any) -> Any:
    """Read one JSON text as `kind`. Raises Refused("malformed"), or "too_large" above MAX_DESK_OUT."""
    if len(text) > MAX_DESK_OUT:
        raise Refused("too_large")
    try:
        return msgspec.convert(_json(text if isinstance(text, str) else text.decode()), kind, strict=True)
    except (ValueError, RecursionError):  # msgspec.ValidationError and UnicodeDecodeError are ValueErrors
        raise Refused("malformed") from None


def _decode_small(text: str | bytes, kind: Any) -> Any:
    if len(text) > MAX_FRAME:
        raise Refused("too_large")
    return decode(text, kind)


def visitor_in(text: str | bytes) -> VisitorIn:
    """A frame from a visitor."""
    return _decode_small(text, VisitorIn)  # type: ignore[no-any-return]


def visitor_out(text: str | bytes) -> VisitorOut:
    """A frame to a visitor, as her page (or the headless one) reads it."""
    return _decode_small(text, VisitorOut)  # type: ignore[no-any-return]


def desk_in(text: str | bytes) -> DeskIn:
    """A frame from a console."""
    return decode(text, DeskIn)  # type: ignore[no-any-return]


def desk_out(text: str | bytes) -> DeskOut:
    """A frame to a console."""
    return decode(text, DeskOut)  # type: ignore[no-any-return]


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
