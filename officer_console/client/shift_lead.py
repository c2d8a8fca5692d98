"""What a shift lead's console does for the list of officers: it invites, takes in, makes desk keys in time, and sees
to it that every officer has them. One command at a time, because each statement follows the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import msgspec

from officer_console.model.text import one_line
from officer_console.protocol.commands import Command, Publish
from officer_console.protocol.desk_session import Answered
from officer_console.protocol.frames import Joining
from officer_console.protocol.refusals import Refused
from officer_console.vault.chain import Member
from officer_console.vault.enrolment import Invitation, JoinRequest, check_join
from officer_console.vault.errors import VaultError
from officer_console.vault.paper import fingerprint
from officer_console.vault.primitives import kid
from officer_console.vault.statements import MemberRole

from .api import Newcomer, Notice
from .enrolling import WRAPS_AT_ONCE, take_in
from .keychain import Keychain
from .renewal import new_desk_key, next_desk_key, practice_key_in_force
from .sender import LATER

PRACTICE: Final = "practice"
"""For whom a practice key is published: nobody's kid."""
NAME_LENGTH: Final = 60
MAX_ASKING: Final = 20
"""Newcomers that are listed; whoever has an invitation could make a new key each second."""
_AGAIN: Final = LATER | {"directory"}
"""Refusals after which the same is tried at the next heartbeat; another lead's statement may have come before ours."""
Carry = Callable[[Command, Callable[[Answered], None]], bool]


class _Asking(msgspec.Struct):
    newcomer: Newcomer
    join: JoinRequest
    invitation: Invitation
    admitted: bool = False


class ShiftLead:
    """See the module; `client.api.Enrolment` is what the screens see of it. `carry` gives a command to the link, False
    when there is none; `tell` gets notices, `changed` is called when the newcomers are others; `clock` in ms of this
    machine: a hostile relay must not get statements for another time signed."""

    def __init__(
        self, chain: Keychain, relay_url: str, carry: Carry, tell: Callable[[Notice], None],
        changed: Callable[[], None], clock: Callable[[], int],
    ) -> None:  # fmt: skip
        self._chain = chain
        self._relay_url = relay_url
        self._carry = carry
        self._tell = tell
        self._changed = changed
        self._clock = clock
        self._linked = False
        self._busy = False
        self._invitations: dict[str, Invitation] = {}
        self._asking: dict[str, _Asking] = {}
        self._practice_wanted: list[Callable[[str], None]] = []
        self._given: set[tuple[str, str]] = set()  # desk key, member: wrapped by this console

    # ---- what the lead does ----

    @property
    def newcomers(self) -> tuple[Newcomer, ...]:
        return tuple(each.newcomer for each in self._asking.values() if not each.admitted)

    def invite(self, role: MemberRole) -> str:
        """An invitation, as text. Raises Refused("not_yours")."""
        if self._chain.role != "lead":
            raise Refused("not_yours")
        genesis, now = self._chain.directory.genesis, self._clock() // 1000
        invitation = Invitation.create(self._relay_url, self._chain.pin.kid, genesis, role, now)
        self._invitations[invitation.id] = invitation
        return invitation.text()

    def admit(self, name: str) -> None:
        """Let a newcomer in. Raises Refused("invitation")."""
        asking = self._asking.get(name)
        if asking is None or asking.invitation.expires <= self._clock() // 1000:
            self.turn_away(name)
            raise Refused("invitation")
        asking.admitted = True
        self._changed()
        self.tend()

    def turn_away(self, name: str) -> None:
        """Don't let a newcomer in; the invitation is void."""
        if asking := self._asking.get(name):
            self._spend(asking.invitation)

    def practice_key(self, done: Callable[[str], None]) -> None:
        """See to it that a practice key is in force; `done` is called with the code of a refusal, "" when it is."""
        if practice_key_in_force(self._chain, self._clock() // 1000):
            return done("")
        if self._chain.role != "lead":
            return done("not_yours")
        self._practice_wanted.append(done)
        self.tend()

    # ---- what the relay tells ----

    def asked(self, frame: Joining) -> None:
        """Somebody asks to be enrolled; whose invitation was not made here is another lead's guest."""
        invitation = self._invitations.get(frame.invite)
        if invitation is None or len(self._asking) >= MAX_ASKING:
            return
        join = JoinRequest(frame.invite, frame.request, frame.mac, frame.sig)
        try:
            applicant = check_join(invitation, join, self._clock() // 1000)
        except VaultError:
            return
        name, shown = kid(applicant.sig_pub), one_line(applicant.name, NAME_LENGTH)
        if name in self._asking or name in self._chain.directory.members or invitation.role == "lead":
            return
        newcomer = Newcomer(name, shown, invitation.role, fingerprint(applicant.sig_pub))
        self._asking[name] = _Asking(newcomer, join, invitation)
        self._changed()
        self._tell(Notice("asks", "", name))

    def linked(self, linked: bool) -> None:
        """There is a link, or no more: then nothing is known of what was on its way."""
        self._linked = linked
        self._busy = False
        if not linked:
            self._practice_wanted.clear()  # who asked has been told that the link is gone
        self.tend()

    def tend(self) -> None:
        """Do what is due; called at each heartbeat too."""
        if not self._linked or self._busy:
            return
        for due in (self._admission, self._practice_key, self._next_key, self._missing):
            found = due()
            if found is not None:
                self._busy = self._carry(found[1], partial(self._answered, *found))
                return

    # ---- what is due: for whom ("" for all), and the command ----

    def _admission(self) -> tuple[str, Publish] | None:
        for name, asking in list(self._asking.items()):
            if name in self._chain.directory.members:  # the link was lost after it had been done
                self._joined(asking)
            elif asking.admitted:
                try:
                    return name, take_in(self._chain, asking.invitation, asking.join, self._clock() // 1000, None)
                except VaultError:
                    self._not_joined(asking, "invitation")
        return None

    def _practice_key(self) -> tuple[str, Publish] | None:
        if not self._practice_wanted:
            return None
        try:
            publish = new_desk_key(self._chain, self._clock() // 1000, "practice")
        except VaultError:
            self._practice_made("desk_key")
            return None
        return PRACTICE, Publish(publish.entries, publish.wraps[:WRAPS_AT_ONCE])

    def _practice_made(self, code: str) -> None:
        wanted, self._practice_wanted = self._practice_wanted, []
        for done in wanted:
            done(code)

    def _next_key(self) -> tuple[str, Publish] | None:
        try:
            publish = next_desk_key(self._chain, self._clock() // 1000)
        except VaultError:
            return None  # this lead's own certificate has ended, or the clock is wrong: another lead's console does it
        if publish is None:
            return None
        return "", Publish(publish.entries, publish.wraps[:WRAPS_AT_ONCE])  # the others follow as missing ones

    def _missing(self) -> tuple[str, Publish] | None:
        """The relay does not tell who lacks a key, so all get those in force once more from each console of a lead;
        one that is there already is replaced by its like."""
        now = self._clock() // 1000
        pairs = [(key, each) for key, each in self._due(now) if (key, each.kid) not in self._given]
        wraps = [wrap for key, each in pairs[:WRAPS_AT_ONCE] for wrap in self._chain.keys.wraps(key, [each])]
        return ("", Publish([], wraps)) if wraps else None

    def _due(self, now: int) -> Iterator[tuple[str, Member]]:
        """Who must have which key: live ones that are in force, and practice keys always, for what is kept stays."""
        for key in self._chain.keys.in_force(now):
            yield from ((key.kid, each) for each in self._chain.keys.holders(now) if each.kid != self._chain.kid)
        for key in self._chain.keys.of("practice"):
            members = self._chain.directory.holders("practice", now)
            yield from ((key.kid, each) for each in members if each.kid != self._chain.kid)

    # ---- what became of it ----

    def _answered(self, name: str, publish: Publish, answer: Answered) -> None:
        self._busy = False
        if answer.code in _AGAIN:
            return
        if not answer.code:
            self._given |= {(wrap.key, wrap.to) for wrap in publish.wraps}
            self._chain.learn(publish.entries, [])
        if name == PRACTICE:
            self._practice_made(answer.code)
        if asking := self._asking.get(name):
            if answer.code:
                self._not_joined(asking, answer.code)
            else:
                self._joined(asking)
        if not answer.code:
            self.tend()

    def _joined(self, asking: _Asking) -> None:
        self._spend(asking.invitation)
        self._tell(Notice("joined", "", asking.newcomer.kid))

    def _not_joined(self, asking: _Asking, code: str) -> None:
        self._spend(asking.invitation)
        self._tell(Notice("not_joined", "", asking.newcomer.kid, code))

    def _spend(self, invitation: Invitation) -> None:
        """An invitation is for one person: with it goes everybody who has shown it."""
        self._invitations.pop(invitation.id, None)
        self._asking = {name: each for name, each in self._asking.items() if each.invitation is not invitation}
        self._changed()
