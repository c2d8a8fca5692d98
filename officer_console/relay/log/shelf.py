"""Key material by name, in a file of slots: boxed conversation keys, wrapped desk keys, the founding token."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Final

import msgspec

from .filesystem import keeps_what_is_written_over
from .interface import Opening
from .slots import Slots

OPENING, WRAP, TOKEN = "o.", "w.", "token"
"""How names begin: of a conversation, "o.<cid>"; of a desk key for a member, "w.<key>.<member>"."""
FILE: Final = "keys.slots"
log = logging.getLogger(__name__)


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """Of two under one name the newer one (`at`, ms) counts."""

    at: int
    box: str
    vt: str = ""

    @property
    def opening(self) -> Opening:
        return Opening(self.box, self.vt)


decode: Final = msgspec.json.Decoder(Kept).decode


def wrap_name(key: str, member: str) -> str:
    return f"{WRAP}{key}.{member}"


class Shelf:
    """The slots of one folder; any thread may use it. Raises OSError when the file can't be used."""

    def __init__(self, folder: Path) -> None:
        if why := keeps_what_is_written_over(folder):
            log.warning("erased keys can stay readable on this file system (%s): put the data elsewhere", why)
        self._slots = Slots(folder / FILE)
        self._busy = threading.Lock()

    def __contains__(self, name: str) -> bool:
        return name in self._slots

    def names(self, prefix: str = "") -> list[str]:
        """All names that begin so."""
        with self._busy:
            return self._slots.names(prefix)

    def get(self, name: str) -> Kept | None:
        with self._busy:
            raw = self._slots.get(name)
        return decode(raw) if raw is not None else None

    def put(self, name: str, kept: Kept) -> None:
        with self._busy:
            self._slots.put(name, msgspec.json.encode(kept))

    def drop(self, name: str) -> None:
        """Write over it; of a name that is not there, nothing."""
        with self._busy:
            self._slots.drop(name)

    def sync(self) -> None:
        """Wait until all that was put and dropped is on disk; cheap when nothing was."""
        self._slots.sync()

    def wraps(self, member: str) -> list[tuple[str, str]]:
        """(desk key, box) of all desk keys that are wrapped for a member."""
        found = []
        for name in self.names(WRAP):
            key, who = name.removeprefix(WRAP).split(".")
            if who == member and (kept := self.get(name)):
                found.append((key, kept.box))
        return found

    def close(self) -> None:
        self._slots.close()
