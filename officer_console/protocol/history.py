"""One history of a conversation, as both ends see it: counts, acknowledgements and digests of its envelopes.

Sans I/O and without keys: it looks at headers and hashes only. Each end feeds it every envelope in log order, its own
included, and asks it for the header of the next one. What does not fit is told, never hidden: a relay that withholds,
repeats, reorders or moves a message is seen at the other end.
"""

from __future__ import annotations

import base64
import hashlib
from enum import StrEnum

from officer_console.model.envelope import VISITOR, Direction, Envelope, MessageHeader, OpenHeader

from . import codec
from .refusals import Refused


class Fault(StrEnum):
    """What is wrong with an envelope."""

    NOT_OURS = "not_ours"  # another conversation, key or direction: refused
    REPEATED = "repeated"  # its number was seen: refused
    MISSING = "missing"  # it is readable, but one before it is not here
    OTHER_HISTORY = "other_history"  # it is readable, but its sender saw something else than we


REFUSED_FAULTS = frozenset({Fault.NOT_OURS, Fault.REPEATED})


def digest(*parts: str) -> str:
    """First 16 bytes of SHA-256 over the parts joined by newlines, in base64url: how an envelope names another."""
    full = hashlib.sha256("\n".join(parts).encode()).digest()
    return base64.urlsafe_b64encode(full[:16]).decode().rstrip("=")


class History:
    """What has been accepted of one conversation. `me` is the sender's name of this end ("v" or an officer's kid)."""

    def __init__(self, me: str, opened: str, box: str, kc: str) -> None:
        self.cid = codec.header(opened, OpenHeader).cid
        self.me = me
        self.kc = kc
        self.last = digest(opened, box)
        self._known = {self.last}
        self._next: dict[str, int] = {}
        self._accepted = {"v": 0, "d": 0}  # direction -> how many
        self._acked: dict[str, int] = {}  # sender -> highest `a` it told

    @property
    def direction(self) -> Direction:
        return "v" if self.me == VISITOR else "d"

    def accepted(self, direction: str) -> int:
        """How many messages of a direction have been accepted."""
        return self._accepted[direction]

    def next_header(self, ahead: int = 0) -> MessageHeader:
        """Header for the next message of this end; `ahead` messages of it are on their way and not accepted yet."""
        other = "d" if self.direction == "v" else "v"
        n = self._next.get(self.me, 0) + ahead
        return MessageHeader(
            cid=self.cid,
            kc=self.kc,
            d=self.direction,
            s=self.me,
            n=n,
            a=self._accepted[other],
            p=self.last,
        )

    def accept(self, envelope: Envelope, by: str) -> Fault | None:
        """Take an envelope into the history, or tell what is wrong; a refused one changes nothing.

        `by` is whom the log names as author.
        """
        try:
            head = codec.header(envelope.h, MessageHeader)
        except Refused:
            return Fault.NOT_OURS
        if not self._ours(head, by):
            return Fault.NOT_OURS
        if head.n < self._next.get(head.s, 0):
            return Fault.REPEATED
        fault = self._fault(head)
        self._take(head, envelope)
        return fault

    def _ours(self, head: MessageHeader, by: str) -> bool:
        return (head.cid, head.kc, head.s) == (self.cid, self.kc, by) and (head.d == "v") == (head.s == VISITOR)

    def _fault(self, head: MessageHeader) -> Fault | None:
        if head.n > self._next.get(head.s, 0):
            return Fault.MISSING
        other = "d" if head.d == "v" else "v"
        if not self._acked.get(head.s, 0) <= head.a <= self._accepted[other] or head.p not in self._known:
            return Fault.OTHER_HISTORY
        return None

    def _take(self, head: MessageHeader, envelope: Envelope) -> None:
        self._next[head.s] = head.n + 1
        self._accepted[head.d] += 1
        self._acked[head.s] = max(head.a, self._acked.get(head.s, 0))
        self.last = digest(envelope.h, envelope.n, envelope.c)
        self._known.add(self.last)
