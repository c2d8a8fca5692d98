"""Patrols at a practice desk: an exercise, which reaches nothing. See `client.api.PatrolRequests`.

The countdown runs in real time, as on duty. The room that answers is the session's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Literal

import msgspec

from officer_console.client.api import Notice, Patrol
from officer_console.model.bodies import Help
from officer_console.model.envelope import PatrolHeader, PatrolStatusHeader
from officer_console.model.events import PatrolCancelled, PatrolRequested, PatrolStatus, Said, What
from officer_console.model.patrol import COMING, PatrolRequest, PatrolState, dump_request, open_case
from officer_console.model.text import displayable, one_line
from officer_console.model.transcript import Kind, Line
from officer_console.practice.moments import Cancels, Did, Sends, Tells
from officer_console.protocol.refusals import Refused

from .log import Log

ROOM: Final = "practice-room"
Act = Literal["request", "cancel"]


class RoomSaid(msgspec.Struct):
    """What the room told last of a conversation."""

    unit: str = ""
    words: str = ""
    question: str = ""


class Counting(msgspec.Struct, frozen=True):
    """A request whose countdown runs: until when (time of day, ms), and the timer."""

    request: PatrolRequest
    since: int
    due: int
    timer: asyncio.TimerHandle


class PracticePatrols:
    """`did` tells the stage."""

    def __init__(self, log: Log, did: Callable[[str, Did], None]) -> None:
        self._log, self._did = log, did
        self._begun: dict[str, PatrolRequest] = {}
        self._asked: dict[str, PatrolRequest] = {}
        self._counting: dict[str, Counting] = {}
        self._room: dict[str, RoomSaid] = {}
        self._helped: set[str] = set()

    # ---- what the screens see ----

    def of(self, cid: str) -> Patrol | None:
        conversation, counting = self._log.queue.get(cid), self._counting.get(cid)
        case = conversation.cases[-1] if conversation and conversation.cases else None
        if case is None or (counting and case.over):
            return self._kept(counting) if counting else None
        said = self._room.get(cid, RoomSaid())
        return Patrol(
            case.state, case.state_at, case.asked[0].by, counting.request if counting else self._asked.get(cid),
            case.unacked_since, due=counting.due if counting else 0, unsent=counting is not None,
            cancelled=case.cancelled, unit=said.unit, words=said.words, question=said.question,
        )  # fmt: skip

    def all_open(self) -> Sequence[tuple[str, Patrol]]:
        cids = dict.fromkeys([*self._counting, *self._asked])
        found = [(cid, patrol) for cid in cids if (patrol := self.of(cid)) and not patrol.over]
        return sorted(found, key=lambda each: (not each[1].unacked_since, each[1].unacked_since or each[1].state_at))

    def draft(self, cid: str) -> PatrolRequest:
        from officer_console.model.known import known, prefilled  # late, as the real desk does: starts are measured

        if cid in self._begun:
            return self._begun[cid]
        patrol, conversation = self.of(cid), self._log.queue.get(cid)
        if patrol and patrol.request and not patrol.over and not patrol.cancelled:
            return patrol.request
        language: Literal["fr", "en"] = "en" if conversation and conversation.language == "en" else "fr"
        found = known(self._log.lines(cid), conversation.postcode if conversation else "", language)
        return prefilled(found, language=language)

    def keep_draft(self, cid: str, request: PatrolRequest) -> None:
        self._begun[cid] = request

    # ---- what the trainee does ----

    def request(self, cid: str, request: PatrolRequest, grace_ms: int) -> None:
        if not request.has_place:
            raise ValueError("place")
        self._log.require(cid, "patrol_requested")
        if cid in self._counting:
            raise Refused("state")
        self._begun.pop(cid, None)
        now = self._log.now()
        timer = asyncio.get_running_loop().call_later(grace_ms / 1000, self._let_go, cid)
        self._counting[cid] = Counting(request, now, now + grace_ms, timer)
        if not grace_ms:
            timer.cancel()
            self._let_go(cid)
        self._log.announcer.conversation(cid)
        self._log.announcer.hurry()

    def take_back(self, cid: str) -> bool:
        counting = self._counting.pop(cid, None)
        if counting is None:
            return False
        counting.timer.cancel()
        self._begun[cid] = counting.request
        self._log.announcer.conversation(cid)
        return True

    def again(self, cid: str, wanted: bool) -> None:
        """Nothing is ever kept for too long here."""

    def cancel(self, cid: str, reason: str) -> None:
        conversation = self._log.require(cid, "patrol_cancelled")
        if not reason.strip():
            raise ValueError("empty")
        if open_case(conversation.cases) is None:
            raise Refused("no_case")
        self.ask(cid, self._log.me, "cancel", displayable(reason))
        self._did(cid, Cancels(reason))
        self.room_tells(cid, Tells("delivered"))

    def close(self) -> None:
        """Practice ends: nothing counts down any more."""
        for counting in self._counting.values():
            counting.timer.cancel()
        self._counting.clear()

    # ---- what happens ----

    def asks(self, cid: str, by: str, request: PatrolRequest, at: int = 0) -> None:
        """An officer's request is with the room of the exercise."""
        conversation = self._log.queue.get(cid)
        update = conversation is not None and open_case(conversation.cases) is not None
        self._asked[cid] = request
        self._room.setdefault(cid, RoomSaid()).question = ""
        self.ask(cid, by, "request", request.where_to, "update" if update else "", at)

    def ask(
        self, cid: str, by: str, act: Literal["request", "cancel"], text: str, remark: str = "", at: int = 0
    ) -> None:
        """The event of a request or cancelling, with its line."""
        header = PatrolHeader(cid=cid, kid="", s=by, id="", act=act, use="practice", at=at or self._log.now())
        h = msgspec.json.encode(header).decode()
        what: What = PatrolRequested(h=h, sig="") if act == "request" else PatrolCancelled(h=h, sig="")
        kind = Kind.PATROL if act == "request" else Kind.PATROL_CANCELLED
        self._log.append(cid, by, what, None, Line("", kind, 0, text=one_line(text, 400), remark=remark), at)

    def room_tells(self, cid: str, tells: Tells, at: int = 0) -> None:
        """The room of the exercise tells something of the newest case."""
        conversation = self._log.queue.get(cid)
        if conversation is None or not conversation.cases:
            return
        case, told = conversation.cases[-1], self._room.setdefault(cid, RoomSaid())
        told.unit = tells.unit or told.unit
        told.words = "" if tells.state == "question" else tells.text
        told.question = tells.text if tells.state == "question" else told.question
        header = PatrolStatusHeader(
            cid=cid, kid="", s=ROOM, id=f"told-{case.told}", case=case.id, re=case.asked[-1].id, state=tells.state,
            at=at or self._log.now(),
        )  # fmt: skip
        status = PatrolStatus(h=msgspec.json.encode(header).decode(), sig="")
        line = Line("", Kind.PATROL_TOLD, 0, text=displayable(tells.text), remark=f"{tells.state} {tells.unit}".strip())
        self._log.append(cid, ROOM, status, None, line, at)
        self._log.announcer.notice(Notice("patrol_told", cid, code=tells.state, text=tells.text or tells.unit))
        self._help(cid)

    # ---- parts of the above ----

    def _kept(self, counting: Counting) -> Patrol:
        return Patrol(
            PatrolState.KEPT, counting.since, self._log.me, counting.request, counting.since, counting.due, unsent=True
        )

    def _let_go(self, cid: str) -> None:
        """The countdown is over."""
        counting = self._counting.pop(cid)
        self.asks(cid, self._log.me, counting.request)
        self._did(cid, Sends(dump_request(counting.request)))

    def _help(self, cid: str) -> None:
        """She is told that help is coming, as the real desk tells her, once the room has accepted."""
        conversation, request = self._log.queue.get(cid), self._asked.get(cid)
        case = conversation.patrol if conversation else None
        if case is None or case.id in self._helped or case.state not in COMING or request is None:
            return
        if request.words.strip() and conversation and conversation.holder == self._log.me:
            self._helped.add(case.id)
            body = Help(ts=self._log.now(), b=displayable(request.words), case=case.id)
            self._log.append(cid, self._log.me, Said(), body, Line("", Kind.HELP, 0, text=body.b))
