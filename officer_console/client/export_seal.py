"""Sealing what is kept of a conversation to practise on, and checking and opening what comes back.

A lead signs what he has redacted, a second officer what he has read: both sign one digest, which stands for the words
and for the key that they are sealed with. So no relay can make, alter or exchange what a trainer practises on.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from officer_console.locale import _
from officer_console.model.envelope import MAX_BODY, CountersignHeader, ExportHeader
from officer_console.model.exports import MOST_PARTS
from officer_console.model.rules import ANSWERS, DESK_ROLES
from officer_console.protocol import codec
from officer_console.protocol.commands import Countersign, KeepExport, KeepPart
from officer_console.protocol.frames import Kept
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.chain import Member
from officer_console.vault.enrolment import sign_text, verify_text
from officer_console.vault.errors import Untrusted
from officer_console.vault.exports import ExportKey
from officer_console.vault.opening import open_export

from .keychain import Keychain

MOST_BYTES: Final = MOST_PARTS * MAX_BODY
"""Of a session that can be kept."""


class Read(NamedTuple):
    """A session as it was kept, who redacted it, and who vouches for it ("": nobody yet)."""

    session: bytes
    by: str
    countersigned: str


def seal_export(
    chain: Keychain, cid: str, consent: str, session: bytes, ids: list[str], now: int
) -> list[KeepExport | KeepPart]:
    """The commands that keep a session: `consent` is the event of hers, `ids` of the events (see `events_of`), `now` in
    ms. Raises Untrusted or Expired when no practice key is in force."""
    practice = chain.directory.desk_key(now // 1000, "practice")
    pieces, key = pieces_of(session), ExportKey.new()
    first, *others = ids
    h = codec.encode(
        ExportHeader(
            cid=cid, kid=practice.kid, s=chain.kid, id=first, consent=consent, parts=len(pieces),
            digest=b64(key.digest(session)),
        )
    )  # fmt: skip
    begun = KeepExport(cid, first, h, sign_text(chain.identity.sig_priv, "export", h), b64(key.box(practice.pub, h)))
    sealed = zip(others, key.seal(h, pieces), strict=True)
    return [begun, *(KeepPart(cid, id_, first, n, b64(c)) for n, (id_, c) in enumerate(sealed))]


def events_of(session: bytes) -> int:
    """How many events keeping it makes. Raises ValueError when it is too large."""
    return 1 + len(pieces_of(session))


def pieces_of(session: bytes) -> list[bytes]:
    """A session in pieces. Raises ValueError when there are too many, or it is empty."""
    if not 0 < len(session) <= MOST_BYTES:
        raise ValueError("too large")
    return [session[at : at + MAX_BODY] for at in range(0, len(session), MAX_BODY)]


def read_export(chain: Keychain, kept: Kept) -> Read:
    """What a relay gives, opened once both signatures are checked: of a lead, and of another officer or lead if there
    is one. Raises VaultError, Refused."""
    header = codec.header(kept.h, ExportHeader)
    if (header.cid, header.s, header.parts) != (kept.cid, kept.by, len(kept.parts)):
        raise Untrusted(_("what was kept is not what was signed"))
    lead = _member(chain, kept.by, kept.at, DESK_ROLES)
    verify_text(lead.sig_pub, "export", kept.h, kept.sig)
    key = open_export(chain.keys.private(header.kid), kept.h, unb64(kept.box))
    session = key.open(kept.h, [unb64(c) for c in kept.parts], unb64(header.digest, 32))
    return Read(session, kept.by, _vouched(chain, kept, header))


def seal_countersign(chain: Keychain, kept: Kept, session: bytes, id: str) -> Countersign:
    """The command that vouches for what was read, which must be what is kept. Raises VaultError, Refused."""
    header = codec.header(kept.h, ExportHeader)
    if read_export(chain, kept).session != session:
        raise Untrusted(_("what was kept is not what was signed"))
    signed = CountersignHeader(cid=kept.cid, s=chain.kid, id=id, export=header.id, digest=header.digest)
    h = codec.encode(signed)
    return Countersign(kept.cid, id, h, sign_text(chain.identity.sig_priv, "countersign", h))


def _vouched(chain: Keychain, kept: Kept, header: ExportHeader) -> str:
    if not kept.ch:
        return ""
    signed = codec.header(kept.ch, CountersignHeader)
    fits = (signed.cid, signed.s, signed.export, signed.digest) == (kept.cid, kept.signed_by, header.id, header.digest)
    if not fits or kept.signed_by == kept.by:
        raise Untrusted(_("what was kept is not what was signed"))
    second = _member(chain, kept.signed_by, kept.signed_at, ANSWERS)
    verify_text(second.sig_pub, "countersign", kept.ch, kept.csig)
    return kept.signed_by


def _member(chain: Keychain, by: str, at: int, roles: frozenset[str]) -> Member:
    """Who had one of these roles at `at` (ms). Raises Untrusted, Expired."""
    member = chain.directory.member(by, at // 1000)
    if member.role not in roles:
        raise Untrusted(_("these words are not of an officer of this desk"))
    return member
