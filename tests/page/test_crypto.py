"""The page's cryptography against the RFC's vectors and the cases it shares with Python."""

from __future__ import annotations

import importlib.resources
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officer_console.model.bodies import LiveBody, MessageBody, Text
from officer_console.model.envelope import Envelope, OpenHeader
from officer_console.protocol import codec
from officer_console.protocol.history import History
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.envelopes import ConversationKeys, open_message
from officer_console.vault.opening import open_box
from officer_console.vault.primitives import box_public, make_box_key
from tests.vectors.make_envelopes import FILE

from . import node

Case = dict[str, Any]
SHARED = json.loads(FILE.read_text())
KEY_IDS = {"mode": 0, "kem_id": 16, "kdf_id": 1, "aead_id": 2}

HPKE = """
const point = unb64(given.pub);
const pub = { kty: "EC", crv: "P-256", x: b64(point.slice(1, 33)), y: b64(point.slice(33)) };
const pair = {
  privateKey: await subtle.importKey("jwk", { ...pub, d: given.d }, P256, true, ["deriveBits"]),
  publicKey: await subtle.importKey("jwk", pub, P256, true, []),
};
"""


def rfc_vectors() -> list[Case]:
    text = (importlib.resources.files("cryptography_vectors") / "HPKE" / "test-vectors.json").read_text()
    return [each for each in json.loads(text) if all(each[name] == id_ for name, id_ in KEY_IDS.items())]


def raw(text: str) -> str:
    return b64(bytes.fromhex(text))


def test_rfc_9180() -> None:
    vectors = rfc_vectors()
    inputs = [
        {
            "d": raw(each["skEm"]),
            "pub": raw(each["pkEm"]),
            "to": raw(each["pkRm"]),
            "info": raw(each["info"]),
            "sent": [{"aad": raw(one["aad"]), "pt": raw(one["pt"])} for one in each["encryptions"]],
        }
        for each in vectors
    ]
    script = """
    const keys = await hpkeKeys(unb64(given.to), unb64(given.info), pair);
    const key = await aesKey(keys.key, "encrypt");
    const sent = [];
    for (let i = 0; i < given.sent.length; i += 1) {
      const nonce = keys.nonce.slice();
      nonce[11] ^= i & 255;
      nonce[10] ^= i >> 8;
      sent.push(b64(await aesSeal(key, nonce, unb64(given.sent[i].aad), unb64(given.sent[i].pt))));
    }
    return { enc: b64(keys.enc), key: b64(keys.key), nonce: b64(keys.nonce), sent };
    """
    assert vectors
    for vector, made in zip(vectors, node.each(HPKE + script, inputs), strict=True):
        assert made == {
            "value": {
                "enc": raw(vector["enc"]),
                "key": raw(vector["key"]),
                "nonce": raw(vector["base_nonce"]),
                "sent": [raw(one["ct"]) for one in vector["encryptions"]],
            }
        }


SCRIPTS = {
    "pad": "const padded = pad(new Uint8Array(given.count).fill(given.byte)); return { length: padded.length };",
    "unpad": """
        const block = new Uint8Array(given.length);
        block.set(unb64(given.head));
        return { body: b64(unpad(block)) };""",
    "keys": """
        if (unb64(given.ck).length !== 32) throw new Error("size");
        const keys = await conversationKeys(unb64(given.ck));
        const k_v = b64(await hkdf(unb64(given.ck), "v2d", 32)), k_d = b64(await hkdf(unb64(given.ck), "d2v", 32));
        return { k_v, k_d, kc: keys.kc };""",
    "message": """
        const body = await openBody(await aesKey(unb64(given.key), "decrypt"), given.domain, given);
        return { body: b64(bytes(body)) };""",
    "signature": "await verify(unb64(given.pub), given.domain, bytes(given.data), unb64(given.sig)); return {};",
    "bundle": """
        const key = await trust(given.root, given.bundle, given.at);
        return { kid: key.kid, pub: b64(key.pub) };""",
}


@pytest.mark.parametrize("group", SCRIPTS)
def test_shared_cases(group: str) -> None:
    valid, invalid = SHARED[group]["valid"], SHARED[group]["invalid"]
    results = node.each(SCRIPTS[group], valid + invalid)
    for case, result in zip(valid, results, strict=False):
        assert "value" in result, (case["why"], result)
        assert result["value"] == {name: case[name] for name in result["value"]}, case["why"]
    for case, result in zip(invalid, results[len(valid) :], strict=True):
        assert "error" in result, case["why"]
        assert group != "bundle" or result["error"] in ("untrusted", "clock"), (case["why"], result)


def test_an_opening_is_the_very_box_of_the_shared_case() -> None:
    (case,) = SHARED["open"]["valid"]
    ephemeral = unb64(case["ephemeral"])
    given = {
        "d": b64(ephemeral),
        "pub": b64(box_public(ephemeral)),
        "to": case["pub"],
        "h": case["h"],
        "ck": case["ck"],
    }
    script = 'return b64(await hpkeSeal(unb64(given.to), context("open", bytes(given.h)), unb64(given.ck), pair));'
    assert node.each(HPKE + script, [given]) == [{"value": case["box"]}]


def test_what_the_page_opens_a_conversation_with_is_opened_by_the_desk() -> None:
    priv = make_box_key()
    script = """
    const talk = await startTalk({ kid: "AAAAAAAAAAA", pub: unb64(given) });
    const first = await talk.seal({ k: "text", ts: 1, b: "à l’aide 🆘" }, {});
    return { open: talk.open, first, live: await talk.presence({ typing: true }), token: talk.token };
    """
    (made,) = node.each(script, [b64(box_public(priv))])
    value = made["value"]
    opened = codec.visitor_in(json.dumps(value["open"]))
    assert opened.vt == value["token"]  # type: ignore[union-attr]
    ck = open_box(priv, value["open"]["h"], unb64(value["open"]["box"]))
    keys = ConversationKeys.derive(ck)
    keys.require(unb64(codec.header(value["open"]["h"], OpenHeader).kc))
    bodies = [
        open_message(keys.k_v, domain, sealed["h"], unb64(sealed["n"]), unb64(sealed["c"]))
        for domain, sealed in (("msg", value["first"]), ("live", value["live"]))
    ]
    assert codec.body(bodies[0], MessageBody) == Text(ts=1, b="à l’aide 🆘")
    assert codec.body(bodies[1], LiveBody).typing
    history = History("AAAAAAAAAAA", value["open"]["h"], value["open"]["box"], b64(keys.kc))
    assert history.accept(Envelope(**{name: value["first"][name] for name in "hnc"}), "v") is None


@pytest.mark.parametrize("text", ["AA==", "A", "AB", "A+", "A/", " AA", "AA\n", "é"])
def test_base64url_has_one_spelling(text: str) -> None:
    assert "error" in node.each("return unb64(given).length;", [text])[0]


@given(st.binary(max_size=100))
@settings(max_examples=5)
def test_base64url_is_pythons(data: bytes) -> None:
    assert node.each("return b64(unb64(given));", [b64(data)]) == [{"value": b64(data)}]
