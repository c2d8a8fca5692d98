"""Frames are read strictly and written in one way."""

from __future__ import annotations

import json
import typing
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis.strategies import binary, builds, dictionaries, integers, lists, none, recursive, text

from officer_console.model.bodies import LiveBody, MessageBody, NoteBody, Text
from officer_console.model.envelope import Envelope, MessageHeader
from officer_console.protocol import codec
from officer_console.protocol.codec import MAX_DESK_IN, MAX_DESK_OUT, MAX_FRAME, WIRE_SIZES
from officer_console.protocol.commands import Claim, CommandHeader, Heads, Say
from officer_console.protocol.frames import DeskIn, DeskOut, Follow, Hello, Msg, NoCmd, VisitorIn, VisitorOut
from officer_console.protocol.refusals import REFUSALS, Refused

READERS = {"visitor_in": VisitorIn, "visitor_out": VisitorOut, "desk_in": DeskIn, "desk_out": DeskOut}
KIND, CID, NUMBER = "kid-kid-kid", "C" * 22, 7


def refused(read: Any, *args: Any) -> str:
    with pytest.raises(Refused) as caught:
        read(*args)
    # No part of what was read stands in a traceback.
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    return caught.value.code


@pytest.mark.parametrize(
    "frame",
    [
        '{"t":"follow","after":1,"after":2}',
        '{"t":"follow","after":1,"t":"follow"}',
        '{"t":"follow","after":1.0}',
        '{"t":"follow","after":1e3}',
        '{"t":"follow","after":NaN}',
        '{"t":"follow","after":Infinity}',
        '{"t":"follow","after":"1"}',
        '{"t":"follow","after":true}',
        '{"t":"follow","after":null}',
        '{"t":"follow","after":-1}',
        '{"t":"follow","after":9007199254740993}',
        '{"t":"follow"}',
        '{"t":"follow","after":1,"extra":0}',
        '{"t":"unheard","after":1}',
        '{"after":1}',
        '["follow",1]',
        '"follow"',
        "",
        "{",
        '{"t":"follow","after":1} x',
        pytest.param("[" * 50_000, id="deep"),
        b"\xff\xfe",
    ],
)
def test_what_is_not_exactly_a_frame_is_malformed(frame: str | bytes) -> None:
    assert refused(codec.desk_in, frame) == "malformed"


def test_two_keys_deep_inside_are_seen() -> None:
    env = '{"h":"a","h":"b","n":"","c":""}'
    assert refused(codec.decode, f'{{"do":"say","cid":"{CID}","env":{env}}}', Say) == "malformed"


def test_too_large_is_said_so() -> None:
    assert refused(codec.visitor_in, '{"t":"hello","v":1}' + " " * MAX_FRAME) == "too_large"
    assert refused(codec.desk_in, " " * (MAX_DESK_IN + 1)) == "too_large"
    assert refused(codec.desk_out, " " * (MAX_DESK_OUT + 1)) == "too_large"


@pytest.mark.parametrize("value", ["short", "C" * 21 + "=", "C" * 21 + "+", "C" * 21 + "/", "C" * 22 + "\n", "é" * 22])
def test_names_have_one_form(value: str) -> None:
    frame = json.dumps({"do": "claim", "cid": value, "id": CID})
    assert refused(codec.decode, frame, Claim) == "malformed"


def test_what_was_encoded_is_read_back() -> None:
    assert codec.desk_in(codec.encode(Follow(3))) == Follow(3)
    assert codec.desk_out(codec.encode(NoCmd("taken", "…", 4, "ana"))) == NoCmd("taken", "…", 4, "ana")
    header = CommandHeader(kid=KIND, sid=CID, c=0, dir=Heads(1, "x"), do=Claim(CID, CID))
    assert codec.header(codec.encode(header), CommandHeader) == header
    body = Text(ts=1, b="« où ? » \u202e 🙂\n")
    assert codec.body(codec.encode_bytes(body), MessageBody) == body


def test_no_two_frames_of_a_direction_have_the_same_name() -> None:
    for union in READERS.values():
        names = [kind.__struct_config__.tag for kind in typing.get_args(union)]
        assert len(names) == len(set(names))


@given(integers(0, WIRE_SIZES[-1]))
def test_a_visitors_frame_has_one_of_four_sizes(size: int) -> None:
    wire = codec.padded(Msg("h", "n", "c" * size))
    bare = len(codec.encode(Msg("h", "n", "c" * size)))
    assert len(wire) == next((wide for wide in WIRE_SIZES if bare <= wide), bare)
    assert codec.visitor_in(wire) == Msg("h", "n", "c" * size)


def test_the_longest_text_of_an_officer_fits_into_a_frame() -> None:
    """Sealed in the largest bucket, inside a signed command inside a frame: below what a frame may have."""
    h = codec.encode(MessageHeader(cid=CID, kc=CID, d="d", s=KIND, n=2**31, a=2**31, p=CID))
    say = Say(CID, Envelope(h, "N" * 16, "C" * 21_867))
    header = codec.encode(CommandHeader(kid=KIND, sid=CID, c=2**31, dir=Heads(2**31, "H" * 43), do=say))
    frame = codec.encode({"t": "cmd", "h": header, "sig": "S" * 86})
    assert len(frame) <= MAX_DESK_IN and codec.desk_in(frame)


JSON = recursive(none() | integers() | text(), lambda inner: lists(inner) | dictionaries(text(), inner), max_leaves=8)


@given(text() | binary() | builds(json.dumps, JSON))
def test_anything_at_all_is_a_frame_or_refused(junk: str | bytes) -> None:
    for read in (codec.visitor_in, codec.visitor_out, codec.desk_in, codec.desk_out):
        try:
            read(junk)
        except Refused as refusal:
            assert refusal.code == "malformed"


@given(binary())
def test_anything_at_all_is_a_body_or_refused(junk: bytes) -> None:
    for kind in (MessageBody, LiveBody, NoteBody):
        try:
            codec.body(junk, kind)
        except Refused as refusal:
            assert refusal.code == "malformed"


def test_every_refusal_is_one_plain_sentence() -> None:
    for code, refusal in REFUSALS.items():
        assert refusal.sentence.endswith(".") and refusal.sentence[0].isupper()
        assert refusal.close in (None, 1008, 1009, 1013)
        told = Refused(code, "ana")
        assert (told.sentence, told.close, told.who) == (refusal.sentence, refusal.close, "ana")


def test_a_frame_is_a_struct_that_nobody_changes() -> None:
    with pytest.raises(AttributeError):
        Hello(1).v = 2  # type: ignore[misc]
    assert issubclass(Hello, msgspec.Struct)
