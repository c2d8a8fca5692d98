"""The shared cases of envelopes.json, and the RFC's own, each through the functions that the programs use."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from officer_console.vault.base64url import b64, unb64
from officer_console.vault.directory import verify_page_bundle
from officer_console.vault.envelopes import ConversationKeys, open_message, pad, seal_message, unpad
from officer_console.vault.errors import BadSignature, CannotOpen, Expired, Malformed, Untrusted
from officer_console.vault.opening import hpke_open, open_box
from officer_console.vault.primitives import kid, sign, signing_public, verify
from tests.vectors import reference_hpke
from tests.vectors.make_envelopes import FILE, GROUPS, made

Case = dict[str, Any]
SHARED = json.loads(FILE.read_text())


def cases(group: str, kind: str) -> Callable[[Any], Any]:
    return pytest.mark.parametrize("case", SHARED[group][kind], ids=lambda case: case["why"])


def test_the_file_is_what_its_script_makes() -> None:
    assert FILE.read_text() == made()


def test_every_group_is_described_and_has_both_kinds() -> None:
    assert set(SHARED["about"]) == {"what", *GROUPS}
    assert all(SHARED[group]["valid"] and SHARED[group]["invalid"] for group in GROUPS)


@cases("pad", "valid")
def test_pad(case: Case) -> None:
    body = bytes([case["byte"]]) * case["count"]
    padded = pad(body)
    assert padded == (body + b"\x80").ljust(case["length"], b"\0")
    assert unpad(padded) == body


@cases("pad", "invalid")
def test_pad_refuses(case: Case) -> None:
    with pytest.raises(Malformed):
        pad(bytes([case["byte"]]) * case["count"])


def block(case: Case) -> bytes:
    return unb64(case["head"]).ljust(case["length"], b"\0")


@cases("unpad", "valid")
def test_unpad(case: Case) -> None:
    assert unpad(block(case)) == unb64(case["body"])


@cases("unpad", "invalid")
def test_unpad_refuses(case: Case) -> None:
    with pytest.raises(Malformed):
        unpad(block(case))


@cases("keys", "valid")
def test_conversation_keys(case: Case) -> None:
    keys = ConversationKeys.derive(unb64(case["ck"]))
    assert (b64(keys.k_v), b64(keys.k_d), b64(keys.kc)) == (case["k_v"], case["k_d"], case["kc"])
    keys.require(unb64(case["kc"]))
    with pytest.raises(CannotOpen):
        keys.require(bytes(16))


@cases("keys", "invalid")
def test_conversation_keys_refuse(case: Case) -> None:
    with pytest.raises(Malformed):
        ConversationKeys.derive(unb64(case["ck"]))


def opened(case: Case) -> bytes:
    return open_message(unb64(case["key"]), case["domain"], case["h"], unb64(case["n"]), unb64(case["c"]))


@cases("message", "valid")
def test_message(case: Case) -> None:
    body, nonce = unb64(case["body"]), unb64(case["n"])
    assert opened(case) == body
    sealed = seal_message(unb64(case["key"]), case["domain"], case["h"], body, nonce)
    assert sealed == (nonce, unb64(case["c"]))


@cases("message", "invalid")
def test_message_refuses(case: Case) -> None:
    with pytest.raises(CannotOpen):
        opened(case)


@cases("open", "valid")
def test_open(case: Case) -> None:
    priv, pub, ck = unb64(case["priv"]), unb64(case["pub"]), unb64(case["ck"])
    assert signing_public(priv) == pub
    assert open_box(priv, case["h"], unb64(case["box"], 113)) == ck
    info = b"desk/1 open\n" + case["h"].encode()
    assert b64(reference_hpke.seal(pub, unb64(case["ephemeral"]), info, ck)) == case["box"]


@cases("open", "invalid")
def test_open_refuses(case: Case) -> None:
    with pytest.raises(CannotOpen):
        open_box(unb64(case["priv"]), case["h"], unb64(case["box"]))


def check(case: Case) -> None:
    verify(unb64(case["pub"]), case["domain"], case["data"].encode(), unb64(case["sig"]))


@cases("signature", "valid")
def test_signature(case: Case) -> None:
    check(case)
    assert b64(sign(unb64(case["priv"]), case["domain"], case["data"].encode())) == case["sig"]


@cases("signature", "invalid")
def test_signature_refuses(case: Case) -> None:
    with pytest.raises(BadSignature):
        check(case)


@cases("bundle", "valid")
def test_bundle(case: Case) -> None:
    key = verify_page_bundle(unb64(case["root"]), case["bundle"], case["at"])
    assert (key.kid, key.pub) == (case["kid"], case["pub"])
    assert kid(unb64(key.pub)) == key.kid


@cases("bundle", "invalid")
def test_bundle_refuses(case: Case) -> None:
    with pytest.raises(Untrusted) as refusal:
        verify_page_bundle(unb64(case["root"]), case["bundle"], case["at"])
    by_date = "more than a day" in case["why"]
    assert refusal.type is (Expired if by_date else Untrusted)


# ---- RFC 9180 -----------------------------------------------------------------------------------------------


def rfc_case() -> Case:
    """The one case of base mode and suite 16-1-2 among the RFC's test vectors."""
    folder = importlib.resources.files("cryptography_vectors")
    wanted = {"mode": 0, "kem_id": 16, "kdf_id": 1, "aead_id": 2}
    everything = json.loads((folder / "HPKE" / "test-vectors.json").read_text())
    (found,) = (case for case in everything if wanted.items() <= case.items())
    assert isinstance(found, dict)
    return found


def rfc(name: str) -> bytes:
    return bytes.fromhex(rfc_case()[name])


def test_rfc_9180_key_encapsulation_and_schedule() -> None:
    shared, enc = reference_hpke.encapsulate(rfc("pkRm"), rfc("skEm"))
    assert (shared, enc) == (rfc("shared_secret"), rfc("enc"))
    assert reference_hpke.schedule(shared, rfc("info")) == (rfc("key"), rfc("base_nonce"))


def test_rfc_9180_encryptions() -> None:
    key, base = rfc("key"), int.from_bytes(rfc("base_nonce"))
    encryptions = rfc_case()["encryptions"]
    assert len(encryptions) > 200
    for case in encryptions:
        pt, ct, aad, nonce = (bytes.fromhex(case[name]) for name in ("pt", "ct", "aad", "nonce"))
        sequence = int(aad.removeprefix(b"Count-"))
        assert (base ^ sequence).to_bytes(12) == nonce
        assert AESGCM(key).encrypt(nonce, pt, aad) == ct


@pytest.mark.parametrize("size", [0, 1, 32, 512, 4096])
def test_our_opening_agrees_with_the_rfc(size: int) -> None:
    """What the reference, held against the RFC above, seals with the RFC's keys opens here."""
    plaintext = bytes(range(256)) * 16
    box = reference_hpke.seal(rfc("pkRm"), rfc("skEm"), rfc("info"), plaintext[:size])
    assert hpke_open(rfc("skRm"), rfc("info"), box) == plaintext[:size]
    assert signing_public(rfc("skRm")) == rfc("pkRm")
    with pytest.raises(CannotOpen):
        hpke_open(rfc("skRm"), rfc("info") + b" ", box)
