"""What an engine without an index of its own remembers of each conversation: where it ends, and which ids it has.

The ids of a conversation are all or none: those of conversations that nothing was asked of for long are forgotten, and
read again when they are needed.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import msgspec

MOST_IDS: Final = 200_000
"""Ids kept in memory, over all conversations."""


class End(msgspec.Struct):
    """`last` is the seq of the conversation's newest record, `seen` of its newest that could be read, `erased` of what
    its erasure left (0: it is not erased). `ids`: id -> seq of all records up to `last`; None when they are forgotten.
    """

    last: int = 0
    seen: int = 0
    erased: int = 0
    ids: dict[str, int] | None = None

    def is_at(self, expected: int) -> bool:
        """Whether somebody who expects this has seen all that can be seen."""
        return expected in (self.last, self.seen)


class Ends:
    """All conversations, by cid."""

    def __init__(self, most: int = MOST_IDS) -> None:
        self._ends: dict[str, End] = {}
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._count = 0
        self._most = most

    def get(self, cid: str) -> End:
        """A conversation of which nothing is known has no records, and that is complete."""
        return self._ends.get(cid) or End(ids={})

    def learn(self, cid: str, seq: int, id_: str, *, readable: bool, erased: bool) -> bool:
        """Take in a record, in the order of a conversation's records. False when it was known."""
        end = self._ends.get(cid)
        if end is None:
            end = self._ends[cid] = End(ids={})
        if seq <= end.last:
            return False
        end.last = seq
        end.seen = seq if readable else end.seen
        if erased and not end.erased:
            self._forget(cid)
            end.erased, end.ids = seq, {}
        if end.ids is not None:
            end.ids[id_] = seq
            self._used(cid, 1)
        return True

    def remember(self, cid: str, ids: dict[str, int]) -> None:
        """All ids of a conversation up to its end."""
        self._ends[cid].ids = ids
        self._used(cid, len(ids))

    def _used(self, cid: str, more: int) -> None:
        self._recent[cid] = None
        self._recent.move_to_end(cid)
        self._count += more
        while self._count > self._most and len(self._recent) > 1:
            self._forget(next(iter(self._recent)))

    def _forget(self, cid: str) -> None:
        if cid in self._recent:
            del self._recent[cid]
            end = self._ends[cid]
            self._count -= len(end.ids or ())
            end.ids = None
