"""Danger signals that officers confirm: `client.api.Signals`."""

from __future__ import annotations

from collections.abc import Callable

from officer_console.model.events import Level
from officer_console.model.signals import SIGNALS, Confirmed
from officer_console.protocol.commands import ConfirmSignal

from .channel import seal_signal
from .orders import Orders
from .surroundings import Surroundings


class Confirming:
    """See `client.api.Signals`, which documents every method."""

    def __init__(self, around: Surroundings, orders: Orders, read_waiting: Callable[[], None]) -> None:
        self.read_along = read_waiting
        self._around = around
        self._orders = orders

    def of(self, cid: str) -> tuple[Confirmed, ...]:
        """What is on its way too."""
        record = self._around.record(cid)
        found = dict(record.signals) if record else {}
        for entry in self._around.outbox.of(cid):
            if isinstance(entry.do, ConfirmSignal):
                signal, _space, message = entry.text.partition(" ")
                found.setdefault(signal, Confirmed(signal, message, self._around.me, 0))
        return tuple(found.values())

    def propose(self, cid: str, level: Level) -> None:
        if self._around.queue.propose(cid, level):
            self._around.announcer.conversation(cid, order=True)

    def confirm(self, cid: str, signal: str, message: str = "") -> None:
        around, orders = self._around, self._orders
        orders.require(cid, "signal_confirmed")
        if signal not in SIGNALS:
            raise ValueError("signal")
        if any(each.signal == signal for each in self.of(cid)):
            return
        id_ = orders.new_id()
        note = orders.sealed(lambda: seal_signal(around.chain, cid, id_, signal, message, around.now()))
        orders.submit(ConfirmSignal(cid, id_, note), f"{signal} {message}")
