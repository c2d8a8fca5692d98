from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.model.envelope import BUCKETS, MAX_BODY, SEALED_SIZES
from officer_console.vault.envelopes import (
    ConversationKeys,
    open_message,
    pad,
    seal_message,
    seal_note,
    seal_open,
    sign_body,
    unpad,
    verify_body,
    wrap_desk_key,
)
from officer_console.vault.errors import BadSignature, CannotOpen, Malformed
from officer_console.vault.opening import hpke_open, open_box, open_note, unwrap_desk_key
from officer_console.vault.primitives import (
    box_public,
    hpke_seal,
    kid,
    make_box_key,
    make_signing_key,
    signing_public,
)

DESK = make_box_key()
DESK_PUB = box_public(DESK)
KEYS = ConversationKeys.derive(b"c" * 32)
H = '{"t":"msg","é":1}'
bodies = st.one_of(st.binary(max_size=3000), st.integers(0, MAX_BODY).map(lambda size: b"\x80" * size))


@given(bodies)
def test_padding(body: bytes) -> None:
    padded = pad(body)
    assert len(padded) == min(size for size in BUCKETS if size > len(body))
    assert unpad(padded) == body


@given(st.binary(max_size=20), st.sampled_from([*BUCKETS, 0, 511, 1024]))
def test_unpadding_gives_back_only_what_was_padded(end: bytes, size: int) -> None:
    block = end.rjust(size, b"a")
    try:
        body = unpad(block)
    except Malformed:
        return
    assert block == (body + b"\x80").ljust(size, b"\0")


@given(bodies, st.sampled_from(["msg", "live"]))
def test_messages(body: bytes, domain: str) -> None:
    n, c = seal_message(KEYS.k_v, domain, H, body)  # type: ignore[arg-type]
    assert len(n) == 12 and len(c) in SEALED_SIZES
    assert open_message(KEYS.k_v, domain, H, n, c) == body  # type: ignore[arg-type]


def test_nonces_are_random() -> None:
    sealed = {seal_message(KEYS.k_v, "msg", H, b"") for _ in range(50)}
    assert len({n for n, _c in sealed}) == 50


def test_a_half_surrogate_in_a_header_can_t_be_opened() -> None:
    n, c = seal_message(KEYS.k_v, "msg", H, b"")
    with pytest.raises(CannotOpen):
        open_message(KEYS.k_v, "msg", "\ud800", n, c)


def test_keys_are_never_shown() -> None:
    from rich.pretty import pretty_repr

    for shown in (repr(KEYS), str(KEYS), f"{KEYS}", pretty_repr(KEYS), pretty_repr({"keys": [KEYS]})):
        assert "k_v" not in shown and "\\x" not in shown and "ConversationKeys" in shown


def test_conversation_key() -> None:
    box = seal_open(DESK_PUB, H, b"k" * 32)
    assert len(box) == 113
    assert open_box(DESK, H, box) == b"k" * 32
    with pytest.raises(CannotOpen):
        open_box(DESK, H + " ", box)
    with pytest.raises(Malformed):
        seal_open(DESK_PUB, H, b"k" * 31)


@given(bodies)
def test_notes(body: bytes) -> None:
    box = seal_note(DESK_PUB, H, body)
    assert len(box) - 81 in BUCKETS
    assert open_note(DESK, H, box) == body
    assert hpke_open(DESK, b"desk/1 note\n" + H.encode(), box) == pad(body)


def test_a_note_is_no_conversation_key_and_the_other_way_round() -> None:
    with pytest.raises(CannotOpen):
        open_note(DESK, H, seal_open(DESK_PUB, H, b"k" * 32))
    with pytest.raises(CannotOpen):
        open_box(DESK, H, seal_note(DESK_PUB, H, b"k" * 32))
    with pytest.raises(CannotOpen):  # the right context, but not padded
        open_note(DESK, H, hpke_seal(DESK_PUB, b"desk/1 note\n" + H.encode(), b"hello"))


def test_wraps() -> None:
    officer = make_box_key()
    wrap = wrap_desk_key(box_public(officer), kid(DESK_PUB), DESK)
    assert len(wrap) == 113
    assert unwrap_desk_key(officer, kid(DESK_PUB), wrap) == DESK
    for priv, name in ((make_box_key(), kid(DESK_PUB)), (officer, kid(b"other"))):
        with pytest.raises(CannotOpen):
            unwrap_desk_key(priv, name, wrap)


@pytest.mark.parametrize("inside", [make_box_key(), b"", bytes(32), b"short"])
def test_a_wrap_that_somebody_else_filled_is_refused(inside: bytes) -> None:
    """Anybody can seal to an officer: what is inside must be the desk key of that name."""
    officer = make_box_key()
    forged = wrap_desk_key(box_public(officer), kid(DESK_PUB), inside)
    assert hpke_open(officer, b"desk/1 wrap\n" + kid(DESK_PUB).encode(), forged) == inside
    with pytest.raises(CannotOpen):
        unwrap_desk_key(officer, kid(DESK_PUB), forged)


@given(st.binary(max_size=600))
def test_an_officer_s_words(body: bytes) -> None:
    priv = make_signing_key()
    sig = sign_body(priv, H, body)
    verify_body(signing_public(priv), H, body, sig)
    for h, b in ((H + " ", body), (H, body + b" ")):
        with pytest.raises(BadSignature):
            verify_body(signing_public(priv), h, b, sig)
