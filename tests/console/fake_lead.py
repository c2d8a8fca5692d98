"""A lead's view of a FakeDesk, and levers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from officer_console.client.api import Change, Notice
from officer_console.model.conversation import State
from officer_console.model.events import (
    DESK,
    ArrivalsPaused,
    ArrivalsResumed,
    Assigned,
    Event,
    Level,
    SteppedIn,
    SteppedOut,
    UrgencyRaised,
    What,
    Whispered,
)
from officer_console.model.overview import Overview
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind
from officer_console.protocol.refusals import Refused

if TYPE_CHECKING:
    from tests.console.fake_desk import FakeDesk


class FakeLead:
    """See `client.api.Lead`."""

    def __init__(self, desk: FakeDesk) -> None:
        self.overview = Overview()
        self.breaks: list[str] = []
        self.offline = False
        self.rival = ""  # to whom another lead gives the next conversation that we give
        self._desk = desk

    # what the screens see

    @property
    def within(self) -> frozenset[str]:
        return frozenset(c.cid for c in self._desk.queue.everything() if c.guests and c.guest(self._desk.me))

    def assign(self, cid: str, to: str) -> None:
        self._desk.check(cid, "assigned")
        if self.rival:
            rival, self.rival = self.rival, ""
            self._desk.append(cid, "kid-robin", Assigned(rival), line=Kind.ASSIGNED, text=rival)
            return self._desk.emit(Change(notices=(Notice("failed", cid, rival, "taken", "assigned"),)))
        self._desk.append(cid, self._desk.me, Assigned(to), line=Kind.ASSIGNED, text=to)

    def take_over(self, cid: str) -> None:
        self.assign(cid, self._desk.me)

    def raise_urgency(self, cid: str, level: Level) -> None:
        self._desk.check(cid, "urgency_raised")
        self._desk.append(cid, self._desk.me, UrgencyRaised(level), line=Kind.RAISED, text=level)

    def whisper(self, cid: str, text: str) -> None:
        self._desk.check(cid, "whispered")
        self.hears(cid, self._desk.me, text)

    def step_in(self, cid: str, way: Literal["read", "join"], reason: str) -> None:
        self._desk.check(cid, "stepped_in")
        if not reason.strip():
            raise ValueError("empty")
        self._desk.append(cid, self._desk.me, SteppedIn(way), line=Kind.STEPPED_IN, text=way, remark=reason)

    def step_out(self, cid: str) -> None:
        self._desk.check(cid, "stepped_out")
        self._desk.append(cid, self._desk.me, SteppedOut(), line=Kind.STEPPED_OUT)

    def pause(self, way: Literal["pause", "divert"], reason: str) -> None:
        self._online()
        self._desk.shift.paused_because = reason
        self._of_desk(ArrivalsPaused(way))

    def resume(self) -> None:
        self._online()
        self._of_desk(ArrivalsResumed())

    def call_break(self, kid: str) -> None:
        self._online()
        self.breaks.append(kid)

    # levers

    def hears(self, cid: str, by: str, text: str) -> None:
        """Somebody whispers."""
        self._desk.append(cid, by, Whispered(), line=Kind.WHISPER, text=displayable(text))
        conversation = self._desk.queue.get(cid)
        held = conversation is not None and conversation.state is State.HELD
        mine = held and conversation is not None and conversation.holder == self._desk.me
        if by != self._desk.me and (mine or self._desk.role == "lead"):
            self._desk.emit(Change(notices=(Notice("whispered", cid, by),)))

    def gives(self, cid: str, by: str) -> None:
        """Another lead gives me a conversation."""
        self._desk.append(cid, by, Assigned(self._desk.me), line=Kind.ASSIGNED, text=self._desk.me)
        self._desk.emit(Change(notices=(Notice("given", cid, by),)))

    def _online(self) -> None:
        if self.offline:
            raise Refused("network")

    def _of_desk(self, what: What) -> None:
        seq = next(self._desk.numbers)
        event = Event(seq, self._desk.time, DESK, f"e{seq}", self._desk.me, what)
        self._desk.queue.apply_to_desk(event)
        self._desk.emit(Change(link=True, shift=True))
