"""Who answers for the conversations of a practice desk. See `client.api.Claims`."""

from __future__ import annotations

from collections.abc import Callable

from officer_console.model.bodies import Outcome
from officer_console.model.events import Claimed, Closed, Level, Released, UrgencyRaised
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind, Line
from officer_console.practice.moments import Did, Stands
from officer_console.protocol.refusals import Refused

from .log import Log


class PracticeClaims:
    """`did` tells the stage."""

    def __init__(self, log: Log, did: Callable[[str, Did], None]) -> None:
        self._log, self._did = log, did

    @property
    def in_hand(self) -> int:
        return self._log.queue.load(self._log.me)

    def raise_urgency(self, cid: str, level: Level) -> None:
        self._log.require(cid, "urgency_raised")
        self._log.append(cid, self._log.me, UrgencyRaised(level), line=Line("", Kind.RAISED, 0, text=level))

    def urgency(self, cid: str) -> str:
        conversation = self._log.queue.get(cid)
        return conversation.urgency if conversation else ""

    def erase(self, cid: str) -> None:
        raise Refused("not_yours")

    def claim(self, cid: str) -> None:
        self._log.require(cid, "claimed")
        self._log.append(cid, self._log.me, Claimed(), line=Line("", Kind.CLAIMED, 0))
        self._did(cid, Stands("claimed"))

    def take_next(self) -> str | None:
        first = next(self._log.queue.waiting(), None)
        if first is None:
            return None
        self.claim(first.cid)
        return first.cid

    def release(self, cid: str, *, relief: bool = False) -> None:
        self._log.require(cid, "released")
        self._log.append(cid, self._log.me, Released("relief" if relief else ""), line=Line("", Kind.RELEASED, 0))
        self._did(cid, Stands("released"))

    def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None:
        self._log.require(cid, "closed")
        body = Outcome(ts=self._log.now(), b=outcome, remark=remark)
        line = Line("", Kind.CLOSED, 0, text=outcome, remark=displayable(remark))
        self._log.append(cid, self._log.me, Closed(), body, line)
        self._did(cid, Stands("closed", outcome))
