"""Danger signals that were confirmed, referrals that the visitor was given, requests that she be called back: the
desk's half of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from officer_console.model.callback import CallBackRequest, dump_callback, load_callback
from officer_console.model.events import CallbackRequested
from officer_console.model.signals import SIGNALS, Confirmed
from officer_console.model.text import one_line
from officer_console.protocol.commands import ConfirmSignal, Refer, RequestCallback
from officer_console.protocol.refusals import Refused
from officer_console.vault.errors import VaultError

from .api import CallBackSeen
from .channel import seal_given, seal_signal
from .keychain import Keychain
from .lines import LINE_LENGTH
from .outbox import Order, Outbox
from .patrol_seal import read_asked, seal_patrol
from .record import Record


class Around(NamedTuple):
    """What it needs of the desk. `now()` in ms by the relay's clock; `require(cid, kind)` raises Refused unless the
    rules let us append an event of this kind; `new_id()` an event's; `submit(do, text)` puts a command into the outbox
    and sends it; `record(cid)` what is known of the conversation."""

    chain: Keychain
    outbox: Outbox
    now: Callable[[], int]
    require: Callable[[str, str], None]
    new_id: Callable[[], str]
    submit: Callable[[Order, str], None]
    record: Callable[[str], Record | None]


class Referring:
    """See the module."""

    def __init__(self, around: Around) -> None:
        self._around = around

    def given(self, cid: str) -> tuple[str, ...]:
        """The directory's ids of what she was given, what is on its way too."""
        record = self._around.record(cid)
        waiting = [entry.text for entry in self._around.outbox.of(cid) if isinstance(entry.do, Refer)]
        return tuple(dict.fromkeys([*(record.given if record else ()), *waiting]))

    def give(self, cid: str, line: str) -> None:
        """See `client.api.Desk.give_referral`."""
        around = self._around
        around.require(cid, "referred")
        if line in self.given(cid):
            return
        id_ = around.new_id()
        try:
            note = seal_given(around.chain, cid, id_, one_line(line, LINE_LENGTH), around.now())
        except VaultError:
            raise Refused("desk_key") from None
        around.submit(Refer(cid, id_, note), line)

    def signals(self, cid: str) -> tuple[Confirmed, ...]:
        """The danger signals that officers have confirmed, what is on its way too."""
        record, me = self._around.record(cid), self._around.chain.kid
        found = dict(record.signals) if record else {}
        for entry in self._around.outbox.of(cid):
            if isinstance(entry.do, ConfirmSignal):
                signal, _space, message = entry.text.partition(" ")
                found.setdefault(signal, Confirmed(signal, message, me, 0))
        return tuple(found.values())

    def confirm(self, cid: str, signal: str, message: str) -> None:
        """See `client.api.Desk.confirm_signal`."""
        around = self._around
        around.require(cid, "signal_confirmed")
        if signal not in SIGNALS:
            raise ValueError("signal")
        if any(each.signal == signal for each in self.signals(cid)):
            return
        id_ = around.new_id()
        try:
            note = seal_signal(around.chain, cid, id_, signal, message, around.now())
        except VaultError:
            raise Refused("desk_key") from None
        around.submit(ConfirmSignal(cid, id_, note), f"{signal} {message}")

    def call_back(self, cid: str, request: CallBackRequest) -> None:
        """See `client.api.Desk.request_callback`."""
        around = self._around
        around.require(cid, "callback_requested")
        if not request.has_contact:
            raise ValueError("contact")
        text = dump_callback(_shown(request))
        try:
            do = seal_patrol(around.chain, cid, around.new_id(), "callback", text, around.now())
        except VaultError:
            raise Refused("desk_key") from None
        assert isinstance(do, RequestCallback)
        around.submit(do, text)

    def callbacks(self, cid: str, states: dict[str, str]) -> tuple[CallBackSeen, ...]:
        """The requests for a call back; `states`: of those in the log, by event id."""
        record = self._around.record(cid)
        events = [e for e in record.events if isinstance(e.what, CallbackRequested)] if record else []
        seen = [
            CallBackSeen(e.at, e.by, states[e.id], _read(read_asked(self._around.chain, e) or ""))
            for e in events
            if e.id in states
        ]
        kept = [entry for entry in self._around.outbox.of(cid) if isinstance(entry.do, RequestCallback)]
        return (*seen, *(CallBackSeen(e.at, self._around.chain.kid, "kept", _read(e.text)) for e in kept))


class ReferralDesk:
    """That half of `client.api.Desk`, which documents every method."""

    _referring: Referring
    _callback_states: Callable[[str], dict[str, str]]

    def given(self, cid: str) -> Sequence[str]:
        return self._referring.given(cid)

    def give_referral(self, cid: str, line: str) -> None:
        self._referring.give(cid, line)

    def signals(self, cid: str) -> Sequence[Confirmed]:
        return self._referring.signals(cid)

    def confirm_signal(self, cid: str, signal: str, message: str = "") -> None:
        self._referring.confirm(cid, signal, message)

    def request_callback(self, cid: str, request: CallBackRequest) -> None:
        self._referring.call_back(cid, request)

    def callbacks(self, cid: str) -> Sequence[CallBackSeen]:
        return self._referring.callbacks(cid, self._callback_states(cid))


def _read(text: str) -> CallBackRequest | None:
    try:
        return _shown(load_callback(text))
    except msgspec.DecodeError:
        return None


def _shown(request: CallBackRequest) -> CallBackRequest:
    """With every text displayable."""
    texts = {name: one_line(value, LINE_LENGTH) for name, value in msgspec.structs.asdict(request).items()}
    return msgspec.structs.replace(request, **{name: text for name, text in texts.items() if name != "language"})
