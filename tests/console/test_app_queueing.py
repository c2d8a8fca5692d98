"""The order on screen: why each stands where she stands, capacity, breaks, urgency, and the timers that run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from officer_console.client.api import Change, LinkPhase, Notice
from officer_console.console.queue_words import held_by_others, place
from officer_console.model.arrivals import Arrivals
from officer_console.model.conversation import State
from officer_console.model.envelope import RELAY
from officer_console.model.events import Crowded, Released, UrgencyRaised
from officer_console.model.roster import Duty, OnDuty
from officer_console.model.triage import Result
from tests.console.driving import LARGE, Driver, a_desk, console
from tests.console.fake_desk import ANA, ME, FakeDesk

WARN, LEAD, RETURN, GONE = 90, 180, 420, 120


def rows(drive: Driver) -> list[str]:
    """The queue's lines."""
    pane = drive.app.duty.queue
    return ["".join(text for text, _looks in pane.row(y).pieces).rstrip() for y in range(pane._plan.rows)]


def row_with(drive: Driver, words: str) -> str:
    return next(row for row in rows(drive) if words in row)


def ana(desk: FakeDesk, **duty: Any) -> None:
    linked = duty.pop("linked", True)
    desk.shift.add(OnDuty(ANA, "officer", Duty(since=desk.time, **duty), linked, desk.time))


def comes_back(desk: FakeDesk, cid: str, to: str) -> None:
    """A visitor who wrote with this officer, until it was closed, writes again."""
    from officer_console.model.events import Claimed, Closed, Said

    for what in (Claimed(), Said(), Closed()):
        desk.append(cid, to, what)
    desk.visitor_says(cid, "me revoilà")


# ---- taking ----


async def test_the_most_urgent_is_taken_first_and_why_is_told() -> None:
    desk, cids = a_desk()
    desk.append(cids[2], ANA, UrgencyRaised("red"))
    async with console(desk) as drive:
        await drive.press("f2")
        assert drive.pane.cid == cids[2]
        assert drive.status == "Taken: danger now (Ana Petit), waited 1 min."
        await drive.press("f2")
        assert drive.pane.cid == cids[0] and "Taken" not in drive.status.replace("Taken: danger", "")


async def test_at_capacity_the_same_key_again_takes_one_more() -> None:
    desk, cids = a_desk()
    desk.shift._set(capacity=1)
    async with console(desk) as drive:
        await drive.press("f2", "f2")
        assert drive.status == "You hold 1 of 1: press F2 again for one more."
        assert desk.queue.load(ME) == 1
        await drive.press("f2")
        assert desk.queue.load(ME) == 2
        await drive.press("f2")
        assert desk.queue.load(ME) == 2
        await drive.seconds(10)
        await drive.press("f2")
        assert drive.status == "You hold 2 of 1: press F2 again for one more." and desk.queue.load(ME) == 2
        await drive.press("escape", "end", "ctrl+t")  # another key is another question
        assert "press Ctrl+T again" in drive.status and desk.queue.load(ME) == 2
        await drive.press("ctrl+t")
        assert desk.queue.get(cids[2]).holder == ME


async def test_taking_ends_a_break_when_it_is_meant() -> None:
    desk, cids = a_desk()
    async with console(desk) as drive:
        await drive.press("alt+z")
        assert desk.shift.mine.doing == "break" and "ON A BREAK" in drive.text
        assert "nothing new is kept for you" in drive.status
        await drive.press("f2")
        assert "The break ends" not in drive.text and "the break ends, and you take one" in drive.status
        assert desk.queue.get(cids[0]).state is State.WAITING
        await drive.press("f2")
        assert (desk.shift.mine.doing, desk.queue.get(cids[0]).holder) == ("here", ME)
        await drive.press("alt+z", "alt+z")
        assert desk.shift.mine.doing == "here" and "ON A BREAK" not in drive.text
        desk.shift.do("leaving")
        await drive.press("f2")
        assert "You are about to leave. F2 again" in drive.status and "ABOUT TO LEAVE" in drive.text
        await drive.press("f2")
        assert (desk.shift.mine.doing, desk.queue.load(ME)) == ("leaving", 2)


async def test_who_is_kept_for_a_colleague_is_left_to_her_unless_one_takes_her_on_purpose() -> None:
    desk = FakeDesk()
    cid = desk.add("bonjour", waited=60)
    comes_back(desk, cid, ANA)
    async with console(desk, size=LARGE) as drive:
        assert "↩ Ana Petit" in row_with(drive, "bonjour")
        await drive.press("f2")
        assert "Who waits is kept for Ana Petit until" in drive.status and "Ctrl+T in the queue" in drive.status
        await drive.press("escape", "ctrl+t")
        assert desk.queue.get(cid).holder == ME


async def test_who_came_back_to_me_is_marked_and_comes_first() -> None:
    desk = FakeDesk()
    desk.add("longtemps", waited=600)
    cid = desk.add("bonjour", waited=60)
    comes_back(desk, cid, ME)
    async with console(desk, size=LARGE) as drive:
        assert "↩ to you bonjour" in row_with(drive, "bonjour")
        await drive.press("f2")
        assert drive.pane.cid == cid and "came back to you" in drive.status


# ---- urgency ----


async def test_urgency_rises_by_its_key_and_is_never_lowered() -> None:
    desk, cids = a_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("end", "alt+x")
        assert desk.queue.get(cids[2]).urgency == "amber"
        assert "Raised to “urgent”" in drive.status and "Alt+X again: “danger now”" in drive.status
        assert row_with(drive, "une amie").lstrip("▶ ").startswith("!")
        await drive.press("alt+x")
        assert desk.queue.get(cids[2]).urgency == "red" and "!!" in row_with(drive, "une amie")
        await drive.press("alt+x")
        assert "nothing lowers that" in drive.status
        assert next(each.cid for each in desk.queue.waiting()) == cids[2]


async def test_what_the_signals_propose_is_raised_at_once() -> None:
    desk, cids = a_desk()
    desk.signals.propose(cids[1], "red")
    async with console(desk, size=LARGE) as drive:
        assert "??" in row_with(drive, "dans la pièce")
        await drive.press("home", "alt+x")
        assert desk.queue.get(cids[1]).urgency == "red" and "!!" in row_with(drive, "dans la pièce")


async def test_one_may_not_raise_what_a_colleague_holds() -> None:
    desk, cids = a_desk()
    desk.colleague_claims(cids[0])
    async with console(desk, size=LARGE) as drive:
        await drive.press("end", "alt+x")
        assert desk.queue.get(cids[0]).urgency == "" and "Only the officer" in drive.status


def by_words(messages: Sequence[str], language: str) -> Result:
    return Result(("en_cours",) if any("couteau" in each for each in messages) else (), "none", ())


async def test_what_those_who_wait_write_moves_them_when_proposing_is_on() -> None:
    desk, cids = a_desk()
    async with console(desk, triage=by_words) as drive:
        desk.visitor_says(cids[2], "il a un couteau")
        for _ in range(100):
            await drive.pilot.pause(0.02)
            if desk.queue.proposed(cids[2]):
                break
        assert desk.signals.read and desk.queue.proposed(cids[2]) == "red"
        assert next(each.cid for each in desk.queue.waiting()) == cids[2]
        assert drive.app.duty._watching and drive.app.duty._watching._proposals._known is None
    async with console(desk) as drive:
        assert drive.app.duty._watching is None


# ---- why each stands where she stands ----


async def test_the_row_says_it_in_signs_and_the_line_in_words() -> None:
    desk = FakeDesk()
    desk.add("la première", waited=100)
    cid = desk.add("la deuxième", waited=200)
    desk.append(cid, RELAY, Crowded(3))
    desk.colleague_claims(cid)
    desk.append(cid, RELAY, Released("unanswered"))
    desk.append(cid, ANA, UrgencyRaised("amber"))
    async with console(desk, size=LARGE) as drive:
        row = row_with(drive, "la deuxième")
        assert row.lstrip("▶ ").startswith("!") and " 3m+ " in row and "↺ " in row and "×3 " in row
        await drive.press("home")
        told = "urgent (Ana Petit) · back in the queue: Ana Petit left her unanswered · behind 3 of her network"
        assert drive.status == told
        await drive.press("enter")
        assert told in drive.text and "first in the queue" in drive.text and "20 s over the target" in drive.text
        assert "goes behind her" in drive.text
        second = desk.queue.get(next(each.cid for each in desk.queue.waiting() if each.cid != cid))
        assert place(desk, second)[0] == "1 before her"


async def test_whom_colleagues_fit_better_is_marked() -> None:
    desk = FakeDesk()
    desk.shift._set(languages=("fr",))
    desk.add("hello", waited=10, language="en")
    async with console(desk, size=LARGE) as drive:
        assert "→ for colleagues hello" in row_with(drive, "hello")
        await drive.press("f2")
        assert "kept for colleagues whom she fits" in drive.status
        await drive.seconds(GONE)
        assert "→" not in row_with(drive, "hello")
        await drive.press("f2")
        assert desk.queue.load(ME) == 1


# ---- timers ----


async def test_taken_and_unanswered_the_officer_is_warned_until_he_looks() -> None:
    desk, cids = a_desk()
    async with console(desk, size=LARGE, config={"alert_repeat_s": 10}) as drive:
        await drive.press("f2", "f2")  # the second is on screen, the first is not
        assert "back in the queue in 7 min" in drive.text
        await drive.seconds(WARN - 1)
        assert drive.bells == 0
        await drive.seconds(1)
        assert drive.bells == 1 and "2 visitors of yours WAIT TOO LONG for a word (F3)" in drive.status
        assert "↺5m" in row_with(drive, "bathroom") and "no word for her since 1 min" in drive.text
        await drive.seconds(10)
        assert drive.bells == 2
        await drive.press("a")  # he is at it
        assert "A visitor of yours WAITS TOO LONG for a word (F3)" in drive.status
        desk.talk.say(cids[0], "je suis là")
        await drive.seconds(10)
        assert "WAITS TOO LONG" not in drive.status and drive.bells == 2


async def test_who_was_answered_is_warned_of_and_stays() -> None:
    desk, cids = a_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2")
        desk.talk.say(cids[0], "je suis là")
        desk.visitor_says(cids[0], "il revient")
        await drive.seconds(WARN)
        desk.visitor_says(cids[0], "il est là")  # writing again does not begin the wait anew
        await drive.settle()
        assert "WAITS TOO LONG" in drive.status and "back in the queue" not in drive.text


@pytest.mark.parametrize("role", ["lead", "officer"])
async def test_the_lead_is_told_later_and_at_once_of_a_dead_console(role: str) -> None:
    desk, cids = a_desk(role=role)
    desk.colleague_claims(cids[0])
    leads = role == "lead"
    async with console(desk, size=LARGE, config={"lock_after_min": 0}) as drive:
        await drive.seconds(LEAD - 1)
        assert "WAITS TOO LONG" not in drive.status
        await drive.seconds(1)
        assert ("A colleague's visitor WAITS TOO LONG" in drive.status) == leads
        ana(desk, linked=False)
        await drive.seconds(1)
        assert "GONE ↺1m" in row_with(drive, "Ana Petit")
        assert ("A COLLEAGUE'S CONSOLE IS GONE" in drive.status) == leads
        bells = drive.bells
        await drive.seconds(2)
        await drive.press("end")
        await drive.seconds(30)
        assert drive.bells == bells and "ALERT" not in drive.text
        assert "THE CONSOLE OF THIS OFFICER IS GONE" in drive.status
        assert [c.cid for c in held_by_others(desk.queue)] == [cids[0]]


async def test_without_a_connection_nobody_is_called_gone() -> None:
    desk, cids = a_desk(role="lead")
    desk.colleague_claims(cids[0])
    ana(desk, linked=False)
    desk.set_link(phase=LinkPhase.RECONNECTING)
    async with console(desk, size=LARGE) as drive:
        await drive.seconds(1)
        assert "GONE" not in drive.text


async def test_what_went_back_is_told_even_on_screen() -> None:
    desk, cids = a_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2")
        desk.append(cids[0], RELAY, Released("unanswered"))
        desk.emit(Change(notices=(Notice("put_back", cids[0], code="unanswered"),)))
        await drive.settle()
        assert "A conversation of yours WENT BACK to the queue" in drive.status
        assert drive.bells == 1


# ---- the desk ----


async def test_paused_arrivals_are_on_every_screen_with_name_reason_and_time() -> None:
    desk, _cids = a_desk()
    desk.queue.arrivals = Arrivals("pause", ANA, desk.time, 9)
    desk.shift.paused_because = "panne de courant"
    async with console(desk, size=LARGE) as drive:
        assert "NO ARRIVALS" in drive.text
        assert "says Ana Petit: panne de courant" in drive.status
        desk.queue.arrivals = Arrivals("divert", ANA, desk.time, 10)
        await drive.seconds(1)
        assert "ARRIVALS DIVERTED" in drive.text and "sent elsewhere" in drive.status
        desk.queue.arrivals = Arrivals()
        await drive.seconds(1)
        assert "ARRIVALS" not in drive.text


async def test_a_lead_who_calls_a_break_is_heard() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        desk.emit(Change(notices=(Notice("break_called", "", ANA),)))
        await drive.settle()
        assert drive.status == "Ana Petit asks you to take a break (Alt+Z)." and drive.bells == 1
