"""Who answers for the conversations of a FakeDesk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from officer_console.client.api import Change, Notice
from officer_console.model.bodies import Outcome
from officer_console.model.events import Claimed, Closed, Level, Released, UrgencyRaised
from officer_console.model.next import Row, next_for
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind

if TYPE_CHECKING:
    from tests.console.fake_desk import FakeDesk


class FakeClaims:
    """See `client.api.Claims`."""

    def __init__(self, desk: FakeDesk) -> None:
        self.rival = ""  # who wins the next claim instead of us
        self._desk = desk

    def claim(self, cid: str) -> None:
        self._desk.check(cid, "claimed")
        if self.rival:
            rival, self.rival = self.rival, ""
            self._desk.append(cid, rival, Claimed(), line=Kind.CLAIMED)
            return self._desk.emit(Change(notices=(Notice("taken", cid, who=rival),)))
        self._desk.append(cid, self._desk.me, Claimed(), line=Kind.CLAIMED)

    def take_next(self) -> str | None:
        desk = self._desk
        first = next_for(Row(desk.queue, {each.kid: each for each in desk.shift.officers()}, desk.time))
        if first is None:
            return None
        self.claim(first.cid)
        taken = self._desk.queue.get(first.cid)
        return first.cid if taken and taken.holder == self._desk.me else self.take_next()

    @property
    def in_hand(self) -> int:
        return self._desk.queue.load(self._desk.me)

    def raise_urgency(self, cid: str, level: Level) -> None:
        self._desk.check(cid, "urgency_raised")
        self._desk.append(cid, self._desk.me, UrgencyRaised(level), line=Kind.RAISED, text=level)

    def urgency(self, cid: str) -> str:
        conversation = self._desk.queue.get(cid)
        return conversation.urgency if conversation else ""

    def release(self, cid: str, *, relief: bool = False) -> None:
        self._desk.check(cid, "released")
        self._desk.append(cid, self._desk.me, Released("relief" if relief else ""), line=Kind.RELEASED)

    def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None:
        self._desk.check(cid, "closed")
        self._desk.check_key()
        body = Outcome(ts=self._desk.time, b=outcome, remark=remark)
        self._desk.append(cid, self._desk.me, Closed(), body, Kind.CLOSED, outcome, remark=displayable(remark))

    def erase(self, cid: str) -> None:
        self._desk.check(cid, "erased")
        self._desk.visitor_erases(cid)
