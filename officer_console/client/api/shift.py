"""Who is on duty, how, and by which timers the desk works."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from officer_console.model.roster import Doing, Duty, OnDuty
from officer_console.model.timers import Timers


class Shift(Protocol):
    """The desk's people now. Everything here is gone with the connection and comes again with it."""

    @property
    def mine(self) -> Duty:
        """How this officer is on duty."""
        ...

    @property
    def timers(self) -> Timers: ...

    @property
    def paused_because(self) -> str:
        """Why a lead lets nobody new in (`queue.arrivals` says who and when), displayable; "" when it can't be read."""
        ...

    def officers(self) -> Sequence[OnDuty]:
        """Everybody who is there, or was a moment ago."""
        ...

    def officer(self, kid: str) -> OnDuty | None: ...

    def load(self, kid: str) -> int:
        """How many conversations an officer holds."""
        ...

    def do(self, doing: Doing) -> None:
        """Be there, take a break, or go: the relay and every console learn of it."""
        ...

    def debrief(self, wanted: bool) -> None:
        """Say that a grave conversation should be talked about, or has been."""
        ...
