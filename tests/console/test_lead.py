"""The shift lead's view: what stands there, and every act by its key."""

from __future__ import annotations

import pytest

from officer_console.client.api import LinkPhase
from officer_console.console import lead_keys
from officer_console.console.screens.aside import Aside
from officer_console.console.screens.lead import LeadView
from officer_console.console.screens.lock import Lock
from officer_console.console.screens.pick_officer import PickOfficer
from officer_console.console.screens.say import Say
from officer_console.model.conversation import State
from officer_console.model.patrol import PatrolRequest
from officer_console.model.roster import Duty, OnDuty
from officer_console.model.transcript import Kind
from tests.console.driving import LARGE, SMALL, Driver, console
from tests.console.fake_desk import ANA, ME, FakeDesk

BO, ROBIN = "kid-bo", "kid-robin"
WORDS = "Mon mari me frappe"
HOUR = 3_600_000
SIZE = (140, 40)


def whole_desk() -> tuple[FakeDesk, list[str]]:
    """Ana holds the first one and has not answered; two wait. Bo is on a break, Robin leads too."""
    desk = FakeDesk(role="lead")
    desk.names |= {BO: "Bo Martin", ROBIN: "Robin"}
    cids = [
        desk.add(WORDS, waited=700, postcode="69003"),
        desk.add("hello is anybody there", waited=100, language="en"),
        desk.add("c'est pour une amie", waited=50),
    ]
    desk.colleague_claims(cids[0])
    desk.visitor_says(cids[0], "vous êtes là ?")
    since = desk.time - 3 * HOUR
    desk.shift.add(OnDuty(ANA, "officer", Duty(since=since, languages=("fr",), departments=("69",))))
    desk.shift.add(OnDuty(BO, "officer", Duty(since=since, capacity=2, doing="break", debrief=True)))
    return desk, cids


def view(drive: Driver) -> LeadView:
    screen = next((each for each in drive.app.screen_stack if isinstance(each, LeadView)), None)
    assert screen is not None, drive.text
    return screen


def status(drive: Driver) -> str:
    return view(drive)._status.render().plain.strip()


async def at(drive: Driver, cid: str) -> None:
    """Put the cursor on a conversation."""
    view(drive).queue._point(cid)
    await drive.settle()


async def test_it_is_one_key_for_leads_and_officers_are_told_why_not() -> None:
    async with console(FakeDesk()) as drive:
        await drive.press("alt+l")
        assert drive.status == "Only a shift lead has the view of the whole desk."
    desk, _cids = whole_desk()
    async with console(desk) as drive:
        await drive.press("alt+l")
        assert isinstance(drive.app.screen, LeadView)
        await drive.press("escape")
        assert drive.app.screen is drive.app.duty
        await drive.press("alt+l", "alt+l")
        assert drive.app.screen is drive.app.duty


@pytest.mark.parametrize("size", [SMALL, (100, 30), SIZE, LARGE])
async def test_all_of_it_is_there_at_every_size(size: tuple[int, int]) -> None:
    desk, cids = whole_desk()
    desk.patrols.request(cids[0], PatrolRequest(place="14 rue des lilas"), 0)
    async with console(desk, size=size) as drive:
        await drive.press("alt+l")
        text = " ".join(drive.text.split())
        for words in (
            "2 waiting", "longest 1 min (promised: 3 min)", "1 patrol open", "on duty 2, room for 9", "1 on a break",
            "Red: danger waits, a wait over 6 min", "Amber", "CHOOSING HERE", "Officers: 3", "Give to", "Help",
        ):  # fmt: skip
            assert words in text, (words, drive.text)
        assert "Arrivals: 3" in text or "3 arrivals" in text
        assert "Ana Petit" in drive.text.split("Officers: 3")[1]
        width, height = size
        assert all(len(line) <= width for line in drive.text.splitlines()) and drive.text.count("\n") < height


async def test_conversations_and_officers_stand_there_with_what_a_lead_asks() -> None:
    desk, cids = whole_desk()
    desk.patrols.request(cids[0], PatrolRequest(place="14 rue des lilas"), 0)
    desk.lead.raise_urgency(cids[1], "red")
    async with console(desk, size=LARGE) as drive:
        await drive.press("alt+l")
        rows = {name: next(line for line in drive.text.splitlines() if name in line) for name in ("hello", WORDS)}
        assert "!!" in rows["hello"] and "1m" in rows["hello"]
        assert "Ana Petit" in rows[WORDS] and "no word yet" in rows[WORDS] and "PATROL!" in rows[WORDS]
        officers = {
            name: next(line[line.rindex(name) :] for line in drive.text.splitlines() if f"{name} " in line)
            for name in ("Ana Petit", "Bo Martin")
        }
        assert "1/5" in officers["Ana Petit"] and "3h00" in officers["Ana Petit"] and "fr · 69" in officers["Ana Petit"]
        assert "0/2" in officers["Bo Martin"] and "on a break" in officers["Bo Martin"]
        assert "debrief" in officers["Bo Martin"]
        assert "● RED · somebody in danger waits" in drive.text
        assert "14 rue des lilas" in drive.text and "NOT ACKNOWLEDGED" in drive.text
        desk.colleague_says(cids[0], "je suis là")
        await drive.seconds(65)
        (ana,) = [line for line in drive.text.splitlines() if "Ana Petit" in line and "1/5" in line]
        assert "1m" in ana.split("3h01")[1]
        assert "no word yet" not in drive.text


async def test_a_key_gives_it_to_whom_is_chosen_who_suits_first() -> None:
    desk, cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l")
        await at(drive, cids[1])
        await drive.press("a")
        assert isinstance(drive.app.screen, PickOfficer) and "Assign it to whom?" in drive.text
        names = [option.id for option in drive.app.screen.query_one("#officers").options]  # type: ignore[attr-defined]
        assert names == [ME, ANA, BO]  # Ana writes no English, Bo is on a break
        await drive.press("down", "enter")
        assert desk.queue.get(cids[1]).holder == ANA  # type: ignore[union-attr]
        assert "Given to Ana Petit" in status(drive)
        await at(drive, cids[0])
        await drive.press("h")
        assert "Hand it to whom?" in drive.text
        names = [option.id for option in drive.app.screen.query_one("#officers").options]  # type: ignore[attr-defined]
        assert ANA not in names  # she has it
        await drive.press("escape")
        assert desk.queue.get(cids[0]).holder == ANA  # type: ignore[union-attr]


async def test_who_loses_against_another_lead_is_told_who_has_it() -> None:
    desk, cids = whole_desk()
    desk.lead.rival = BO
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l")
        await at(drive, cids[1])
        await drive.press("a", "enter")
        assert status(drive).startswith("NOT GIVEN TO ANOTHER: A colleague has taken this conversation.")
        assert "(Bo Martin)" in status(drive) and desk.queue.get(cids[1]).holder == BO  # type: ignore[union-attr]
        assert drive.bells


async def test_taking_over_goes_there() -> None:
    desk, cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l")
        await at(drive, cids[0])
        await drive.press("t")
        assert desk.queue.get(cids[0]).holder == ME  # type: ignore[union-attr]
        assert drive.pane.cid == cids[0] and "WRITING HERE · yours" in drive.text


async def test_reading_asks_for_the_reason_and_putting_it_away_steps_out() -> None:
    desk, cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l")
        await at(drive, cids[0])
        await drive.press("enter")
        assert isinstance(drive.app.screen, Say) and "the visitor is told" in drive.text
        await drive.press("enter")
        assert "Without a reason it is not done." in drive.text and not desk.lead.within
        await drive.write("Ana asked")
        await drive.press("escape")
        assert not desk.lead.within and isinstance(drive.app.screen, LeadView)
        await drive.press("r")
        assert "Ana asked" in drive.text  # what was begun stays
        await drive.press("enter")
        await drive.settle()
        assert desk.lead.within == {cids[0]} and drive.app.screen is drive.app.duty and drive.pane.cid == cids[0]
        (line,) = [line for line in desk.talk.lines(cids[0]) if line.kind is Kind.STEPPED_IN]
        assert (line.text, line.remark) == ("read", "Ana asked")
        await drive.write("x")
        await drive.press("enter")
        assert "Only the officer who holds it" in drive.status  # he reads and does not write
        await drive.press("alt+w")
        await drive.seconds(1)
        assert not desk.lead.within


async def test_who_waits_is_read_without_a_reason_and_a_colleagues_from_the_queue_with_one() -> None:
    desk, cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l")
        await at(drive, cids[1])
        await drive.press("r")
        await drive.settle()
        assert drive.app.screen is drive.app.duty and drive.pane.cid == cids[1] and not desk.lead.within
        drive.app.duty.queue._point(cids[0])
        await drive.press("escape", "enter")
        assert isinstance(drive.app.screen, Say)


async def test_joining_writes_beside_the_officer() -> None:
    desk, cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l")
        await at(drive, cids[1])
        await drive.press("j")
        assert "One joins what an officer holds" in status(drive)
        await at(drive, cids[0])
        await drive.press("j")
        await drive.write("two of us")
        await drive.press("enter")
        await drive.settle()
        assert "WRITING HERE" in drive.text
        await drive.write("moi aussi")
        await drive.press("enter")
        assert [line.who for line in desk.talk.lines(cids[0]) if line.kind is Kind.OFFICER] == [ME]


async def test_whispers_go_both_ways_beside_the_conversation() -> None:
    desk, cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l")
        await at(drive, cids[1])
        await drive.press("w")
        assert "nobody does" in status(drive)
        await at(drive, cids[0])
        await drive.press("w")
        assert isinstance(drive.app.screen, Aside) and "the visitor never sees it" in drive.text
        await drive.write("does the door lock")
        await drive.press("enter")
        assert "You: does the door lock" in drive.text
        desk.lead.hears(cids[0], ANA, "yes [/b] \x1b[2J")
        await drive.seconds(1)
        drive.app.screen.look()  # type: ignore[attr-defined]
        await drive.settle()
        assert "Ana Petit: yes [/b]" in drive.text and "\x1b" not in drive.text
        await drive.write("and")
        await drive.press("escape", "w")
        assert "and" in drive.app.screen.query_one("Input").value  # type: ignore[attr-defined]


async def test_a_whisper_that_comes_rings_in_the_leads_view() -> None:
    desk, cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l")
        desk.lead.hears(cids[0], ANA, "can you help")
        await drive.settle()
        assert "Ana Petit whispers" in status(drive) and drive.bells and cids[0] in desk.opened


async def test_the_officer_sees_the_whisper_rings_and_answers_by_a_key() -> None:
    desk = FakeDesk()
    desk.names[ROBIN] = "Robin"
    cid = desk.add(WORDS)
    async with console(desk, size=SIZE) as drive:
        await drive.press("f2")
        desk.lead.hears(cid, ROBIN, "does the door lock")
        await drive.settle()
        assert "does the door lock" in drive.text and "Robin whispers" in drive.status and drive.bells
        await drive.press("alt+v")
        assert isinstance(drive.app.screen, Aside)
        await drive.write("yes")
        await drive.press("enter", "escape")
        assert [line.text for line in desk.talk.lines(cid) if line.kind is Kind.WHISPER] == [
            "does the door lock",
            "yes",
        ]
        await drive.press("alt+w")
        desk.lead.hears(cid, ROBIN, "still there?")
        await drive.seconds(15)
        assert "Somebody whispers" in drive.status and "1 ALERT" in drive.text


async def test_what_a_lead_gives_an_officer_is_told_until_seen() -> None:
    desk = FakeDesk()
    desk.names[ROBIN] = "Robin"
    cid, other = desk.add(WORDS), desk.add("à moi")
    desk.colleague_claims(cid)
    desk.colleague_says(cid, "je suis là")
    desk.claims.claim(other)
    async with console(desk, size=SIZE) as drive:
        desk.lead.gives(cid, ROBIN)
        await drive.settle()
        assert "A shift lead has given you a conversation (F3)" in drive.status and drive.bells
        desk.visitor_says(other, "et moi ?")
        await drive.press("f3")
        await drive.seconds(1)
        assert drive.pane.cid == cid and "A shift lead has given" not in drive.text


async def test_urgency_rises_by_one_key_and_never_falls() -> None:
    desk, cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l")
        await at(drive, cids[1])
        await drive.press("u")
        assert desk.queue.get(cids[1]).urgency == "amber" and "again: danger now" in status(drive)  # type: ignore[union-attr]
        await at(drive, cids[1])
        await drive.press("u", "u")
        assert desk.queue.get(cids[1]).urgency == "red" and "as urgent as can be" in status(drive)  # type: ignore[union-attr]


@pytest.mark.parametrize(("key", "way", "words"), [("p", "pause", "PAUSED"), ("d", "divert", "DIVERTED")])
async def test_the_door_is_closed_with_a_reason_and_opened_by_a_key(key: str, way: str, words: str) -> None:
    desk, _cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l", key)
        await drive.press("enter")
        assert desk.queue.arrivals.open
        await drive.write("no room")
        await drive.press("enter")
        assert desk.queue.arrivals.way == way
        assert f"ARRIVALS {words} by Karim Benali at" in drive.text and ": no room" in drive.text
        assert "arrivals are paused" in drive.text
        await drive.press("o")
        assert desk.queue.arrivals.open and "ARRIVALS" not in drive.text


async def test_offline_it_is_said_that_nothing_was_done() -> None:
    desk, _cids = whole_desk()
    desk.lead.offline = True
    async with console(desk, size=SIZE) as drive:
        desk.set_link(phase=LinkPhase.RECONNECTING)
        await drive.press("alt+l", "p")
        await drive.write("no room")
        await drive.press("enter")
        assert isinstance(drive.app.screen, Say) and "It was not done" in drive.text  # the words stay
        assert "The relay cannot be reached" in status(drive) and desk.queue.arrivals.open
        await drive.press("escape")
        assert "NOT CONNECTED" in drive.text


async def test_a_break_is_called_for_the_officer_under_the_cursor_or_one_that_is_chosen() -> None:
    desk, _cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l", "b")
        assert isinstance(drive.app.screen, PickOfficer)
        await drive.press("down", "enter")
        await drive.press("tab", "home", "b")
        assert desk.lead.breaks == [ANA, ANA] and "Ana Petit is asked to take a break" in status(drive)


async def test_the_patrol_key_is_about_the_conversation_under_the_cursor() -> None:
    desk, cids = whole_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("alt+l")
        await at(drive, cids[2])
        await drive.press("f9")
        assert drive.app.screen is drive.app.duty and drive.app.duty.dock.cid == cids[2]


async def test_nothing_that_comes_while_the_view_is_open_counts_as_read() -> None:
    desk, _cids = whole_desk()
    mine = desk.add("à moi")
    desk.claims.claim(mine)
    async with console(desk, size=SIZE) as drive:
        await drive.press("f3", "alt+l")
        desk.visitor_says(mine, "vous êtes là ?")
        await drive.seconds(2)
        assert desk.talk.unread(mine)
        await drive.press("escape")
        await drive.settle()
        assert not desk.talk.unread(mine)


async def test_it_locks_and_comes_back_where_it_was() -> None:
    desk, _cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l", "ctrl+l")
        assert isinstance(drive.app.screen, Lock) and WORDS not in drive.text
        await drive.press("enter")
        assert isinstance(drive.app.screen, LeadView)
        assert drive.app.duty.covered
        await drive.press("escape")
        assert not drive.app.duty.covered


async def test_help_shows_every_key_of_it() -> None:
    desk, _cids = whole_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("alt+l", "f1")
        assert all(command.help in " ".join(drive.text.split()) for command in lead_keys.ALL)


async def test_no_two_acts_have_one_key() -> None:
    keys = [key for command in lead_keys.ALL for key in command.keys]
    assert len(keys) == len(set(keys))


async def test_a_console_that_starts_steps_out_of_what_the_one_before_was_in() -> None:
    desk, cids = whole_desk()
    desk.lead.step_in(cids[0], "read", "before")
    async with console(desk, size=SIZE) as drive:
        await drive.seconds(1)
        assert not desk.lead.within


async def test_a_conversation_that_was_erased_leaves_no_words_and_is_not_opened() -> None:
    desk, cids = whole_desk()
    async with console(desk, size=SIZE) as drive:
        await drive.press("alt+l")
        await at(drive, cids[1])
        desk.visitor_erases(cids[1])
        await drive.press("r")
        assert desk.queue.get(cids[1]).state is State.ERASED and "hello" not in drive.text  # type: ignore[union-attr]
        assert "no conversation under the cursor" in status(drive)


async def test_who_should_have_a_break_is_said_with_the_reason() -> None:
    desk, _cids = whole_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("alt+l")
        assert "break?" not in drive.text
        desk.care.set(ANA, unrested_ms=5 * 3_600_000, grave_unrested=3)
        await drive.settle()
        assert "break? 5h00 · 3 grave" in drive.text


async def test_the_figures_are_one_key_away() -> None:
    desk, _cids = whole_desk()
    async with console(desk) as drive:
        await drive.press("alt+l", "f")
        assert desk.figures.asked
        await drive.press("escape")
        assert isinstance(drive.app.screen, LeadView)
