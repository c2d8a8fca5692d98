"""Sealing a conversation that is kept to practise on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.vault.errors import CannotOpen, Malformed
from officer_console.vault.exports import ExportKey
from officer_console.vault.opening import open_export
from officer_console.vault.primitives import box_public, make_box_key

H = '{"t":"export"}'


@given(st.lists(st.binary(max_size=3000), min_size=1, max_size=4))
def test_what_is_sealed_is_opened(pieces: list[bytes]) -> None:
    key = ExportKey.new()
    whole = b"".join(pieces)
    assert key.open(H, key.seal(H, pieces), key.digest(whole)) == whole


def test_the_key_opens_with_the_practice_key_and_its_own_header_only() -> None:
    practice, key = make_box_key(), ExportKey.new()
    box = key.box(box_public(practice), H)
    assert len(box) == 113
    assert open_export(practice, H, box) == key
    for priv, h in ((make_box_key(), H), (practice, H + " ")):
        with pytest.raises(CannotOpen):
            open_export(priv, h, box)


def test_altered_swapped_missing_and_moved_pieces_are_refused() -> None:
    key = ExportKey.new()
    one, two = key.seal(H, [b"one", b"two"])
    digest = key.digest(b"onetwo")
    flipped = bytes([one[0] ^ 1]) + one[1:]
    wrong = ([two, one], [one], [one, two, two], [flipped, two], [one, two[:-1]], [one, b""], [b"short", two])
    for sealed in wrong:
        with pytest.raises(CannotOpen):
            key.open(H, sealed, digest)
    with pytest.raises(CannotOpen):
        key.open(H + " ", [one, two], digest)


def test_the_digest_commits_to_words_and_key() -> None:
    key = ExportKey.new()
    sealed = key.seal(H, [b"words"])
    for digest in (key.digest(b"other"), ExportKey.new().digest(b"words"), b""):
        with pytest.raises(CannotOpen):
            key.open(H, sealed, digest)


def test_a_piece_has_a_largest_size_and_the_key_shows_nowhere() -> None:
    key = ExportKey.new()
    assert key.key.hex() not in repr(key)
    with pytest.raises(Malformed):
        key.seal(H, [bytes(16384)])
