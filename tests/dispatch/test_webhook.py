"""Standard Webhooks 1.0.0: the specification's own vector, rotation, and everything that must be refused."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.dispatch.webhook import NotSigned, read_secrets, sign, verify
from officer_console.errors import UserError

SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
OTHER = bytes(range(24))
ID, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
VECTOR = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""From the tests of the project's own libraries (libraries/*/tests)."""
DECOY = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="


def signed(**changed: str) -> dict[str, str]:
    return sign([SECRET], ID, AT, BODY) | {f"webhook-{name}": value for name, value in changed.items()}


def refusal(headers: dict[str, str], body: bytes = BODY, now: int = AT) -> str:
    with pytest.raises(NotSigned) as told:
        verify(headers, body, [SECRET], now)
    return told.value.why


def test_the_vector_of_the_standard() -> None:
    assert sign([SECRET], ID, AT, BODY) == {
        "webhook-id": ID,
        "webhook-timestamp": str(AT),
        "webhook-signature": VECTOR,
    }
    assert verify(signed(), BODY, [SECRET], AT) == ID


def test_one_of_many_signatures_is_enough() -> None:
    many = " ".join([DECOY, DECOY.replace("v1", "v2"), "v1a,xyz", "nonsense", "", VECTOR, DECOY])
    assert verify(signed(signature=many), BODY, [SECRET], AT) == ID


def test_secrets_are_changed_without_a_pause() -> None:
    """Whoever knows one of the two sides' secrets is understood, on both ways, while both are in the file."""
    both = sign([OTHER, SECRET], ID, AT, BODY)
    assert both["webhook-signature"].split(" ")[1] == VECTOR
    assert verify(both, BODY, [SECRET], AT) == verify(both, BODY, [OTHER], AT) == ID
    assert verify(signed(), BODY, [OTHER, SECRET], AT) == ID
    with pytest.raises(NotSigned, match="wrong"):
        verify(signed(), BODY, [OTHER], AT)


@pytest.mark.parametrize("off", [-300, 300])
def test_five_minutes_are_borne(off: int) -> None:
    assert verify(signed(), BODY, [SECRET], AT + off) == ID


@pytest.mark.parametrize("off", [-301, 301, 10**9])
def test_a_stale_one_is_refused(off: int) -> None:
    assert refusal(signed(), now=AT + off) == "stale"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(id=""),
        signed(id="a.b"),
        signed(id="a b"),
        signed(id="x" * 257),
        signed(timestamp=""),
        signed(timestamp="hello"),
        signed(timestamp="-1"),
        signed(timestamp="1" * 13),
        signed(timestamp="١٦١٤٢٦٥٣٣٠"),
        signed(signature=""),
    ],
)
def test_a_broken_one_is_refused(headers: dict[str, str]) -> None:
    assert refusal(headers) == "malformed"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (signed(), BODY + b" "),
        (signed(id="msg_other"), BODY),
        (signed(timestamp=str(AT + 1)), BODY),
        (signed(signature=DECOY), BODY),
        (signed(signature=VECTOR.replace("v1", "v2")), BODY),
        (signed(signature=VECTOR.removeprefix("v1,")), BODY),
        (signed(signature=VECTOR[:-2]), BODY),
        (signed(signature="v1,"), BODY),
        (signed(signature="v1,é"), BODY),
        (signed(signature=" ".join([DECOY] * 20 + [VECTOR])), BODY),
    ],
)
def test_a_wrong_signature_is_refused(headers: dict[str, str], body: bytes) -> None:
    assert refusal(headers, body) == "wrong"


def test_an_id_that_would_move_the_dots_is_never_signed() -> None:
    with pytest.raises(ValueError, match="id"):
        sign([SECRET], "a.1", AT, BODY)


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text()))
def test_nothing_but_a_refusal_comes_of_any_header(headers: dict[str, str]) -> None:
    with pytest.raises(NotSigned):
        verify(headers, BODY, [SECRET], AT)


# ---- the file ----


def kept(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "secrets"
    file.write_text(text)
    file.chmod(mode)
    return file


def test_the_file_of_secrets(tmp_path: Path) -> None:
    text = f"# new since May\nwhsec_{base64.b64encode(OTHER).decode()}\n\n  whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"
    assert read_secrets(kept(tmp_path, text)) == [OTHER, SECRET]


@pytest.mark.parametrize(
    ("text", "mode", "told"),
    [
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 0o640, "chmod 600"),
        ("# none yet\n", 0o600, "no secret in"),
        ("\nMfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 0o600, "Line 2"),
        ("whsec_c2hvcnQ=", 0o600, "24 to 64"),
        ("whsec_not base64!", 0o600, "Line 1"),
    ],
)
def test_a_file_that_can_not_be_used(tmp_path: Path, text: str, mode: int, told: str) -> None:
    with pytest.raises(UserError, match=told) as error:
        read_secrets(kept(tmp_path, text, mode))
    assert "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" not in str(error.value)


def test_no_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_secrets(tmp_path / "secrets")
    file = kept(tmp_path, "")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="no text"):
        read_secrets(file)
