from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.vault.errors import CannotOpen
from officer_console.vault.identity import Identity
from officer_console.vault.local import LocalSeal
from officer_console.vault.primitives import make_box_key

ME = Identity.create(bytes(32))
SEAL = LocalSeal(ME)


@given(st.text(max_size=20), st.binary(max_size=500))
def test_round_trip(kind: str, data: bytes) -> None:
    blob = SEAL.seal(kind, data)
    assert data not in blob or len(data) < 4
    assert SEAL.open(kind, blob) == data
    assert SEAL.seal(kind, data) != blob
    with pytest.raises(CannotOpen):
        SEAL.open(kind + "s", blob)


@given(st.integers(0, (1 + 12 + 5 + 16) * 8 - 1))
def test_a_flipped_bit_is_refused(bit: int) -> None:
    blob = bytearray(SEAL.seal("draft", b"hello"))
    blob[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CannotOpen):
        SEAL.open("draft", bytes(blob))


@pytest.mark.parametrize("size", range(30))
def test_a_cut_blob_is_refused(size: int) -> None:
    with pytest.raises(CannotOpen):
        SEAL.open("draft", SEAL.seal("draft", b"hello")[:size])


def test_only_for_this_member() -> None:
    with pytest.raises(CannotOpen):
        LocalSeal(Identity.create(bytes(32))).open("draft", SEAL.seal("draft", b"hello"))


def test_a_renewed_box_key_still_opens_what_was_sealed_before() -> None:
    renewed = msgspec.structs.replace(ME, box_priv=make_box_key(), old_box_priv=ME.box_priv)
    blob = SEAL.seal("draft", b"hello")
    assert LocalSeal(renewed).open("draft", blob) == b"hello"
    later = LocalSeal(renewed).seal("draft", b"later")
    assert LocalSeal(renewed).open("draft", later) == b"later"
    with pytest.raises(CannotOpen):
        SEAL.open("draft", later)
