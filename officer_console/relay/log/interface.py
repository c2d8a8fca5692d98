"""What the relay asks of a log engine. tests/log holds every engine to it.

An event is returned from `append` only when it is on disk: that return is the acknowledgement.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from officer_console.model.events import Draft, Event


class Conflict(Exception):
    """The conversation has moved on: its last `seq` is not the expected one."""


class Statement(msgspec.Struct, frozen=True):
    """One signed statement of the directory, as uploaded."""

    s: str
    sig: str


class Opening(msgspec.Struct, frozen=True):
    """Key material of one conversation: the boxed conversation key, and SHA-256 of the visitor's token."""

    box: str
    vt: str


class Log(Protocol):
    """Append-only, ordered by `seq`. Every method raises Refused("storage") when the disk takes or gives nothing."""

    @property
    def healthy(self) -> bool:
        """Whether the last write succeeded."""
        ...

    @property
    def quarantined(self) -> int:
        """How many records could not be read so far: damaged, or of a newer version. A message among them is an event
        without its words, so that its conversation shows that one is missing; any other is passed over."""
        ...

    async def append(self, draft: Draft, expected: int | None = None) -> Event:
        """Store an event. The same (cid, id) with the same content answers the first event, with other content raises
        Refused("conflict"). Raises Conflict unless `expected` is the conversation's last seq, or the last that can be
        read (None: any), and Refused("erased") after an erasure."""
        ...

    async def open(self, draft: Draft, opening: Opening) -> Event:
        """Store the first event of a conversation and its key material, both or neither."""
        ...

    async def erase(self, draft: Draft) -> Event:
        """Erase key material and events of a conversation, leave `draft` in their place; return when no trace of a
        row is left in the engine's files. Again: answers the first event."""
        ...

    async def read(self, after: int, limit: int, cid: str | None = None) -> list[Event]:
        """Events with a seq above `after`, in order, of one conversation or of all."""
        ...

    async def has_news(self, cid: str, after: int) -> bool:
        """Whether anybody, another relay too, has appended to a conversation above `after`; then `read` gives it."""
        ...

    def follow(self, after: int) -> AsyncIterator[Sequence[Event]]:
        """All events above `after`, in order, in batches, then what comes, without end."""
        ...

    async def head(self) -> int:
        """The highest seq ever given; 0 in an empty log."""
        ...

    async def close(self) -> None:
        """Finish what was begun, then release the files."""
        ...


class KeyShelf(Protocol):
    """Key material that must be erasable in place, apart from the log."""

    async def opening(self, cid: str) -> Opening | None: ...
    async def openings(self, cids: Sequence[str]) -> Mapping[str, Opening]:
        """Several at once; unknown ones are left out."""
        ...

    async def wraps(self, member: str) -> list[tuple[str, str]]:
        """(desk key, box) of all desk keys that are wrapped for a member."""
        ...

    async def keep_export(self, cid: str, export: str, box: str) -> None:
        """Keep the boxed key of an export, until its conversation is erased; returns when it is on disk. Raises
        Refused("storage")."""
        ...

    async def export_box(self, cid: str, export: str) -> str | None: ...
    async def exports(self, before: int) -> list[tuple[str, str]]:
        """(conversation, export) of all that were kept before a time, ms."""
        ...

    async def drop_exports(self, cid: str, but: str = "") -> None:
        """Write over the keys of a conversation's exports, but of one. Raises Refused("storage")."""
        ...


class DirectoryStore(Protocol):
    """The signed statements. The relay checks them before; it can't sign any."""

    async def statements(self) -> list[Statement]: ...
    async def extend(self, size: int, statements: Sequence[Statement], wraps: Sequence[tuple[str, str, str]]) -> None:
        """Append statements to a list that has `size`, and leave wraps (desk key, member, box). Raises Conflict when
        the list has another size."""
        ...


class Engine(Log, Protocol):
    """All that a relay stores: a log, and what lies beside it."""

    @property
    def shelf(self) -> KeyShelf: ...
    @property
    def directory(self) -> DirectoryStore: ...


Clock = Callable[[], int]
"""Milliseconds since 1970."""
