"""Danger signals of a FakeDesk: real events, folded by the real model, and levers."""

from __future__ import annotations

from officer_console.client.api import Change, Notice
from officer_console.model.events import SignalConfirmed
from officer_console.model.signals import SIGNALS, Confirmed
from officer_console.model.transcript import Kind


class FakeSignals:
    """Mixed into FakeDesk."""

    me: str
    time: int
    hold_back: bool
    disk_full: bool

    def begin_signals(self) -> None:
        self._kept_signals: list[tuple[str, str, str]] = []  # cid, signal, message

    # what the screens see

    def signals(self, cid: str) -> tuple[Confirmed, ...]:
        found: dict[str, Confirmed] = {}
        for line in self.lines(cid):  # type: ignore[attr-defined]
            if line.kind is Kind.SIGNAL:
                found.setdefault(line.text, Confirmed(line.text, line.remark, line.who, line.at))
        for of, signal, message in self._kept_signals:
            if of == cid:
                found.setdefault(signal, Confirmed(signal, message, self.me, 0))
        return tuple(found.values())

    def confirm_signal(self, cid: str, signal: str, message: str = "") -> None:
        self._check(cid, "signal_confirmed")  # type: ignore[attr-defined]
        if signal not in SIGNALS:
            raise ValueError("signal")
        if any(each.signal == signal for each in self.signals(cid)):
            return
        self._check_key()  # type: ignore[attr-defined]
        if self.disk_full:
            raise OSError(28, "No space left on device")
        self._kept_signals.append((cid, signal, message))
        self.emit(Change(frozenset({cid})))  # type: ignore[attr-defined]
        if not self.hold_back:
            self.store_signals()

    # levers

    def store_signals(self) -> None:
        """The relay stores every confirmed signal that is kept."""
        kept, self._kept_signals = self._kept_signals, []
        for cid, signal, message in kept:
            self.confirmed_by(cid, signal, self.me, message)

    def refuse_signals(self, code: str = "not_yours") -> None:
        """The relay refuses every one that is kept."""
        kept, self._kept_signals = self._kept_signals, []
        for cid, _signal, _message in kept:
            notice = Notice("failed", cid, code=code, what="signal_confirmed")
            self.emit(Change(frozenset({cid}), notices=(notice,)))  # type: ignore[attr-defined]

    def confirmed_by(self, cid: str, signal: str, kid: str, message: str = "") -> None:
        """An officer has confirmed a signal."""
        self.append(cid, kid, SignalConfirmed(), line=Kind.SIGNAL, text=signal, remark=message)  # type: ignore[attr-defined]
