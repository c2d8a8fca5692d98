from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.vault import primitives
from officer_console.vault.errors import BadSignature, CannotOpen, Malformed
from officer_console.vault.opening import hpke_open
from officer_console.vault.primitives import (
    aes_open,
    aes_seal,
    box_public,
    forget_keys,
    hpke_seal,
    kid,
    make_box_key,
    make_signing_key,
    sign,
    signing_public,
    verify,
)

PRIV = make_signing_key()
PUB = signing_public(PRIV)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_forms() -> None:
    assert len(PRIV) == 32 and len(PUB) == 65 and PUB[0] == 4
    assert len(kid(PUB)) == 11
    assert kid(b"") == "47DEQpj8HBQ"  # SHA-256 of nothing begins e3b0c44298fc1c14


def test_a_public_key_is_the_point_of_its_scalar() -> None:
    """The public key of RFC 6979 A.2.5."""
    priv = bytes.fromhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
    x = "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
    y = "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
    assert signing_public(priv) == b"\4" + bytes.fromhex(x + y)


def test_keys_are_new_each_time() -> None:
    assert len({make_signing_key() for _ in range(8)} | {make_box_key() for _ in range(8)}) == 16


@given(st.binary(max_size=300))
def test_signatures(data: bytes) -> None:
    sig = sign(PRIV, "cmd", data)
    assert len(sig) == 64
    assert sign(PRIV, "cmd", data) == sig
    verify(PUB, "cmd", data, sig)
    for domain, other in (("login", data), ("cmd", data + b"\0"), ("cmd\n", data)):
        with pytest.raises(BadSignature):
            verify(PUB, domain, other, sig)


@given(st.integers(0, 511))
def test_a_flipped_bit_of_a_signature_is_refused(bit: int) -> None:
    sig = bytearray(sign(PRIV, "cmd", b"data"))
    sig[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadSignature):
        verify(PUB, "cmd", b"data", bytes(sig))


@pytest.mark.parametrize("size", [0, 1, 63, 65, 128])
def test_signatures_of_another_size(size: int) -> None:
    with pytest.raises(BadSignature):
        verify(PUB, "cmd", b"", bytes(size))


def test_a_signature_has_one_spelling() -> None:
    """One whose s begins with a zero byte, written without it, is the same pair of numbers and yet refused."""
    tries = ((number, sign(PRIV, "cmd", b"%d" % number)) for number in range(10_000))
    number, sig = next((number, sig) for number, sig in tries if not sig[32])
    verify(PUB, "cmd", b"%d" % number, sig)
    with pytest.raises(BadSignature):
        verify(PUB, "cmd", b"%d" % number, sig[:32] + sig[33:])


@pytest.mark.parametrize(
    "pub", [b"", PUB[:64], b"\2" + PUB[1:33], b"\0" * 65, b"\4" + b"\1" * 64, b"\5" + PUB[1:], PUB + b"\0"]
)
def test_what_is_no_public_key(pub: bytes) -> None:
    with pytest.raises(Malformed):
        verify(pub, "cmd", b"", bytes(64))
    with pytest.raises(Malformed):
        hpke_seal(pub, b"", b"")


@pytest.mark.parametrize("priv", [b"", PRIV[:31], bytes(32), ORDER.to_bytes(32), b"\xff" * 32, PRIV + b"\0"])
def test_what_is_no_private_key(priv: bytes) -> None:
    for use in (lambda: sign(priv, "cmd", b""), lambda: box_public(priv), lambda: hpke_open(priv, b"", b"")):
        with pytest.raises(Malformed):
            use()


@given(st.binary(max_size=100), st.binary(max_size=40))
def test_boxes(plaintext: bytes, info: bytes) -> None:
    box = hpke_seal(PUB, info, plaintext)
    assert len(box) == len(plaintext) + 81
    assert hpke_seal(PUB, info, plaintext) != box
    assert hpke_open(PRIV, info, box) == plaintext
    with pytest.raises(CannotOpen):
        hpke_open(PRIV, info + b"x", box)
    with pytest.raises(CannotOpen):
        hpke_open(make_box_key(), info, box)


@given(st.integers(0, (81 + 5) * 8 - 1))
def test_a_flipped_bit_of_a_box_is_refused(bit: int) -> None:
    box = bytearray(hpke_seal(PUB, b"info", b"hello"))
    box[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CannotOpen):
        hpke_open(PRIV, b"info", bytes(box))


def test_only_nonces_of_twelve_bytes_open() -> None:
    assert aes_open(bytes(32), bytes(12), aes_seal(bytes(32), bytes(12), b"hello", b""), b"") == b"hello"
    for size in (0, 8, 11, 13, 16):
        sealed = aes_seal(bytes(32), bytes(max(size, 8)), b"hello", b"")
        with pytest.raises(CannotOpen):
            aes_open(bytes(32), bytes(size), sealed, b"")


def test_hkdf_is_the_rfc_s() -> None:
    """Against HKDF written out from RFC 5869 §2."""
    prk = hashlib.sha256
    import hmac

    extracted = hmac.digest(b"desk/1", b"secret", prk)
    assert primitives.hkdf(b"secret", b"kc", 16) == hmac.digest(extracted, b"kc\x01", prk)[:16]


def test_forgetting_keys_leaves_no_private_key_behind() -> None:
    sign(PRIV, "cmd", b"")
    assert primitives.private_key.cache_info().currsize
    forget_keys()
    assert not primitives.private_key.cache_info().currsize
    assert not primitives.signing_public.cache_info().currsize
    verify(PUB, "cmd", b"", sign(PRIV, "cmd", b""))
