"""What this officer can sign and check: own keys, the verified list of officers; `keys` are the desk's."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from officer_console.locale import _
from officer_console.protocol import codec
from officer_console.protocol.commands import Entry as FrameEntry
from officer_console.protocol.commands import Heads, Wrap
from officer_console.protocol.frames import ChallengeHeader
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64, unb64, utf8
from officer_console.vault.chain import Directory, Member, Signed
from officer_console.vault.enrolment import sign_text, verify_text
from officer_console.vault.envelopes import sign_body, verify_body
from officer_console.vault.errors import Untrusted, VaultError
from officer_console.vault.identity import Identity
from officer_console.vault.primitives import kid

from .desk_keys import SPEAKERS, DeskKeys


class RelayPin(msgspec.Struct, frozen=True):
    """What is known of the relay's key: its name from a founding code, the whole of it after the first contact."""

    kid: str = ""
    pub: str = ""

    def require(self, header: ChallengeHeader) -> None:
        """Raises Refused unless the challenge is of this relay; an empty pin takes any."""
        if (self.kid and self.kid != header.relay) or (self.pub and self.pub != header.pub):
            raise Refused("bad_signature")


class Keychain:
    """One officer's keys and what they prove. `pin` changes once: at the first contact with the relay."""

    def __init__(self, identity: Identity, directory: Directory, pin: RelayPin) -> None:
        self.identity = identity
        self.directory = directory
        self.pin = pin
        self.kid = identity.kid
        self.keys = DeskKeys(identity, lambda: self.directory)

    # ---- the connection (protocol.desk_session.Hands) ----

    def check_challenge(self, h: str, sig: str) -> ChallengeHeader:
        """Read a challenge of the pinned relay, and pin it when none was. Raises Refused."""
        header = codec.header(h, ChallengeHeader)
        self.pin.require(header)
        try:
            pub = unb64(header.pub, 65)
            verify_text(pub, "relay", h, sig)
        except VaultError:
            raise Refused("bad_signature") from None
        if kid(pub) != header.relay:
            raise Refused("bad_signature")
        self.pin = RelayPin(header.relay, header.pub)
        return header

    def sign_login(self, h: str) -> str:
        return sign_text(self.identity.sig_priv, "login", h)

    def sign_command(self, h: str) -> str:
        return sign_text(self.identity.sig_priv, "cmd", h)

    # ---- the list of officers ----

    @property
    def heads(self) -> Heads:
        """Size and head of the list."""
        return Heads(self.directory.size, b64(self.directory.head))

    def learn(self, entries: Iterable[Signed], wraps: Iterable[Wrap]) -> bool:
        """Take statements that follow the known ones, and wraps. Gives whether anything was new. Raises Untrusted."""
        size, keys = self.directory.size, len(self.keys)
        self.directory = self.directory.extend(self._unknown(entries))
        for wrap in wraps:
            if wrap.to == self.kid:
                self.keys.take(wrap)
        return (size, keys) != (self.directory.size, len(self.keys))

    def require_heads(self, heads: Heads) -> None:
        """Raises Untrusted unless our list continues (or is) the one that the relay named."""
        self.directory.require(heads.size, unb64(heads.head, 32))

    def member(self, name: str) -> Member | None:
        """A member, whether still in force or not."""
        return self.directory.members.get(name)

    @property
    def role(self) -> str:
        """What the list says that we are; an officer as long as it does not know us."""
        member = self.member(self.kid)
        return member.role if member else "officer"

    def check_words(self, by: str, at: int, h: str, b: str, sig: str) -> None:
        """Raises VaultError unless the officer `by` signed `b` under `h` and was one at `at` (ms)."""
        member = self.directory.member(by, at // 1000)
        if member.role not in SPEAKERS:
            raise Untrusted(_("these words are not of an officer of this desk"))
        verify_body(member.sig_pub, h, utf8(b), unb64(sig, 64))

    def sign_words(self, h: str, b: str) -> str:
        return b64(sign_body(self.identity.sig_priv, h, utf8(b)))

    def _unknown(self, entries: Iterable[Signed]) -> list[Signed]:
        """The relay answers with all that follows what we had when we asked; meanwhile some may have come already."""
        known = {entry.s for entry in self.directory.entries}
        return [entry for entry in entries if entry.s not in known]


def as_frames(entries: Iterable[Signed]) -> list[FrameEntry]:
    """Statements as the protocol carries them."""
    return [FrameEntry(entry.s, entry.sig) for entry in entries]
