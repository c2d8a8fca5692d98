"""Who a console is: the relay's challenge, the answer to it, and the signature under every command.

There is no session token: whoever takes over a socket can't sign, and nothing that was signed works twice.
"""

from __future__ import annotations

import hashlib
import os
from typing import Final

from officer_console.model.envelope import VERSION
from officer_console.protocol import codec
from officer_console.protocol.commands import CommandHeader
from officer_console.protocol.frames import Challenge, ChallengeHeader, Cmd, Login, LoginHeader
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.chain import Member
from officer_console.vault.enrolment import sign_text, verify_text
from officer_console.vault.errors import VaultError
from officer_console.vault.primitives import kid, signing_public

from .log.interface import Clock
from .members import Members

NONCE_MS: Final = 30_000
"""Milliseconds an answer to a challenge may take."""


class Doorkeeper:
    """Makes challenges with the relay's key and checks the answers. `hosts` are the relay's own names."""

    def __init__(self, key: bytes, members: Members, hosts: frozenset[str], clock: Clock) -> None:
        self._key = key
        self._pub = signing_public(key)
        self.kid = kid(self._pub)
        self._members = members
        self._hosts = hosts
        self._clock = clock

    def greet(self) -> tuple[Challenge, ChallengeHeader]:
        """A challenge for one socket, good once."""
        nonce = b64(os.urandom(32))
        header = ChallengeHeader(VERSION, self.kid, b64(self._pub), nonce, self._clock(), self._members.heads())
        h = codec.encode(header)
        return Challenge(h, sign_text(self._key, "relay", h)), header

    def admit(self, login: Login, challenge: ChallengeHeader) -> tuple[Member, LoginHeader]:
        """Who answered the challenge. Raises Refused("version") or, whatever else is wrong, Refused("login")."""
        header = codec.header(login.h, LoginHeader)
        if header.v != VERSION:
            raise Refused("version")
        try:
            # A stranger costs as much as a member: how long it takes does not tell who is enrolled.
            known = self._members.directory.members.get(header.kid)
            verify_text(known.sig_pub if known else self._pub, "login", login.h, login.sig)
            member = self._members.member(header.kid)
            self._require_this_socket(header, challenge)
            self._members.directory.require(header.dir.size, unb64(header.dir.head, 32))
        except VaultError:
            raise Refused("login") from None
        return member, header

    def require_member(self, kid: str) -> None:
        """Raises Refused("login") when a member's time has run out since the login."""
        try:
            self._members.member(kid)
        except VaultError:
            raise Refused("login") from None

    def _require_this_socket(self, header: LoginHeader, challenge: ChallengeHeader) -> None:
        in_time = self._clock() - challenge.now <= NONCE_MS
        ours = (header.relay, header.nonce) == (self.kid, challenge.nonce) and header.host.lower() in self._hosts
        if not (in_time and ours):
            raise Refused("login")


class Session:
    """One logged-in console: checks that each command is its officer's, of this socket, and new."""

    def __init__(self, member: Member, login: LoginHeader) -> None:
        self.kid = member.kid
        self.role = member.role
        self._pub = member.sig_pub
        self._sid = b64(hashlib.sha256(unb64(login.nonce, 32) + unb64(login.n2, 32)).digest()[:16])
        self._last = -1

    def check(self, cmd: Cmd) -> CommandHeader:
        """The command's header. Raises Refused("bad_signature") or Refused("replayed")."""
        header = codec.header(cmd.h, CommandHeader)
        try:
            verify_text(self._pub, "cmd", cmd.h, cmd.sig)
        except VaultError:
            raise Refused("bad_signature") from None
        if (header.kid, header.sid) != (self.kid, self._sid) or header.c <= self._last:
            raise Refused("replayed")
        self._last = header.c
        return header
