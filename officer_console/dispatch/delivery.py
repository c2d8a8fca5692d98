"""The way to a room's system: each request becomes one message, posted until it is taken over or too old.

Messages of one case go one after the other: nothing is brought up to date that the room does not have. Cases don't wait
for each other. A cancelling overtakes what is not taken over yet: nobody is to be sent to where he is not wanted.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from officer_console.config import Dispatch
from officer_console.model.patrol import PatrolRequest, PatrolState

from .books import Delivery, DeliveryBook
from .cases import Asking, RoomCase
from .codes import EXPIRED, GONE
from .messages.asked import Asked, Kind
from .messages.names import Parties, Stamp, distribution_id, webhook_id
from .messages.outgoing import CONTENT_TYPES, outgoing
from .posting import Outcome, Poster, Timing
from .room import Room
from .store import Store
from .webhook import sign

MINUTE_MS: Final = 60_000
LOOK_S: Final = 5.0
"""Seconds between two looks at the clock while a try is waited for: clocks are set."""
AFTER_ERROR_S: Final = 1.0
_OVER: Final = frozenset({PatrolState.CANCELLED, PatrolState.REFUSED, PatrolState.CLOSED})
_log: Final = logging.getLogger("officer_console.dispatch")


def parties_of(settings: Dispatch) -> Parties:
    """Who writes to whom."""
    return Parties(settings.sender, settings.recipient, settings.exercise, settings.expires_min)


class Deliveries:
    """A connector (`room.Connector`) to a room's system. `secrets` sign, the first one first; `clock` in s."""

    def __init__(
        self, settings: Dispatch, store: Store, secrets: Sequence[bytes], poster: Poster, clock: Callable[[], float],
        timing: Timing,
    ) -> None:  # fmt: skip
        self.book = DeliveryBook(store)
        self.timing = timing
        self._settings = settings
        self._parties = parties_of(settings)
        self._store = store
        self._secrets = secrets
        self._poster = poster
        self._clock = clock
        self._changed = asyncio.Event()
        self._bells: dict[str, asyncio.Event] = {}  # case -> what wakes who works on it

    @property
    def takes_callbacks(self) -> bool:
        """No: the inter-service messages have nothing for them."""
        return False

    # ---- what comes from the officers ----

    def asked(self, room: Room, case: RoomCase, asking: Asking) -> None:
        """See `Connector`. One message for each."""
        if asking.cancels:
            for each in self._waiting(case.id):
                self.book.keep(msgspec.structs.replace(each, state="dropped"))
        self.book.keep(self._planned(room, case, asking))
        self.ring()

    def _planned(self, room: Room, case: RoomCase, asking: Asking) -> Delivery:
        """The message for what was asked; the case's state is what the log has told before, if our data are lost."""
        valid_ms = self._settings.expires_min * MINUTE_MS
        held_back = asking.at - asking.said_at > valid_ms  # on its way, until it was worth nothing
        delivery = Delivery(
            asking.seq,
            asking.id,
            case.id,
            expires=0 if held_back else min(asking.at, room.now()) + valid_ms,
            cancels=asking.cancels,
            reached=case.state is not PatrolState.STORED and asking.id == case.id,
        )
        if asking.id in case.acked or case.state in _OVER:
            return msgspec.structs.replace(delivery, state="taken", opens=not asking.cancels)
        if asking.id in case.failed:
            return msgspec.structs.replace(delivery, state="failed")
        return delivery

    def ring(self) -> None:
        """Something has changed: look again once it is on disk."""
        self._store.afterwards(self._ring)

    def _ring(self) -> None:
        for bell in (self._changed, *self._bells.values()):
            bell.set()

    # ---- the work ----

    async def run(self, room: Room) -> None:
        """See `Connector`."""
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    self._changed.clear()
                    for case_id in {each.case_id for each in self.book.waiting()} - self._bells.keys():
                        self._bells[case_id] = asyncio.Event()
                        group.create_task(self._work(room, case_id))
                    await self._changed.wait()
        finally:
            await self._poster.close()

    async def _work(self, room: Room, case_id: str) -> None:
        """Deliver what waits of a case, until nothing does."""
        try:
            while (delivery := self._next(case_id)) is not None:
                try:
                    await self._step(room, delivery)
                except Exception:  # a full disk, or a fault of ours: no other case must wait for it
                    _log.exception("a delivery could not go on")
                    await asyncio.sleep(AFTER_ERROR_S)
        finally:
            del self._bells[case_id]

    def _next(self, case_id: str) -> Delivery | None:
        return next(iter(self._waiting(case_id)), None)

    def _waiting(self, case_id: str) -> list[Delivery]:
        return [each for each in self.book.of(case_id) if each.state == "waiting"]

    async def _step(self, room: Room, delivery: Delivery) -> None:
        now = room.now()
        if now >= delivery.expires:
            self._fail(room, delivery, EXPIRED)
        elif delivery.cancels and not any(each.reached or each.state == "taken" for each in self._others(delivery)):
            self._needless(room, delivery)
        elif now < delivery.next:
            await self._wait(delivery.case_id, (min(delivery.next, delivery.expires) - now) / 1000)
        else:
            await self._try(room, delivery)

    async def _wait(self, case_id: str, seconds: float) -> None:
        bell = self._bells[case_id]
        bell.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(seconds, LOOK_S)):
                await bell.wait()

    async def _try(self, room: Room, delivery: Delivery) -> None:
        message = self.book.message(delivery.id) or self._message(room, delivery)
        self._begin(room, delivery, message)
        name = webhook_id(distribution_id(self._parties.sender, delivery.id))
        headers = sign(self._secrets, name, int(self._clock()), message)
        outcome = await self._poster.post(headers, message, CONTENT_TYPES[self._settings.format])
        self._end(room, delivery, outcome)

    def _begin(self, room: Room, delivery: Delivery, message: bytes) -> None:
        """Note that the room's system may have it from now on, before it can."""
        tries, first = delivery.tries + 1, delivery.first or room.now()
        opens = delivery.opens if delivery.tries else self._kind(delivery) == "report"
        with self._store.change():
            begun = msgspec.structs.replace(delivery, first=first, tries=tries, opens=opens, reached=True)
            self.book.keep(begun)
            if not delivery.tries:
                self.book.keep_message(delivery.id, message)

    def _end(self, room: Room, before: Delivery, outcome: Outcome) -> None:
        _log.info("message %s: %s", before.id, outcome.code or "taken over")
        with self._store.change():
            now = self.book.get(before.id)
            assert now is not None
            now = msgspec.structs.replace(now, reached=before.reached or outcome.reached)
            self.book.keep(now)
            if now.state != "waiting":
                return  # cancelled or answered meanwhile
            if not outcome.code:
                self._taken(room, now)
            elif outcome.code == GONE:
                self._fail(room, now, GONE)
            else:
                self._trouble(room, now, outcome)

    def _taken(self, room: Room, delivery: Delivery) -> None:
        by_response = self._settings.acknowledged_by == "response"
        self.book.keep(msgspec.structs.replace(delivery, state="taken", code=""))
        room.tell(delivery.id, PatrolState.DELIVERED if by_response else PatrolState.SENT)

    def _trouble(self, room: Room, delivery: Delivery, outcome: Outcome) -> None:
        next = self.timing.next(delivery.first, delivery.tries, room.now(), outcome.retry_after)
        self.book.keep(msgspec.structs.replace(delivery, next=next, code=outcome.code))
        if outcome.code != delivery.code:
            _log.warning("message %s: %s at try %d", delivery.id, outcome.code, delivery.tries)
            room.tell(delivery.id, PatrolState.TROUBLE, code=outcome.code, cause=f"try {delivery.tries}")

    def _fail(self, room: Room, delivery: Delivery, code: str) -> None:
        _log.warning("message %s: %s, given up", delivery.id, code)
        with self._store.change():
            self.book.keep(msgspec.structs.replace(delivery, state="failed", code=code))
            room.tell(delivery.id, PatrolState.FAILED, code=code)

    def _needless(self, room: Room, delivery: Delivery) -> None:
        """Nothing of the case can have reached the room's system, and nothing of it will: it is cancelled."""
        with self._store.change():
            self.book.keep(msgspec.structs.replace(delivery, state="taken"))
            room.tell(delivery.id, PatrolState.DELIVERED)

    # ---- the messages ----

    def _others(self, delivery: Delivery) -> list[Delivery]:
        return [each for each in self.book.of(delivery.case_id) if each.id != delivery.id]

    def _kind(self, delivery: Delivery) -> Kind:
        if delivery.cancels:
            return "cancel"
        known = any(each.opens and each.state == "taken" for each in self._others(delivery))
        return "update" if known else "report"

    def _message(self, room: Room, delivery: Delivery) -> bytes:
        case = room.case(delivery.case_id)
        assert case is not None, "words are kept as long as something of a case can be tried"
        asking = next(each for each in case.asked if each.id == delivery.id)
        kind = self._kind(delivery)
        before = [each for each in case.requests if each.seq < asking.seq] if kind != "report" else []
        opener = self.book.opener(case.id)
        what = Asked(
            case=opener.id if opener and kind == "cancel" else case.id,
            id=asking.id,
            at=asking.at,
            request=asking.request or case.newest or PatrolRequest(),
            previous=before[-1].request if before else None,
            officer=asking.officer,
            reason=asking.reason,
            earlier=tuple(Stamp(each.id, each.at) for each in before),
        )
        return outgoing(self._parties, what, kind, self._settings.format)
