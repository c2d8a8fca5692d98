"""What the room's system tells of a message or a case, brought to the deliveries and to the officers."""

from __future__ import annotations

from typing import Final

import msgspec

from officer_console.model.patrol import ORDER, QUESTION, TOLD, PatrolState

from .books import Delivery
from .codes import SERVER_ERROR, TURNED_AWAY
from .delivery import Deliveries
from .messages.reading import NO_STATE, Answer
from .room import Room
from .store import Store

AGAIN_MS: Final = 5000
"""Milliseconds of peace at least for a room's system that has reported trouble with a message it had taken over."""


class Answers:
    """See the module."""

    def __init__(self, room: Room, deliveries: Deliveries, store: Store) -> None:
        self._room = room
        self._deliveries = deliveries
        self._store = store

    def take(self, answer: Answer, cause: str) -> bool:
        """Take what the room's system tells; False when it is of nothing that went there. `cause` names the webhook.
        Raises OSError when the disk takes nothing."""
        delivery = self._about(answer)
        if delivery is None:
            return False
        with self._store.change():
            if answer.state == PatrolState.REFUSED:
                self._turned_away(delivery, answer)
            elif answer.state == PatrolState.TROUBLE:
                self._trouble(delivery, answer, cause)
            else:
                self._moved(delivery, answer, cause)
            self._deliveries.ring()
        return True

    def _about(self, answer: Answer) -> Delivery | None:
        """The message that is answered; of a case, the one that opened it there."""
        book = self._deliveries.book
        delivery = book.get(answer.re) if answer.re else None
        if answer.case:
            delivery = book.opener(answer.case)
        return delivery if delivery and (delivery.reached or delivery.state == "taken") else None

    def _moved(self, delivery: Delivery, answer: Answer, cause: str) -> None:
        self._keep(delivery, "taken")
        if answer.state == NO_STATE and not (answer.words or answer.unit):
            return
        state = answer.state if answer.state != NO_STATE else self._standing(delivery)
        # A question may be asked again in the same words; a state that is told again in the same words is no news.
        self._tell(delivery, state, answer, cause=cause if state == QUESTION else "")

    def _standing(self, delivery: Delivery) -> str:
        """The state that stays, for words that come without one. Whoever writes has the case."""
        case = self._room.standing(delivery.case_id)
        state = case.state if case else PatrolState.DELIVERED
        return state if state in TOLD and ORDER[state] > ORDER[PatrolState.DELIVERED] else PatrolState.DELIVERED

    def _turned_away(self, delivery: Delivery, answer: Answer) -> None:
        self._keep(delivery, "failed")
        if not delivery.opens:  # "refused" would end the whole case, and a patrol may be on its way
            self._tell(delivery, PatrolState.FAILED, answer, TURNED_AWAY)
            return
        self._tell(delivery, PatrolState.REFUSED, answer, TURNED_AWAY)
        for each in self._deliveries.book.of(delivery.case_id):
            if each.state == "waiting":  # there is no case any more that it could belong to
                self._keep(each, "dropped" if each.cancels else "failed")
                if not each.cancels:
                    self._room.tell(each.id, PatrolState.FAILED, code=TURNED_AWAY)

    def _trouble(self, delivery: Delivery, answer: Answer, cause: str) -> None:
        """It had taken the message over, and could not go on with it: it is tried again."""
        case = self._room.standing(delivery.case_id)
        if delivery.state == "taken" and case and delivery.id not in case.acked:
            now = self._room.now()
            next = max(now + AGAIN_MS, self._deliveries.timing.next(delivery.first, delivery.tries, now))
            again = msgspec.structs.replace(delivery, state="waiting", next=next, code=SERVER_ERROR)
            self._deliveries.book.keep(again)
        self._tell(delivery, PatrolState.TROUBLE, answer, SERVER_ERROR, cause)

    def _keep(self, delivery: Delivery, state: str) -> None:
        self._deliveries.book.keep(msgspec.structs.replace(delivery, state=state))

    def _tell(self, delivery: Delivery, state: str, answer: Answer, code: str = "", cause: str = "") -> None:
        self._room.tell(delivery.id, state, unit=answer.unit, words=answer.words, code=code, cause=cause)
