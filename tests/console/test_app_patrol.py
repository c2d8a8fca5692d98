"""The patrol panel: one key opens it from anywhere, the same again sends; nothing typed is lost, nothing moves."""

from __future__ import annotations

import pytest
from textual.events import Key, Paste

from officer_console.client.api import LinkPhase
from officer_console.console.keymap import keymap_from
from officer_console.console.screens.ask import Ask
from officer_console.console.screens.lock import Lock
from officer_console.console.widgets.patrol_fields import ASKED
from officer_console.model.patrol import LIMITS, NATURES, PatrolRequest, PatrolState
from officer_console.model.transcript import Kind
from tests.console.driving import LARGE, SMALL, Driver, a_desk, console
from tests.console.fake_desk import ANA, FakeDesk
from tests.console.patrolling import ADDRESS, GRACE, POINT, a_call, asked, field, panel, strip, warning

# opened from anywhere


@pytest.mark.parametrize(
    "keys",
    [("f2",), ("f2", "ctrl+f"), ("f2", "pageup"), ("enter",), (), ("f2", "escape")],
    ids=["composer", "search", "transcript", "reading", "queue", "back in the queue"],
)
async def test_one_key_opens_it_from_anywhere(keys: tuple[str, ...]) -> None:
    desk, cid = a_call()
    async with console(desk) as drive:
        await drive.press(*keys)
        before = drive.app.focused
        await drive.press("f9")
        opened = panel(drive)
        assert opened and opened.cid == cid == drive.pane.cid
        assert opened.has_focus_within
        assert "12 rue des Lilas" in drive.text
        await drive.press("escape")
        assert panel(drive) is None
        assert drive.app.focused is before


async def test_it_hides_nothing_of_what_was_written() -> None:
    for size in ((60, 20), SMALL, (100, 30), LARGE):
        desk, _cid = a_call()
        async with console(desk, size=size) as drive:
            await drive.press("f2")
            await drive.press("f9")
            opened = panel(drive)
            assert opened
            assert not opened.region.overlaps(drive.pane.transcript.region)
            assert drive.pane.transcript.region.height >= 3
            assert drive.app.screen.region.contains_region(opened.region)
            assert drive.app.screen.region.contains_region(drive.pane.region)
            assert "12 rue des Lilas, 69003" in drive.text.split("Visitor")[-1]


async def test_the_field_one_is_in_is_on_screen_and_each_shows_how_its_text_begins() -> None:
    known = {name: f"BEGINS {'x' * 80}" for name in LIMITS if name not in ("postcode", "city", "note")}
    for size in ((40, 15), (60, 20), SMALL, LARGE):
        desk, cid = a_call()
        desk.patrols.keep_draft(cid, PatrolRequest(**known))
        async with console(desk, size=size) as drive:
            await drive.press("f2", "f9")
            for expected in ("postcode", "city", "where", "point", "floor", "code", "people"):
                assert field(drive) == expected
                assert drive.app.focused.region.height == 1
                assert panel(drive).region.contains_region(drive.app.focused.region)
                assert "BEGINS" in drive.text
                await drive.press("enter")
            panel(drive).go_to("words")
            await drive.settle()
            assert panel(drive).region.contains_region(drive.app.focused.region)


async def test_it_opens_beside_two_conversations() -> None:
    for size in (SMALL, LARGE):
        desk, cids = a_desk()
        async with console(desk, size=size) as drive:
            await drive.press("f2", "f2", "f5", "f9")
            assert len(drive.app.duty.panes.all) == 2
            for pane in drive.app.duty.panes.all:
                assert pane.transcript.region.height >= 1
                assert drive.app.screen.region.contains_region(pane.region)
            assert panel(drive).cid == drive.pane.cid in cids


@pytest.mark.parametrize(
    "keys", [("ctrl+n", *"her name"), ("f8", "tab", *"her name"), ("f1",), ("alt+e",), ("ctrl+n", "f1")]
)
async def test_the_key_works_over_every_question_and_puts_it_off(keys: tuple[str, ...]) -> None:
    desk, cid = a_call(role="lead")
    async with console(desk) as drive:
        await drive.press("f2", *("space" if key == " " else key for key in keys))
        assert drive.app.screen is not drive.app.duty
        await drive.press("f9")
        assert drive.app.screen is drive.app.duty
        assert panel(drive)
        begun = [text for (_what, of), text in drive.app.duty.begun.items() if of == cid and text]
        assert begun == (["her name"] if "h" in keys else [])


async def test_the_key_works_over_a_question_about_what_was_pasted_into_a_note() -> None:
    desk, _cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2", "ctrl+n", "a")
        drive.app.post_message(Paste("one\ntwo"))
        await drive.settle()
        assert isinstance(drive.app.screen, Ask)
        await drive.press("f9")
        assert panel(drive) and drive.app.screen is drive.app.duty
        assert "a" in drive.app.duty.begun.values()


async def test_behind_the_lock_the_key_does_nothing() -> None:
    desk, _cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2", "ctrl+l", "f9", "f9")
        assert isinstance(drive.app.screen, Lock)
        await drive.seconds(GRACE)
        assert desk.patrols.asked == []


async def test_without_a_conversation_it_says_so() -> None:
    async with console(FakeDesk()) as drive:
        await drive.press("f9")
        assert drive.status == "There is no conversation to send a patrol for."


async def test_of_an_erased_conversation_there_is_nothing_to_send() -> None:
    desk, cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2", "f9", *"x")
        desk.visitor_erases(cid)
        await drive.seconds(1)
        assert panel(drive) is None
        await drive.press("f9")
        assert "erased" in drive.status
        assert panel(drive) is None


@pytest.mark.parametrize("keys", ["f11", "alt+y", "f11,f9"])
async def test_the_remapped_key_does_all_of_it(keys: str) -> None:
    desk, _cid = a_call()
    keymap, problems = keymap_from({"patrol": keys})
    key = keys.partition(",")[0]
    async with console(desk, keymap=keymap) as drive:
        assert problems == []
        await drive.press("f2", "ctrl+n", key, key)
        await drive.seconds(GRACE)
        assert len(desk.patrols.asked) == 1


# filled in, and the cursor on what is missing


async def test_it_is_filled_in_with_what_is_known() -> None:
    desk, _cid = a_call("12 rue des Lilas, 69003 Lyon, 3e étage, code 12B4")
    async with console(desk) as drive:
        await drive.press("f2", "f9")
        request = panel(drive).request
        assert (request.place, request.postcode, request.city) == ("12 rue des Lilas", "69003", "Lyon")
        assert (request.code, request.silent, request.nature) == ("12B4", True, NATURES[0])
        assert request.words.startswith("Votre demande d’aide est acceptée")
        assert "3e" in request.floor


@pytest.mark.parametrize(
    ("known", "first"),
    [
        (PatrolRequest(), "place"),
        (PatrolRequest(postcode="69003"), "place"),
        (PatrolRequest(place="12 rue des Lilas"), "postcode"),
        (PatrolRequest(place="12 rue des Lilas", city="Lyon"), "floor"),
        (PatrolRequest(place="12 rue des Lilas", point=POINT), "floor"),
        (PatrolRequest(point=POINT, floor="3"), "code"),
        (PatrolRequest(where="the blue house", floor="3", code="1"), "people"),
        (PatrolRequest(point=POINT, **dict.fromkeys(("floor", *ASKED[1:-1]), "?")), "contact"),
        (PatrolRequest(point=POINT, **dict.fromkeys(ASKED, "?")), "note"),
    ],
)
async def test_the_cursor_stands_on_the_first_thing_that_is_missing(known: PatrolRequest, first: str) -> None:
    desk, cid = a_call("")
    desk.patrols.keep_draft(cid, known)
    async with console(desk) as drive:
        await drive.press("f2", "f9")
        assert field(drive) == first


async def test_what_was_found_is_put_in_by_its_number_with_its_town() -> None:
    desk, cid = a_call("12 rue des Lilas, 69003 Lyon")
    async with console(desk) as drive:
        await drive.press("f2")
        desk.visitor_says(cid, "avant c'était 5 avenue Jean Jaurès 69007 Lyon")
        await drive.press("f9")
        assert panel(drive).request.postcode == "69007"
        assert "Alt+2" in drive.text
        await drive.press("alt+2")
        request = panel(drive).request
        assert (request.place, request.postcode) == ("12 rue des Lilas", "69003")
        assert desk.patrols.drafts[cid] == request
        await drive.press("ctrl+down")
        assert panel(drive).request.place == "5 avenue Jean Jaurès"
        await drive.press("ctrl+up")
        assert panel(drive).request.place == "12 rue des Lilas"


async def test_a_town_that_the_officer_wrote_stays() -> None:
    desk, cid = a_call("12 rue des Lilas")
    async with console(desk) as drive:
        await drive.press("f2", "f9")
        assert field(drive) == "postcode"
        await drive.write("69100")
        desk.visitor_says(cid, "ou plutôt 14 rue des Lilas")
        await drive.press("up", "alt+1")
        assert panel(drive).request.place == "14 rue des Lilas"
        assert panel(drive).request.postcode == "69100"


async def test_an_address_that_comes_while_one_writes_is_offered_and_moves_nothing() -> None:
    desk, cid = a_call("")
    async with console(desk) as drive:
        await drive.press("f2", "f9", "down", *"690")
        focused = drive.app.focused
        desk.visitor_says(cid, ADDRESS)
        await drive.settle()
        assert drive.app.focused is focused
        assert panel(drive).request.postcode == "690"
        assert panel(drive).request.place == ""
        await drive.press("up")
        assert "Alt+1" in drive.text
        await drive.press("alt+1")
        assert panel(drive).request.place == "12 rue des Lilas"


async def test_her_position_is_enough_and_can_be_taken_out() -> None:
    desk, cid = a_call("")
    desk.visitor_shares(cid, POINT)
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2")
        assert "Her position: 45.75781, 4.83201 ± 25 m · geo:45.757812,4.832011;u=25" in drive.text
        await drive.press("f9")
        assert panel(drive).request.point == POINT
        panel(drive).go_to("point")
        await drive.settle()
        await drive.press("space")
        assert panel(drive).request.point is None
        assert "taken out" in drive.text
        assert "geo:45.757812" in drive.text
        await drive.press("alt+1")
        assert panel(drive).request.point == POINT
        await drive.press("f9")
        await drive.seconds(GRACE)
        assert desk.patrols.asked[0][1].point == POINT


async def test_toggles_and_kinds_are_chosen_by_keys() -> None:
    desk, _cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "f9")
        panel(drive).go_to("silent")
        await drive.settle()
        assert "[x] no siren" in drive.text
        await drive.press("space")
        assert panel(drive).request.silent is False
        await drive.press("down", "down")
        assert field(drive) == "nature"
        await drive.press("right")
        assert panel(drive).request.nature == NATURES[1]
        assert "● Physical assault" in drive.text
        await drive.press("left", "left")
        assert panel(drive).request.nature == NATURES[-1]
        await drive.press("home")
        assert panel(drive).request.nature == NATURES[0]


async def test_enter_and_the_arrows_go_from_field_to_field() -> None:
    desk, _cid = a_call("")
    async with console(desk) as drive:
        await drive.press("f2", "f9")
        visited = [field(drive)]
        for _ in range(3):
            await drive.press("enter")
            visited.append(field(drive))
        await drive.press("up")
        assert [*visited, field(drive)] == ["place", "postcode", "city", "where", "city"]
        await drive.press("tab")
        assert field(drive) == "where"
        await drive.press("shift+tab", "shift+tab", "shift+tab", "up")
        assert field(drive) == "place"


# sent


async def test_two_presses_are_enough_when_the_place_is_known() -> None:
    desk, cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2")
        presses = ["f9", "f9"]
        await drive.press(*presses)
        assert "SENDING IN 4 s · Esc takes it back" in drive.text
        assert drive.status.startswith("PATROL TO: 12 rue des Lilas, 69003 Lyon · Violence in the family · SILENT")
        assert desk.patrols.asked == []
        await drive.seconds(1)
        assert "SENDING IN 3 s" in drive.text
        await drive.seconds(GRACE - 1)
        assert [(to, request.place) for to, request in desk.patrols.asked] == [(cid, "12 rue des Lilas")]
        assert panel(drive) is None
        assert drive.app.focused is drive.pane.composer


async def test_the_key_once_more_never_sends_twice() -> None:
    desk, _cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2", "f9", "f9", "f9", "f9")
        assert drive.status == "It goes out in 4 s by itself. Esc takes it back."
        await drive.seconds(GRACE)
        assert len(desk.patrols.asked) == 1


async def test_without_grace_it_goes_out_at_once() -> None:
    desk, _cid = a_call()
    async with console(desk, config={"patrol_grace_s": 0}) as drive:
        await drive.press("f2", "f9", "f9")
        assert len(desk.patrols.asked) == 1
        assert panel(drive) is None


@pytest.mark.parametrize("keys", [(), ("f6",), ("f6", "ctrl+f")], ids=["panel", "composer", "search"])
async def test_escape_takes_it_back_from_anywhere_in_the_conversation(keys: tuple[str, ...]) -> None:
    desk, cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2", "f9", "f9", *keys, "escape")
        assert drive.status == "TAKEN BACK: nothing was sent. It stands in the panel (F9)."
        await drive.seconds(GRACE + 1)
        assert desk.patrols.asked == []
        assert desk.patrols.of(cid) is None
        assert panel(drive).request.place == "12 rue des Lilas"
        await drive.press("f9")
        await drive.seconds(GRACE)
        assert len(desk.patrols.asked) == 1


async def test_escape_takes_it_back_whatever_key_goes_to_the_queue() -> None:
    desk, _cid = a_call()
    keymap, _problems = keymap_from({"to-queue": "alt+y"})
    async with console(desk, keymap=keymap) as drive:
        await drive.press("f2", "f9", "f9", "escape")
        assert drive.status.startswith("TAKEN BACK")
        await drive.press("alt+y")
        assert panel(drive) is None
        assert drive.app.focused is drive.app.duty.queue


async def test_who_has_gone_on_to_another_conversation_is_not_fetched_back() -> None:
    desk, cids = a_desk()
    desk.visitor_says(cids[0], ADDRESS)
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "f2", "f5", "f9", "f9")
        assert (panel(drive).cid, drive.app.duty.panes.shown) == (cids[0], [cids[1], cids[0]])
        await drive.press("f6", "x")
        assert drive.pane.cid == cids[1]
        place = drive.place
        await drive.seconds(GRACE)
        assert panel(drive) is None
        assert drive.place == place
        assert desk.patrols.asked[0][0] == cids[0]


async def test_who_takes_the_next_out_of_a_panel_that_was_opened_in_the_queue_writes_there() -> None:
    desk, cids = a_desk()
    async with console(desk) as drive:
        await drive.press("down", "f9", "f2")
        assert panel(drive) is None
        assert drive.pane.cid == cids[0]
        assert drive.app.focused is drive.pane.composer


async def test_when_its_conversation_leaves_the_screen_so_does_the_panel() -> None:
    desk, cids = a_desk()
    desk.visitor_says(cids[0], ADDRESS)
    async with console(desk) as drive:
        await drive.press("f2", "f9", "f9", "f2")
        assert drive.pane.cid == cids[1]
        assert panel(drive) is None
        assert drive.app.focused is drive.pane.composer
        await drive.seconds(GRACE)
        assert [cid for cid, _request in desk.patrols.asked] == [cids[0]]


async def test_what_is_written_in_the_countdown_is_not_thrown_away() -> None:
    desk, cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2", "f9", "f9", *"3B")
        await drive.seconds(GRACE)
        assert desk.patrols.asked[0][1].floor == ""
        assert panel(drive) and field(drive) == "floor"
        assert drive.status.startswith("What you have written since is not in it: F9 sends it")
        assert desk.patrols.drafts[cid].floor == "3B"
        await drive.press("f9")
        await drive.seconds(GRACE)
        assert desk.patrols.asked[1][1].floor == "3B"


# not sent, and why


async def test_without_a_place_it_says_why_and_goes_there() -> None:
    desk, _cid = a_call("")
    async with console(desk) as drive:
        await drive.press("f2", "f9", "down", "down", "down", "down", "down", "down", *"3", "f9")
        assert "NOT SENT: no place." in drive.text
        assert field(drive) == "place"
        await drive.seconds(GRACE + 1)
        assert desk.patrols.asked == []
        await drive.write("chez sa mere")
        assert "NOT SENT: no place." not in warning(drive)
        await drive.press("f9")
        await drive.seconds(GRACE)
        assert desk.patrols.asked[0][1].place == "chez sa mere"


@pytest.mark.parametrize(
    ("lever", "words"),
    [
        ({"no_room": True}, "No dispatch room belongs to this desk"),
        ({"key_ends": 0}, "The desk's key has ended"),
        ({"disk_full": True}, "disk takes nothing"),
        ({"refuse": "rate"}, "Too many messages at once"),
        ({"refuse": "state"}, "The conversation does not allow this now"),
    ],
)
async def test_what_fails_is_told_with_the_telephone_number(lever: dict[str, object], words: str) -> None:
    desk, cid = a_call()
    for name, setting in lever.items():
        setattr(desk if hasattr(desk, name) else desk.patrols, name, setting)
    async with console(desk, size=LARGE, config={"room_phone": "04 78 00 00 17"}) as drive:
        await drive.press("f2", "f9", *"3", "f9")
        assert words in drive.status
        assert "RING 04 78 00 00 17" in drive.status
        assert "RING 04 78 00 00 17" in warning(drive)
        assert panel(drive).request.floor == desk.patrols.drafts[cid].floor == "3"
        assert desk.patrols.asked == []


async def test_a_warning_stays_when_what_was_typed_before_it_is_heard_of_late() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "f9")
        pane = panel(drive)
        pane._lines["floor"].value = "3"  # its message comes after the warning
        pane.warn("RING 17")
        await drive.press("down")
        assert "RING 17" in warning(drive)
        assert desk.patrols.drafts[cid].floor == "3"
        await drive.write("chez sa mere")
        assert "RING 17" not in warning(drive)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"rooms": ()}, "RING 17: NO DISPATCH ROOM IS THERE."),
        ({"phase": LinkPhase.RECONNECTING, "problem": "network"}, "RING 17: NO CONNECTION."),
    ],
)
async def test_that_no_room_can_be_reached_is_told_before_anything_is_sent(link: dict[str, object], words: str) -> None:
    desk, _cid = a_call()
    desk.set_link(**link)
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "f9")
        assert words in warning(drive)
        desk.set_link(rooms=("kid-room",), phase=LinkPhase.ONLINE, problem="")
        await drive.seconds(1)
        assert words not in drive.text


async def test_a_practice_desk_cannot_be_mistaken() -> None:
    desk, _cid = a_call()
    desk.practice = True
    async with console(desk) as drive:
        await drive.press("f2", "f9")
        assert "PRACTICE · PATROL REQUEST" in drive.text
        assert "PRACTICE: no real room gets this" in drive.text
        await drive.press("f9")
        await drive.seconds(GRACE)
        assert strip(drive).startswith("PRACTICE")


# nothing typed is lost


async def test_escape_keeps_what_is_begun_and_the_message_too() -> None:
    desk, cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("where is he")
        place = drive.place
        await drive.press("f9")
        await drive.write("3rd left")
        await drive.press("escape")
        assert drive.place == place
        assert desk.patrols.drafts[cid].floor == "3rd left"
        await drive.press("f9")
        assert panel(drive).request.floor == "3rd left"
        assert drive.pane.composer.text == "where is he"


async def test_every_key_is_kept_at_once() -> None:
    """A console that is killed has it on disk."""
    desk, cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2", "f9")
        assert cid not in desk.patrols.drafts  # nothing is begun: what she writes next is filled in the next time
        for n, letter in enumerate("code", 1):
            await drive.press(letter)
            assert desk.patrols.drafts[cid].floor == "code"[:n]


async def test_each_conversation_has_its_own_panel() -> None:
    desk, cids = a_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "f2", "f5", "f9", *"first", "f6", "f9", *"second")
        wrote = {cid: request.place for cid, request in desk.patrols.drafts.items()}
        assert wrote == {cids[0]: "first", cids[1]: "second"}
        await drive.press("f6", "f6", "f9")
        assert panel(drive).request.place == "first"


async def test_commands_in_the_panel_are_about_its_conversation() -> None:
    desk, cids = a_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "f2", "f5", "f9", "f6", "f6", "f6")
        assert panel(drive).has_focus_within
        assert drive.pane.cid == panel(drive).cid == cids[0]
        await drive.press("f7")
        assert desk.queue.get(cids[0]).holder == ""
        assert desk.queue.get(cids[1]).holder == desk.me


async def test_the_panel_of_an_earlier_console_that_was_killed_in_the_countdown_is_there() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        desk.patrols.restarted_in_countdown(cid, PatrolRequest(place="12 rue des Lilas", floor="3"))
        await drive.settle()
        assert "NOT SENT: the console stopped in the countdown" in drive.status
        assert drive.bells == 1
        await drive.press("alt+p")
        assert "NOT SENT: the console stopped in the countdown · 12 rue des Lilas" in drive.text
        await drive.press("enter")
        assert drive.pane.cid == cid
        await drive.press("f9")
        assert panel(drive).request.floor == "3"
        assert desk.patrols.asked == []
        assert "ALERT" not in drive.text


async def test_pasted_text_is_one_clean_line() -> None:
    desk, cid = a_call("")
    async with console(desk) as drive:
        await drive.press("f2", "f9")
        drive.app.post_message(Paste("12 rue\r\ndes \x1b[2J\u202eLilas\n"))
        await drive.settle()
        assert panel(drive).request.place == "12 rue des ␛[2J<U+202E>Lilas"
        assert desk.patrols.drafts[cid].place == panel(drive).request.place
        drive.app.post_message(Paste("x" * 500))
        await drive.settle()
        assert len(panel(drive).request.place) <= 200
        assert drive.bells == 0


async def test_moving_onto_a_field_marks_nothing_that_a_letter_would_replace() -> None:
    desk, _cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2", "f9", "up", "up", "up", "up", "up", "up", "tab", "shift+tab", *" B")
        assert panel(drive).request.place == "12 rue des Lilas B"


# more facts later


async def test_later_facts_are_an_update_of_the_same_case() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        desk.patrols.room_tells(cid, "delivered")
        await drive.press("f9")
        assert "PATROL UPDATE" in drive.text
        assert panel(drive).request == desk.patrols.asked[0][1]
        await drive.write("3")
        await drive.press("f9")
        assert drive.status == "UPDATE: floor 3"
        await drive.seconds(GRACE)
        assert [request.floor for _cid, request in desk.patrols.asked] == ["", "3"]
        assert len(desk.queue.get(cid).cases) == 1
        assert desk.talk.lines(cid)[-1].kind is Kind.PATROL
        assert "You asked for a patrol, update: 12 rue des Lilas" in drive.text


async def test_an_update_that_says_nothing_new_is_not_sent() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        desk.patrols.room_tells(cid, "delivered")
        await drive.press("f9", "f9")
        assert drive.status.startswith("Nothing is new, so nothing was sent.")
        await drive.seconds(GRACE + 1)
        assert len(desk.patrols.asked) == 1
        desk.patrols.room_tells(cid, "failed", code="unsealed", re=desk.queue.get(cid).cases[-1].id)
        await drive.press("f9")
        await drive.seconds(GRACE)
        assert len(desk.patrols.asked) == 2


async def test_after_a_refusal_the_key_begins_another_case() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        desk.patrols.room_tells(cid, "refused", words="no car free")
        await drive.press("f9")
        assert "PATROL REQUEST ·" in drive.text
        await drive.press("f9")
        await drive.seconds(GRACE)
        assert len(desk.queue.get(cid).cases) == 2


async def test_two_officers_have_one_case_and_nothing_of_either_is_lost() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "f9", *"3rd")
        focused = drive.app.focused
        desk.patrols.colleague_asks(cid, PatrolRequest(place="12 rue des Lilas", weapon="a knife"), ANA)
        await drive.settle()
        assert drive.app.focused is focused
        assert "PATROL UPDATE" in drive.text
        assert "A colleague has told the room more meanwhile" in warning(drive)
        request = panel(drive).request
        assert (request.floor, request.weapon, request.postcode) == ("3rd", "a knife", "69003")
        await drive.press("f9")
        await drive.seconds(GRACE)
        assert len(desk.queue.get(cid).cases) == 1
        assert desk.queue.get(cid).cases[0].askers == {ANA, desk.me}


async def test_what_a_colleague_has_told_stands_in_a_panel_that_was_begun_before() -> None:
    desk, cid = a_call()
    async with console(desk) as drive:
        await drive.press("f2", "f9", *"3rd", "escape")
        desk.patrols.colleague_asks(cid, PatrolRequest(place="12 rue des Lilas", weapon="a knife"), ANA)
        await drive.press("f9")
        assert (panel(drive).request.floor, panel(drive).request.weapon) == ("3rd", "a knife")


async def test_the_rooms_question_is_answered_in_its_field() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await asked(drive)
        desk.patrols.room_tells(cid, "question", words="Which staircase?")
        await drive.settle()
        assert "THE ROOM ASKS: Which staircase? (F9 answers)" in strip(drive)
        await drive.press("f9")
        assert field(drive) == "note"
        await drive.write("B")
        await drive.press("f9")
        await drive.seconds(GRACE)
        assert desk.patrols.asked[1][1].note == "B"
        assert "ROOM ASKS" not in strip(drive)


# kept for too long


async def kept_too_long(drive: Driver, desk: FakeDesk) -> None:
    desk.hold_back = True
    await asked(drive)
    assert desk.patrols.of(drive.pane.cid).state is PatrolState.KEPT
    await drive.seconds(121)
    desk.hold_back = False
    await drive.seconds(1)


async def test_what_was_kept_too_long_is_asked_about_and_the_key_answers() -> None:
    desk, _cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await kept_too_long(drive, desk)
        assert desk.patrols.asked == []
        assert "RING 17 · STILL MEANT? F9 answers · NOT SENT for 2 min" in strip(drive)
        assert "NOT SENT: still meant?" in drive.status
        assert drive.app.focused is drive.pane.composer
        await drive.press("f9")
        assert warning(drive) == "Kept here for 2 min, NOT SENT. F9 sends it now; Alt+C: not meant any more."
        await drive.press("f9")
        assert len(desk.patrols.asked) == 1
        assert panel(drive) is None
        await drive.seconds(1)
        assert "still meant" not in drive.text


async def test_what_was_kept_too_long_and_is_not_meant_stands_in_the_panel() -> None:
    desk, cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await kept_too_long(drive, desk)
        await drive.press("f9", "alt+c")
        await drive.seconds(5)
        assert desk.patrols.asked == []
        assert desk.patrols.of(cid) is None
        assert strip(drive) == ""
        await drive.press("f9")
        assert panel(drive).request.place == "12 rue des Lilas"


async def test_what_was_kept_too_long_can_be_changed_first() -> None:
    desk, _cid = a_call()
    async with console(desk, size=LARGE) as drive:
        await kept_too_long(drive, desk)
        await drive.press("f9", *"3", "f9")
        await drive.seconds(GRACE)
        assert [request.floor for _cid, request in desk.patrols.asked] == ["3"]


async def test_keys_that_come_in_one_rush_go_to_the_field_they_are_meant_for() -> None:
    desk, _cid = a_call("")
    async with console(desk) as drive:
        await drive.press("f2", "f9")
        for key in ("1", "2", "enter", "6", "9", "enter", "L", "up", "0"):
            drive.app.post_message(Key(key, key if len(key) == 1 else None))
        await drive.settle()
        await drive.settle()
        request = panel(drive).request
        assert (request.place, request.postcode, request.city) == ("12", "690", "L")
