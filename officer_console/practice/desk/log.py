"""What a practice desk has instead of a relay's log: events folded by the real model, and the lines they make."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable
from typing import Final

import msgspec

from officer_console.client.announcer import Announcer
from officer_console.client.api import Notice, Peer
from officer_console.model.bodies import Body
from officer_console.model.conversation import Conversation, State
from officer_console.model.envelope import VISITOR
from officer_console.model.events import Event, Left, Returned, Said, What
from officer_console.model.queue import Queue, rank
from officer_console.model.rules import may_append, parts_of
from officer_console.model.timers import Timers
from officer_console.model.transcript import Kind, Line, Status
from officer_console.protocol.refusals import Refused

TIMERS: Final = Timers(answer_return_s=86_400, gone_return_s=86_400)
"""Warned as on duty; but there is no relay here that would put a conversation back, so none is announced."""
_TOLD: Final = {Left: "left", Returned: "returned"}


class Log:
    """One desk's. `now()` is the time of day in ms, `me` the trainee, `role` his."""

    def __init__(self, me: str, role: str, now: Callable[[], int]) -> None:
        self.me, self.role, self.now = me, role, now
        self.queue = Queue(me, TIMERS)
        self.announcer = Announcer()
        self.peers: dict[str, Peer] = {}
        self._lines: dict[str, list[Line]] = defaultdict(list)
        self._read: dict[str, int] = {}
        self._numbers = itertools.count(1)

    def append(
        self, cid: str, by: str, what: What, body: Body | None = None, line: Line | None = None, at: int = 0
    ) -> Event:
        """Fold one event in, put its line when it has one (id, number, time and author are filled in), and tell."""
        seq = next(self._numbers)
        event = Event(seq, at or self.now(), cid, (line.key if line and line.key else f"e{seq}"), by, what)
        before, after = self.queue.apply(event, body)
        if line is not None:
            self.put(cid, msgspec.structs.replace(line, key=event.id, at=event.at, seq=seq, who=by))
        moved = before is None or rank(before, self.me) != rank(after, self.me) or before.state is not after.state
        self.announcer.conversation(cid, order=moved)
        for notice in self._notices(before, event):
            self.announcer.notice(notice)
        return event

    def put(self, cid: str, line: Line) -> None:
        """One more line."""
        self._lines[cid].append(line)

    def lines(self, cid: str) -> list[Line]:
        """The transcript."""
        return self._lines[cid]

    def set_status(self, cid: str, status: Status) -> None:
        """All lines of officers have come so far."""
        lines = self._lines[cid]
        for at, line in enumerate(lines):
            if line.kind is Kind.OFFICER and line.status is Status.STORED:
                lines[at] = msgspec.structs.replace(line, status=status)
                self.announcer.conversation(cid)

    def set_peer(self, cid: str, peer: Peer) -> None:
        """How she is seen now."""
        if self.peers.get(cid, Peer()) != peer:
            self.peers[cid] = peer
            self.announcer.conversation(cid)

    def forget(self, cid: str) -> None:
        """A conversation was never there."""
        self.queue.forget(cid)
        self._lines.pop(cid, None)
        self._read.pop(cid, None)
        self.peers.pop(cid, None)
        self.announcer.conversation(cid, order=True)

    # ---- reading ----

    def unread(self, cid: str) -> int:
        """Her lines that have not been on screen."""
        return sum(line.kind is Kind.VISITOR for line in self._lines[cid][self._read.get(cid, 0) :])

    def first_unread(self, cid: str) -> int | None:
        """The first of them."""
        lines, start = self._lines[cid], self._read.get(cid, 0)
        return next((at for at in range(start, len(lines)) if lines[at].kind is Kind.VISITOR), None)

    def mark_read(self, cid: str) -> None:
        """All lines have been on screen."""
        if self._read.get(cid) != len(self._lines[cid]):
            self._read[cid] = len(self._lines[cid])
            self.announcer.conversation(cid)

    # ---- rules ----

    def require(self, cid: str, kind: str) -> Conversation:
        """The conversation, when the rules let the trainee append such an event. Raises Refused."""
        conversation = self.queue.get(cid)
        if conversation is None:
            raise Refused("unknown")
        if not may_append(conversation, kind, parts_of(conversation, self.me, self.role)):
            code = "taken" if kind == "claimed" else "not_yours" if conversation.holder != self.me else "state"
            raise Refused(code, conversation.holder)
        return conversation

    def _notices(self, before: Conversation | None, event: Event) -> list[Notice]:
        if before is None or before.holder != self.me:
            return []
        if isinstance(event.what, Said) and event.by == VISITOR:
            return [Notice("reopened" if before.state is State.CLOSED else "wrote", event.cid)]
        kind = _TOLD.get(type(event.what))
        return [Notice(kind, event.cid)] if kind else []
