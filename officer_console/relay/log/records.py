"""An event as a cluster's stream keeps it, and what every engine does with one that can't be read.

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
BROKEN: Final = (FromNewerVersion, msgspec.DecodeError, KeyError, ValueError)
"""What is raised by reading a record that is damaged or of another version."""


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
    """The event, and whether it could be read; what stands for one that can't (see `gap`)."""
    try:
        return decode(seq, cid, data), True
    except BROKEN:
        return gap(seq, cid, (headers or {}).get(ID, ""), (headers or {}).get(BY, "")), False


def gap(seq: int, cid: str, id_: str, by: str) -> Event | None:
    """What stands for a record that can't be read: a message ("<author>.<number>" is its id) keeps its place and its
    author, so that what he writes next has its right number; of anything else nothing is left."""
    author, _dot, number = id_.rpartition(".")
    if not by or author != by or not number.isdecimal():
        return None
    return Event(seq, 0, cid, id_, by, Said())


class Quarantine:
    """Records that can't be read: told of once, and counted."""

    def __init__(self) -> None:
        self._seqs: set[int] = set()

    def __len__(self) -> int:
        return len(self._seqs)

    def take(self, seq: int) -> None:
        """Note one; it counts once."""
        if not self._seqs:
            log.error("record %d can't be read, and is passed over: damaged, or of a newer version", seq)
        self._seqs.add(seq)
