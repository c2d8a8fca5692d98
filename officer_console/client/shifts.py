"""Who is on duty: `client.api.Shift`. This console tells the relay about its officer, and hears about all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from officer_console.model.events import ArrivalsPaused, Event
from officer_console.model.roster import Doing, Duty, OnDuty
from officer_console.model.timers import Timers
from officer_console.protocol.commands import Command, TellDuty
from officer_console.protocol.desk_session import Answered
from officer_console.protocol.frames import Standing

from .channel import read_reason
from .surroundings import Surroundings

LEAST_BREAK_MS: Final = 300_000
"""Milliseconds of a break that counts as one."""
Carry = Callable[[Command, Callable[[Answered], None]], bool]


class Shifts:
    """See `client.api.Shift`, which documents every method. `duty`: how this officer begins; `carry` gives a command to
    the link, False when there is none."""

    def __init__(self, around: Surroundings, duty: Duty, carry: Carry) -> None:
        self.mine = duty
        self.paused_because = ""
        self._around = around
        self._carry = carry
        self._officers: dict[str, OnDuty] = {}
        self._told: Duty | None = None
        self._linked = False
        self._restored = False
        self._break_began = 0

    @property
    def timers(self) -> Timers:
        return self._around.queue.timers

    def officers(self) -> Sequence[OnDuty]:
        return tuple(self._officers.values())

    def officer(self, kid: str) -> OnDuty | None:
        return self._officers.get(kid)

    def load(self, kid: str) -> int:
        return self._around.queue.load(kid)

    def do(self, doing: Doing) -> None:
        before, now = self.mine.doing, self._around.now()
        if doing == "break" and before != "break":
            self._break_began = now
        rested = now if before == "break" != doing and now - self._break_began >= LEAST_BREAK_MS else self.mine.rested
        self._set(msgspec.structs.replace(self.mine, doing=doing, rested=rested))

    def debrief(self, wanted: bool) -> None:
        self._set(msgspec.structs.replace(self.mine, debrief=wanted))

    # ---- what the relay tells ----

    def standing(self, frame: Standing) -> None:
        """The timers, and who is on duty; my shift began when the relay, or this console, first saw me."""
        self._around.queue.retime(frame.timers)
        self._officers = {each.kid: each for each in frame.officers}
        known = self._officers.get(self._around.me)
        if known is not None:
            if not self._restored:  # another console of mine knew more of this shift
                self._restored = True
                duty = self.mine
                debrief, rested = duty.debrief or known.duty.debrief, max(duty.rested, known.duty.rested)
                self.mine = msgspec.structs.replace(duty, debrief=debrief, rested=rested)
            begun = [since for since in (self.mine.since, known.duty.since) if since]
            self.mine = msgspec.structs.replace(self.mine, since=min(begun, default=self._around.now()))
        self._around.announcer.shift()
        self._tell()

    def happened(self, event: Event) -> None:
        """Arrivals were paused, or let in again."""
        paused = isinstance(event.what, ArrivalsPaused)
        self.paused_because = read_reason(self._around.chain, event) if paused else ""
        self._around.announcer.shift()

    def linked(self, linked: bool) -> None:
        """There is a link with nothing missing, or no more."""
        self._linked = linked
        self._told = None
        self._tell()

    def _set(self, duty: Duty) -> None:
        if duty != self.mine:
            self.mine = duty
            self._around.announcer.shift()
            self._tell()

    def _tell(self) -> None:
        answers = self._around.chain.role in ("officer", "lead")
        if self._linked and answers and self.mine.since and self._told != self.mine:
            self._told = self.mine if self._carry(TellDuty(self.mine), lambda answer: None) else None
