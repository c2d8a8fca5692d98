from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.vault.base64url import b64, unb64, utf8
from officer_console.vault.errors import Malformed

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary(max_size=200))
def test_round_trip(data: bytes) -> None:
    text = b64(data)
    assert set(text) <= set(ALPHABET)
    assert unb64(text) == unb64(text, len(data)) == data


@given(st.text(ALPHABET + "+/= \n\0é", max_size=40))
def test_only_the_one_spelling_is_read(text: str) -> None:
    try:
        data = unb64(text)
    except Malformed:
        return
    assert b64(data) == text


@pytest.mark.parametrize("text", ["A", "AB=", "AB==", "AA A", "AAA\n", "++++", "////", "AAé", "AB", "AAAAA", "\ud800"])
def test_refused(text: str) -> None:
    with pytest.raises(Malformed):
        unb64(text)


def test_wrong_size() -> None:
    with pytest.raises(Malformed, match="16 bytes"):
        unb64(b64(bytes(15)), 16)


def test_half_surrogates_are_no_text() -> None:
    assert utf8("é") == "é".encode()
    with pytest.raises(Malformed):
        utf8('{"a":"\udc00"}')


def test_needs_no_cryptography() -> None:
    """The relay uses it without the key half of the vault."""
    code = "import sys, officer_console.vault.base64url; sys.exit('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
