"""The cryptographic operations, each with one fixed choice and its domain.

One curve and one suite: HPKE base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM (RFC 9180,
ids 16-1-2); ECDSA over P-256 with SHA-256, deterministic (RFC 6979), as raw r‖s. P-256 because every browser
since 2017 has it. A private key is its 32-byte scalar, a public key its 65-byte uncompressed point (SEC 1).
What opens an HPKE box is in `opening`.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from officer_console.locale import _

from .base64url import b64
from .errors import BadSignature, CannotOpen, Malformed

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
SUITE_ID: Final = "16-1-2"
"""The suite's name in a desk key's statement: KEM, KDF and AEAD ids of RFC 9180."""
NONCE = 12
"""Bytes of an AES-GCM nonce."""

_CURVE = ec.SECP256R1()
_ECDSA = ec.ECDSA(SHA256(), deterministic_signing=True)
_PREFIX = b"desk/1 "


def context(domain: str, data: bytes) -> bytes:
    """What is signed, or bound as AAD or info: the domain's line, then `data`."""
    return b"%b%b\n%b" % (_PREFIX, domain.encode(), data)


def kid(pub: bytes) -> str:
    """The short name of a public key: first 8 bytes of its SHA-256, base64url, 11 characters."""
    return b64(hashlib.sha256(pub).digest()[:8])


# Parsing a key costs as much as signing with it. Few private keys are in use at a time, many public ones.


@lru_cache(maxsize=64)
def private_key(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    """The key object of a 32-byte scalar. Raises Malformed."""
    if len(scalar) != 32:  # noqa: PLR2004 - the curve's size
        raise Malformed(_("this is not a private key"))
    try:
        return ec.derive_private_key(int.from_bytes(scalar), _CURVE)
    except ValueError:
        raise Malformed(_("this is not a private key")) from None


@lru_cache(maxsize=1024)
def public_key(point: bytes) -> ec.EllipticCurvePublicKey:
    """The key object of a 65-byte point. Raises Malformed for one that is compressed or not on the curve."""
    if len(point) != 65:  # noqa: PLR2004 - the curve's size
        raise Malformed(_("this is not a public key"))
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    except ValueError:
        raise Malformed(_("this is not a public key")) from None


@lru_cache(maxsize=64)
def signing_public(priv: bytes) -> bytes:
    """The public half of a private key. Raises Malformed."""
    return private_key(priv).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def make_signing_key() -> bytes:
    """A new private key."""
    return ec.generate_private_key(_CURVE).private_numbers().private_value.to_bytes(32)


# Both uses have keys of the same form; the two names tell a reader which use a key is for.
make_box_key = make_signing_key
box_public = signing_public


def forget_keys() -> None:
    """Drop the parsed private keys of this process, at logout or lock; the next use parses again."""
    private_key.cache_clear()
    signing_public.cache_clear()


def sign(priv: bytes, domain: str, data: bytes) -> bytes:
    """64-byte signature over the domain's line and `data`. Raises Malformed for a broken key."""
    r, s = decode_dss_signature(private_key(priv).sign(context(domain, data), _ECDSA))
    return r.to_bytes(32) + s.to_bytes(32)


def verify(pub: bytes, domain: str, data: bytes, sig: bytes) -> None:
    """Raises BadSignature unless `sig` is of `pub` over domain and `data`; Malformed for a broken key."""
    key = public_key(pub)
    try:
        if len(sig) != 64:  # noqa: PLR2004 - r‖s
            raise InvalidSignature
        der = encode_dss_signature(int.from_bytes(sig[:32]), int.from_bytes(sig[32:]))
        key.verify(der, context(domain, data), _ECDSA)
    except InvalidSignature:
        raise BadSignature(_("a signature does not fit")) from None


def hpke_seal(pub: bytes, info: bytes, plaintext: bytes) -> bytes:
    """`plaintext` sealed to a public key, as enc‖ct: 81 bytes longer (RFC 9180 §6.1). Raises Malformed."""
    return SUITE.encrypt(plaintext, public_key(pub), info=info)


def hkdf(secret: bytes, info: bytes, size: int) -> bytes:
    """`size` bytes of HKDF-SHA256 (RFC 5869) with this protocol's salt."""
    return HKDF(SHA256(), size, b"desk/1", info).derive(secret)


# The cipher objects are not kept: they hold conversation keys, which must go when a conversation is erased.


def aes_seal(key: bytes, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """AES-256-GCM: ciphertext and 16-byte tag."""
    return AESGCM(key).encrypt(nonce, plaintext, aad)


def aes_open(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Open AES-256-GCM. Raises CannotOpen, also for a nonce that is not of 12 bytes."""
    try:
        if len(nonce) != NONCE:
            raise InvalidTag
        return AESGCM(key).decrypt(nonce, sealed, aad)
    except (InvalidTag, ValueError):
        raise CannotOpen(_("this can't be opened: the key does not fit, or it was altered")) from None
