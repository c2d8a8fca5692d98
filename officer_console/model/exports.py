"""The export of a conversation, as a fold of its events: a lead keeps it to practise on, somebody else countersigns."""

from __future__ import annotations

import msgspec


class Export(msgspec.Struct, frozen=True):
    """`id` of the event that begins it, `by` the lead, `at` ms; `parts` of the sealed session, of which `there` are
    stored; `countersigned`: by whom, "" by nobody yet."""

    cid: str
    id: str
    by: str
    at: int
    parts: int
    there: int = 0
    countersigned: str = ""

    @property
    def whole(self) -> bool:
        """Whether all of it is stored."""
        return self.there == self.parts
