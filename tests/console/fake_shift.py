"""Who is on duty at a FakeDesk, and levers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from officer_console.client.api import Change
from officer_console.model.roster import Doing, Duty, OnDuty
from officer_console.model.timers import Timers

if TYPE_CHECKING:
    from tests.console.fake_desk import FakeDesk


class FakeShift:
    """See `client.api.Shift`."""

    def __init__(self, desk: FakeDesk) -> None:
        self._desk = desk
        self.mine = Duty(since=desk.time)
        self.paused_because = ""
        self._others: dict[str, OnDuty] = {}

    # what the screens see

    @property
    def timers(self) -> Timers:
        return self._desk.queue.timers

    def officers(self) -> tuple[OnDuty, ...]:
        desk = self._desk
        there = {kid: OnDuty(kid, "officer", Duty(since=desk.time)) for kid in desk.link.on_duty}
        me = {desk.me: OnDuty(desk.me, desk.role, self.mine)}
        return tuple(sorted((there | me | self._others).values(), key=lambda each: each.kid))

    def officer(self, kid: str) -> OnDuty | None:
        """At once, as the real one: what is timed is the screens."""
        desk = self._desk
        if kid in self._others:
            return self._others[kid]
        if kid == desk.me:
            return OnDuty(kid, desk.role, self.mine)
        return OnDuty(kid, "officer", Duty(since=desk.time)) if kid in desk.link.on_duty else None

    def load(self, kid: str) -> int:
        return self._desk.queue.load(kid)

    def do(self, doing: Doing) -> None:
        self._set(doing=doing)

    def debrief(self, wanted: bool) -> None:
        self._set(debrief=wanted)

    # levers

    def add(self, officer: OnDuty) -> None:
        """A colleague is there now, or tells something new."""
        self._others[officer.kid] = officer
        self._desk.emit(Change(shift=True))

    def retime(self, **timers: int) -> None:
        """The relay works by other timers."""
        self._desk.queue.retime(msgspec.structs.replace(self.timers, **timers))
        self._desk.emit(Change(queue=True, shift=True))

    def _set(self, **changes: object) -> None:
        self.mine = msgspec.structs.replace(self.mine, **changes)
        self._desk.emit(Change(shift=True))
