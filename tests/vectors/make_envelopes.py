"""Makes envelopes.json, the cases on which Python and the visitor's page must agree.

    python -m tests.vectors.make_envelopes

Everything in it is fixed: keys are digests of their names, nonces are counted, signatures are deterministic.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from officer_console.model.envelope import LiveHeader, MessageHeader, OpenHeader
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.envelopes import ConversationKeys, pad, seal_message
from officer_console.vault.primitives import aes_seal, context, kid, sign, signing_public
from officer_console.vault.statements import DeskKeyStatement, Genesis, Lead, spell

from . import reference_hpke

FILE = Path(__file__).with_name("envelopes.json")
NOW = 1_800_000_000
DAY = 86_400
Case = dict[str, Any]

ABOUT = {
    "what": "Each group has `valid` cases, which give the result shown, and `invalid` ones, which are "
    "refused. `why` names a case. Byte strings are unpadded base64url; h, data, and lead and key of a bundle "
    "are text, of which the UTF-8 bytes count.",
    "pad": "`body` is `count` bytes of value `byte`, padded to `length` bytes: body, 0x80, zeros. "
    "Invalid: too long to be padded.",
    "unpad": "The block is `head` followed by zeros up to `length` bytes. Valid: it holds `body`.",
    "keys": "HKDF-SHA256(ck, salt `desk/1`, info v2d | d2v | kc) is k_v, k_d (32 bytes), kc (16 bytes).",
    "body": "`json` is a body that the page (`by` v) or an officer (`by` d) seals, read strictly: no unknown, missing "
    "or double member, integers only, in bounds: lat ±90,000,000 and lon ±180,000,000 micro-degrees, acc 0 to "
    "100,000,000 metres.",
    "message": "AES-256-GCM with key `key`, nonce `n`, AAD `desk/1 <domain>\\n` + h opens `c`; unpadded it is `body`.",
    "open": "HPKE base mode, suite 16-1-2: `box` is enc (65 bytes) and ciphertext; the private key `priv` "
    "opens it with info `desk/1 open\\n` + h to `ck`. The valid case also gives the ephemeral private key "
    "that makes this very box.",
    "signature": "ECDSA P-256, SHA-256, raw r‖s, over `desk/1 <domain>\\n` + data. `pub` checks it.",
    "bundle": "`lead` is signed by `root`, `key` by the lead's sig_pub, both in domain `dir`; both are "
    "compact JSON in one spelling, without unknown or double fields. kid is the first 8 bytes of "
    "SHA-256(pub), `by` the lead's kid, suite 16-1-2, use live; `at` (seconds) lies in nbf to exp of both, "
    "with a day of slack at either end. Valid: `kid` and `pub` are the desk key.",
}


def secret(name: str) -> bytes:
    return hashlib.sha256(f"vector {name}".encode()).digest()


def text(statement: object) -> str:
    return msgspec.json.encode(statement).decode()


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


ROOT, LEAD, OTHER_LEAD, DESK, OTHER_DESK = map(secret, ("root", "lead", "other lead", "desk", "other desk"))
DESK_PUB = signing_public(DESK)
CK = secret("conversation")
KEYS = ConversationKeys.derive(CK)
CID = b64(secret("cid")[:16])
OPEN = text(OpenHeader(cid=CID, e=0, kid=kid(DESK_PUB), kc=b64(KEYS.kc)))


def pads() -> dict[str, list[Case]]:
    def case(byte: int, count: int) -> Case:
        return {"why": f"{count} × {byte}", "byte": byte, "count": count}

    sizes = (0, 1, 510, 511, 512, 2047, 2048, 8191, 8192, 16383)
    valid = [case(97, count) | {"length": len(pad(b"a" * count))} for count in sizes]
    valid += [case(byte, 100) | {"length": 512} for byte in (0x80, 0)]
    return {"valid": valid, "invalid": [case(97, 16384), case(97, 20000)]}


def unpads() -> dict[str, list[Case]]:
    def case(why: str, head: bytes, length: int) -> Case:
        return {"why": why, "head": b64(head), "length": length}

    valid = [
        case("empty", b"\x80", 512) | {"body": ""},
        case("short", b"hello\x80", 512) | {"body": b64(b"hello")},
        case("ends like padding", b"a\x80\x00\x80", 512) | {"body": b64(b"a\x80\x00")},
        case("larger bucket than needed", b"hello\x80", 2048) | {"body": b64(b"hello")},
        case("full", b"a" * 511 + b"\x80", 512) | {"body": b64(b"a" * 511)},
    ]
    invalid = [
        case("no mark", b"", 512),
        case("no mark after text", b"hello", 512),
        case("something after the mark", b"hello\x80\x00\x01", 512),
        case("no bucket's size", b"hello\x80", 513),
        case("smaller than a bucket", b"hello\x80", 6),
        case("nothing", b"", 0),
        case("larger than the largest", b"hello\x80", 32768),
    ]
    return {"valid": valid, "invalid": invalid}


def keys() -> dict[str, list[Case]]:
    valid = []
    for why in ("conversation", "another conversation"):
        ck = secret(why)
        derived = ConversationKeys.derive(ck)
        parts = {"k_v": derived.k_v, "k_d": derived.k_d, "kc": derived.kc}
        valid.append({"why": why, "ck": b64(ck)} | {name: b64(part) for name, part in parts.items()})
    return {"valid": valid, "invalid": [{"why": "31 bytes", "ck": b64(CK[:31])}]}


def bodies() -> dict[str, list[Case]]:
    def place(why: str, members: str) -> Case:
        return {"why": why, "by": "v", "json": f'{{"k":"place","ts":1800000000000,{members}}}'}

    def help_(why: str, members: str) -> Case:
        return {"why": why, "by": "d", "json": f'{{"k":"help","ts":1800000000000,{members}}}'}

    valid = [
        place("place", '"lat":48804200,"lon":2120400,"acc":35'),
        place("place at the end of the world", '"lat":-90000000,"lon":180000000,"acc":100000000'),
        place("place at the other end", '"lat":90000000,"lon":-180000000,"acc":0'),
        help_("help", '"b":"Ils arrivent. 🔒","case":"A"'),
        help_("signed help", f'"b":"","case":"","sig":"{b64(bytes(64))}"'),
    ]
    bad_places = {
        "too far north": '"lat":90000001,"lon":0,"acc":1',
        "too far south": '"lat":-90000001,"lon":0,"acc":1',
        "too far east": '"lat":0,"lon":180000001,"acc":1',
        "too far west": '"lat":0,"lon":-180000001,"acc":1',
        "precision below zero": '"lat":0,"lon":0,"acc":-1',
        "precision larger than the world": '"lat":0,"lon":0,"acc":100000001',
        "degrees": '"lat":48.8042,"lon":2.1204,"acc":35',
        "fraction of nothing": '"lat":48804200.0,"lon":2120400,"acc":35',
        "exponent": '"lat":4e7,"lon":2120400,"acc":35',
        "number as text": '"lat":"48804200","lon":2120400,"acc":35',
        "truth": '"lat":true,"lon":2120400,"acc":35',
        "nothing": '"lat":null,"lon":2120400,"acc":35',
        "no precision": '"lat":48804200,"lon":2120400',
        "twice": '"lat":48804200,"lat":48804201,"lon":2120400,"acc":35',
        "unknown member": '"lat":48804200,"lon":2120400,"acc":35,"speed":1',
        "signed": f'"lat":48804200,"lon":2120400,"acc":35,"sig":"{b64(bytes(64))}"',
    }
    bad_helps = {
        "no case": '"b":"Ils arrivent."',
        "no words": '"case":"A"',
        "words that are a number": '"b":1,"case":"A"',
        "case that is a number": '"b":"Ils arrivent.","case":1',
        "unknown member": '"b":"Ils arrivent.","case":"A","unit":"B"',
        "twice": '"b":"Ils arrivent.","case":"A","b":"Ils n’arrivent pas."',
    }
    invalid = [place(f"place: {why}", members) for why, members in bad_places.items()]
    invalid += [help_(f"help: {why}", members) for why, members in bad_helps.items()]
    return {"valid": valid, "invalid": invalid}


def message(why: str, domain: str, key: bytes, h: str, body: bytes, number: int) -> Case:
    n, c = seal_message(key, domain, h, body, number.to_bytes(12))  # type: ignore[arg-type]
    sealed = {"key": b64(key), "h": h, "n": b64(n), "c": b64(c)}
    return {"why": why, "domain": domain, **sealed, "body": b64(body)}


def messages() -> dict[str, list[Case]]:
    rest: dict[str, Any] = {"cid": CID, "kc": b64(KEYS.kc)}
    ours = {"d": "v", "s": "v"}
    theirs = {"d": "d", "s": kid(signing_public(LEAD))}
    p = b64(secret("previous")[:16])
    from_visitor = text(MessageHeader(**rest, **ours, n=0, a=0, p=p))
    from_officer = text(MessageHeader(**rest, **theirs, n=7, a=3, p=p))
    live = text(LiveHeader(**rest, **ours, ln=5))
    said = json.dumps({"k": "text", "ts": NOW * 1000, "b": "Il est là. 🔒"}, ensure_ascii=False).encode()
    place = b'{"k":"place","ts":1800000000000,"lat":48804200,"lon":2120400,"acc":35}'
    coming = b'{"k":"help","ts":1800000000000,"b":"Ils arrivent.","case":"A"}'
    presence = b'{"k":"presence","ts":1800000000000,"typing":true}'
    valid = [
        message("visitor to desk", "msg", KEYS.k_v, from_visitor, said, 1),
        message("desk to visitor", "msg", KEYS.k_d, from_officer, said, 2),
        message("live", "live", KEYS.k_v, live, presence, 3),
        message("empty body", "msg", KEYS.k_v, from_visitor, b"", 4),
        message("511 bytes", "msg", KEYS.k_v, from_visitor, b"a" * 511, 5),
        message("512 bytes", "msg", KEYS.k_v, from_visitor, b"a" * 512, 6),
        message("header with other letters", "msg", KEYS.k_v, '{"é":"\\u00e9"}', said, 7),
        message("place", "msg", KEYS.k_v, from_visitor, place, 8),
        message("help", "msg", KEYS.k_d, from_officer, coming, 9),
    ]
    return {"valid": valid, "invalid": bad_messages(valid[0])}


def bad_messages(good: Case) -> list[Case]:
    def bad(why: str, **changes: str) -> Case:
        return {name: value for name, value in good.items() if name != "body"} | {"why": why} | changes

    def raw(block: bytes) -> str:
        aad = context("msg", good["h"].encode())
        return b64(aes_seal(KEYS.k_v, (1).to_bytes(12), block, aad))

    c = unb64(good["c"])
    return [
        bad("another header", h=good["h"].replace('"n":0', '"n":1')),
        bad("the same header, spelled otherwise", h=good["h"].replace(",", ", ")),
        bad("another domain", domain="live"),
        bad("the key of the other direction", key=b64(KEYS.k_d)),
        bad("first byte flipped", c=b64(flip(c, 0))),
        bad("tag flipped", c=b64(flip(c, len(c) - 1))),
        bad("cut", c=b64(c[:-1])),
        bad("nothing", c=""),
        bad("another nonce", n=b64((9).to_bytes(12))),
        bad("nonce of 11 bytes", n=b64(bytes(11))),
        bad("nonce of 16 bytes", n=b64(bytes(16))),
        bad("sealed without padding", c=raw(b"hello")),
        bad("sealed with broken padding", c=raw(b"hello".ljust(512, b"\0"))),
    ]


def opens() -> dict[str, list[Case]]:
    ephemeral = secret("ephemeral")

    def box(h: str = OPEN, domain: str = "open", ck: bytes = CK) -> bytes:
        return reference_hpke.seal(DESK_PUB, ephemeral, context(domain, h.encode()), ck)

    good = {"priv": b64(DESK), "h": OPEN, "box": b64(box())}
    valid = good | {
        "why": "conversation key",
        "pub": b64(DESK_PUB),
        "ephemeral": b64(ephemeral),
        "ck": b64(CK),
    }
    invalid = [
        good | {"why": "another header", "h": OPEN.replace('"e":0', '"e":1')},
        good | {"why": "another desk key", "priv": b64(OTHER_DESK)},
        good | {"why": "sealed as a note", "box": b64(box(domain="note"))},
        good | {"why": "key of 31 bytes", "box": b64(box(ck=CK[:31]))},
        good | {"why": "ephemeral key flipped", "box": b64(flip(box(), 64))},
        good | {"why": "ciphertext flipped", "box": b64(flip(box(), 65))},
        good | {"why": "cut", "box": b64(box()[:-1])},
        good | {"why": "nothing", "box": ""},
    ]
    return {"valid": [valid], "invalid": invalid}


def signatures() -> dict[str, list[Case]]:
    data = '{"kid":"é"}'
    sig = sign(LEAD, "cmd", data.encode())
    good = {"pub": b64(signing_public(LEAD)), "domain": "cmd", "data": data, "sig": b64(sig)}
    invalid = [
        good | {"why": "another domain", "domain": "login"},
        good | {"why": "other data", "data": data + " "},
        good | {"why": "another key", "pub": b64(signing_public(OTHER_LEAD))},
        good | {"why": "r flipped", "sig": b64(flip(sig, 0))},
        good | {"why": "s flipped", "sig": b64(flip(sig, 63))},
        good | {"why": "cut", "sig": b64(sig[:63])},
        good | {"why": "a byte more", "sig": b64(sig + b"\0")},
        good | {"why": "zeros", "sig": b64(bytes(64))},
    ]
    return {"valid": [good | {"why": "command", "priv": b64(LEAD)}], "invalid": invalid}


def lead_statement(priv: bytes = LEAD, **changes: Any) -> str:
    fields: dict[str, Any] = {
        "prev": b64(secret("head 1")),
        "at": NOW,
        "name": "Léa",
        "nbf": NOW,
        "exp": NOW + 180 * DAY,
    }
    fields |= {"sig_pub": b64(signing_public(priv)), "box_pub": b64(signing_public(secret("box"))), **changes}
    return spell(Lead(**fields))


def key_statement(**changes: Any) -> str:
    fields: dict[str, Any] = {
        "prev": b64(secret("head 2")),
        "at": NOW,
        "kid": kid(DESK_PUB),
        "suite": "16-1-2",
    }
    fields |= {"pub": b64(DESK_PUB), "nbf": NOW, "exp": NOW + 7 * DAY, "n": 1, "use": "live"}
    return spell(DeskKeyStatement(**fields | {"by": kid(signing_public(LEAD))} | changes))


def bundle(why: str, at: int = NOW + DAY, **changes: Any) -> Case:
    """A case; `lead_by` and `key_by` are who signs, `lead` and `key` what."""
    lead, key = changes.pop("lead", lead_statement()), changes.pop("key", key_statement())
    lsig = sign(changes.pop("lead_by", ROOT), "dir", lead.encode())
    sig = sign(changes.pop("key_by", LEAD), "dir", key.encode())
    signed = {"lead": lead, "lsig": b64(lsig), "key": key, "sig": b64(sig)}
    return {"why": why, "root": b64(signing_public(ROOT)), "at": at, "bundle": signed | changes}


def bundles() -> dict[str, list[Case]]:
    proved = {"kid": kid(DESK_PUB), "pub": b64(DESK_PUB)}
    valid = [
        bundle("in its time") | proved,
        bundle("clock almost a day behind", NOW - DAY + 60) | proved,
        bundle("clock almost a day ahead", NOW + 8 * DAY - 60) | proved,
    ]
    return {"valid": valid, "invalid": [*wrong_time(), *wrong_signer(), *wrong_statement(), *altered()]}


def wrong_time() -> list[Case]:
    short = lead_statement(exp=NOW + 2 * DAY)
    return [
        bundle("key expired more than a day ago", NOW + 8 * DAY + 60),
        bundle("key not valid for more than a day", NOW - DAY - 60),
        bundle("lead expired more than a day ago", NOW + 3 * DAY + 60, lead=short),
        bundle("lead not valid for more than a day", lead=lead_statement(nbf=NOW + 3 * DAY)),
    ]


def wrong_signer() -> list[Case]:
    return [
        bundle("another root in the page") | {"root": b64(signing_public(secret("other root")))},
        bundle("lead signed by itself", lead_by=LEAD),
        bundle("lead signed by another lead", lead_by=OTHER_LEAD),
        bundle("key signed by another lead", key_by=OTHER_LEAD),
        bundle("key of another lead, who signed it", lead=lead_statement(OTHER_LEAD), key_by=OTHER_LEAD),
        bundle("lead of another key", lead=lead_statement(OTHER_LEAD)),
        bundle("key signed by the root", key_by=ROOT),
        bundle("signed in another domain", sig=b64(sign(LEAD, "cmd", key_statement().encode()))),
    ]


def wrong_statement() -> list[Case]:
    key = key_statement()
    genesis = spell(Genesis(prev="", at=NOW, desk="Desk", root=b64(signing_public(ROOT))))
    return [
        bundle("practice key", key=key_statement(use="practice")),
        bundle("another suite", key=key_statement(suite="32-1-2")),
        bundle("kid of another key", key=key_statement(kid=kid(signing_public(OTHER_DESK)))),
        bundle("point not on the curve", key=key_statement(pub=b64(b"\4" + bytes(63) + b"\1"))),
        bundle("compressed point", key=key_statement(pub=b64(b"\2" + DESK_PUB[1:33]))),
        bundle("unknown field", key=key[:-1] + ',"more":1}'),
        bundle("double field", key=key[:-1] + f',"by":"{kid(signing_public(LEAD))}"}}'),
        bundle("field missing", key=key.replace('"n":1,', "")),
        bundle("spaces", key=key.replace(",", ", ")),
        bundle("number as text", key=key.replace('"n":1', '"n":"1"')),
        bundle("number with a fraction", key=key.replace(f'"exp":{NOW + 7 * DAY}', f'"exp":{NOW + 7 * DAY}.5')),
        bundle("another type in the key's place", key=lead_statement(), key_by=LEAD),
        bundle("another type in the lead's place", lead=genesis),
        bundle("not JSON", key="{"),
        bundle("nothing", key="", lead=""),
    ]


def altered() -> list[Case]:
    good = bundle("")["bundle"]
    sig, lsig = unb64(good["sig"]), unb64(good["lsig"])
    return [
        bundle("letter of the lead changed", lead=good["lead"].replace("Léa", "Léo"), lsig=good["lsig"]),
        bundle("end of the key moved", key=key_statement(exp=NOW + 8 * DAY), sig=good["sig"]),
        bundle("key's signature flipped", sig=b64(flip(sig, 10))),
        bundle("lead's signature flipped", lsig=b64(flip(lsig, 40))),
        bundle("signatures exchanged", sig=good["lsig"], lsig=good["sig"]),
        bundle("statements exchanged", lead=good["key"], key=good["lead"]),
        bundle("signature with base64 padding", sig=good["sig"] + "=="),
        bundle("signature not canonical", sig=good["sig"][:-1] + _spare_bits(good["sig"][-1])),
        bundle("no signature", sig=""),
    ]


def _spare_bits(letter: str) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return letters[letters.index(letter) | 1]


GROUPS: dict[str, Callable[[], dict[str, list[Case]]]] = {
    "pad": pads,
    "unpad": unpads,
    "keys": keys,
    "body": bodies,
    "message": messages,
    "open": opens,
    "signature": signatures,
    "bundle": bundles,
}


def made() -> str:
    """The file's text."""
    return json.dumps({"about": ABOUT} | {name: make() for name, make in GROUPS.items()}, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(made())
