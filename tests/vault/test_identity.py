from __future__ import annotations

import os
import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.pretty import pretty_repr

from officer_console.vault.base64url import b64
from officer_console.vault.errors import Malformed, VaultError, WrongPassphrase
from officer_console.vault.identity import (
    Identity,
    fingerprint,
    read_root,
    read_root_paper,
    root_paper,
    write_root,
)
from officer_console.vault.primitives import make_box_key, make_signing_key, signing_public

GENESIS = bytes(range(32))
ME = Identity.create(GENESIS)
ROOT = make_signing_key()
scalars = st.binary(min_size=32, max_size=32).map(lambda raw: b"\0" + raw[1:-1] + b"\1")


@given(scalars, scalars, st.none() | scalars, st.binary(min_size=16, max_size=16))
def test_text_form(sig: bytes, box: bytes, old: bytes | None, genesis: bytes) -> None:
    identity = Identity(sig, box, old, genesis)
    text = identity.text()
    assert len(text) == 153 and text.startswith("v1.")
    assert Identity.parse(text) == identity


def test_publics() -> None:
    assert ME.sig_pub == signing_public(ME.sig_priv) and ME.box_pub == signing_public(ME.box_priv)
    assert ME.genesis16 == GENESIS[:16] and ME.old_box_priv is None
    applicant = ME.applicant("Léa")
    assert (applicant.name, applicant.sig_pub, applicant.box_pub) == ("Léa", ME.sig_pub, ME.box_pub)
    assert ME.sig_priv != ME.box_priv


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v1.",
        ME.text()[3:],
        "v2" + ME.text()[2:],
        ME.text() + "A",
        ME.text()[:-1],
        ME.text() + "\n",
        ME.text().replace("v1.", "V1."),
        "v1." + b64(bytes(32) + ME.box_priv + bytes(32) + bytes(16)),
        "v1." + b64(ME.sig_priv + bytes(32) + bytes(32) + bytes(16)),
        "v1." + b64(ME.sig_priv + ME.box_priv + b"\xff" * 32 + bytes(16)),
    ],
)
def test_what_is_no_identity(text: str) -> None:
    with pytest.raises(Malformed):
        Identity.parse(text)


def test_a_genesis_that_is_too_short_to_pin() -> None:
    with pytest.raises(Malformed):
        Identity.create(bytes(15))


def test_secrets_are_never_shown() -> None:
    renewed = msgspec.structs.replace(ME, old_box_priv=make_box_key())
    for shown in (
        repr(renewed),
        f"{renewed}",
        f"{[renewed]!r}",
        pretty_repr(renewed),
        pretty_repr([renewed]),
    ):
        assert "Identity" in shown and "priv" not in shown and "\\x" not in shown


# ---- the root key -------------------------------------------------------------------------------------------


def test_root_file(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "root"
    write_root(path, ROOT, "correct horse")
    assert read_root(path, "correct horse") == ROOT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or os.name != "posix"
    assert b64(ROOT).encode() not in path.read_bytes() and ROOT not in path.read_bytes()
    with pytest.raises(WrongPassphrase):
        read_root(path, "correct horsf")
    before = path.read_bytes()
    with pytest.raises(VaultError, match="never overwritten"):
        write_root(path, make_signing_key(), "correct horse")
    assert path.read_bytes() == before


def test_no_root_file(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="no root key"):
        read_root(tmp_path / "root", "correct horse")


@given(scalars)
def test_root_on_paper(priv: bytes) -> None:
    paper = root_paper(priv)
    assert len(paper.splitlines()) == 4
    assert read_root_paper(paper) == priv
    typed = paper.lower().replace("-", " ").replace("0", "o").replace("\n", "\n\n")
    typed = "\n".join(line.rpartition(":")[2] for line in typed.splitlines())
    assert read_root_paper(typed) == priv


@settings(max_examples=300)
@given(st.integers(0, 3), st.integers(0, 15), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_mistyped_letter_is_found_in_its_row(row: int, at: int, letter: str) -> None:
    rows = root_paper(b"\1" * 32).splitlines()
    number, _colon, groups = rows[row].partition(": ")
    letters = list(groups.replace("-", ""))
    if letters[at] == letter:
        return
    letters[at] = letter
    rows[row] = f"{number}: {''.join(letters)}"
    with pytest.raises(Malformed, match=f"row {row + 1} "):
        read_root_paper("\n".join(rows))


@pytest.mark.parametrize("change", ["exchange", "miss", "double", "letter", "long", "nothing"])
def test_what_is_no_paper(change: str) -> None:
    one, two, three, four = root_paper(ROOT).splitlines()
    texts = {
        "exchange": [two, one, three, four],
        "miss": [one, two, three],
        "double": [one, two, three, four, four],
        "letter": [one, two, three, four[:-1] + "é"],
        "long": [one, two, three, four + "0"],
        "nothing": [],
    }
    with pytest.raises(Malformed):
        read_root_paper("\n".join(texts[change]))


def test_fingerprint() -> None:
    groups = fingerprint(signing_public(ROOT)).split("-")
    assert [len(group) for group in groups] == [4] * 5
    assert fingerprint(signing_public(ROOT)) != fingerprint(signing_public(make_signing_key()))
    # SHA-256 of nothing begins e3b0c44298 fc1c149afb f4c899…; five bits are a letter.
    assert fingerprint(b"") == "WERC-8GMR-ZGE1-96QV-YK49"
