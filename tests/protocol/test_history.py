"""What both ends of a conversation agree on, and what they see when a relay is not honest."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis.strategies import data, integers, lists, sampled_from

from officer_console.model.envelope import VISITOR, Envelope, MessageHeader, OpenHeader
from officer_console.protocol import codec
from officer_console.protocol.history import REFUSED_FAULTS, Fault, History, digest

CID, KC, ME, ANA = "C" * 22, "K" * 22, "kid-me-0000", "kid-ana-000"
OPENED, BOX = codec.encode(OpenHeader(cid=CID, e=0, kid="desk-key-00", kc=KC)), "B" * 151


def history(me: str) -> History:
    return History(me, OPENED, BOX, KC)


def sealed(head: MessageHeader) -> Envelope:
    return Envelope(codec.encode(head), "N" * 16, f"words {head.s} {head.n}")


class Talk:
    """Both ends and an honest log between them."""

    def __init__(self) -> None:
        self.ends = {VISITOR: history(VISITOR), ME: history(ME)}
        self.log: list[tuple[str, Envelope]] = []

    def say(self, by: str) -> Envelope:
        envelope = sealed(self.ends[by].next_header())
        self.log.append((by, envelope))
        assert [end.accept(envelope, by) for end in self.ends.values()] == [None, None]
        return envelope


def changed(envelope: Envelope, **fields: object) -> Envelope:
    return sealed(msgspec.structs.replace(codec.header(envelope.h, MessageHeader), **fields))


def test_an_honest_talk_has_no_fault() -> None:
    talk = Talk()
    first = talk.say(VISITOR)
    head = codec.header(first.h, MessageHeader)
    assert (head.n, head.a, head.p, head.d, head.s) == (0, 0, digest(OPENED, BOX), "v", VISITOR)
    answer = codec.header(talk.say(ME).h, MessageHeader)
    assert (answer.n, answer.a, answer.p, answer.d) == (0, 1, digest(first.h, first.n, first.c), "d")
    talk.say(ME)
    talk.say(VISITOR)
    desk = talk.ends[ME]
    assert (desk.accepted("v"), desk.accepted("d")) == (2, 2)


def test_messages_on_their_way_are_counted() -> None:
    talk = Talk()
    ours = [sealed(talk.ends[ME].next_header(ahead)) for ahead in range(3)]
    talk.say(VISITOR)  # they cross
    for envelope in ours:
        assert [end.accept(envelope, ME) for end in talk.ends.values()] == [None, None]


def test_two_officers_have_numbers_of_their_own() -> None:
    talk = Talk()
    talk.say(ME)
    ana = history(ANA)
    assert [ana.accept(envelope, by) for by, envelope in talk.log] == [None]
    head = ana.next_header()
    assert (head.n, head.s, head.d) == (0, ANA, "d")
    assert talk.ends[VISITOR].accept(sealed(head), ANA) is None


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("cid", "X" * 22, Fault.NOT_OURS),
        ("kc", "X" * 22, Fault.NOT_OURS),
        ("d", "d", Fault.NOT_OURS),
        ("s", ANA, Fault.NOT_OURS),
        ("n", 0, Fault.REPEATED),
        ("n", 2, Fault.MISSING),
        ("a", 0, Fault.OTHER_HISTORY),
        ("a", 2, Fault.OTHER_HISTORY),
        ("p", "X" * 22, Fault.OTHER_HISTORY),
    ],
)
def test_every_field_of_a_header_is_looked_at(field: str, value: object, fault: Fault) -> None:
    talk = Talk()
    for by in (VISITOR, ME):
        talk.say(by)
    talk.ends[VISITOR].accept(sealed(talk.ends[VISITOR].next_header()), VISITOR)  # told that it has seen our message
    fresh = history(ME)
    for by, envelope in talk.log:
        assert fresh.accept(envelope, by) is None
    told = codec.header(sealed(talk.ends[VISITOR].next_header()).h, MessageHeader)
    honest = sealed(msgspec.structs.replace(told, n=1, a=1, p=fresh.last))
    before = (fresh.accepted("v"), fresh.last)
    got = fresh.accept(changed(honest, **{field: value}), VISITOR)
    if field == "a" and value == 0:
        assert got is None  # she may not have seen our message yet; that it fell back is seen only after it rose
        return
    assert got is fault
    if fault in REFUSED_FAULTS:
        assert (fresh.accepted("v"), fresh.last) == before
        assert fresh.accept(honest, VISITOR) is None


def test_what_was_acknowledged_is_never_taken_back() -> None:
    talk = Talk()
    for by in (VISITOR, ME, VISITOR):
        talk.say(by)
    honest = sealed(talk.ends[VISITOR].next_header())
    assert talk.ends[ME].accept(changed(honest, a=0), VISITOR) is Fault.OTHER_HISTORY


def test_the_log_names_another_author() -> None:
    assert history(ME).accept(sealed(history(VISITOR).next_header()), ANA) is Fault.NOT_OURS


@pytest.mark.parametrize("h", ["", "{}", "[]", '{"t":"msg"}', OPENED, "x" * 100])
def test_what_is_no_header_is_refused(h: str) -> None:
    end = history(ME)
    assert end.accept(Envelope(h, "n", "c"), VISITOR) is Fault.NOT_OURS and end.accepted("v") == 0


def test_one_that_was_withheld_is_missed_at_the_next() -> None:
    talk = Talk()
    for _ in range(3):
        talk.say(VISITOR)
    late = history(ME)
    assert [late.accept(talk.log[place][1], VISITOR) for place in (0, 2)] == [None, Fault.MISSING]
    assert late.accept(talk.log[1][1], VISITOR) is Fault.REPEATED  # too late for its place


def test_another_opening_is_another_history() -> None:
    forged = History(ME, OPENED, "X" * 151, KC)
    assert forged.accept(sealed(history(VISITOR).next_header()), VISITOR) is Fault.OTHER_HISTORY


@given(lists(sampled_from([VISITOR, ME]), min_size=2, max_size=12), data())
def test_nothing_but_the_true_order_is_without_a_fault(speakers: list[str], draws: object) -> None:
    """Any message left out (but the last ones), any one repeated, any two swapped: something is told."""
    talk = Talk()
    for by in speakers:
        talk.say(by)
    log = list(talk.log)
    place = draws.draw(integers(0, len(log) - 2))  # type: ignore[attr-defined]
    kind = draws.draw(sampled_from(["left out", "repeated", "swapped"]))  # type: ignore[attr-defined]
    if kind == "left out":
        del log[place]
    elif kind == "repeated":
        log.insert(place + 1, log[place])
    else:
        log[place], log[place + 1] = log[place + 1], log[place]
    fresh = history(ME)
    assert any(fresh.accept(envelope, by) for by, envelope in log)
