"""Referrals and call backs of a FakeDesk: real events, folded by the real model, and levers."""

from __future__ import annotations

import msgspec

from officer_console.client.api import CallBackSeen, Change, Notice
from officer_console.model.callback import CallBackRequest
from officer_console.model.envelope import PatrolHeader, PatrolStatusHeader
from officer_console.model.events import CallbackRequested, CallbackTold, Referred
from officer_console.model.queue import Queue
from officer_console.model.transcript import Kind
from officer_console.protocol.refusals import Refused

ROOM = "kid-room"


class FakeReferrals:
    """Mixed into FakeDesk."""

    me: str
    time: int
    queue: Queue
    hold_back: bool
    disk_full: bool
    no_room: bool

    def begin_referrals(self) -> None:
        self.lines_given: dict[str, list[str]] = {}
        self.refuse_given = ""  # code that recording a referral is refused with
        self._called: dict[str, list[tuple[str, str, CallBackRequest]]] = {}  # event id, by, request
        self._kept_calls: list[tuple[str, CallBackRequest]] = []

    # what the screens see

    def given(self, cid: str) -> tuple[str, ...]:
        return tuple(self.lines_given.get(cid, ()))

    def give_referral(self, cid: str, line: str) -> None:
        self._check(cid, "referred")  # type: ignore[attr-defined]
        if self.refuse_given:
            raise Refused(self.refuse_given)
        if line not in self.given(cid):
            self.lines_given.setdefault(cid, []).append(line)
            self.append(cid, self.me, Referred(), line=Kind.REFERRED, text=line)  # type: ignore[attr-defined]

    def request_callback(self, cid: str, request: CallBackRequest) -> None:
        if not request.has_contact:
            raise ValueError("contact")
        self._check(cid, "callback_requested")  # type: ignore[attr-defined]
        if self.no_room:
            raise Refused("no_room")
        self._check_key()  # type: ignore[attr-defined]
        if self.disk_full:
            raise OSError(28, "No space left on device")
        self._kept_calls.append((cid, request))
        self.emit(Change(frozenset({cid})))  # type: ignore[attr-defined]
        if not self.hold_back:
            self.store_callbacks()

    def callbacks(self, cid: str) -> tuple[CallBackSeen, ...]:
        conversation = self.queue.get(cid)
        known = {each.id: each for each in conversation.callbacks} if conversation else {}
        stored = [
            CallBackSeen(known[id].at, by, known[id].state, request)
            for id, by, request in self._called.get(cid, ())
            if id in known
        ]
        kept = [CallBackSeen(self.time, self.me, "kept", request) for of, request in self._kept_calls if of == cid]
        return (*stored, *kept)

    # levers

    def store_callbacks(self) -> None:
        """The relay stores every request that is kept."""
        kept, self._kept_calls = self._kept_calls, []
        for cid, request in kept:
            header = PatrolHeader(cid=cid, kid="desk", s=self.me, id="", act="callback", use="live", at=self.time)
            h = msgspec.json.encode(header).decode()
            told = " · ".join(filter(None, (request.name, request.phone, request.email, request.when)))
            self.append(cid, self.me, CallbackRequested(h=h, sig=""), line=Kind.CALLBACK, text=told)  # type: ignore[attr-defined]
            conversation = self.queue.get(cid)
            assert conversation
            self._called.setdefault(cid, []).append((conversation.callbacks[-1].id, self.me, request))

    def refuse_callbacks(self, code: str = "no_room") -> None:
        """The relay refuses every request that is kept."""
        kept, self._kept_calls = self._kept_calls, []
        for cid, _request in kept:
            self.emit(Change(frozenset({cid}), notices=(Notice("failed", cid, code=code, what="callback_requested"),)))  # type: ignore[attr-defined]

    def room_takes(self, cid: str, state: str = "taken") -> None:
        """The dispatch room tells what becomes of the newest call back."""
        id = self._called[cid][-1][0]
        header = PatrolStatusHeader(
            cid=cid, kid="", s=ROOM, id=f"call-{self.time}", case=id, re=id, state=state, at=self.time
        )
        h = msgspec.json.encode(header).decode()
        self.append(cid, ROOM, CallbackTold(h=h, sig=""), line=Kind.CALLBACK_TOLD, text=state)  # type: ignore[attr-defined]
