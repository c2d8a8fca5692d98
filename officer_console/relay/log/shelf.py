"""Key material by name, in a file of slots: boxed conversation keys, boxed keys of exports, wrapped desk keys, the
founding token."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Final

import msgspec

from .filesystem import keeps_what_is_written_over
from .interface import Opening
from .slots import Slots

OPENING, WRAP, EXPORT, TOKEN = "o.", "w.", "x.", "token"
"""How names begin: of a conversation, "o.<cid>"; of what is kept of it to practise on, "x.<cid>.<export>"; of a desk
key for a member, "w.<key>.<member>"."""
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


def export_name(cid: str, export: str) -> str:
    return f"{EXPORT}{cid}.{export}"


def conversation_of(name: str) -> str:
    """The conversation that key material belongs to, and is erased with; "" for none."""
    return name.split(".")[1] if name.startswith((OPENING, EXPORT)) else ""


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

    def of_conversation(self, cid: str) -> list[str]:
        """All names that are erased with a conversation."""
        return [name for name in (OPENING + cid, *self.exports(cid)) if name in self]

    def exports(self, cid: str) -> list[str]:
        """Names of what is kept of a conversation to practise on."""
        return self.names(export_name(cid, ""))

    def exports_before(self, at: int) -> list[tuple[str, str]]:
        """(conversation, export) of all that are older, ms."""
        names = [name for name in self.names(EXPORT) if (kept := self.get(name)) and kept.at < at]
        return [(conversation_of(name), name.rpartition(".")[2]) for name in names]

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
