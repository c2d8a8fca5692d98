"""What a shift lead sees and does: `client.api.Lead`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from officer_console.model.conversation import Conversation, State
from officer_console.model.events import DESK, Event, Level, Whispered
from officer_console.model.overview import Overview
from officer_console.model.rules import DESK_ROLES
from officer_console.protocol.commands import (
    Assign,
    CallBreak,
    Command,
    PauseArrivals,
    RaiseUrgency,
    ResumeArrivals,
    StepIn,
    StepOut,
    Whisper,
)
from officer_console.protocol.desk_session import Answered
from officer_console.protocol.refusals import Refused

from .api import Notice
from .channel import seal_aside, seal_reason
from .orders import Orders
from .surroundings import Surroundings

Carry = Callable[[Command, Callable[[Answered], None]], bool]
WATCH: Final = frozenset({"lead", "wall"})
"""Roles whose consoles show the whole desk."""


class Leading:
    """See `client.api.Lead`, which documents every method. `carry` gives a command to the link, False when there is
    none."""

    def __init__(self, around: Surroundings, orders: Orders, carry: Carry) -> None:
        self.overview = Overview()
        self._around = around
        self._orders = orders
        self._carry = carry
        self._watches = around.chain.role in WATCH
        self._leads = around.chain.role in DESK_ROLES
        self._within: set[str] = set()
        self._linked = False
        self._asked = 0
        self._open: dict[int, str] = {}  # what was given to the link and is not answered -> the kind of it

    # ---- events ----

    def happened(self, event: Event, after: Conversation) -> None:
        """Fold an event in."""
        if self._watches:
            self.overview.apply(event, after)
        if after.guest(self._around.me):
            self._within.add(after.cid)
        else:
            self._within.discard(after.cid)

    def notice(self, event: Event, after: Conversation) -> Notice | None:
        """What a lead must be told of an event, if anything: an officer whispers."""
        aside = isinstance(event.what, Whispered) and event.by != self._around.me
        if not (aside and self._leads) or after.holder == self._around.me:
            return None
        return Notice("whispered", event.cid, event.by)

    def linked(self, linked: bool) -> None:
        """There is a link with nothing missing, or no more: of what is unanswered nobody knows whether it was done."""
        self._linked = linked
        lost, self._open = self._open, {}
        for kind in lost.values():
            self._around.announcer.notice(Notice("failed", "", code="unsure", what=kind))

    # ---- what is there ----

    @property
    def within(self) -> frozenset[str]:
        return frozenset(self._within)

    # ---- about a conversation: by the outbox ----

    def assign(self, cid: str, to: str) -> None:
        self._orders.require(cid, "assigned")
        conversation = self._around.queue.get(cid)
        held = conversation is not None and conversation.state is State.HELD
        was = conversation.holder if conversation and held else ""
        self._orders.submit(Assign(cid, self._orders.new_id(), to, was))

    def take_over(self, cid: str) -> None:
        self.assign(cid, self._around.me)

    def raise_urgency(self, cid: str, level: Level) -> None:
        self._orders.require(cid, "urgency_raised")
        self._orders.submit(RaiseUrgency(cid, self._orders.new_id(), level))

    def whisper(self, cid: str, text: str) -> None:
        self._orders.require(cid, "whispered")
        _require_words(text)
        around, id_ = self._around, self._orders.new_id()
        note = self._orders.sealed(lambda: seal_aside(around.chain, cid, id_, text, around.now()))
        self._orders.submit(Whisper(cid, id_, note), text)

    def step_in(self, cid: str, way: Literal["read", "join"], reason: str) -> None:
        self._orders.require(cid, "stepped_in")
        _require_words(reason)
        around, id_ = self._around, self._orders.new_id()
        note = self._orders.sealed(lambda: seal_reason(around.chain, cid, id_, reason, around.now()))
        self._orders.submit(StepIn(cid, id_, way, note), reason)

    def step_out(self, cid: str) -> None:
        self._orders.require(cid, "stepped_out")
        if not self._around.outbox.has(cid, StepOut):
            self._orders.submit(StepOut(cid, self._orders.new_id()))

    # ---- about the desk: at once, or not at all ----

    def pause(self, way: Literal["pause", "divert"], reason: str) -> None:
        self._require_lead()
        _require_words(reason)
        around, id_ = self._around, self._orders.new_id()
        note = self._orders.sealed(lambda: seal_reason(around.chain, DESK, id_, reason, around.now()))
        self._now(PauseArrivals(id_, way, note), "arrivals_paused")

    def resume(self) -> None:
        self._require_lead()
        self._now(ResumeArrivals(self._orders.new_id()), "arrivals_resumed")

    def call_break(self, kid: str) -> None:
        self._require_lead()
        self._now(CallBreak(kid), "break_called")

    def _require_lead(self) -> None:
        if not self._leads:
            raise Refused("not_yours")

    def _now(self, do: Command, kind: str) -> None:
        self._asked += 1
        number = self._asked

        def answered(answer: Answered) -> None:
            self._open.pop(number, None)
            if answer.code:
                self._around.announcer.notice(Notice("failed", "", answer.who, answer.code, kind))

        self._open[number] = kind
        if not self._linked or not self._carry(do, answered):
            del self._open[number]
            raise Refused("network")


def _require_words(text: str) -> None:
    if not text.strip():
        raise ValueError("empty")
