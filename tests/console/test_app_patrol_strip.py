"""What becomes of a patrol request: the strip, the alarms, the list of all, cancelling, the transcript, the queue."""

from __future__ import annotations

import msgspec
import pytest

from officer_console.client.api import Change, LinkPhase, Notice
from officer_console.console.patrol_words import CODE, STATE
from officer_console.console.screens.cancel_patrol import CancelPatrol
from officer_console.console.screens.patrols import Patrols
from officer_console.model.patrol import LIMITS, PatrolRequest
from officer_console.model.transcript import Kind, Line, Status
from tests.console.driving import LARGE, SMALL, Driver, a_desk, console
from tests.console.fake_desk import ANA
from tests.console.patrolling import ADDRESS, GRACE, LATE, POINT, a_call, asked, panel, strip
from tests.console.run_fake import HOSTILE

REQUEST = PatrolRequest(place="12 rue des Lilas", postcode="69003", city="Lyon", floor="3")


def is_loud(drive: Driver, words: str) -> bool:
    """Whether these words of the strip are in red, reversed."""
    segments = [segment for y in range(drive.pane.strip.size.height) for segment in drive.pane.strip.render_line(y)]
    return all(part.style and part.style.reverse for part in segments if words in part.text)


# the strip


async def test_the_strip_tells_every_state_and_its_age() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE, config={"lock_after_min": 0}) as drive:
        await drive.press("f2")
        assert strip(drive) == ""
        desk.hold_back = True
        await drive.press("f9", "f9")
        assert "SENDING in 4 s · Esc takes it back" in strip(drive)
        await drive.seconds(GRACE + 3)
        assert "RING 17 · 7 s NOT ACKNOWLEDGED" in strip(drive)
        assert "on this machine only, NOT SENT for 7 s" in strip(drive)
        desk.hold_back = False
        await drive.seconds(1)
        assert "at the relay, NOT WITH THE ROOM for 0 s" in strip(drive)
        for state, words in (
            ("trouble", "the room's system has not taken it"), ("sent", "with the room's system"),
            ("delivered", "delivered to the room, nobody has opened it"), ("opened", "opened by a dispatcher"),
            ("accepted", "ACCEPTED"), ("assigned", "TV 12 is assigned"),
            ("on_the_way", "TV 12 is ON THE WAY"), ("on_scene", "TV 12 is ON THE SCENE"),
            ("closed", "closed 1 min ago"),
        ):  # fmt: skip
            desk.patrols.room_tells(cid, state, unit="TV 12" if state == "assigned" else "")
            await drive.seconds(60)
            assert words in strip(drive)
            assert "1 min" in strip(drive)
            assert ("NOT ACKNOWLEDGED" in strip(drive)) is (state in ("trouble", "sent"))


async def test_until_the_room_has_acknowledged_it_is_red_counts_and_names_the_telephone() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE, config={"room_phone": "04 78 00 00 17"}) as drive:
        await asked(drive)
        assert is_loud(drive, "NOT ACKNOWLEDGED") and is_loud(drive, "at the relay")
        for second in range(1, 4):
            await drive.seconds(1)
            assert f"RING 04 78 00 00 17 · {second} s NOT ACKNOWLEDGED" in strip(drive)
        desk.patrols.room_tells(cid, "delivered")
        await drive.settle()
        assert "RING" not in strip(drive)
        assert not is_loud(drive, "delivered")


@pytest.mark.parametrize(("state", "words"), [("refused", "no car is free"), ("failed", "")])
async def test_a_refusal_is_told_with_its_reason_and_what_to_do(state: str, words: str) -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        desk.patrols.room_tells(cid, state, words=words, code="" if words else "practice")
        await drive.settle()
        assert "RING 17, or F9 for another" in strip(drive)
        assert (words or "This is a practice request, and that is a real room") in strip(drive)
        assert drive.bells == 1


async def test_an_update_that_is_not_acknowledged_is_red_while_the_case_goes_on() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        desk.patrols.room_tells(cid, "accepted")
        await drive.press("f9", *"3", "f9")
        await drive.seconds(GRACE)
        await drive.seconds(2)
        assert "RING 17 · 2 s NOT ACKNOWLEDGED" in strip(drive)
        assert "ACCEPTED" in strip(drive)
        desk.patrols.room_tells(cid, "delivered")
        await drive.settle()
        assert "NOT ACKNOWLEDGED" not in strip(drive)


async def test_each_thing_that_goes_wrong_has_its_words() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        for code in sorted({*CODE, "http_503"} - {"http_5xx"}):
            desk.patrols.room_tells(cid, "trouble", code=code, tell=False)
            await drive.settle()
            assert CODE["http_5xx" if code == "http_503" else code] in strip(drive)
        desk.patrols.room_tells(cid, "trouble", code="whatever [/x]", tell=False)
        await drive.settle()
        assert "The room's system told “whatever [/x]”." in strip(drive)


@pytest.mark.parametrize("size", [(40, 24), SMALL, (100, 30), LARGE])
async def test_what_must_be_done_is_never_cut(size: tuple[int, int]) -> None:
    desk, _cid = a_call()
    async with console(desk, size=size) as drive:
        await asked(drive)
        await drive.seconds(12)
        words = " ".join(drive.text.split())
        assert "RING 17 · 12 s" in words
        assert drive.pane.strip.size.height <= 2
        assert drive.pane.transcript.size.height >= 1


async def test_the_strip_takes_one_row_where_two_conversations_are_on_screen() -> None:
    desk, cids = a_desk()
    desk.visitor_says(cids[0], ADDRESS)
    async with console(desk) as drive:
        await drive.press("f2", "f2", "f5", "f9", "f9")
        await drive.seconds(GRACE)
        await drive.seconds(13)
        assert drive.pane.strip.size.height == 1
        assert "RING 17 · 13 s" in drive.text
        assert drive.pane.transcript.size.height >= 1


# alarms


@pytest.mark.parametrize("shown", [True, False])
async def test_the_officer_is_alarmed_when_the_room_does_not_acknowledge(shown: bool) -> None:
    desk, cids = a_desk()
    desk.visitor_says(cids[0], ADDRESS)
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        if not shown:
            await drive.press("f2")
        await drive.seconds(LATE - 1)
        assert drive.bells == 0
        await drive.seconds(1)
        assert drive.bells == 1
        assert "The room has NOT ACKNOWLEDGED a patrol request: RING 17 (Alt+P)" in drive.status
        await drive.seconds(10)
        assert drive.bells == 2
        await drive.press("x")
        await drive.seconds(10)
        assert drive.bells == (2 if shown else 3)


async def test_the_alarm_ends_when_the_room_acknowledges_and_comes_again_for_an_update() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        await drive.seconds(LATE)
        await drive.seconds(1)
        await drive.press("x")
        assert "ALERT" not in drive.text
        desk.patrols.room_tells(cid, "accepted", tell=False)
        await drive.press("f9", *"3", "f9")
        await drive.seconds(GRACE)
        bells = drive.bells
        await drive.seconds(LATE)
        assert drive.bells == bells + 1
        desk.patrols.room_tells(cid, "delivered", tell=False)
        await drive.seconds(1)
        assert "ALERT" not in drive.text


async def test_every_lead_is_alarmed_for_every_request() -> None:
    desk, cids = a_desk(role="lead")
    desk.colleague_claims(cids[0])
    async with console(desk, size=LARGE) as drive:
        desk.patrols.colleague_asks(cids[0], REQUEST)
        await drive.settle()
        assert "A colleague asks for a patrol (Alt+P)" in drive.status
        assert drive.bells == 1
        await drive.press("alt+p", "escape")
        assert "ALERT" not in drive.text
        await drive.seconds(LATE)
        assert drive.bells == 2
        assert "NOT ACKNOWLEDGED a patrol request: RING 17" in drive.status


async def test_a_colleague_who_asks_where_one_looks_is_named() -> None:
    desk, cids = a_desk(role="lead")
    desk.colleague_claims(cids[0])
    async with console(desk, size=LARGE) as drive:
        await drive.press("end", "enter", *"relecture", "enter")
        desk.patrols.colleague_asks(cids[0], REQUEST)
        await drive.settle()
        assert drive.status == "Ana Petit has asked for a patrol."
        assert (drive.bells, "ALERT" in drive.text) == (1, False)


async def test_an_officer_is_not_alarmed_for_what_is_not_his() -> None:
    desk, cids = a_desk()
    desk.colleague_claims(cids[0])
    async with console(desk, size=LARGE) as drive:
        desk.patrols.asks(cids[0], REQUEST, ANA)
        await drive.seconds(LATE + 1)
        assert drive.bells == 0
        await drive.press("alt+p")
        assert drive.status == "There is no open patrol request."


async def test_the_lock_screen_counts_what_the_room_has_not_acknowledged_and_rings() -> None:
    desk, _cid = a_call()
    async with console(desk) as drive:
        await asked(drive)
        await drive.press("ctrl+l")
        await drive.seconds(LATE)
        assert drive.bells == 1
        drive.app.screen._count()
        await drive.settle()
        assert "1 patrol request is NOT ACKNOWLEDGED by the room" in drive.text
        assert "Lilas" not in drive.text


@pytest.mark.parametrize(
    ("state", "words", "loud", "shown"),
    [
        ("accepted", "Patrol: ACCEPTED", False, True),
        ("on_the_way", "Patrol: a unit is ON THE WAY: TV 12", False, False),
        ("question", "The room asks: which door?", True, True),
        ("question", "The room asks: which door?", True, False),
        ("refused", "Patrol: REFUSED: no car", True, False),
        ("trouble", "Patrol: the room's system has not taken it", True, True),
        ("opened", "", False, False),
    ],
)
async def test_what_the_room_tells_is_told_as_loudly_as_it_matters(
    state: str, words: str, loud: bool, shown: bool
) -> None:
    desk, cids = a_desk()
    desk.visitor_says(cids[0], ADDRESS)
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        desk.patrols.room_tells(cids[0], "delivered")
        if not shown:
            await drive.press("f2")
        await drive.seconds(12)
        text = {"question": "which door?", "refused": "no car", "on_the_way": ""}.get(state, "")
        desk.patrols.room_tells(cids[0], state, unit="TV 12" if state == "on_the_way" else "", words=text)
        await drive.settle()
        assert words in drive.status
        assert drive.bells == loud
        assert ("ALERT" in drive.text) is (loud and not shown)
        if loud and not shown:
            await drive.press("f3")
            await drive.seconds(1)
            assert "ALERT" not in drive.text


async def test_how_many_are_open_stands_on_the_status_line() -> None:
    desk, cids = a_desk(role="lead")
    desk.colleague_claims(cids[0])
    async with console(desk, size=LARGE) as drive:
        desk.patrols.asks(cids[0], REQUEST, ANA)
        desk.patrols.room_tells(cids[0], "accepted", tell=False)
        await drive.seconds(1)
        assert drive.status == "1 open patrol request (Alt+P)"
        desk.patrols.room_tells(cids[0], "closed", tell=False)
        await drive.seconds(1)
        assert drive.status == ""


# the list of all


async def test_a_lead_sees_every_open_request_and_goes_there() -> None:
    desk, cids = a_desk(role="lead")
    desk.colleague_claims(cids[0])
    desk.colleague_claims(cids[2])
    desk.patrols.asks(cids[0], REQUEST, ANA)
    desk.patrols.room_tells(cids[0], "on_the_way", unit="TV 12")
    async with console(desk, size=LARGE) as drive:
        desk.patrols.asks(cids[2], PatrolRequest(where="the blue house"), ANA)
        await drive.press("alt+p")
        assert isinstance(drive.app.screen, Patrols)
        rows = [str(option.prompt) for option in drive.app.screen._requests.options]
        assert all(row.endswith("Ana Petit") for row in rows)
        assert "0 s NOT ACKNOWLEDGED" in rows[0] and "the blue house" in rows[0] and "c'est pour une amie" in rows[0]
        assert "TV 12 is ON THE WAY" in rows[1] and "12 rue des Lilas, 69003 Lyon" in rows[1]
        drive.desk.pass_time(7)
        drive.app.screen.look()
        await drive.settle()
        assert "7 s NOT ACKNOWLEDGED" in drive.text
        await drive.press("down", "enter")
        assert drive.pane.cid == cids[0]
        assert drive.app.screen is drive.app.duty


async def test_the_cursor_of_the_list_stays_on_its_request() -> None:
    desk, cids = a_desk(role="lead")
    for cid in cids[:2]:
        desk.patrols.asks(cid, REQUEST, ANA)
        desk.patrols.room_tells(cid, "accepted")
    async with console(desk, size=LARGE) as drive:
        await drive.press("alt+p", "down")
        desk.patrols.asks(cids[2], REQUEST, ANA)
        drive.app.screen.look()
        await drive.press("enter")
        assert drive.pane.cid == cids[1]


# cancelled


async def test_it_is_cancelled_with_a_reason_and_only_with_one() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        desk.patrols.room_tells(cid, "accepted")
        await drive.press("alt+c")
        assert isinstance(drive.app.screen, CancelPatrol)
        assert "12 rue des Lilas" in drive.text
        await drive.press("enter")
        assert "Say why first. Nothing is cancelled yet." in drive.text
        await drive.write("he has left")
        await drive.press("escape")
        assert desk.patrols.cancelled == []
        await drive.press("alt+c", "enter")
        assert desk.patrols.cancelled == [(cid, "he has left")]
        assert "RING 17 · 0 s CANCELLING NOT ACKNOWLEDGED" in strip(drive)
        assert "You cancelled the patrol request: he has left" in drive.text
        desk.patrols.room_tells(cid, "delivered")
        await drive.settle()
        assert "cancelled 0 s ago" in strip(drive)
        assert "RING" not in strip(drive)


async def test_where_there_is_nothing_to_cancel_it_says_so() -> None:
    desk, cids = a_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "alt+c")
        assert drive.status == "There is no open patrol request here."
        desk.colleague_claims(cids[1])
        desk.patrols.asks(cids[1], REQUEST, desk.me)
        await drive.press("escape", "end", "enter", "alt+c")
        assert drive.status == "Only the officer who holds the conversation may do this."


async def test_cancelling_in_the_countdown_takes_it_back() -> None:
    desk, _cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2", "f9", "f9", "alt+c")
        assert drive.status.startswith("TAKEN BACK")
        assert drive.app.screen is drive.app.duty
        await drive.seconds(GRACE)
        assert desk.patrols.asked == []


async def test_a_full_disk_does_not_lose_the_reason() -> None:
    desk, _cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        desk.disk_full = True
        await drive.press("alt+c", *"gone", "enter")
        assert isinstance(drive.app.screen, CancelPatrol)
        await drive.press("escape")
        assert "disk takes nothing" in drive.status
        assert drive.app.duty.begun["cancel", drive.pane.cid] == "gone"


# leaving, refusals


async def test_leaving_says_what_is_open() -> None:
    desk, _cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "f9", "f9", "f10")
        assert "A patrol request is in its countdown: it is NOT SENT when" in drive.text
        await drive.press("escape")
        await drive.seconds(GRACE)
        await drive.press("f10")
        assert "1 patrol request is NOT ACKNOWLEDGED by the room" in drive.text


async def test_a_request_that_the_relay_refused_is_told_and_stands_in_the_panel() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2")
        desk.emit(Change(notices=(Notice("failed", cid, code="no_room", what="patrol_requested"),)))
        await drive.settle()
        assert drive.status.startswith("PATROL REQUEST NOT SENT: No dispatch room belongs to this desk")
        assert drive.bells == 1


# where else it is seen


async def test_the_queue_says_in_words_where_a_patrol_is_asked_for() -> None:
    desk, cid = a_call()
    async with console(desk) as drive:
        desk.hold_back = True
        await asked(drive)
        await drive.press("escape")
        assert "PATROL!" in drive.text
        desk.hold_back = False
        await drive.seconds(1)
        assert "PATROL! " in drive.text
        desk.patrols.room_tells(cid, "accepted")
        await drive.seconds(1)
        row = next(line for line in drive.text.splitlines() if "69" not in line and "▶" in line)
        assert "PATROL " in row and "PATROL!" not in row
        desk.patrols.room_tells(cid, "closed")
        await drive.seconds(1)
        assert not any("PATROL" in line for line in drive.text.splitlines() if "▶" in line)


async def test_the_transcript_tells_of_it() -> None:
    desk, cid = a_call("")
    desk.visitor_shares(cid, POINT)
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2")
        desk.patrols.asks(cid, REQUEST, desk.me)
        desk.patrols.asks(cid, msgspec.structs.replace(REQUEST, floor="4"), ANA)
        desk.patrols.room_tells(cid, "accepted")
        desk.patrols.room_tells(cid, "on_the_way", unit="TV 12", words="five minutes")
        desk.patrols.room_tells(cid, "question", words="which door?")
        help_line = Line("h1", Kind.HELP, desk.now(), 99, desk.me, "Une patrouille est en route.", status=Status.READ)
        desk.talk.written[cid].append(help_line)
        desk.emit(Change(frozenset({cid})))
        await drive.settle()
        for words in (
            "You asked for a patrol: 12 rue des Lilas",
            "Ana Petit asked for a patrol, update: 12 rue des Lilas",
            "The room: ACCEPTED",
            "The room: TV 12 is ON THE WAY: five minutes",
            "The room asks: which door?",
            "Une patrouille est en route.",
            "You: told by itself when the room accepted",
            "✓✓",
            "Her position: 45.75781, 4.83201 ± 25 m · geo:45.757812,4.832011;u=25",
        ):
            assert words in drive.text


# hostile text


async def test_hostile_text_drives_nothing_anywhere() -> None:
    """Everything that comes from others at once: her words, a colleague's request, the room's words and units."""
    desk, cid = a_call(HOSTILE + " 12 rue des Lilas, 69003 Lyon")
    desk.names[ANA] = HOSTILE
    hostile = {name: HOSTILE[:limit] for name, limit in LIMITS.items()}
    async with console(desk, size=LARGE, config={"room_phone": "[b]17\x1b[2J"}) as drive:
        await drive.press("f2")
        desk.patrols.colleague_asks(cid, PatrolRequest(**hostile))
        desk.patrols.room_tells(cid, "question", unit=HOSTILE, words=HOSTILE, code="[/foo]\x1b")
        await drive.settle()
        for key in ("f9", "escape", "alt+p", "escape", "alt+c", "escape"):
            await drive.press(key)
            assert "GOOD" in drive.text
            assert not any((ord(char) < 32 and char != "\n") or char in "\x9b\u202e\u2066" for char in drive.text)
        desk.patrols.room_tells(cid, "on_the_way", unit="[/foo]", words="[@click=app.quit]x[/]", code="\x1b[2J")
        await drive.settle()
        assert "[/foo] is ON THE WAY" in strip(drive)
        assert drive.app.is_running


async def test_every_field_takes_hostile_text_and_its_limit() -> None:
    desk, cid = a_call("")
    desk.patrols.keep_draft(cid, PatrolRequest(**{name: "[/x]\x1b\u202e" + "y" * LIMITS[name] for name in LIMITS}))
    async with console(desk) as drive:
        await drive.press("f2", "f9")
        for name, limit in LIMITS.items():
            text = getattr(panel(drive).request, name)
            assert len(text) <= limit
            assert "\x1b" not in text
            assert text.startswith("[/x]")


# nothing that arrives moves anything


async def test_nothing_that_arrives_moves_the_focus_in_the_panel() -> None:
    desk, cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2", "f9", *"3rd")
        focused = drive.app.focused
        for happens in (
            lambda: desk.visitor_says(cid, "14 rue des Roses 69001 Lyon"),
            lambda: desk.set_link(phase=LinkPhase.RECONNECTING, problem="network", rooms=()),
            lambda: desk.visitor_leaves(cid, "lost"),
            lambda: desk.patrols.colleague_asks(cid, REQUEST),
            lambda: desk.patrols.room_tells(cid, "question", words="where?"),
            lambda: desk.patrols.room_tells(cid, "refused", words="no"),
            lambda: desk.set_link(phase=LinkPhase.ONLINE, problem="", rooms=("kid-room",)),
        ):
            happens()
            await drive.seconds(1)
            assert drive.app.focused is focused
            assert focused.value == "3rd"
            assert drive.app.screen is drive.app.duty


def test_the_states_and_codes_all_have_words() -> None:
    from officer_console.console.patrol_words import NATURE
    from officer_console.model.patrol import NATURES, PatrolState

    assert set(STATE) == set(PatrolState)
    assert set(NATURE) == set(NATURES)
