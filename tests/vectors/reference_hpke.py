"""HPKE base mode for suite 16-1-2, written from RFC 9180 alone: what the library is compared with.

It can be given the ephemeral key, which the library can't, so that vectors can be repeated byte for byte.
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from officer_console.vault.primitives import private_key, public_key, signing_public

KEM = b"KEM" + (16).to_bytes(2)
HPKE = b"HPKE" + (16).to_bytes(2) + (1).to_bytes(2) + (2).to_bytes(2)


def extract(suite: bytes, salt: bytes, label: bytes, ikm: bytes) -> bytes:
    """LabeledExtract, RFC 9180 §4."""
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def expand(suite: bytes, prk: bytes, label: bytes, info: bytes, size: int) -> bytes:
    """LabeledExpand, RFC 9180 §4, for at most one block of SHA-256."""
    assert size <= hashlib.sha256().digest_size
    data = size.to_bytes(2) + b"HPKE-v1" + suite + label + info
    return hmac.digest(prk, data + b"\x01", "sha256")[:size]


def schedule(shared: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key and base nonce of base mode without a pre-shared key, RFC 9180 §5.1."""
    psk_id = extract(HPKE, b"", b"psk_id_hash", b"")
    context = b"\x00" + psk_id + extract(HPKE, b"", b"info_hash", info)
    secret = extract(HPKE, shared, b"secret", b"")
    return expand(HPKE, secret, b"key", context, 32), expand(HPKE, secret, b"base_nonce", context, 12)


def encapsulate(pub: bytes, ephemeral: bytes) -> tuple[bytes, bytes]:
    """Shared secret and enc of DHKEM(P-256, HKDF-SHA256), RFC 9180 §4.1."""
    dh = private_key(ephemeral).exchange(ec.ECDH(), public_key(pub))
    enc = signing_public(ephemeral)
    prk = extract(KEM, b"", b"eae_prk", dh)
    return expand(KEM, prk, b"shared_secret", enc + pub, 32), enc


def seal(pub: bytes, ephemeral: bytes, info: bytes, plaintext: bytes, aad: bytes = b"") -> bytes:
    """enc‖ct of the first message of a context, RFC 9180 §6.1."""
    shared, enc = encapsulate(pub, ephemeral)
    key, nonce = schedule(shared, info)
    return enc + AESGCM(key).encrypt(nonce, plaintext, aad)
