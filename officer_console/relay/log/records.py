"""An event as a cluster's stream keeps it, and what is done with one that can't be read.

The stream gives `seq`, the subject `cid`; author and id stand in headers too, so that a record whose inside is broken
still says whose it was.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

import msgspec

from officer_console.model.events import VERSION, Draft, Event, FromNewerVersion, Said, dump, load

log = logging.getLogger(__name__)
ID: Final = "Desk-Id"
BY: Final = "Desk-By"


class Record(msgspec.Struct, frozen=True, array_like=True):
    """The stored form. `what` is as `model.events.dump` gives it, of version `v`."""

    v: int
    at: int
    id: str
    by: str
    what: msgspec.Raw


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Record)


def encode(draft: Draft, at: int) -> bytes:
    """The bytes of a record."""
    return _encoder.encode(Record(VERSION, at, draft.id, draft.by, msgspec.Raw(dump(draft.what))))


def decode(seq: int, cid: str, data: bytes) -> Event:
    """The event. Raises FromNewerVersion or msgspec.DecodeError."""
    record = _decoder.decode(data)
    return Event(seq, record.at, cid, record.id, record.by, load(record.v, bytes(record.what)))


def read(seq: int, cid: str, data: bytes, headers: Mapping[str, str] | None) -> tuple[Event | None, bool]:
    """The event, and whether it could be read. What can't is a gap: a message keeps its place and its author, so that
    what he writes next has its right number; of anything else nothing is left."""
    try:
        return decode(seq, cid, data), True
    except (FromNewerVersion, msgspec.DecodeError, KeyError, ValueError):
        return gap(seq, cid, headers or {}), False


def gap(seq: int, cid: str, headers: Mapping[str, str]) -> Event | None:
    """What stands for a message that can't be read, if it was one: a message has "<author>.<number>" for its id."""
    id_, by = headers.get(ID, ""), headers.get(BY, "")
    author, _dot, number = id_.rpartition(".")
    if not by or author != by or not number.isdecimal():
        return None
    return Event(seq, 0, cid, id_, by, Said())
