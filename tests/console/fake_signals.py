"""Danger signals of a FakeDesk: real events, folded by the real model, and levers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from officer_console.client.api import Change, Notice
from officer_console.model.events import Level, SignalConfirmed
from officer_console.model.signals import SIGNALS, Confirmed
from officer_console.model.transcript import Kind

if TYPE_CHECKING:
    from tests.console.fake_desk import FakeDesk


class FakeSignals:
    """See `client.api.Signals`."""

    def __init__(self, desk: FakeDesk) -> None:
        self._desk = desk
        self.read = False  # whether the words of all who wait are wanted
        self._kept: list[tuple[str, str, str]] = []  # cid, signal, message

    # what the screens see

    def of(self, cid: str) -> tuple[Confirmed, ...]:
        found: dict[str, Confirmed] = {}
        for line in self._desk.talk.lines(cid):
            if line.kind is Kind.SIGNAL:
                found.setdefault(line.text, Confirmed(line.text, line.remark, line.who, line.at))
        for of, signal, message in self._kept:
            if of == cid:
                found.setdefault(signal, Confirmed(signal, message, self._desk.me, 0))
        return tuple(found.values())

    def read_along(self) -> None:
        self.read = True

    def propose(self, cid: str, level: Level) -> None:
        if self._desk.queue.propose(cid, level):
            self._desk.emit(Change(frozenset({cid}), queue=True))

    def confirm(self, cid: str, signal: str, message: str = "") -> None:
        self._desk.check(cid, "signal_confirmed")
        if signal not in SIGNALS:
            raise ValueError("signal")
        if any(each.signal == signal for each in self.of(cid)):
            return
        self._desk.check_key()
        if self._desk.disk_full:
            raise OSError(28, "No space left on device")
        self._kept.append((cid, signal, message))
        self._desk.emit(Change(frozenset({cid})))
        if not self._desk.hold_back:
            self.store_all()

    # levers

    def store_all(self) -> None:
        """The relay stores every confirmed signal that is kept."""
        kept, self._kept = self._kept, []
        for cid, signal, message in kept:
            self.confirmed_by(cid, signal, self._desk.me, message)

    def refuse_all(self, code: str = "not_yours") -> None:
        """The relay refuses every one that is kept."""
        kept, self._kept = self._kept, []
        for cid, _signal, _message in kept:
            notice = Notice("failed", cid, code=code, what="signal_confirmed")
            self._desk.emit(Change(frozenset({cid}), notices=(notice,)))

    def confirmed_by(self, cid: str, signal: str, kid: str, message: str = "") -> None:
        """An officer has confirmed a signal."""
        self._desk.append(cid, kid, SignalConfirmed(), line=Kind.SIGNAL, text=signal, remark=message)
