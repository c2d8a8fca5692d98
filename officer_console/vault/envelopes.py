"""What is sealed in a conversation: its key, its messages, notes for the desk, and the desk key for officers.

A header `h` is bound exactly as sent. Every body is padded first, so that its size tells only a bucket.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Final, Literal

from officer_console.locale import _
from officer_console.model.envelope import BUCKETS

from .base64url import utf8
from .errors import CannotOpen, Malformed
from .primitives import NONCE, aes_open, aes_seal, context, hkdf, hpke_seal, sign, verify
from .secret import Secret

CK_SIZE = 32
"""Bytes of a conversation key."""
DOMAIN_OPEN: Final = "open"
DOMAIN_NOTE: Final = "note"
DOMAIN_ROOM: Final = "room"
DOMAIN_WRAP: Final = "wrap"
DOMAIN_OFFICER: Final = "officer"
MessageDomain = Literal["msg", "live"]


def pad(body: bytes) -> bytes:
    """`body`, a byte 0x80 and zeros up to a bucket (ISO/IEC 7816-4). Raises Malformed when too long."""
    for bucket in BUCKETS:
        if len(body) < bucket:
            return (body + b"\x80").ljust(bucket, b"\0")
    raise Malformed(_("this is too long: at most {size} bytes fit").format(size=BUCKETS[-1] - 1))


def unpad(padded: bytes) -> bytes:
    """The body in a padded block of any bucket's size. Raises Malformed."""
    body, mark, rest = padded.rpartition(b"\x80")
    if len(padded) not in BUCKETS or not mark or rest.strip(b"\0"):
        raise Malformed(_("this is not padded as it must be"))
    return body


class ConversationKeys(Secret, frozen=True):
    """What follows from a conversation key.

    `k_v` seals what goes from visitor to desk, `k_d` from desk to visitor; `kc` commits to the key.
    """

    k_v: bytes
    k_d: bytes
    kc: bytes

    @classmethod
    def derive(cls, ck: bytes) -> ConversationKeys:
        """HKDF-SHA256 of the conversation key: 32, 32, 16 bytes. Raises Malformed unless it has 32 bytes."""
        _conversation_key(ck)
        return cls(hkdf(ck, b"v2d", 32), hkdf(ck, b"d2v", 32), hkdf(ck, b"kc", 16))

    def require(self, kc: bytes) -> None:
        """Raises CannotOpen unless a header's `kc` is of this key: AES-GCM does not commit to its key."""
        if not hmac.compare_digest(self.kc, kc):
            raise CannotOpen(_("the header names another conversation key"))


def seal_open(desk_pub: bytes, h: str, ck: bytes) -> bytes:
    """The conversation key, boxed for the desk under header `h`: 113 bytes. Raises Malformed."""
    return hpke_seal(desk_pub, context(DOMAIN_OPEN, utf8(h)), _conversation_key(ck))


def seal_message(
    key: bytes, domain: MessageDomain, h: str, body: bytes, nonce: bytes | None = None
) -> tuple[bytes, bytes]:
    """Nonce and ciphertext of a padded body under header `h`.

    The nonce is random: a console that crashed must not use a counter twice. It is given only to repeat a
    test vector. Raises Malformed when the body is too long.
    """
    nonce = nonce or os.urandom(NONCE)
    return nonce, aes_seal(key, nonce, pad(body), context(domain, utf8(h)))


def open_message(key: bytes, domain: MessageDomain, h: str, n: bytes, c: bytes) -> bytes:
    """The body sealed under header `h` with nonce `n`. Raises CannotOpen."""
    try:
        return unpad(aes_open(key, n, c, context(domain, utf8(h))))
    except Malformed as error:
        raise CannotOpen(str(error)) from None


def seal_note(desk_pub: bytes, h: str, body: bytes) -> bytes:
    """A padded body, sealed for the desk alone under header `h`. Raises Malformed when it is too long."""
    return hpke_seal(desk_pub, context(DOMAIN_NOTE, utf8(h)), pad(body))


def seal_for_room(room_box_pub: bytes, h: str, body: bytes) -> bytes:
    """A padded body, sealed for one member of the dispatch role. Raises Malformed when it is too long."""
    return hpke_seal(room_box_pub, context(DOMAIN_ROOM, utf8(h)), pad(body))


def wrap_desk_key(officer_box_pub: bytes, statement_kid: str, desk_priv: bytes) -> bytes:
    """The private half of the desk key named `statement_kid`, sealed for one officer: 113 bytes."""
    return hpke_seal(officer_box_pub, context(DOMAIN_WRAP, utf8(statement_kid)), desk_priv)


def sign_body(priv: bytes, h: str, b: bytes) -> bytes:
    """An officer's signature inside a body: over the header and the digest of what is said, `b`."""
    return sign(priv, DOMAIN_OFFICER, _signed_body(h, b))


def verify_body(pub: bytes, h: str, b: bytes, sig: bytes) -> None:
    """Raises BadSignature unless the officer with `pub` said `b` under header `h`."""
    verify(pub, DOMAIN_OFFICER, _signed_body(h, b), sig)


def _signed_body(h: str, b: bytes) -> bytes:
    return utf8(h) + b"\n" + hashlib.sha256(b).digest()


def _conversation_key(ck: bytes) -> bytes:
    if len(ck) != CK_SIZE:
        raise Malformed(_("a conversation key has {size} bytes").format(size=CK_SIZE))
    return ck
