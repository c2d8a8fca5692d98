"""What states, links and codes are called."""

from __future__ import annotations

import pytest

from officer_console.client.api import KEY_SHORT_MS, LinkPhase, LinkState, Notice, Peer
from officer_console.console.alerts import Alerts, Ways
from officer_console.console.attempt import attempt
from officer_console.console.leaving import open_matters
from officer_console.console.sections import mine, next_to_answer, waiting_count
from officer_console.console.times import DAY, HOUR, MINUTE, SECOND, span
from officer_console.console.words import (
    LATE_BEAT,
    OUTCOME,
    REFUSAL,
    UNDONE,
    Level,
    Told,
    key_warning,
    link_line,
    presence,
    standing,
    trouble,
    undone,
)
from officer_console.model.bodies import OUTCOMES
from officer_console.model.conversation import Conversation, State, Visitor
from officer_console.protocol.refusals import REFUSALS, Refused
from tests.console.fake_desk import ANA, ME, FakeDesk

NOW = 10 * HOUR
WAYS = Ways("F2", "F3", "Alt+I", "Alt+P", "17")


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (-5, "0 s"), (999, "0 s"), (59 * SECOND, "59 s"), (MINUTE, "1 min"), (HOUR - 1, "59 min"),
        (HOUR + 5 * MINUTE, "1 h 05"), (2 * DAY + HOUR, "2 d"),
    ],
)  # fmt: skip
def test_spans(ms: int, words: str) -> None:
    assert span(ms) == words


def test_every_code_has_its_words() -> None:
    assert set(OUTCOME) == set(OUTCOMES)
    assert set(REFUSAL) == {*REFUSALS, "network"}


# presence


def test_each_way_of_leaving_is_told_differently() -> None:
    told = {
        how: presence(Conversation("c", visitor=how, visitor_at=NOW - 3 * MINUTE), None, NOW).text for how in Visitor
    }
    assert len(set(told.values())) == len(Visitor)
    assert len({text[0] for text in told.values()}) == len(Visitor)
    assert "said goodbye" in told[Visitor.GOODBYE]
    assert "leave at once" in told[Visitor.EXIT]
    assert "closed the page" in told[Visitor.CLOSED]
    assert "network lost" in told[Visitor.LOST]
    assert all("3 min ago" in told[how] for how in Visitor if how is not Visitor.HERE)


def test_a_visitor_who_is_there_is_writing_here_or_elsewhere() -> None:
    here = Conversation("c")
    assert "writing" in presence(here, Peer(typing=True, here=True), NOW).text
    assert "is here" in presence(here, Peer(here=True), NOW).text
    assert "not in view" in presence(here, Peer(), NOW).text


def test_without_a_link_nobody_is_said_to_be_there() -> None:
    told = presence(Conversation("c"), Peer(typing=True, here=True), NOW, linked=False)
    assert told == ("? no connection: nobody knows if the visitor is here", Level.WARNING)
    gone = Conversation("c", visitor=Visitor.EXIT, visitor_at=NOW)
    assert presence(gone, None, NOW, linked=False) == presence(gone, None, NOW)


@pytest.mark.parametrize(
    ("conversation", "words"),
    [
        (Conversation("c", state=State.HELD, holder=ME), "yours"),
        (Conversation("c", state=State.HELD, holder=ANA), "held by Ana"),
        (Conversation("c", state=State.WAITING), "nobody has it"),
        (Conversation("c", state=State.WAITING, reopened=True), "came back, nobody has it"),
        (Conversation("c", state=State.CLOSED, holder=ME), "closed"),
        (Conversation("c", state=State.ERASED), "erased"),
        (None, "gone"),
    ],
)
def test_whose_a_conversation_is(conversation: Conversation | None, words: str) -> None:
    assert standing(conversation, ME, "Ana") == words


# the link


def line(**state: object) -> Told:
    return link_line(LinkState(**state), NOW, "Ctrl+R")  # type: ignore[arg-type]


def test_a_good_link_says_how_old_the_heartbeat_is() -> None:
    told = line(phase=LinkPhase.ONLINE, last_beat=NOW - 4 * SECOND)
    assert told == ("● connected, heartbeat 4 s ago", Level.GOOD)


def test_an_old_heartbeat_is_loud() -> None:
    assert line(phase=LinkPhase.ONLINE, last_beat=NOW - LATE_BEAT).level is Level.GOOD
    told = line(phase=LinkPhase.ONLINE, last_beat=NOW - LATE_BEAT - 1)
    assert told == ("NO HEARTBEAT for 10 s: what you see may be old", Level.DANGER)


def test_a_lost_link_says_since_when_and_how_to_try_now() -> None:
    told = line(phase=LinkPhase.RECONNECTING, since=NOW - 2 * MINUTE, retry_at=NOW + 7001)
    assert told == ("NOT CONNECTED for 2 min, next try in 8 s (Ctrl+R: now)", Level.DANGER)
    assert "trying now" in line(phase=LinkPhase.RECONNECTING, since=NOW, retry_at=NOW).text


def test_a_refused_link_says_when_it_is_tried_again_and_a_stopped_one_by_which_key() -> None:
    told = line(phase=LinkPhase.REFUSED, since=NOW - 2 * MINUTE, retry_at=NOW + 7001, problem="login")
    assert told == ("REFUSED for 2 min, next try in 8 s (Ctrl+R: now)", Level.DANGER)
    assert line(phase=LinkPhase.STOPPED) == ("STOPPED (Ctrl+R: try again)", Level.DANGER)


@pytest.mark.parametrize("phase", [LinkPhase.REFUSED, LinkPhase.STOPPED, LinkPhase.RECONNECTING])
def test_why_a_link_is_refused_and_what_to_do(phase: LinkPhase) -> None:
    assert "Ask a shift lead" in trouble(LinkState(phase=phase, problem="login"))
    assert "not understand" not in trouble(LinkState(phase=phase, problem="of a newer relay"))
    assert trouble(LinkState(phase=phase, problem="network")) == ""
    assert "no space" in trouble(LinkState(phase=phase, problem="login", disk="no space left"))


def test_a_link_that_works_has_no_trouble() -> None:
    assert trouble(LinkState(phase=LinkPhase.ONLINE)) == ""
    assert "in memory only" in trouble(LinkState(phase=LinkPhase.ONLINE, disk="no space left"))


def test_the_end_of_the_desks_key_is_told_three_days_before() -> None:
    assert key_warning(NOW + KEY_SHORT_MS, NOW) == ""
    told = key_warning(NOW + KEY_SHORT_MS - 1, NOW)
    assert told == "The desk's key ends in 2 d: a shift lead must log in, or visitors can't write."
    for ended in (0, NOW):
        assert key_warning(ended, NOW).startswith("The desk's key has ended: visitors can't write until")


@pytest.mark.parametrize("phase", list(LinkPhase))
def test_unsent_events_are_told_in_every_phase(phase: LinkPhase) -> None:
    told = line(phase=phase, last_beat=NOW, unsent=3)
    assert told.text.endswith(" · 3 not yet stored")
    assert told.level in (Level.WARNING, Level.DANGER)


# what the queue is asked


def test_parts_of_the_queue() -> None:
    desk = FakeDesk()
    cids = [desk.add(f"words {n}", waited=60 - n) for n in range(5)]
    assert (mine(desk.queue), waiting_count(desk.queue)) == ([], 5)
    for cid in cids[:2]:
        desk.pass_time(1)
        desk.claims.claim(cid)
    desk.colleague_claims(cids[2])
    assert [c.cid for c in mine(desk.queue)] == cids[:2]
    assert waiting_count(desk.queue) == 2


def test_the_next_to_answer_goes_round() -> None:
    desk = FakeDesk()
    a, b, c = (desk.add(words) for words in "abc")
    for cid in (a, b, c):
        desk.pass_time(1)
        desk.claims.claim(cid)
    assert next_to_answer(desk.queue, "") == a
    assert next_to_answer(desk.queue, a) == b
    desk.talk.say(b, "an answer")
    assert next_to_answer(desk.queue, a) == c
    assert next_to_answer(desk.queue, c) == a
    desk.talk.say(a, "an answer")
    desk.talk.say(c, "an answer")
    assert next_to_answer(desk.queue, a) is None


# alerts


def alerts(*kinds: str) -> Alerts:
    waiting = Alerts(10_000)
    for number, kind in enumerate(kinds):
        waiting.add(Notice(kind, f"c{number}"), 0)
    return waiting


def test_an_alert_rings_at_once_and_then_until_seen() -> None:
    waiting = alerts("wrote")
    assert [waiting.rings(at) for at in (0, 1, 9_999, 10_000, 10_001, 20_000)] == [
        True, False, False, True, False, True,
    ]  # fmt: skip
    waiting.seen("c0")
    assert not waiting.rings(60_000)


def test_a_new_alert_does_not_wait_for_the_others_turn() -> None:
    waiting = alerts("wrote")
    assert waiting.rings(0)
    waiting.add(Notice("wrote", "c0"), 500)
    assert not waiting.rings(500)
    waiting.add(Notice("arrived", "c9"), 600)
    assert waiting.rings(600)


def test_queue_and_conversation_are_seen_each_in_its_place() -> None:
    waiting = alerts("arrived", "wrote", "failed", "erased")
    waiting.seen_queue(5000)
    assert len(waiting) == 2
    waiting.seen("c1")
    waiting.seen("c2")
    assert len(waiting) == 0


def test_a_key_that_came_with_the_alert_does_not_count() -> None:
    waiting = alerts("arrived")
    waiting.seen_queue(999)
    assert len(waiting) == 1
    waiting.seen_queue(1000)
    assert len(waiting) == 0


def test_who_waits_no_longer_is_no_alert() -> None:
    desk = FakeDesk()
    one, other = desk.add("a"), desk.add("b")
    waiting = Alerts(10_000)
    for cid in (one, other):
        waiting.add(Notice("arrived", cid), 0)
    desk.colleague_claims(one)
    waiting.settle(desk.queue)
    assert waiting.told(WAYS) == ("Someone new is waiting (F2 takes the next)", Level.WARNING)


def test_alerts_are_told_in_one_line_the_gravest_first() -> None:
    waiting = alerts("arrived", "reopened", "erased", "wrote")
    waiting.add(Notice("failed", "cx", code="storage", what="said"), 0)
    told = waiting.told(WAYS)
    assert told.level is Level.DANGER
    assert told.text == (
        "NOT SENT: The relay cannot store anything at this moment. Send it again. "
        "Your message stands in the draft again. (F3) · "
        "A visitor of yours has written (F3) · 2 new ones are waiting (F2 takes the next) · "
        "A visitor has erased her conversation"
    )


# commands that are refused, and leaving


def test_each_refused_command_says_what_was_not_done() -> None:
    told = {what: undone(Notice("failed", "c", code="rate", what=what)) for what in UNDONE}
    assert len(set(told.values())) == len(UNDONE)
    assert all("Too many messages at once" in words for words in told.values())
    assert "draft again" in told["said"]
    assert all("still yours" in told[what] for what in ("released", "closed"))
    gone = undone(Notice("failed", "c", code="erased", what="said"))
    assert gone == "REFUSED: The conversation has been erased."


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Refused("taken", ANA), "A colleague has taken this conversation."),
        (OSError(28, "x"), "the disk is full; free some space. Nothing was sent; your text stays here."),
        (ValueError("secret text"), "Nothing was sent: the text is empty or too long."),
    ],
)
def test_a_failed_command_says_what_happened_and_what_is_safe(error: Exception, words: str) -> None:
    said: list[Told] = []

    def command() -> None:
        raise error

    assert not attempt(said.append, command)
    assert words in said[0].text
    assert "secret" not in said[0].text


def test_leaving_with_nothing_open_needs_no_question() -> None:
    desk = FakeDesk()
    desk.add("waiting, but nobody's")
    assert open_matters(desk) == []


def test_leaving_says_what_is_open_and_what_is_safe() -> None:
    desk = FakeDesk()
    desk.claims.claim(desk.add("a"))
    desk.set_link(unsent=2)
    held, unsent = open_matters(desk)
    assert "nobody answers in it for 2 min" in held and "put it back or close it first" in held
    assert "2 messages" in unsent
    assert "safe on this machine" in unsent
