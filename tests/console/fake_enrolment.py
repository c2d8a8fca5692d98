"""Who is let in to a FakeDesk, and levers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from officer_console.client.api import Change, Newcomer, Notice
from officer_console.protocol.refusals import Refused
from officer_console.vault.statements import MemberRole

if TYPE_CHECKING:
    from tests.console.fake_desk import FakeDesk


class FakeEnrolment:
    """See `client.api.Enrolment`."""

    def __init__(self, desk: FakeDesk) -> None:
        self.newcomers: tuple[Newcomer, ...] = ()
        self.invited: list[MemberRole] = []
        self._desk = desk

    # what the screens see

    def invite(self, role: MemberRole) -> str:
        if self._desk.role != "lead":
            raise Refused("not_yours")
        self.invited.append(role)
        return f"oc1.invitation-{len(self.invited)}"

    def admit(self, kid: str) -> None:
        newcomer = next((each for each in self.newcomers if each.kid == kid), None)
        if newcomer is None:
            raise Refused("invitation")
        self._desk.names[kid] = newcomer.name
        self._drop(kid)
        self._desk.emit(Change(newcomers=True, notices=(Notice("joined", "", kid),)))

    def turn_away(self, kid: str) -> None:
        self._drop(kid)
        self._desk.emit(Change(newcomers=True))

    # levers

    def newcomer_asks(self, kid: str = "kid-zoe", name: str = "Zoé Roche", role: MemberRole = "officer") -> None:
        """Somebody has shown an invitation that was made here."""
        self.newcomers += (Newcomer(kid, name, role, "4Q7F N2K8 9RTC 0V3H X6MD"),)
        self._desk.emit(Change(newcomers=True, notices=(Notice("asks", "", kid),)))

    def _drop(self, kid: str) -> None:
        self.newcomers = tuple(each for each in self.newcomers if each.kid != kid)
