"""A file of key material that is erased by writing over it: no journal, no copy, no row that moves.

The file is made in whole blocks of zeros, and a slot never leaves its place. A put or a drop counts once `sync` has
returned. Not for file systems that copy on write. Slots: a head (state, lengths, checksum), the name, the value, zeros.
"""

from __future__ import annotations

import contextlib
import errno
import os
import struct
import zlib
from pathlib import Path
from typing import Final

SLOT: Final = 1024
"""Bytes of one slot."""
GROW: Final = 256
"""Slots that are made at a time."""
_HEAD: Final = struct.Struct(">4sHHI")
_MAGIC: Final = b"oks1"
ROOM: Final = SLOT - _HEAD.size
"""Bytes of a name and its value together."""
_EMPTY: Final = bytes(SLOT)


class Slots:
    """Names and values, by name. Opening it wipes what a kill left half written. Raises OSError."""

    def __init__(self, file: Path) -> None:
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._at: dict[str, int] = {}
        self._free: list[int] = []
        self._size = 0
        self._dirty = False
        self._load()
        _sync_folder(file.parent)

    def __len__(self) -> int:
        return len(self._at)

    def __contains__(self, name: str) -> bool:
        return name in self._at

    def names(self, prefix: str = "") -> list[str]:
        """All names that begin so."""
        return [name for name in self._at if name.startswith(prefix)]

    def get(self, name: str) -> bytes | None:
        at = self._at.get(name)
        return None if at is None else self._read(at)[1]

    def put(self, name: str, value: bytes) -> None:
        """Raises ValueError when it does not fit."""
        raw = _packed(name.encode(), value)
        at = self._at.get(name)
        if at is None:
            at = self._take()
        self._write(raw, at)
        self._at[name] = at

    def drop(self, name: str) -> None:
        """Write over it; of a name that is not there, nothing."""
        at = self._at.get(name)
        if at is not None:
            self._write(_EMPTY, at)
            self._free.append(self._at.pop(name))

    def sync(self) -> None:
        """Wait until all that was put and dropped is on disk; cheap when nothing was."""
        if self._dirty:
            self._dirty = False
            try:
                os.fsync(self._handle)
            except OSError:
                self._dirty = True
                raise

    def close(self) -> None:
        os.close(self._handle)

    def _take(self) -> int:
        if not self._free:
            self._write(_EMPTY * GROW, self._size)
            self._free = list(range(self._size + (GROW - 1) * SLOT, self._size - 1, -SLOT))
            self._size += GROW * SLOT
        return self._free.pop()

    def _read(self, at: int) -> tuple[str, bytes]:
        return _unpacked(os.pread(self._handle, SLOT, at))

    def _load(self) -> None:
        self._size = os.fstat(self._handle).st_size // SLOT * SLOT
        for at in range(0, self._size, SLOT):
            raw = os.pread(self._handle, SLOT, at)
            if raw == _EMPTY:
                self._free.append(at)
                continue
            try:
                self._at[_unpacked(raw)[0]] = at
            except ValueError:
                self._write(_EMPTY, at)
                self._free.append(at)
        self.sync()

    def _write(self, raw: bytes, at: int) -> None:
        self._dirty = True
        if os.pwrite(self._handle, raw, at) != len(raw):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _packed(name: bytes, value: bytes) -> bytes:
    if len(name) + len(value) > ROOM:
        raise ValueError("larger than a slot")
    body = name + value
    return (_HEAD.pack(_MAGIC, len(name), len(value), zlib.crc32(body)) + body).ljust(SLOT, b"\0")


def _unpacked(raw: bytes) -> tuple[str, bytes]:
    magic, name, value, check = _HEAD.unpack_from(raw)
    body = raw[_HEAD.size : _HEAD.size + name + value]
    if magic != _MAGIC or zlib.crc32(body) != check or len(body) != name + value:
        raise ValueError("not a slot")
    return body[:name].decode(), body[name:]


def read_all(file: Path) -> dict[str, bytes]:
    """Everything in a file that another process may be using; what is half written is left out."""
    raw = file.read_bytes()
    found = {}
    for at in range(0, len(raw) - SLOT + 1, SLOT):
        slot = raw[at : at + SLOT]
        if slot != _EMPTY:
            with contextlib.suppress(ValueError):
                name, value = _unpacked(slot)
                found[name] = value
    return found


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)  # or a power failure takes the new name back
    os.close(handle)
