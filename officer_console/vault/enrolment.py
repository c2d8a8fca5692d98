"""How a person joins the desk, and how login and commands are signed.

A shift lead makes an invitation and hands it over in person. The new console proves by HMAC that it has it,
the lead's console checks that; the relay between them never knows the secret. In turn, the genesis head in
the invitation tells the new console which desk is the right one.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from officer_console.locale import _

from .base64url import b64, unb64, utf8
from .chain import pin
from .errors import BadSignature, Expired, Malformed
from .primitives import context, public_key, sign, verify
from .secret import Secret
from .statements import Applicant, Kid, Name, Point, Role

if TYPE_CHECKING:  # the relay imports this module, and has no use for what reads private keys
    from .identity import Identity

INVITATION_S: Final = 3600
"""Seconds an invitation is valid."""
TextDomain = Literal["relay", "login", "cmd", "patrol", "patrol-status", "export", "countersign"]
"""What is signed as text: the relay's challenge, an officer's answer to it, a command, the header of a patrol request,
that of what the dispatch role tells of one, of an export, and of what a second officer vouches for."""

_MARK: Final = "oc1."
_INVITE: Final = "invite"
_ROLES: Final[tuple[Role, ...]] = ("officer", "lead", "trainer", "dispatch", "wall")
_FIXED: Final = struct.Struct(">BQ16s16s8s")  # role, expires, secret, genesis, relay's kid; its address follows
_KID: Final = 8
_CHECK: Final = 4
_MAX_ADDRESS: Final = 255


class Invitation(Secret, frozen=True):
    """What a new member gets in person: the relay's address and the name of its key, which desk, a secret of
    16 bytes, until when, as what.

    The new console talks to the relay that has this key and to no other. `genesis` are the first 16 bytes of the
    desk's genesis head; `expires` is in seconds since 1970.
    """

    relay: str
    relay_kid: str
    genesis: bytes
    secret: bytes
    expires: int
    role: Role

    @classmethod
    def create(
        cls, relay: str, relay_kid: str, genesis: bytes, role: Role, now: int, valid_s: int = INVITATION_S
    ) -> Invitation:
        """A new invitation. Raises Malformed for an address that is not 1 to 255 visible ASCII characters, for
        a name that no key has, and for a genesis head of fewer than 16 bytes.
        """
        _require_address(relay)
        unb64(relay_kid, _KID)
        return cls(relay, relay_kid, pin(genesis), os.urandom(16), now + valid_s, role)

    @classmethod
    def parse(cls, text: str) -> Invitation:
        """Read `text()`, with any spaces and line breaks that copying left in it. Raises Malformed."""
        data = _unpack("".join(text.split()))
        role, expires, secret, genesis, relay_kid = _FIXED.unpack_from(data)
        relay = data[_FIXED.size :].decode("ascii", "replace")
        _require_address(relay)
        if role >= len(_ROLES):
            raise Malformed(_("this invitation was made by a newer version of this program"))
        return cls(relay, b64(relay_kid), genesis, secret, expires, _ROLES[role])

    def text(self) -> str:
        """One line of letters, digits, "-", "_" and one ".", with a checksum."""
        role, relay_kid = _ROLES.index(self.role), unb64(self.relay_kid, _KID)
        fixed = _FIXED.pack(role, self.expires, self.secret, self.genesis, relay_kid)
        data = fixed + self.relay.encode("ascii")
        return _MARK + b64(data + _checksum(data))

    @property
    def id(self) -> str:
        """What the relay knows of it: first 8 bytes of the secret's SHA-256, base64url."""
        return b64(hashlib.sha256(self.secret).digest()[:8])

    def require_time(self, now: int) -> None:
        """Raises Expired from `expires` on (seconds)."""
        if now >= self.expires:
            raise Expired(_("this invitation has expired; ask a shift lead for a new one"))


class JoinRequest(msgspec.Struct, frozen=True):
    """What a new console sends: `request` is JSON, `mac` proves the invitation, `sig` the signing key."""

    invite: str
    request: str
    mac: str
    sig: str


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    invite: Kid
    name: Name
    sig_pub: Point
    box_pub: Point


def _unpack(text: str) -> bytes:
    try:
        packed = unb64(text.removeprefix(_MARK))
    except Malformed:
        packed = b""
    data, check = packed[:-_CHECK], packed[-_CHECK:]
    if not text.startswith(_MARK) or len(data) <= _FIXED.size or _checksum(data) != check:
        raise Malformed(_("this is not an invitation, or a part of it is missing or mistyped"))
    return data


def make_join(invitation: Invitation, identity: Identity, name: str) -> JoinRequest:
    """The request of a new member who is called `name`. Raises Malformed for an unusable name."""
    asked = _Asked(invitation.id, name, b64(identity.sig_pub), b64(identity.box_pub))
    request = msgspec.json.encode(asked).decode()
    _asked(request)
    mac, sig = _mac(invitation, request), sign(identity.sig_priv, _INVITE, utf8(request))
    return JoinRequest(invitation.id, request, b64(mac), b64(sig))


def check_join(invitation: Invitation, join: JoinRequest, now: int) -> Applicant:
    """Who asks, once everything is proved; `now` in seconds.

    Raises Expired, BadSignature when the request was not made with this invitation or not by these keys,
    Malformed.
    """
    invitation.require_time(now)
    if not hmac.compare_digest(_mac(invitation, join.request), unb64(join.mac, 32)):
        raise BadSignature(_("the request was not made with this invitation"))
    asked = _asked(join.request)
    if asked.invite != invitation.id or join.invite != invitation.id:
        raise BadSignature(_("the request was not made with this invitation"))
    sig_pub, box_pub = unb64(asked.sig_pub, 65), unb64(asked.box_pub, 65)
    public_key(box_pub)
    verify(sig_pub, _INVITE, utf8(join.request), unb64(join.sig, 64))
    return Applicant(asked.name, sig_pub, box_pub)


def sign_text(priv: bytes, domain: TextDomain, h: str) -> str:
    """Signature in base64url over a challenge, a login or a command, exactly as it is sent."""
    return b64(sign(priv, domain, utf8(h)))


def verify_text(pub: bytes, domain: TextDomain, h: str, sig: str) -> None:
    """Raises BadSignature unless `sig` is of `pub` over `h` in this domain; Malformed."""
    verify(pub, domain, utf8(h), unb64(sig, 64))


def _asked(request: str) -> _Asked:
    try:
        asked = msgspec.json.decode(utf8(request), type=_Asked)
    except msgspec.DecodeError:
        raise Malformed(_("the request to join is not of the form it must have; check the name")) from None
    if msgspec.json.encode(asked) != utf8(request):  # one spelling: no double keys
        raise Malformed(_("the request to join is not of the form it must have; check the name"))
    return asked


def _mac(invitation: Invitation, request: str) -> bytes:
    return hmac.digest(invitation.secret, context(_INVITE, utf8(request)), "sha256")


def _checksum(data: bytes) -> bytes:
    return hashlib.sha256(context(_INVITE, data)).digest()[:_CHECK]


def _require_address(relay: str) -> None:
    if not 0 < len(relay) <= _MAX_ADDRESS or not all("!" <= letter <= "~" for letter in relay):
        raise Malformed(_("the address of the relay can't be used"))
