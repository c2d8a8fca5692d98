"""Hand-overs at a FakeDesk: real events, folded by the real model, and levers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from officer_console.client.api import Change, HandOver, Notice
from officer_console.client.card_proposal import proposed
from officer_console.client.handovers import notice_of
from officer_console.model.envelope import RELAY
from officer_console.model.events import Accepted, Claimed, Declined, Offered, What
from officer_console.model.handover import Card
from officer_console.model.transcript import Kind
from officer_console.protocol.refusals import Refused

if TYPE_CHECKING:
    from tests.console.fake_desk import FakeDesk


class FakeHandOvers:
    """See `client.api.HandOvers`."""

    def __init__(self, desk: FakeDesk) -> None:
        self.kept: dict[str, Card] = {}
        self._desk = desk
        self._cards: dict[str, Card] = {}

    # what the screens see

    def card(self, cid: str) -> Card:
        desk, conversation = self._desk, self._desk.queue.get(cid)
        signals = tuple(each.signal for each in desk.signals.of(cid))
        referrals = tuple(desk.referrals.given(cid))
        if cid in self.kept:
            return msgspec.structs.replace(self.kept[cid], signals=signals, referrals=referrals)
        postcode, language = (conversation.postcode, conversation.language) if conversation else ("", "")
        return proposed(desk.talk.lines(cid), desk.me, postcode, language, signals, referrals)

    def keep_card(self, cid: str, card: Card) -> None:
        self.kept[cid] = card

    def of(self, cid: str) -> HandOver | None:
        conversation = self._desk.queue.get(cid)
        offer = conversation.offer if conversation else None
        return HandOver(cid, offer.by, offer.to, offer.at, self._cards.get(cid)) if offer else None

    def offered(self) -> tuple[HandOver, ...]:
        cids = [c.cid for c in self._desk.queue.everything() if c.offer is not None and c.offer.to == self._desk.me]
        return tuple(sorted((each for cid in cids if (each := self.of(cid))), key=lambda each: each.at))

    def offer(self, cid: str, to: str, card: Card) -> None:
        self._desk.check(cid, "offered")
        officer = self._desk.shift.officer(to)
        if officer is None or not officer.linked:
            raise Refused("not_on_duty")
        self._desk.check_key()
        if self._desk.disk_full:
            raise OSError(28, "No space left on device")
        self._cards[cid] = card
        self._happens(cid, self._desk.me, Offered(to), Kind.OFFERED, to)

    def withdraw(self, cid: str) -> None:
        self._require(cid)
        self._happens(cid, self._desk.me, Declined(), Kind.DECLINED)

    def accept(self, cid: str) -> None:
        self._require(cid)
        self._happens(cid, self._desk.me, Accepted(), Kind.ACCEPTED)

    def decline(self, cid: str) -> None:
        self.withdraw(cid)

    # levers

    def offered_by(self, cid: str, kid: str, card: Card) -> None:
        """A colleague holds a conversation and offers it to me."""
        self._happens(cid, kid, Claimed(), Kind.CLAIMED)
        self._cards[cid] = card
        self._happens(cid, kid, Offered(self._desk.me), Kind.OFFERED, self._desk.me)

    def accepted_by(self, cid: str, kid: str) -> None:
        """A colleague takes what I have offered."""
        self._happens(cid, kid, Accepted(), Kind.ACCEPTED)

    def declined_by(self, cid: str, kid: str = RELAY) -> None:
        """A colleague does not take it; the relay: nobody answered in time."""
        self._happens(cid, kid, Declined(), Kind.DECLINED)

    def _require(self, cid: str) -> None:
        if self.of(cid) is None:
            raise Refused("no_offer")

    def _happens(self, cid: str, by: str, what: What, line: Kind, text: str = "") -> None:
        before = self._desk.queue.get(cid)
        self._desk.append(cid, by, what, line=line, text=text)
        event = self._desk.event(cid, by, what)
        notice: Notice | None = notice_of(self._desk.me, event, before)
        if notice:
            self._desk.emit(Change(frozenset({cid}), notices=(notice,)))
