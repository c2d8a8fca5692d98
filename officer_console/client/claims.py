"""Conversations that are taken, given back and ended: `client.api.Claims`."""

from __future__ import annotations

from officer_console.model.conversation import State
from officer_console.protocol.commands import Claim, Close, EraseConversation, Release

from .api import Notice
from .channel import seal_outcome
from .orders import Orders
from .surroundings import Surroundings


class Claiming:
    """See `client.api.Claims`, which documents every method."""

    def __init__(self, around: Surroundings, orders: Orders) -> None:
        self.taking: set[str] = set()
        """Conversations that were claimed as the next one, whichever it was."""
        self._around = around
        self._orders = orders
        self._queue = around.queue
        self._outbox = around.outbox

    def claim(self, cid: str) -> None:
        conversation = self._queue.get(cid)
        if conversation and conversation.state is State.HELD and conversation.holder != self._around.me:
            self._around.announcer.notice(Notice("taken", cid, conversation.holder))
        elif not self._outbox.has(cid, Claim):
            self._orders.submit(Claim(cid, self._orders.new_id()))

    def take_next(self) -> str | None:
        for conversation in self._queue.waiting():
            if not self._outbox.has(conversation.cid, Claim):
                self.taking.add(conversation.cid)
                self.claim(conversation.cid)
                return conversation.cid
        return None

    def release(self, cid: str) -> None:
        self._orders.require(cid, "released")
        self._orders.submit(Release(cid, self._orders.new_id()))

    def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None:
        self._orders.require(cid, "closed")
        id_, now = self._orders.new_id(), self._around.now()
        note = self._orders.sealed(lambda: seal_outcome(self._around.chain, cid, id_, outcome, remark, now))
        self._orders.submit(Close(cid, id_, note, outcome == "abuse"), remark)

    def erase(self, cid: str) -> None:
        self._orders.require(cid, "erased")
        self._orders.submit(EraseConversation(cid, self._orders.new_id()))
