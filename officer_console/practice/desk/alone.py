"""What a practice desk has none of: newcomers, exports, colleagues to hand over to, figures; and its shift of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec

from officer_console.client.api import FiguresAnswer, HandOver, Newcomer
from officer_console.model.events import Level
from officer_console.model.exports import Export
from officer_console.model.exposure import Exposure
from officer_console.model.handover import Card
from officer_console.model.overview import Overview
from officer_console.model.roster import Doing, Duty, OnDuty
from officer_console.model.timers import Timers
from officer_console.protocol.refusals import Refused
from officer_console.vault.statements import MemberRole

from .log import Log


class NoEnrolment:
    """See `client.api.Enrolment`."""

    @property
    def newcomers(self) -> tuple[Newcomer, ...]:
        return ()

    def invite(self, role: MemberRole) -> str:
        raise Refused("not_yours")

    def admit(self, kid: str, /) -> None:
        raise Refused("invitation")

    def turn_away(self, kid: str, /) -> None:
        raise Refused("invitation")


class NoExports:
    """See `client.api.Exports`: what is practised on is nobody's."""

    def all(self) -> Sequence[Export]:
        return ()

    def of(self, cid: str) -> Export | None:
        return None

    def send(self, cid: str, session: bytes, done: Callable[[str], None]) -> None:
        raise Refused("not_yours")

    def fetch(self, cid: str, done: Callable[[bytes, str], None]) -> None:
        raise Refused("not_yours")

    def countersign(self, cid: str, session: bytes, done: Callable[[str], None]) -> None:
        raise Refused("not_yours")

    def withdraw(self, cid: str, done: Callable[[str], None]) -> None:
        raise Refused("not_yours")


class NoHandOvers:
    """See `client.api.HandOvers`: nobody else is there."""

    def __init__(self) -> None:
        self._cards: dict[str, Card] = {}

    def card(self, cid: str) -> Card:
        return self._cards.get(cid, Card())

    def keep_card(self, cid: str, card: Card) -> None:
        self._cards[cid] = card

    def of(self, cid: str) -> HandOver | None:
        return None

    def offered(self) -> Sequence[HandOver]:
        return ()

    def offer(self, cid: str, to: str, card: Card) -> None:
        raise Refused("not_on_duty")

    def withdraw(self, cid: str) -> None:
        raise Refused("no_offer")

    def accept(self, cid: str) -> None:
        raise Refused("no_offer")

    def decline(self, cid: str) -> None:
        raise Refused("no_offer")


class NoCare:
    """See `client.api.Care`: practice wears nobody out as duty does."""

    def exposure(self, kid: str) -> Exposure:
        return Exposure()


class NoFigures:
    """See `client.api.Figures`: what is practised is counted nowhere."""

    def ask(self, first: str, last: str, answered: Callable[[FiguresAnswer], None]) -> None:
        answered(FiguresAnswer(code="not_yours"))

    def count_referral(self, kind: str) -> None:
        """Nothing is counted."""


class NoLead:
    """See `client.api.Lead`: the trainee is an officer."""

    def __init__(self) -> None:
        self.overview = Overview()
        self.within: frozenset[str] = frozenset()

    def assign(self, cid: str, to: str) -> None:
        raise Refused("not_yours")

    def take_over(self, cid: str) -> None:
        raise Refused("not_yours")

    def raise_urgency(self, cid: str, level: Level) -> None:
        raise Refused("not_yours")

    def whisper(self, cid: str, text: str) -> None:
        raise Refused("not_yours")

    def step_in(self, cid: str, way: Literal["read", "join"], reason: str) -> None:
        raise Refused("not_yours")

    def step_out(self, cid: str) -> None:
        raise Refused("not_yours")

    def pause(self, way: Literal["pause", "divert"], reason: str) -> None:
        raise Refused("not_yours")

    def resume(self) -> None:
        raise Refused("not_yours")

    def call_break(self, kid: str) -> None:
        raise Refused("not_yours")


class OneShift:
    """See `client.api.Shift`: the trainee alone."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.mine = Duty(since=log.now())
        self.paused_because = ""

    @property
    def timers(self) -> Timers:
        return self._log.queue.timers

    def officers(self) -> Sequence[OnDuty]:
        return (OnDuty(self._log.me, "officer", self.mine),)

    def officer(self, kid: str) -> OnDuty | None:
        return self.officers()[0] if kid == self._log.me else None

    def load(self, kid: str) -> int:
        return self._log.queue.load(kid)

    def do(self, doing: Doing) -> None:
        self._set(doing=doing)

    def debrief(self, wanted: bool) -> None:
        self._set(debrief=wanted)

    def _set(self, **changes: object) -> None:
        self.mine = msgspec.structs.replace(self.mine, **changes)
        self._log.announcer.shift()
