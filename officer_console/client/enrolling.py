"""Founding a desk, joining one, taking somebody in: what commands and console share, without a word printed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

import msgspec

from officer_console.protocol.commands import Heads, Publish
from officer_console.protocol.founding import FoundingCode
from officer_console.protocol.frames import Found, Founded, Join, Joined, Pending, Welcome
from officer_console.vault.base64url import b64
from officer_console.vault.chain import Directory
from officer_console.vault.directory import certify_lead, enrol_officer, found, issue_desk_key
from officer_console.vault.enrolment import Invitation, JoinRequest, check_join, make_join
from officer_console.vault.identity import Identity
from officer_console.vault.primitives import make_signing_key
from officer_console.vault.statements import Applicant, Entry, Use

from .exchange import Exchange, exchange
from .keychain import Keychain, RelayPin, as_frames

NOTHING_SEEN = Heads(0, b64(bytes(32)))
WRAPS_AT_ONCE: Final = 60
"""Wraps in one command, so that it stays below codec.MAX_FRAME. A newcomer gets as many: a desk key is a day old when
the next one comes, so conversations of the last two months open."""


class Enrolled(msgspec.Struct, frozen=True):
    """Somebody who belongs to a desk now."""

    identity: Identity
    directory: Directory
    relay: RelayPin
    relay_url: str


class FoundedDesk(msgspec.Struct, frozen=True):
    """A new desk: its first shift lead, and the root key that certifies leads."""

    lead: Enrolled
    root_priv: bytes


Keep = Callable[[bytes, Identity], None]
"""Puts the root key and the first lead's keys where they are safe; raises when it can't."""


async def found_desk(
    code: FoundingCode, name: str, desk_name: str, now: int, keep: Keep | None = None, use: Use = "live"
) -> FoundedDesk:
    """Make root key, first lead and first desk key, `keep` what is secret, then upload what is public. `now` in s.

    In this order, because a desk whose root key is lost can never be founded again. Raises UserError.
    """
    root = make_signing_key()
    blank = Identity.create(bytes(32))
    directory = Directory.verify(found(desk_name, root, blank.applicant(name), now, use=use))
    entry, desk_priv = issue_desk_key(directory, blank.sig_priv, now)
    directory = directory.extend([entry])
    identity = msgspec.structs.replace(blank, genesis16=directory.genesis[:16])
    chain = Keychain(identity, directory, RelayPin(kid=code.relay))
    key = directory.desk_key(now)
    chain.keys.add(key.kid, desk_priv)
    wraps = chain.keys.wraps(key.kid, chain.keys.holders(now))
    first = Found(code.token, as_frames(directory.entries), wraps)
    if keep is not None:
        keep(root, identity)
    async with exchange(code.url, chain, NOTHING_SEEN, first) as talk:
        await talk.until(Founded)
    return FoundedDesk(Enrolled(identity, directory, chain.pin, code.url), root)


class Joiner:
    """Joining with an invitation: `ask`, tell the person to wait, `joined`. Only the invitation's relay is asked."""

    def __init__(self, invitation: Invitation, name: str) -> None:
        self.invitation = invitation
        self.identity = Identity.create(invitation.genesis)
        asked = make_join(invitation, self.identity, name)
        self._join = Join(asked.invite, asked.request, asked.mac, asked.sig)
        self._chain = Keychain(self.identity, Directory(), RelayPin(kid=invitation.relay_kid))

    async def ask(self, talk: Exchange) -> None:
        """The relay has the request and passes it on. Raises UserError."""
        await talk.until(Pending)

    async def joined(self, talk: Exchange) -> Enrolled:
        """A shift lead has accepted. Raises UserError, or Untrusted when this is not the desk of the invitation."""
        told = await talk.until(Joined)
        directory = Directory.verify(told.entries, self.invitation.genesis)
        directory.member(self.identity.kid, directory.at)
        return Enrolled(self.identity, directory, self._chain.pin, self.invitation.relay)

    def connect(self) -> AbstractAsyncContextManager[Exchange]:
        """The connection, for `async with`."""
        return exchange(self.invitation.relay, self._chain, NOTHING_SEEN, self._join)


async def log_in(talk: Exchange, chain: Keychain) -> Welcome:
    """Wait until the relay has let us in, and learn what is new. Raises UserError."""
    welcome = await talk.until(Welcome)
    chain.learn(welcome.entries, welcome.wraps)
    talk.learnt(chain.heads)
    return welcome


def take_in(chain: Keychain, invitation: Invitation, join: JoinRequest, now: int, root: bytes | None) -> Publish:
    """The statement and the wraps by which the one who was invited joins.

    `root`: the root key (a shift lead needs it). Raises VaultError when the request is not honest.
    """
    applicant = check_join(invitation, join, now)
    entry = _statement(chain, invitation, applicant, now, root)
    longer = chain.directory.extend([entry])
    newcomer = next(each for each in longer.members.values() if each.entry.s == entry.s)
    wraps = []
    if newcomer.kid in {each.kid for each in longer.holders("live", max(now, longer.at))}:
        wraps = chain.keys.wraps_for(newcomer, WRAPS_AT_ONCE)
    return Publish(as_frames([entry]), wraps)


def _statement(chain: Keychain, invitation: Invitation, applicant: Applicant, now: int, root: bytes | None) -> Entry:
    if invitation.role == "lead":
        assert root is not None, "only the root key makes a shift lead"
        return certify_lead(chain.directory, root, applicant, now)
    return enrol_officer(chain.directory, chain.identity.sig_priv, applicant, invitation.role, now)
