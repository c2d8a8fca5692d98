"""A relay that alters, repeats, moves or withholds: refused or shown as missing, never taken in silence."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis.strategies import DataObject, data, integers, sampled_from

from officer_console.client.channel import Channel, read_note, seal_outcome, seal_remark
from officer_console.client.record import Record
from officer_console.model.bodies import Outcome, Presence, Remark, Text
from officer_console.model.envelope import VISITOR, Envelope, MessageHeader, Note, OpenHeader
from officer_console.model.events import Claimed, Closed, Event, Noted, Opened, Said
from officer_console.model.transcript import Kind
from officer_console.protocol import codec
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64
from officer_console.vault.envelopes import seal_message, seal_open
from officer_console.vault.errors import VaultError

from .paper import ABOUT, NOW, Log, Paper, PaperVisitor, bits_flipped, said, with_envelope

PAPER = Paper()
FORGED = {
    "v": 2, "t": "live", "cid": "X" * 22, "kc": "X" * 22, "d": "d", "s": "somebody-00", "n": 7, "a": 7, "p": "X" * 22,
}  # fmt: skip
FLAGS = frozenset({Kind.REFUSED, Kind.MISSING})


def told(*words: str) -> tuple[PaperVisitor, list[Event]]:
    """A conversation in which the visitor and an officer took turns."""
    log = Log()
    visitor = PaperVisitor(PAPER, log)
    visitor.say(ABOUT)
    log.add(visitor.cid, "claim", PAPER.officer.kid, Claimed())
    channel = Channel(PAPER.officer, log.events[0])
    for event in log.events[1:2]:
        channel.read(event, said(event))
    for word in words:
        visitor.say(word)
        channel.read(log.events[-1], said(log.events[-1]))
        visitor.hears(PAPER.officer, *channel.seal(f"answer to {word}", 0, -1))
        channel.read(log.events[-1], said(log.events[-1]))
    return visitor, log.events


def read(events: list[Event]) -> list[tuple[Kind, str]]:
    """What the transcript of another officer shows."""
    record = Record(PAPER.lead, events[0].cid, lambda cid: ())
    for seq, event in enumerate(events, 1):
        record.add(msgspec.structs.replace(event, seq=seq))
    while record.behind:
        record.step()
    return [(line.kind, line.text) for line in record.transcript.lines]


def test_an_honest_relay_is_believed() -> None:
    _, events = told("un", "deux")
    assert read(events) == [
        (Kind.ABOUT, "fr 69003"),
        (Kind.CLAIMED, ""),
        (Kind.VISITOR, "un"),
        (Kind.OFFICER, "answer to un"),
        (Kind.VISITOR, "deux"),
        (Kind.OFFICER, "answer to deux"),
    ]


@pytest.mark.parametrize("place", [3, 4])
@pytest.mark.parametrize("field", FORGED)
def test_every_field_of_a_header_is_bound(place: int, field: str) -> None:
    _, events = told("un", "deux")
    header = json.loads(said(events[place]).h)
    header[field] = FORGED[field] if header[field] != FORGED[field] else "v"
    events[place] = with_envelope(events[place], h=json.dumps(header, separators=(",", ":")))
    kinds = [kind for kind, _ in read(events)]
    assert kinds[place - 1] is Kind.REFUSED and Kind.MISSING in kinds  # and the next one shows that one is missing


@pytest.mark.parametrize("place", [3, 4])
@pytest.mark.parametrize("field", ["n", "c"])
def test_every_byte_of_nonce_and_ciphertext_is_bound(place: int, field: str) -> None:
    _, events = told("un", "deux")
    for broken in bits_flipped(getattr(said(events[place]), field)):
        lines = read([*events[:place], with_envelope(events[place], **{field: broken}), *events[place + 1 :]])
        assert lines[place - 1] == (Kind.REFUSED, "")


def test_the_same_header_in_another_spelling_is_refused() -> None:
    _, events = told("un")
    events[3] = with_envelope(events[3], h=said(events[3]).h.replace(",", ", "))
    assert read(events)[2] == (Kind.REFUSED, "")


@pytest.mark.parametrize("what", ["by", "id"])
def test_the_logs_word_for_author_and_name_is_not_enough(what: str) -> None:
    _, events = told("un")
    events[4] = msgspec.structs.replace(events[4], **{what: {"by": VISITOR, "id": "v.1"}[what]})
    assert read(events)[3] == (Kind.REFUSED, "")


def test_a_message_of_another_conversation_is_refused() -> None:
    _, events = told("un")
    _, others = told("deux")
    moved = msgspec.structs.replace(others[3], cid=events[0].cid)
    assert (Kind.REFUSED, "") in read([*events[:3], moved, *events[4:]])


@given(data())
def test_any_other_order_or_number_is_seen(draw: DataObject) -> None:
    """One left out (but the last), one twice, two swapped: something tells of it."""
    _, events = told("un", "deux", "trois")
    first, last = 3, len(events) - 2
    place = draw.draw(integers(first, last))
    match draw.draw(sampled_from(["left out", "twice", "swapped"])):
        case "left out":
            del events[place]
        case "twice":
            events.insert(draw.draw(integers(place + 1, len(events))), events[place])
        case "swapped":
            events[place], events[place + 1] = events[place + 1], events[place]
    assert FLAGS & {kind for kind, _ in read(events)}


@pytest.mark.parametrize("field", ["cid", "e", "kid", "kc", "v"])
def test_the_conversation_key_is_bound_to_its_header(field: str) -> None:
    _, events = told("un")
    opened = events[0].what
    assert isinstance(opened, Opened)
    header = json.loads(opened.h)
    header[field] = 7 if isinstance(header[field], int) else "X" * len(header[field])
    forged = msgspec.structs.replace(events[0], what=Opened(json.dumps(header, separators=(",", ":")), opened.box))
    lines = read([forged, *events[1:]])
    assert lines[0] == (Kind.REFUSED, "") and not any(text for _, text in lines)
    for broken in bits_flipped(opened.box):
        with pytest.raises((VaultError, Refused)):
            Channel(PAPER.lead, msgspec.structs.replace(events[0], what=Opened(opened.h, broken)))


def test_a_key_for_another_conversation_is_refused() -> None:
    _, events = told("un")
    with pytest.raises(VaultError):
        Channel(PAPER.lead, msgspec.structs.replace(events[0], cid="X" * 22))


def forged_by(chain: object, visitor: PaperVisitor, text: Text, by: str) -> Event:
    """A message in the desk's direction by somebody who has the conversation key, such as the visitor."""
    head = MessageHeader(
        cid=visitor.cid, kc=b64(visitor.keys.kc), d="d", s=by, n=0, a=1, p=visitor.history.last
    )  # fmt: skip
    h = codec.encode(head)
    if chain is not None:
        text = msgspec.structs.replace(text, sig=chain.sign_words(h, text.b))  # type: ignore[attr-defined]
    n, c = seal_message(visitor.keys.k_d, "msg", h, codec.encode_bytes(text))
    return visitor.log.add(visitor.cid, f"{by}.0", by, Said(Envelope(h, b64(n), b64(c))))


def test_words_in_an_officers_name_need_his_signature() -> None:
    visitor, events = told()
    unsigned = forged_by(None, visitor, Text(ts=0, b="venez seule"), PAPER.officer.kid)
    colleague = forged_by(PAPER.lead, visitor, Text(ts=0, b="venez seule"), PAPER.officer.kid)
    trainer = forged_by(PAPER.trainer, visitor, Text(ts=0, b="venez seule"), PAPER.trainer.kid)
    stranger = forged_by(Paper().officer, visitor, Text(ts=0, b="venez seule"), "kid-unknown")
    honest = forged_by(PAPER.officer, visitor, Text(ts=0, b="je suis là"), PAPER.officer.kid)
    for event in (unsigned, colleague, trainer, stranger):
        assert read([*events[:3], event])[-1] == (Kind.REFUSED, "")
    # What was refused takes no number: the honest message with it is still taken.
    assert read([*events[:3], unsigned, honest])[-1] == (Kind.OFFICER, "je suis là")


def test_an_officers_about_is_refused() -> None:
    visitor, events = told()
    assert read([*events[:3], forged_by(None, visitor, ABOUT, PAPER.officer.kid)])[-1][0] is Kind.REFUSED  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"k":"text","ts":0}',
        b'{"k":"text","ts":0,"b":"a","b":"b"}',
        b'{"k":"text","ts":0,"b":"\\ud800"}',
        b"\xff",
    ],
)
def test_a_visitors_body_is_read_strictly(body: bytes) -> None:
    visitor, _events = told()
    h = codec.encode(visitor.history.next_header())
    n, c = seal_message(visitor.keys.k_v, "msg", h, body)
    event = visitor.log.add(visitor.cid, "v.1", VISITOR, Said(Envelope(h, b64(n), b64(c))))
    assert read([*visitor.log.events[:3], event])[-1] == (Kind.REFUSED, "")


def test_control_characters_are_shown_and_not_obeyed() -> None:
    visitor, _events = told()
    visitor.say("\x1b]52;c;aGFjaw==\x07[/b]\u202e")
    texts = [text for _, text in read(visitor.log.events)]
    assert "[/b]" in texts[-1]
    assert not any(ord(letter) < 32 or letter in "\u202e\x9b" for text in texts for letter in text)


# ---- notes ----


def noted(by: object = PAPER.officer) -> Event:
    note = seal_remark(by, "C" * 22, "i" * 22, "elle a un fils", NOW * 1000)  # type: ignore[arg-type]
    return Event(1, NOW * 1000, "C" * 22, "i" * 22, by.kid, Noted(note))  # type: ignore[attr-defined]


def body_of(event: Event) -> object:
    assert isinstance(event.what, Noted | Closed) and event.what.note is not None
    return read_note(PAPER.lead, event, event.what.note).body


def test_a_note_reaches_the_desk() -> None:
    body = body_of(noted())
    assert isinstance(body, Remark) and body.b == "elle a un fils"


@pytest.mark.parametrize("field", ["cid", "id", "by"])
def test_a_note_stays_where_it_was_written(field: str) -> None:
    assert body_of(msgspec.structs.replace(noted(), **{field: "X" * 22})) is None


def test_an_altered_note_is_refused() -> None:
    event = noted()
    assert isinstance(event.what, Noted) and event.what.note is not None
    note = event.what.note
    for broken in bits_flipped(note.box):
        assert body_of(msgspec.structs.replace(event, what=Noted(Note(note.h, broken)))) is None
    other = Note(note.h.replace(PAPER.key.kid, "X" * 11), note.box)
    assert body_of(msgspec.structs.replace(event, what=Noted(other))) is None


def test_a_trainers_note_is_refused() -> None:
    assert body_of(noted(PAPER.trainer)) is None


def test_an_outcome_is_signed_with_its_remark() -> None:
    note = seal_outcome(PAPER.officer, "C" * 22, "i" * 22, "advised", "rappeler lundi", NOW * 1000)
    body = body_of(Event(1, NOW * 1000, "C" * 22, "i" * 22, PAPER.officer.kid, Closed(note)))
    assert isinstance(body, Outcome) and (body.b, body.remark) == ("advised", "rappeler lundi")


# ---- live frames ----


def test_a_live_frame_is_hers_and_newer_than_the_last() -> None:
    visitor, events = told()
    channel = Channel(PAPER.officer, events[0])
    first = visitor.live(Presence(ts=0, typing=True, read=1))
    assert channel.read_live(first) == Presence(ts=0, typing=True, read=1)
    assert channel.read_live(first) is None
    assert channel.read_live(visitor.live(Presence(ts=0), number=9)) == Presence(ts=0)
    assert channel.read_live(visitor.live(Presence(ts=0), number=5)) is None


def test_an_altered_live_frame_is_dropped() -> None:
    visitor, events = told()
    channel = Channel(PAPER.officer, events[0])
    frame = visitor.live(Presence(ts=0))
    for broken in bits_flipped(frame.c):
        assert channel.read_live(msgspec.structs.replace(frame, c=broken)) is None
    ours = channel.seal_live(Presence(ts=0), 0)
    assert channel.read_live(ours) is None  # sent back to us
    assert channel.read_live(frame) == Presence(ts=0)


def test_our_own_live_frames_rise() -> None:
    _, events = told()
    channel = Channel(PAPER.officer, events[0])
    numbers = [json.loads(channel.seal_live(Presence(ts=0), number).h)["ln"] for number in (5, 5, 3, 20)]
    assert numbers == [5, 6, 7, 20]


def test_a_header_that_names_another_key_than_its_box_holds_is_refused() -> None:
    """AES-GCM does not commit to its key; a sealed box could be opened to two readings."""
    header = codec.encode(OpenHeader(cid="C" * 22, e=0, kid=PAPER.key.kid, kc="X" * 22))
    box = b64(seal_open(PAPER.key.pub, header, bytes(32)))
    with pytest.raises(VaultError):
        Channel(PAPER.lead, Event(1, NOW * 1000, "C" * 22, "open", VISITOR, Opened(header, box)))
