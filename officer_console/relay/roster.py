"""Who is on duty: in memory only, from what consoles tell of themselves, here and at the other relays."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from officer_console.model.roster import Duty, OnDuty
from officer_console.model.rules import ANSWERS

from .log.interface import Clock
from .peers import Desk

REMEMBERED_MS = 900_000
"""So long an officer whose console is gone is still known, as one who is not there."""


class Roster:
    """`changed` is called when somebody comes, goes or tells something new; `clock` in ms."""

    def __init__(self, clock: Clock, changed: Callable[[], None] = lambda: None) -> None:
        self.changed = changed
        self.elsewhere: Callable[[], Iterable[Desk]] = lambda: ()
        """Gives the consoles at other relays."""
        self._clock = clock
        self._known: dict[str, OnDuty] = {}

    def came(self, kid: str, role: str) -> None:
        """A console of this officer follows the desk; his shift goes on if he was here a moment ago."""
        if role not in ANSWERS:
            return
        known = self._known.get(kid)
        duty = known.duty if known else Duty(since=self._clock())
        self._set(OnDuty(kid, role, duty, linked=True, seen=self._clock()))

    def tell(self, kid: str, duty: Duty) -> None:
        """He says how he is on duty."""
        known = self._known.get(kid)
        if known is not None:
            self._set(msgspec.structs.replace(known, duty=duty))

    def went(self, kid: str) -> None:
        """The last console of this officer is gone."""
        known = self._known.get(kid)
        if known is not None and known.linked:
            self._set(msgspec.structs.replace(known, linked=False, seen=self._clock()))

    def answers(self, kid: str) -> bool:
        """Whether this officer is there and may be given a conversation."""
        known = self._by_kid().get(kid)
        return known is not None and known.linked and known.duty.doing != "leaving"

    def duty(self, kid: str) -> Duty | None:
        """How an officer whose console is at this relay is on duty."""
        known = self._known.get(kid)
        return known.duty if known and known.linked else None

    def gone_since(self, kid: str) -> int | None:
        """Since when (ms) this officer's console is gone; None while it is there, 0 when it was never seen."""
        known = self._by_kid().get(kid)
        if known is None:
            return 0
        return None if known.linked else known.seen

    def officers(self) -> list[OnDuty]:
        """Everybody who is there, or was a moment ago, in the order of their keys."""
        old = self._clock() - REMEMBERED_MS
        self._known = {kid: each for kid, each in self._known.items() if each.linked or each.seen > old}
        known = self._by_kid()
        return [known[kid] for kid in sorted(known)]

    def drop(self, kids: Iterable[str]) -> None:
        """They are members no more."""
        for kid in kids:
            self._known.pop(kid, None)

    def _by_kid(self) -> dict[str, OnDuty]:
        """Everybody; who is linked anywhere is linked."""
        known = dict(self._known)
        for desk in self.elsewhere():
            if desk.on_duty and desk.duty and not (desk.kid in known and known[desk.kid].linked):
                known[desk.kid] = OnDuty(desk.kid, desk.role, desk.duty)
        return known

    def _set(self, officer: OnDuty) -> None:
        if self._known.get(officer.kid) != officer:
            self._known[officer.kid] = officer
            self.changed()
