"""Referrals and call backs of a FakeDesk: real events, folded by the real model, and levers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from officer_console.client.api import CallBackSeen, Change, Notice
from officer_console.model.callback import CallBackRequest
from officer_console.model.envelope import PatrolHeader, PatrolStatusHeader
from officer_console.model.events import CallbackRequested, CallbackTold, Referred
from officer_console.model.transcript import Kind
from officer_console.protocol.refusals import Refused

if TYPE_CHECKING:
    from tests.console.fake_desk import FakeDesk

ROOM = "kid-room"


class FakeReferrals:
    """See `client.api.Referrals`."""

    def __init__(self, desk: FakeDesk) -> None:
        self.lines_given: dict[str, list[str]] = {}
        self.refuse_given = ""  # code that recording a referral is refused with
        self._desk = desk
        self._called: dict[str, list[tuple[str, str, CallBackRequest]]] = {}  # event id, by, request
        self._kept_calls: list[tuple[str, CallBackRequest]] = []

    # what the screens see

    def given(self, cid: str) -> tuple[str, ...]:
        return tuple(self.lines_given.get(cid, ()))

    def give(self, cid: str, line: str) -> None:
        self._desk.check(cid, "referred")
        if self.refuse_given:
            raise Refused(self.refuse_given)
        if line not in self.given(cid):
            self.lines_given.setdefault(cid, []).append(line)
            self._desk.append(cid, self._desk.me, Referred(), line=Kind.REFERRED, text=line)

    def request_callback(self, cid: str, request: CallBackRequest) -> None:
        if not request.has_contact:
            raise ValueError("contact")
        self._desk.check(cid, "callback_requested")
        if self._desk.no_room:
            raise Refused("no_room")
        self._desk.check_key()
        if self._desk.disk_full:
            raise OSError(28, "No space left on device")
        self._kept_calls.append((cid, request))
        self._desk.emit(Change(frozenset({cid})))
        if not self._desk.hold_back:
            self.store_all()

    def callbacks(self, cid: str) -> tuple[CallBackSeen, ...]:
        conversation = self._desk.queue.get(cid)
        known = {each.id: each for each in conversation.callbacks} if conversation else {}
        stored = [
            CallBackSeen(known[id].at, by, known[id].state, request)
            for id, by, request in self._called.get(cid, ())
            if id in known
        ]
        kept = [
            CallBackSeen(self._desk.time, self._desk.me, "kept", request)
            for of, request in self._kept_calls
            if of == cid
        ]
        return (*stored, *kept)

    # levers

    def store_all(self) -> None:
        """The relay stores every request that is kept."""
        kept, self._kept_calls = self._kept_calls, []
        for cid, request in kept:
            header = PatrolHeader(
                cid=cid, kid="desk", s=self._desk.me, id="", act="callback", use="live", at=self._desk.time
            )
            h = msgspec.json.encode(header).decode()
            told = " · ".join(filter(None, (request.name, request.phone, request.email, request.when)))
            self._desk.append(cid, self._desk.me, CallbackRequested(h=h, sig=""), line=Kind.CALLBACK, text=told)
            conversation = self._desk.queue.get(cid)
            assert conversation
            self._called.setdefault(cid, []).append((conversation.callbacks[-1].id, self._desk.me, request))

    def refuse_all(self, code: str = "no_room") -> None:
        """The relay refuses every request that is kept."""
        kept, self._kept_calls = self._kept_calls, []
        for cid, _request in kept:
            self._desk.emit(
                Change(frozenset({cid}), notices=(Notice("failed", cid, code=code, what="callback_requested"),))
            )

    def room_takes(self, cid: str, state: str = "taken") -> None:
        """The dispatch room tells what becomes of the newest call back."""
        id = self._called[cid][-1][0]
        header = PatrolStatusHeader(
            cid=cid, kid="", s=ROOM, id=f"call-{self._desk.time}", case=id, re=id, state=state, at=self._desk.time
        )
        h = msgspec.json.encode(header).decode()
        self._desk.append(cid, ROOM, CallbackTold(h=h, sig=""), line=Kind.CALLBACK_TOLD, text=state)
