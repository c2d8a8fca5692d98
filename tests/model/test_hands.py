"""A conversation that changes hands, is watched, or becomes urgent; and the desk that lets nobody new in."""

from __future__ import annotations

from hypothesis import given

from officer_console.model.arrivals import Arrivals, arrive
from officer_console.model.conversation import URGENCY, Conversation, Guest, State, apply
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import (
    DESK,
    Accepted,
    ArrivalsPaused,
    ArrivalsResumed,
    Assigned,
    Claimed,
    Closed,
    Declined,
    Event,
    Offered,
    Opened,
    Released,
    Said,
    SteppedIn,
    SteppedOut,
    What,
)
from officer_console.model.queue import Queue
from officer_console.model.rules import may_read, may_read_offer, may_read_whisper, parts_of

from .logs import ANA, ME, logs

BOB = "kid-bob"
HELD: list[tuple[str, What]] = [(VISITOR, Opened("h")), (VISITOR, Said()), (ME, Claimed())]


def folded(*steps: tuple[str, What]) -> Conversation:
    conversation = Conversation("c")
    for n, (by, what) in enumerate(steps, 1):
        conversation = apply(conversation, Event(n, n * 1000, "c", f"id-{n}", by, what))
    return conversation


def test_left_alone_she_waits_since_she_began_to_and_put_back_on_purpose_since_then() -> None:
    alone, put_back = folded(*HELD, (RELAY, Released("unanswered"))), folded(*HELD, (ME, Released()))
    assert (alone.state, alone.waiting_since, alone.former, alone.went_back) == (State.WAITING, 2000, ME, "unanswered")
    assert (put_back.waiting_since, put_back.former, put_back.went_back) == (4000, ME, "")
    taken = folded(*HELD, (RELAY, Released("gone")), (ANA, Claimed()))
    assert (taken.holder, taken.handed, taken.went_back) == (ANA, 1, "")
    assert folded(*HELD, (RELAY, Released("gone")), (ME, Claimed())).handed == 0, "the same officer came back"


def test_unanswered_since_the_taking_then_since_her_last_word() -> None:
    assert folded(*HELD).unanswered_since == 3000
    assert folded(*HELD, (VISITOR, Said())).unanswered_since == 3000, "the officer has said nothing at all"
    answered = (*HELD, (ME, Said()))
    assert folded(*answered).unanswered_since == 0
    assert folded(*answered, (VISITOR, Said())).unanswered_since == 5000
    assert folded(*answered, (ANA, Assigned(ANA))).unanswered_since == 0, "she waits for no answer"
    handed = folded(*answered, (VISITOR, Said()), (VISITOR, Said()), (ANA, Assigned(ANA)))
    assert (handed.unanswered_since, handed.left_alone) == (7000, True), "the next officer has said nothing yet"
    assert folded(*answered, (ME, Released())).unanswered_since == 0


def test_offered_and_accepted_or_not() -> None:
    offered = folded(*HELD, (ME, Offered(BOB)))
    assert offered.offer and (offered.offer.to, offered.offer.by, offered.offer.at) == (BOB, ME, 4000)
    assert (offered.holder, parts_of(offered, BOB, "officer")) == (ME, {"officer", "asked"})
    assert may_read_offer(offered, BOB, "officer") and not may_read(offered, BOB, "officer")
    taken = folded(*HELD, (ME, Offered(BOB)), (BOB, Accepted()))
    assert (taken.holder, taken.offer, taken.handed) == (BOB, None, 1)
    assert may_read(taken, BOB, "officer") and not may_read(taken, ME, "officer")
    kept = folded(*HELD, (ME, Offered(BOB)), (BOB, Declined()))
    assert (kept.holder, kept.offer) == (ME, None)
    for end in ((ME, Released()), (ME, Closed()), (ANA, Assigned(ANA))):
        assert folded(*HELD, (ME, Offered(BOB)), end).offer is None


def test_a_lead_who_steps_in_reads_and_one_who_joins_writes() -> None:
    reading = folded(*HELD, (ANA, SteppedIn("read")))
    assert reading.guests == (Guest(ANA, "read", 4000),)
    assert may_read(reading, ANA, "lead") and "joined" not in parts_of(reading, ANA, "lead")
    assert not may_read(reading, ANA, "officer"), "who is a lead no more reads no more"
    joined = folded(*HELD, (ANA, SteppedIn("read")), (ANA, SteppedIn("join")))
    assert joined.guests == (Guest(ANA, "join", 5000),) and "joined" in parts_of(joined, ANA, "lead")
    assert folded(*HELD, (ANA, SteppedIn("join")), (ANA, SteppedOut())).guests == ()
    assert folded(*HELD, (ANA, SteppedIn("join")), (ANA, Assigned(ANA))).guests == (), "it is his now"
    assert folded(*HELD, (ANA, SteppedIn("join")), (ME, Closed())).guests == ()


def test_whispers_are_for_leads_and_who_holds_it() -> None:
    held = folded(*HELD)
    readers = [(ME, "officer"), (ANA, "lead"), (BOB, "officer"), (BOB, "trainer"), (BOB, "dispatch")]
    assert [may_read_whisper(held, *who) for who in readers] == [True, True, False, False, False]


@given(logs())
def test_urgency_never_falls_and_an_offer_is_only_of_what_is_held(events: list[Event]) -> None:
    queue = Queue(ME)
    for event in events:
        before, after = queue.apply(event)
        if before and after.state is not State.ERASED:
            assert URGENCY.index(after.urgency) >= URGENCY.index(before.urgency)
        assert after.offer is None or after.state is State.HELD
        assert after.handed >= (before.handed if before else 0)
        holders = {each.holder for each in queue.everything() if each.state is State.HELD}
        assert {kid for kid in (ME, ANA) if queue.load(kid)} == holders
        for kid in holders:
            assert {each.cid for each in queue.held_by(kid)} == {
                each.cid for each in queue.everything() if each.state is State.HELD and each.holder == kid
            }


def test_arrivals_are_paused_and_let_in_again() -> None:
    queue = Queue()
    queue.apply_to_desk(Event(5, 5000, DESK, "a", ANA, ArrivalsPaused("divert")))
    assert queue.arrivals == Arrivals("divert", ANA, 5000, 5) and not queue.arrivals.open and queue.seq == 5
    again = arrive(queue.arrivals, Event(4, 4000, DESK, "b", ANA, ArrivalsResumed()))
    assert again == queue.arrivals, "an older event changes nothing"
    queue.apply_to_desk(Event(9, 9000, DESK, "c", BOB, ArrivalsResumed()))
    assert queue.arrivals.open and queue.arrivals.by == BOB and len(queue) == 0
