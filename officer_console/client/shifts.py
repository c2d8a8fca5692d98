"""Who is on duty: `client.api.Shift`. This console tells the relay about its officer, and hears about all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from officer_console.model.events import ArrivalsPaused, Event
from officer_console.model.roster import Doing, Duty, OnDuty
from officer_console.model.timers import Timers
from officer_console.protocol.commands import Command, TellDuty
from officer_console.protocol.desk_session import Answered
from officer_console.protocol.frames import Standing

from .channel import read_reason
from .surroundings import Surroundings

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
        self._set(msgspec.structs.replace(self.mine, doing=doing))

    def debrief(self, wanted: bool) -> None:
        self._set(msgspec.structs.replace(self.mine, debrief=wanted))

    # ---- what the relay tells ----

    def standing(self, frame: Standing) -> None:
        """The timers, and who is on duty; my shift began when the relay, or this console, first saw me."""
        self._around.queue.retime(frame.timers)
        self._officers = {each.kid: each for each in frame.officers}
        known = self._officers.get(self._around.me)
        if known is not None:
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
