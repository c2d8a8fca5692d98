"""The patrol requests of a FakeDesk: real events with real headers, folded by the real model, and levers.

A request is in its countdown until the clock of the desk has passed it, then goes to the relay at once, unless
`hold_back` is set (the relay is down): then it is kept, and `store_all` stores it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from officer_console.client.api import Change, Notice, Patrol
from officer_console.model.conversation import Conversation
from officer_console.model.envelope import PatrolHeader, PatrolStatusHeader
from officer_console.model.events import PatrolCancelled, PatrolRequested, PatrolStatus, What
from officer_console.model.patrol import COMING, Case, PatrolRequest, PatrolState, open_case
from officer_console.model.rules import may_read_patrol
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind
from officer_console.protocol.refusals import Refused

if TYPE_CHECKING:
    from tests.console.fake_desk import FakeDesk

OLD_MS = 120_000
ROOM = "kid-room"
NO_WORDS = ""


class Asking(msgspec.Struct):
    """A request or cancelling that is only on this machine. `due`: when its countdown ends; 0: it is over."""

    request: PatrolRequest | None
    reason: str
    at: int
    due: int = 0


class Told(msgspec.Struct):
    """What the room told last of a conversation."""

    state: str = ""
    unit: str = ""
    words: str = ""
    code: str = ""
    question: str = ""


class FakePatrols:
    """See `client.api.PatrolRequests`."""

    def __init__(self, desk: FakeDesk) -> None:
        self.refuse = ""  # code that a request is refused with
        self.drafts: dict[str, PatrolRequest] = {}
        self.asked: list[tuple[str, PatrolRequest]] = []  # what was stored at the relay
        self.cancelled: list[tuple[str, str]] = []
        self._desk = desk
        self._kept: dict[str, Asking] = {}
        self._requests: dict[str, PatrolRequest] = {}
        self._room_told: dict[str, Told] = {}

    # what the screens see

    def of(self, cid: str) -> Patrol | None:
        conversation, kept = self._desk.queue.get(cid), self._kept.get(cid)
        case = conversation.cases[-1] if conversation and conversation.cases else None
        joins = conversation and open_case(conversation.cases)
        if case and (joins or kept is None or kept.request is None):
            return self._stored(cid, case, kept)
        if kept is None:
            return None
        old = self._old(kept)
        return Patrol(PatrolState.KEPT, kept.at, self._desk.me, kept.request, kept.at, kept.due, old, unsent=True)

    def all_open(self) -> list[tuple[str, Patrol]]:
        cids = [cid for cid in sorted({*self._requests, *self._kept, *self._room_told}) if self._may_see(cid)]
        found = [(cid, patrol) for cid in cids if (patrol := self.of(cid)) and not patrol.over]
        return sorted(found, key=lambda each: (not each[1].unacked_since, each[1].unacked_since or each[1].state_at))

    def draft(self, cid: str) -> PatrolRequest:
        from officer_console.model.known import known, prefilled  # late, as the real desk does: starts are measured

        patrol, conversation = self.of(cid), self._desk.queue.get(cid)
        if cid in self.drafts:
            return self.drafts[cid]
        if patrol and patrol.request and not patrol.over and not patrol.cancelled:
            return patrol.request
        postcode, language = (conversation.postcode, conversation.language) if conversation else ("", "fr")
        found = known(self._desk.talk.lines(cid), postcode, language)
        return prefilled(found, NO_WORDS, "en" if language == "en" else "fr")

    def keep_draft(self, cid: str, request: PatrolRequest) -> None:
        self.drafts[cid] = request

    def request(self, cid: str, request: PatrolRequest, grace_ms: int) -> None:
        if not request.has_place:
            raise ValueError("place")
        self._desk.check(cid, "patrol_requested")
        if self._desk.no_room or self.refuse:
            raise Refused(self.refuse or "no_room")
        self._desk.check_key()
        if self._desk.disk_full:
            raise OSError(28, "No space left on device")
        if cid in self._kept and self._kept[cid].due:
            raise Refused("state")
        self._kept[cid] = Asking(request, "", self._desk.time, self._desk.time + grace_ms if grace_ms else 0)
        self.drafts.pop(cid, None)
        self._tell_of(cid)
        if not grace_ms:
            self.let_go()

    def take_back(self, cid: str) -> bool:
        kept = self._kept.get(cid)
        if kept is None or not kept.due:
            return False
        self._into_draft(cid)
        return True

    def again(self, cid: str, wanted: bool) -> None:
        if wanted:
            self._kept[cid].at = self._desk.time
            self._tell_of(cid)
            if not self._desk.hold_back:
                self.store_all()
        else:
            self._into_draft(cid)

    def cancel(self, cid: str, reason: str) -> None:
        conversation = self._desk.queue.get(cid)
        if not reason.strip():
            raise ValueError("empty")
        if conversation is None or open_case(conversation.cases) is None:
            raise Refused("no_case")
        self._desk.check(cid, "patrol_cancelled")
        if self._desk.disk_full:
            raise OSError(28, "No space left on device")
        self._kept[cid] = Asking(None, reason, self._desk.time)
        self._tell_of(cid)
        self.let_go()

    # levers

    def let_go(self) -> None:
        """Countdowns that are over are over."""
        for cid, kept in list(self._kept.items()):
            if kept.due and kept.due <= self._desk.time:
                kept.due = 0
                self._tell_of(cid)
        if not self._desk.hold_back:
            self.store_all()

    def store_all(self) -> None:
        """The relay stores what is kept, but for what is too old to be sent without a word."""
        for cid, kept in list(self._kept.items()):
            if kept.due:
                continue
            if self._old(kept):
                self._desk.emit(Change(notices=(Notice("patrol_old", cid),)))
                continue
            del self._kept[cid]
            if kept.request:
                self.asks(cid, kept.request, self._desk.me)
            else:
                self.cancelled.append((cid, kept.reason))
                self._append_asked(cid, self._desk.me, "cancel", kept.reason)

    def asks(self, cid: str, request: PatrolRequest, kid: str) -> None:
        """A request of this officer is stored at the relay."""
        conversation = self._desk.queue.get(cid)
        update = conversation is not None and open_case(conversation.cases) is not None
        self._requests[cid] = request
        self.asked.append((cid, request))
        if not update:
            self._room_told.pop(cid, None)
        else:
            self._room_told.setdefault(cid, Told()).question = ""
        self._append_asked(cid, kid, "request", request.place or request.where, "update" if update else "")

    def colleague_asks(self, cid: str, request: PatrolRequest, kid: str = "kid-ana") -> None:
        self.asks(cid, request, kid)
        self._desk.emit(Change(notices=(Notice("patrol_asked", cid, kid, code="patrol_requested"),)))

    def room_tells(
        self, cid: str, state: str, unit: str = "", words: str = "", code: str = "", *, re: str = "", tell: bool = True
    ) -> None:
        """The dispatch room tells something of the newest case, of its newest request or of `re`."""
        conversation = self._desk.queue.get(cid)
        assert conversation is not None and conversation.cases
        case = conversation.cases[-1]
        at = self._desk.time
        header = PatrolStatusHeader(
            cid=cid, kid="", s=ROOM, id=f"told-{at}", case=case.id, re=re or case.asked[-1].id, state=state, at=at
        )
        told = self._room_told.setdefault(cid, Told())
        told.state, told.words, told.code, told.unit = state, words, code, unit or told.unit
        if state == "question":
            told.question, told.words = words, ""
        status = PatrolStatus(h=msgspec.json.encode(header).decode(), sig="")
        remark = f"{state} {unit}".strip()
        self._desk.append(cid, ROOM, status, None, Kind.PATROL_TOLD, displayable(words), remark=displayable(remark))
        if tell:
            notice = Notice("patrol_told", cid, code=state, text=words or unit)
            self._desk.emit(Change(notices=(notice,)))

    def restarted_in_countdown(self, cid: str, request: PatrolRequest) -> None:
        """The console before this one was stopped while it counted down."""
        self.drafts[cid] = request
        self._desk.emit(Change(notices=(Notice("patrol_unsent", cid),)))

    def helps(self, cid: str) -> bool:
        """Whether the visitor would be told that help is coming."""
        conversation = self._desk.queue.get(cid)
        return bool(conversation and conversation.patrol and conversation.patrol.state in COMING)

    # parts of the above

    def _stored(self, cid: str, case: Case, kept: Asking | None) -> Patrol:
        told = self._room_told.get(cid, Told())
        waiting = [case.unacked_since, kept.at if kept else 0]
        readable = self._may_see(cid)
        request = kept.request if kept and kept.request else self._requests.get(cid)
        return Patrol(
            case.state, case.state_at, case.asked[0].by, request if readable else None,
            min(filter(None, waiting), default=0), kept.due if kept else 0, bool(kept and self._old(kept)), bool(kept),
            case.cancelled or bool(kept and kept.request is None), case.asked[-1].id in case.failed,
            told.unit, told.words, told.code, told.question,
        )  # fmt: skip

    def _may_see(self, cid: str) -> bool:
        conversation: Conversation | None = self._desk.queue.get(cid)
        return cid in self._kept or bool(conversation and may_read_patrol(conversation, self._desk.me, self._desk.role))

    def _old(self, kept: Asking) -> bool:
        return not kept.due and self._desk.time - kept.at > OLD_MS

    def _into_draft(self, cid: str) -> None:
        kept = self._kept.pop(cid)
        if kept.request:
            self.drafts[cid] = kept.request
        self._tell_of(cid)

    def _tell_of(self, cid: str) -> None:
        self._desk.emit(Change(frozenset({cid})))

    def _append_asked(self, cid: str, kid: str, act: str, text: str, remark: str = "") -> None:
        use = "practice" if self._desk.practice else "live"
        header = PatrolHeader(
            cid=cid, kid="desk", s=kid, id="", act=act, use=use, at=self._desk.time,  # type: ignore[arg-type]
        )  # fmt: skip
        h = msgspec.json.encode(header).decode()
        what: What = PatrolRequested(h=h, sig="") if act == "request" else PatrolCancelled(h=h, sig="")
        kind = Kind.PATROL if act == "request" else Kind.PATROL_CANCELLED
        self._desk.append(cid, kid, what, None, kind, displayable(text), remark=remark)
