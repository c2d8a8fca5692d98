"""Referrals that the visitor was given, and requests that she be called back: `client.api.Referrals`."""

from __future__ import annotations

import msgspec

from officer_console.model.callback import CallBackRequest, dump_callback, load_callback
from officer_console.model.events import CallbackRequested
from officer_console.model.text import one_line
from officer_console.protocol.commands import Refer, RequestCallback

from .api import CallBackSeen
from .channel import seal_given
from .lines import LINE_LENGTH
from .orders import Orders
from .patrol_seal import read_asked, seal_patrol
from .surroundings import Surroundings


class Referring:
    """See `client.api.Referrals`, which documents every method."""

    def __init__(self, around: Surroundings, orders: Orders) -> None:
        self._around = around
        self._orders = orders

    def given(self, cid: str) -> tuple[str, ...]:
        """What is on its way too."""
        record = self._around.record(cid)
        waiting = [entry.text for entry in self._around.outbox.of(cid) if isinstance(entry.do, Refer)]
        return tuple(dict.fromkeys([*(record.given if record else ()), *waiting]))

    def give(self, cid: str, line: str) -> None:
        around, orders = self._around, self._orders
        orders.require(cid, "referred")
        if line in self.given(cid):
            return
        id_, shown = orders.new_id(), one_line(line, LINE_LENGTH)
        note = orders.sealed(lambda: seal_given(around.chain, cid, id_, shown, around.now()))
        orders.submit(Refer(cid, id_, note), line)

    def request_callback(self, cid: str, request: CallBackRequest) -> None:
        around, orders = self._around, self._orders
        orders.require(cid, "callback_requested")
        if not request.has_contact:
            raise ValueError("contact")
        id_, text = orders.new_id(), dump_callback(_shown(request))
        do = orders.sealed(lambda: seal_patrol(around.chain, cid, id_, "callback", text, around.now()))
        assert isinstance(do, RequestCallback)
        orders.submit(do, text)

    def callbacks(self, cid: str) -> tuple[CallBackSeen, ...]:
        record, conversation = self._around.record(cid), self._around.queue.get(cid)
        states = {each.id: each.state for each in conversation.callbacks} if conversation else {}
        events = [e for e in record.events if isinstance(e.what, CallbackRequested)] if record else []
        seen = [
            CallBackSeen(e.at, e.by, states[e.id], _read(read_asked(self._around.chain, e) or ""))
            for e in events
            if e.id in states
        ]
        kept = [entry for entry in self._around.outbox.of(cid) if isinstance(entry.do, RequestCallback)]
        return (*seen, *(CallBackSeen(e.at, self._around.me, "kept", _read(e.text)) for e in kept))


def _read(text: str) -> CallBackRequest | None:
    try:
        return _shown(load_callback(text))
    except msgspec.DecodeError:
        return None


def _shown(request: CallBackRequest) -> CallBackRequest:
    """With every text displayable."""
    texts = {name: one_line(value, LINE_LENGTH) for name, value in msgspec.structs.asdict(request).items()}
    return msgspec.structs.replace(request, **{name: text for name, text in texts.items() if name != "language"})
