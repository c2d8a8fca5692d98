"""The page reads the wire as strictly as Python does, and writes it in the same sizes."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officer_console.model.bodies import MessageBody, Presence, Text
from officer_console.model.envelope import LiveHeader, MessageHeader
from officer_console.protocol import codec
from officer_console.protocol.frames import (
    Ack,
    Beat,
    Bundle,
    Bye,
    Desk,
    Erase,
    Gone,
    Here,
    Leave,
    Live,
    Msg,
    No,
    Resume,
    Status,
    Stored,
)
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64
from tests.vectors.make_envelopes import FILE

from . import node

B8, B16, SIG = b64(bytes(8)), b64(bytes(16)), b64(bytes(64))
FRAMES: list[object] = [
    Desk(1, 2, True, 3, Bundle("{}", SIG, "{}", SIG)),
    Desk(1, 2, False, 0),
    Ack("v.0", 1, 2),
    Stored(1, 2, "{}", "n", "c"),
    Live("{}", "n", "c"),
    Status("waiting", True, 2),
    Status("held", True, 0, True),
    Here(7),
    Gone(),
    No("rate", "Wait.", "v.1"),
    No("busy", "Wait."),
    Beat(1),
    Bye(1000),
]
READ = 'return read(given, FRAMES, "t").t;'
BROKEN = [
    "",
    "null",
    "[]",
    "7",
    '"beat"',
    "{}",
    '{"t":"beat"}',
    '{"t":"beat","now":1,"more":2}',
    '{"t":"beat","now":1.0}',
    '{"t":"beat","now":1e3}',
    '{"t":"beat","now":"1"}',
    '{"t":"beat","now":null}',
    '{"t":"beat","now":1,"now":1}',
    '{"t":"beat","now":1,"n\\u006fw":1}',
    '{"t":"beat","t":"beat","now":1}',
    '{"t":"toString","now":1}',
    '{"t":"__proto__","now":1}',
    '{"t":"beat","now":1,"constructor":1}',
    '{"t":"beat","now":1,"__proto__":{}}',
    '{"t":"beat","now":1}{"t":"beat","now":1}',
    '{"t":"beat","now":1,}',
    '{"t":"hello","v":1}',
    '{"t":"status","state":"held","duty":1}',
    '{"t":"status","state":"lost","duty":true}',
    '{"t":"desk","v":1,"now":2,"duty":true,"waiting":0,"bundle":{"lead":"x"}}',
    '{"t":"ack","id":7,"seq":1,"at":1}',
]


def test_every_frame_of_the_relay_is_read() -> None:
    results = node.each(READ, [codec.padded(frame) for frame in FRAMES])
    assert results == [{"value": type(frame).__struct_config__.tag} for frame in FRAMES]  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", BROKEN)
def test_broken_frames_are_refused_by_both(text: str) -> None:
    assert "error" in node.each(READ, [text])[0]
    with pytest.raises(Refused):
        codec.visitor_out(text)


@pytest.mark.parametrize("number", ["-1", "9007199254740993"])
def test_no_number_that_javascript_can_not_hold(number: str) -> None:
    assert "error" in node.each(READ, ['{"t":"beat","now":' + number + "}"])[0]


def test_a_colon_or_a_brace_in_a_text_is_no_member() -> None:
    text = json.dumps({"k": "text", "ts": 1, "b": 'a":{"b":1.5,"b":2}\\'})
    assert node.each('return read(given, BODIES, "k").b;', [text]) == [{"value": 'a":{"b":1.5,"b":2}\\'}]


def test_headers_and_bodies_of_a_console_are_read() -> None:
    kc = b64(bytes(16))
    headers = [
        codec.encode(MessageHeader(cid=B16, kc=kc, d="d", s=B8, n=0, a=1, p=B16)),
        codec.encode(LiveHeader(cid=B16, kc=kc, d="d", s=B8, ln=3)),
    ]
    assert node.each('return read(given, HEADERS, "t").s;', headers) == [{"value": B8}] * 2
    bodies = [codec.encode(Text(ts=1, b="oui", sig=SIG)), codec.encode(Presence(ts=1, typing=True))]
    assert node.each('return read(given, BODIES, "k").ts;', bodies) == [{"value": 1}] * 2


BODIES: dict[str, list[dict[str, str]]] = json.loads(FILE.read_text())["body"]


def test_bodies_are_read_by_both() -> None:
    results = node.each('return read(given, BODIES, "k");', [case["json"] for case in BODIES["valid"]])
    for case, result in zip(BODIES["valid"], results, strict=True):
        assert result == {"value": json.loads(case["json"])}, case["why"]
        read = msgspec.to_builtins(codec.body(case["json"].encode(), MessageBody))
        assert {"sig": "", **read} == {"sig": "", **json.loads(case["json"])}, case["why"]


def test_broken_bodies_are_refused_by_both() -> None:
    results = node.each('return read(given, BODIES, "k");', [case["json"] for case in BODIES["invalid"]])
    for case, result in zip(BODIES["invalid"], results, strict=True):
        assert "error" in result, case["why"]
        with pytest.raises(Refused):
            codec.body(case["json"].encode(), MessageBody)


@given(st.lists(st.text(), min_size=1, max_size=50))
@settings(max_examples=15)
def test_any_text_goes_through_both_ways(texts: list[str]) -> None:
    bodies = [codec.encode(Text(ts=1, b=text)) for text in texts]
    assert node.each('return read(given, BODIES, "k").b;', bodies) == [{"value": text} for text in texts]
    written = node.each('return JSON.stringify({ k: "text", ts: 1, b: text(bytes(given)) });', list(texts))
    assert [codec.body(each["value"].encode(), Text).b for each in written] == texts


@pytest.mark.parametrize(
    "frame",
    [
        Resume(1, B16, b64(bytes(32)), 7),
        Leave("exit"),
        Erase(B16),
        Msg("{}", "n", "c" * 900),
        Msg("{}", "n", "c" * 3000),
        Msg("h" * 400, "n", "c" * 21_880),
    ],
)
def test_frames_are_padded_alike(frame: Any) -> None:
    (made,) = node.each("return padded(given);", [json.loads(codec.encode(frame))])
    assert len(made["value"]) == len(codec.padded(frame))
    assert len(made["value"]) in codec.WIRE_SIZES
    assert codec.visitor_in(made["value"]) == frame
