"""Hand-overs: `client.api.HandOvers`. A card can be read by whom it is offered before the conversation can."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from officer_console.model.conversation import Conversation, State
from officer_console.model.events import Accepted, Declined, Erased, Event, Offered
from officer_console.model.handover import Card, dump_card, load_card, shown_card
from officer_console.model.transcript import Line
from officer_console.protocol.commands import Accept, Decline, Offer
from officer_console.protocol.refusals import Refused

from .api import HandOver, Notice, Referrals, Shift, Signals
from .card_proposal import proposed
from .channel import read_card, seal_card
from .orders import Orders
from .surroundings import Surroundings

ANSWERED: Final = {Accepted: "accepted", Declined: "declined"}
"""Kind of the answer -> of the notice to who offered it."""


class HandingOver:
    """See `client.api.HandOvers`, which documents every method. `lines(cid)` gives the transcript."""

    def __init__(
        self, around: Surroundings, orders: Orders, lines: Callable[[str], Sequence[Line]],
        signals: Signals, referrals: Referrals, shift: Shift,
    ) -> None:  # fmt: skip
        self._around = around
        self._orders = orders
        self._lines = lines
        self._signals = signals
        self._referrals = referrals
        self._shift = shift
        self._begun = False
        self._lost: set[str] = set()  # conversations that were mine, at some time
        self._to_me: set[str] = set()
        self._read: dict[str, tuple[str, Card]] = {}  # conversation -> id of the offer, its card

    # ---- events ----

    def happened(self, event: Event, before: Conversation | None, after: Conversation) -> Notice | None:
        """An event of a conversation; gives what this officer must be told of it, if anything."""
        cid, me = event.cid, self._around.me
        to_me = after.offer is not None and after.offer.to == me
        (self._to_me.add if to_me else self._to_me.discard)(cid)
        if after.offer is None:
            self._read.pop(cid, None)
        if isinstance(event.what, Erased) or (_was_mine(before, me) and not _is_mine(after, me)):
            self._lost.add(cid)
            self._drop_drafts()
        return notice_of(me, event, before)

    def linked(self, linked: bool) -> None:
        """All that was missing is here, or the link is lost."""
        self._begun |= linked
        self._drop_drafts()

    # ---- what there is ----

    def card(self, cid: str) -> Card:
        signals = tuple(each.signal for each in self._signals.of(cid))
        referrals = tuple(self._referrals.given(cid))
        try:
            begun = shown_card(load_card(self._around.drafts.get(draft_of(cid))))
        except msgspec.DecodeError:
            conversation = self._around.queue.get(cid)
            postcode, language = (conversation.postcode, conversation.language) if conversation else ("", "")
            return proposed(self._lines(cid), self._around.me, postcode, language, signals, referrals)
        return msgspec.structs.replace(begun, signals=signals, referrals=referrals)

    def keep_card(self, cid: str, card: Card) -> None:
        self._around.drafts.keep(draft_of(cid), dump_card(card))

    def of(self, cid: str) -> HandOver | None:
        for entry in self._around.outbox.of(cid):
            if isinstance(entry.do, Offer):
                return HandOver(cid, self._around.me, entry.do.to, 0)
        conversation = self._around.queue.get(cid)
        offer = conversation.offer if conversation else None
        return HandOver(cid, offer.by, offer.to, offer.at, self._card_of(cid, offer.id)) if offer else None

    def offered(self) -> tuple[HandOver, ...]:
        found = (each for cid in self._to_me if not self._answering(cid) and (each := self.of(cid)))
        return tuple(sorted(found, key=lambda each: (each.at, each.cid)))

    # ---- what the officer does ----

    def offer(self, cid: str, to: str, card: Card) -> None:
        around, orders = self._around, self._orders
        orders.require(cid, "offered")
        officer = self._shift.officer(to)
        if to == around.me:
            raise ValueError("to")
        if officer is None or not officer.linked or officer.duty.doing == "leaving":
            raise Refused("not_on_duty")
        id_ = orders.new_id()
        note = orders.sealed(lambda: seal_card(around.chain, cid, id_, shown_card(card), around.now()))
        self.keep_card(cid, card)
        orders.submit(Offer(cid, id_, to, note))

    def withdraw(self, cid: str) -> None:
        self._require(cid, "declined")
        self._orders.submit(Decline(cid, self._orders.new_id()))

    def accept(self, cid: str) -> None:
        self._require(cid, "accepted")
        self._orders.submit(Accept(cid, self._orders.new_id()))

    def decline(self, cid: str) -> None:
        self.withdraw(cid)

    # ---- parts of the above ----

    def _drop_drafts(self) -> None:
        """Of what is another's now. What is told at the start is the past: all of it is waited for."""
        if not self._begun:
            return
        for cid in self._lost:
            conversation = self._around.queue.get(cid)
            if conversation is None or not _is_mine(conversation, self._around.me):
                self._around.drafts.keep(draft_of(cid), "")
        self._lost.clear()

    def _require(self, cid: str, kind: str) -> None:
        conversation = self._around.queue.get(cid)
        if conversation is None or conversation.offer is None:
            raise Refused("no_offer")
        self._orders.require(cid, kind)

    def _answering(self, cid: str) -> bool:
        """Whether my answer is on its way."""
        return self._around.outbox.has(cid, Accept, Decline)

    def _card_of(self, cid: str, id: str) -> Card | None:
        known = self._read.get(cid)
        if known and known[0] == id:
            return known[1]
        record = self._around.record(cid)
        events = (each for each in reversed(record.events) if each.id == id) if record else iter(())
        event = next((each for each in events if isinstance(each.what, Offered)), None)
        card = read_card(self._around.chain, event) if event else None
        if card is not None:
            self._read[cid] = id, card
        return card


def notice_of(me: str, event: Event, before: Conversation | None) -> Notice | None:
    """What an officer must be told: that he is offered a conversation, and how his own offer was answered (by the
    relay: not in time)."""
    if event.by == me:
        return None
    if isinstance(event.what, Offered):
        return Notice("offered", event.cid, event.by) if event.what.to == me else None
    mine = before is not None and before.offer is not None and me in (before.offer.by, before.holder)
    kind = ANSWERED.get(type(event.what))
    return Notice(kind, event.cid, event.by) if mine and kind else None


def draft_of(cid: str) -> str:
    """Under which name the card's draft is kept beside the composer's."""
    return f"handover {cid}"


def _is_mine(conversation: Conversation, me: str) -> bool:
    return conversation.state is State.HELD and conversation.holder == me


def _was_mine(conversation: Conversation | None, me: str) -> bool:
    return conversation is not None and _is_mine(conversation, me)
