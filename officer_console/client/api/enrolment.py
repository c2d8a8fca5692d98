"""Who is let in to the desk by a shift lead at this console."""

from __future__ import annotations

from typing import Protocol

import msgspec

from officer_console.vault.statements import MemberRole


class Newcomer(msgspec.Struct, frozen=True):
    """Somebody who has shown an invitation made by this console and waits to be let in. `name` is displayable;
    `fingerprint` is of the new key, to be compared by voice."""

    kid: str
    name: str
    role: MemberRole
    fingerprint: str


class Enrolment(Protocol):
    """Invitations that were made here, and who came with one."""

    @property
    def newcomers(self) -> tuple[Newcomer, ...]:
        """Who waits to be let in, the first to ask first."""
        ...

    def invite(self, role: MemberRole) -> str:
        """An invitation for one person, good for an hour and as long as this console runs: what the new member gives
        to `officer-console enrol`. Leads only; raises Refused("not_yours"). Only the root key makes another lead."""
        ...

    def admit(self, kid: str, /) -> None:
        """Let a newcomer in; a notice tells what came of it. Raises Refused("invitation") when none waits."""
        ...

    def turn_away(self, kid: str, /) -> None:
        """Don't let a newcomer in; the invitation is void."""
        ...
