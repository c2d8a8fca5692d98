"""Conversations that are taken, given back and ended: `client.api.Claims`."""

from __future__ import annotations

from officer_console.model.conversation import URGENCY, State
from officer_console.model.events import Level
from officer_console.model.next import Row, next_for
from officer_console.protocol.commands import Claim, Close, EraseConversation, RaiseUrgency, Release

from .api import Notice, Signals
from .channel import seal_outcome
from .figures import counts_of_close
from .orders import Orders
from .shifts import Shifts
from .surroundings import Surroundings
from .tallies import Tallies


class Claiming:
    """See `client.api.Claims`, which documents every method."""

    def __init__(self, around: Surroundings, orders: Orders, shift: Shifts, signals: Signals, tallies: Tallies) -> None:
        self.taking: set[str] = set()
        """Conversations that were claimed as the next one, whichever it was."""
        self._around = around
        self._orders = orders
        self._signals = signals
        self._tallies = tallies
        self._shift = shift
        self._queue = around.queue
        self._outbox = around.outbox

    def claim(self, cid: str) -> None:
        conversation = self._queue.get(cid)
        if conversation and conversation.state is State.HELD and conversation.holder != self._around.me:
            self._around.announcer.notice(Notice("taken", cid, conversation.holder))
        elif not self._outbox.has(cid, Claim):
            self._orders.submit(Claim(cid, self._orders.new_id()))

    def take_next(self) -> str | None:
        officers = {each.kid: each for each in self._shift.officers()}
        found = next_for(Row(self._queue, officers, self._around.now()), self._claimed())
        if found is None:
            return None
        self.taking.add(found.cid)
        self.claim(found.cid)
        return found.cid

    @property
    def in_hand(self) -> int:
        held = {conversation.cid for conversation in self._queue.held_by(self._around.me)}
        return len(held | self._claimed())

    def raise_urgency(self, cid: str, level: Level) -> None:
        self._orders.require(cid, "urgency_raised")
        if URGENCY.index(level) > URGENCY.index(self.urgency(cid)):
            self._orders.submit(RaiseUrgency(cid, self._orders.new_id(), level))

    def urgency(self, cid: str) -> str:
        conversation = self._queue.get(cid)
        levels = [entry.do.level for entry in self._outbox.of(cid) if isinstance(entry.do, RaiseUrgency)]
        return max([conversation.urgency if conversation else "", *levels], key=URGENCY.index)

    def _claimed(self) -> set[str]:
        return {entry.cid for _number, entry in self._outbox if isinstance(entry.do, Claim)}

    def release(self, cid: str, *, relief: bool = False) -> None:
        self._orders.require(cid, "released")
        self._orders.submit(Release(cid, self._orders.new_id(), "relief" if relief else ""))

    def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None:
        self._orders.require(cid, "closed")
        id_, now = self._orders.new_id(), self._around.now()
        note = self._orders.sealed(lambda: seal_outcome(self._around.chain, cid, id_, outcome, remark, now))
        if conversation := self._queue.get(cid):
            signals = (each.signal for each in self._signals.of(cid))
            self._tallies.add(counts_of_close(conversation, outcome, signals), of=id_)
        self._orders.submit(Close(cid, id_, note, outcome == "abuse"), remark)

    def erase(self, cid: str) -> None:
        self._orders.require(cid, "erased")
        self._orders.submit(EraseConversation(cid, self._orders.new_id()))
