"""Signals, referrals and calls back at a practice desk. See `client.api.Signals` and `client.api.Referrals`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from officer_console.client.api import CallBackSeen
from officer_console.model.callback import CallBackRequest
from officer_console.model.envelope import PatrolHeader
from officer_console.model.events import CallbackRequested, Level, Referred, SignalConfirmed
from officer_console.model.signals import SIGNALS, Confirmed
from officer_console.model.text import one_line
from officer_console.model.transcript import Kind, Line
from officer_console.practice.moments import Confirms, Did, Gives

from .log import Log

LENGTH = 300


class PracticeSignals:
    """`did` tells the stage."""

    def __init__(self, log: Log, did: Callable[[str, Did], None]) -> None:
        self._log, self._did = log, did

    def of(self, cid: str) -> Sequence[Confirmed]:
        found: dict[str, Confirmed] = {}
        for line in self._log.lines(cid):
            if line.kind is Kind.SIGNAL:
                found.setdefault(line.text, Confirmed(line.text, line.remark, line.who, line.at))
        return tuple(found.values())

    def confirm(self, cid: str, signal: str, message: str = "") -> None:
        self._log.require(cid, "signal_confirmed")
        if signal not in SIGNALS:
            raise ValueError("signal")
        if any(each.signal == signal for each in self.of(cid)):
            return
        self.confirmed(cid, self._log.me, signal, message)
        self._did(cid, Confirms(signal, message))

    def read_along(self) -> None:
        """Everything is open here."""

    def propose(self, cid: str, level: Level) -> None:
        self._log.queue.propose(cid, level)
        self._log.announcer.conversation(cid, order=True)

    def confirmed(self, cid: str, by: str, signal: str, message: str, at: int = 0) -> None:
        """An officer has confirmed a signal."""
        self._log.append(cid, by, SignalConfirmed(), line=Line("", Kind.SIGNAL, 0, text=signal, remark=message), at=at)


class PracticeReferrals:
    """`did` tells the stage."""

    def __init__(self, log: Log, did: Callable[[str, Did], None]) -> None:
        self._log, self._did = log, did
        self._calls: dict[str, list[CallBackSeen]] = {}

    def given(self, cid: str) -> Sequence[str]:
        return tuple(dict.fromkeys(line.text for line in self._log.lines(cid) if line.kind is Kind.REFERRED))

    def give(self, cid: str, line: str) -> None:
        self._log.require(cid, "referred")
        if line not in self.given(cid):
            self.referred(cid, self._log.me, line)
        self._did(cid, Gives(line))

    def request_callback(self, cid: str, request: CallBackRequest) -> None:
        if not request.has_contact:
            raise ValueError("contact")
        self._log.require(cid, "callback_requested")
        now, me = self._log.now(), self._log.me
        header = PatrolHeader(cid=cid, kid="", s=me, id="", act="callback", use="practice", at=now)
        told = one_line(" · ".join(filter(None, (request.name, request.phone, request.email, request.when))), LENGTH)
        what = CallbackRequested(h=msgspec.json.encode(header).decode(), sig="")
        self._log.append(cid, me, what, line=Line("", Kind.CALLBACK, 0, text=told))
        self._calls.setdefault(cid, []).append(CallBackSeen(now, me, "asked", request))

    def callbacks(self, cid: str) -> Sequence[CallBackSeen]:
        return tuple(self._calls.get(cid, ()))

    def referred(self, cid: str, by: str, line: str, at: int = 0) -> None:
        """An officer has given a referral."""
        self._log.append(cid, by, Referred(), line=Line("", Kind.REFERRED, 0, text=one_line(line, LENGTH)), at=at)
