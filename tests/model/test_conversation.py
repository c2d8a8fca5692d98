"""The fold of one conversation."""

from __future__ import annotations

from hypothesis import given
from hypothesis.strategies import data, integers

from officer_console.model.bodies import About, Body, Outcome, Text
from officer_console.model.conversation import FIRST_WORDS, Conversation, State, Visitor, apply, start
from officer_console.model.envelope import VISITOR
from officer_console.model.events import (
    Claimed,
    Closed,
    Erased,
    Event,
    Left,
    Noted,
    Opened,
    Released,
    Returned,
    Said,
    What,
)

from .logs import ANA, ME, body_of, logs

STEPS: list[tuple[str, What, Body | None]] = [
    (VISITOR, Opened("h", "box"), None),
    (VISITOR, Said(), About(ts=0, lang="fr", postcode="69003")),
    (VISITOR, Said(), Text(ts=0, b="il est là")),
    (ME, Claimed(), None),
    (ME, Said(), Text(ts=0, b="je vous écoute")),
    (VISITOR, Left("exit"), None),
    (VISITOR, Returned(), None),
    (ME, Noted(), None),
    (ME, Closed(), Outcome(ts=0, b="advised")),
]


def folded(steps: list[tuple[str, What, Body | None]]) -> Conversation:
    first, *rest = [(Event(n, n * 1000, "c", f"id-{n}", by, what), body) for n, (by, what, body) in enumerate(steps, 1)]
    conversation = start(*first)
    for event, body in rest:
        conversation = apply(conversation, event, body)
    return conversation


def test_a_conversation_from_the_first_word_to_the_close() -> None:
    opening = folded(STEPS[:1])
    assert (opening.state, opening.opened_at, opening.visitor_count) == (State.OPENING, 1000, 0)
    waiting = folded(STEPS[:3])
    assert (waiting.state, waiting.waiting_since, waiting.visitor_count) == (State.WAITING, 2000, 2)
    assert (waiting.language, waiting.postcode, waiting.first_words) == ("fr", "69003", "il est là")
    held = folded(STEPS[:4])
    assert (held.state, held.holder, held.held_since, held.needs_answer) == (State.HELD, ME, 4000, True)
    answered = folded(STEPS[:5])
    assert (answered.needs_answer, answered.desk_count, answered.last_desk_at) == (False, 1, 5000)
    assert (folded(STEPS[:6]).visitor, folded(STEPS[:7]).visitor) == (Visitor.EXIT, Visitor.HERE)
    closed = folded(STEPS)
    assert (closed.state, closed.outcome, closed.closed_at, closed.holder) == (State.CLOSED, "advised", 9000, ME)


def test_writing_after_the_close_brings_it_back() -> None:
    back = folded([*STEPS, (VISITOR, Said(), Text(ts=0, b="encore là ?"))])
    assert (back.state, back.reopened, back.holder, back.waiting_since) == (State.WAITING, True, "", 10_000)
    assert back.first_words == "il est là"


def test_put_back_waits_from_then_on_and_is_not_reopened() -> None:
    back = folded([*STEPS[:4], (ME, Released(), None)])
    assert (back.state, back.holder, back.waiting_since, back.reopened) == (State.WAITING, "", 5000, False)


def test_a_message_to_the_holder_leaves_it_with_him() -> None:
    held = folded([*STEPS[:5], (VISITOR, Said(), None)])
    assert (held.state, held.holder, held.waiting_since, held.needs_answer) == (State.HELD, ME, 2000, True)


def test_erased_keeps_no_word() -> None:
    erased = folded([*STEPS, (VISITOR, Erased(), None)])
    assert erased.state is State.ERASED
    assert (erased.first_words, erased.postcode, erased.language, erased.outcome) == ("", "", "", "")


def test_the_second_about_keeps_the_postcode_when_it_has_none() -> None:
    known = folded([*STEPS[:2], (VISITOR, Said(), About(ts=0, lang="en"))])
    assert (known.language, known.postcode) == ("en", "69003")


def test_first_words_are_cut() -> None:
    assert len(folded([*STEPS[:1], (VISITOR, Said(), Text(ts=0, b="x" * 500))]).first_words) == FIRST_WORDS


def test_who_speaks_is_counted_apart() -> None:
    counted = folded([*STEPS[:5], (ANA, Said(), None), (ANA, Said(), None)])
    assert (counted.counts, counted.desk_count) == ({VISITOR: 2, ME: 1, ANA: 2}, 3)


@given(logs(conversations=1), data())
def test_events_that_come_again_change_nothing(events: list[Event], draws: object) -> None:
    once = start(events[0], body_of(events[0]))
    again = once
    for place, event in enumerate(events[1:], 1):
        once = apply(once, event, body_of(event))
        again = apply(again, event, body_of(event))
        old = events[draws.draw(integers(0, place))]  # type: ignore[attr-defined]
        again = apply(again, old, body_of(old))
    assert again == once
    assert sum(once.counts.values()) == sum(isinstance(event.what, Said) for event in events)


@given(logs(conversations=1))
def test_the_relay_that_reads_nothing_folds_to_the_same_state(events: list[Event]) -> None:
    blind, seeing = start(events[0]), start(events[0], body_of(events[0]))
    for event in events[1:]:
        before = blind
        blind, seeing = apply(blind, event), apply(seeing, event, body_of(event))
        assert (before.seq < blind.seq and blind.counts is not before.counts) or not isinstance(event.what, Said)
    words = ("language", "postcode", "first_words", "outcome")
    assert all(getattr(blind, name) == getattr(seeing, name) for name in blind.__struct_fields__ if name not in words)
    assert not any(getattr(blind, name) for name in words)
