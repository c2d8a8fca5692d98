"""Every command, by its key."""

from __future__ import annotations

import re

import pytest

from officer_console.client.api import LinkPhase
from officer_console.console.commands import BY_ID, COMMANDS
from officer_console.console.keymap import keymap_from
from officer_console.console.screens.ask import Ask
from officer_console.console.screens.close import Close
from officer_console.console.screens.help import Help
from officer_console.console.screens.lock import Lock
from officer_console.console.screens.note import Note
from officer_console.model.conversation import State
from officer_console.model.transcript import Kind
from tests.console.driving import a_desk, console
from tests.console.fake_desk import ME, FakeDesk


async def test_take_next_takes_the_one_who_waited_longest() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        assert desk.queue.get(first).holder == ME
        assert drive.pane.cid == first
        assert drive.app.focused is drive.pane.composer
        assert "WRITING HERE · yours" in drive.text


async def test_take_next_says_when_nobody_waits() -> None:
    async with console(FakeDesk()) as drive:
        await drive.press("f2")
        assert drive.status == "Nobody is waiting."


async def test_take_takes_the_one_under_the_cursor() -> None:
    desk, cids = a_desk()
    async with console(desk) as drive:
        await drive.press("down", "ctrl+t")
        assert desk.queue.get(cids[1]).holder == ME
        assert drive.pane.cid == cids[1]


async def test_take_takes_the_one_that_is_read() -> None:
    desk, cids = a_desk()
    async with console(desk) as drive:
        await drive.press("enter")
        assert desk.queue.get(cids[0]).state is State.WAITING
        assert "draft here · nobody has it" in drive.text
        await drive.press("ctrl+t")
        assert desk.queue.get(cids[0]).holder == ME
        await drive.press("ctrl+t")
        assert drive.status == "It is yours already."


async def test_next_to_answer_by_both_keys() -> None:
    desk, cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "f2", "f2")
        desk.talk.say(cids[0], "answered")
        await drive.press("f3")
        assert drive.pane.cid == cids[1]
        await drive.press("alt+a")
        assert drive.pane.cid == cids[2]
        desk.talk.say(cids[1], "answered")
        desk.talk.say(cids[2], "answered")
        desk.add("one more")
        await drive.press("f3")
        assert drive.pane.cid == cids[2]
        assert drive.status == "None of your visitors waits for an answer. 1 person waits for an officer (F2)."


async def test_open_shows_without_taking() -> None:
    desk, cids = a_desk()
    async with console(desk) as drive:
        await drive.press("down", "down", "enter")
        assert drive.pane.cid == cids[2]
        assert desk.queue.get(cids[2]).state is State.WAITING
        assert desk.opened == [cids[2]]


async def test_put_back_keeps_the_draft() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("half a")
        await drive.press("f7")
        assert desk.queue.get(first).state is State.WAITING
        assert desk.talk.draft(first) == "half a"
        assert "Ctrl+T takes it again" in drive.status


async def test_close_asks_for_the_outcome() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "f8")
        assert isinstance(drive.app.screen, Close)
        assert "I am in the bathroom" in drive.text
        await drive.press("2", "tab")
        await drive.write("called 3919")
        await drive.press("enter")
        assert desk.queue.get(first).state is State.CLOSED
        closed = [line for line in desk.talk.lines(first) if line.kind is Kind.CLOSED]
        assert [(line.text, line.remark) for line in closed] == [("referred", "called 3919")]


async def test_close_can_be_left_and_warns_of_a_draft() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("hello")
        await drive.press("f8")
        assert "draft that was not sent" in drive.text
        await drive.press("escape")
        assert desk.queue.get(first).state is State.HELD
        assert drive.app.focused is drive.pane.composer


async def test_close_is_not_for_what_others_hold() -> None:
    desk, (first, *_others) = a_desk()
    desk.colleague_claims(first)
    async with console(desk) as drive:
        await drive.press("end", "enter", "f8")
        assert not isinstance(drive.app.screen, Close)
        assert "Only the officer who holds the conversation" in drive.status


async def test_first_unread_by_both_keys() -> None:
    desk, (first, *_others) = a_desk()
    desk.talk.fill_lines(first, 200)
    async with console(desk) as drive:
        await drive.press("f2", "pageup", "pageup", "pageup")
        for n in range(30):
            desk.visitor_says(first, f"line {n} of many")
        await drive.settle()
        before = drive.pane.transcript.scroll_offset.y
        for key in ("f4", "alt+u"):
            await drive.press(key)
            assert drive.pane.transcript.scroll_offset.y > before
            assert "line 0 of many" in drive.text
        assert drive.pane.composer.text == ""


async def test_search_and_next_match() -> None:
    desk, (first, *_others) = a_desk()
    desk.talk.fill_lines(first, 100)
    desk.visitor_says(first, "a needle here")
    desk.talk.fill_lines(first, 100)
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("my draft")
        await drive.press("ctrl+f")
        await drive.write("needle")
        assert drive.app.focused is drive.pane.search_line
        assert "SEARCHING HERE" in drive.text
        assert "WRITING HERE" not in drive.text
        await drive.press("enter")
        assert "a needle here" in drive.text
        await drive.press("ctrl+end", "ctrl+g")
        assert "a needle here" in drive.text
        await drive.press("escape")
        assert drive.app.focused is drive.pane.composer
        assert drive.pane.composer.text == "my draft"
        assert not drive.pane.search_line.display


async def test_reading_back_and_on_leaves_the_text_cursor_where_it_is() -> None:
    desk, (first, *_others) = a_desk()
    desk.talk.fill_lines(first, 200)
    desk.visitor_says(first, "the last words")
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("my draft")
        place, end = drive.place, drive.text
        await drive.press("pageup")
        back = drive.text
        assert "the last words" not in back
        await drive.press("pageup", "pagedown")
        assert drive.text == back
        await drive.press("ctrl+end")
        assert drive.text == end
        assert drive.place == place


async def test_note_is_kept_for_colleagues() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "ctrl+n")
        assert isinstance(drive.app.screen, Note)
        assert "the visitor never sees it" in drive.text
        await drive.write("two children")
        await drive.press("enter")
        assert not isinstance(drive.app.screen, Note)
        notes = [line.text for line in desk.talk.lines(first) if line.kind is Kind.NOTE]
        assert notes == ["two children"]


async def test_erase_is_the_leads_and_asked_once() -> None:
    desk, (first, *_others) = a_desk(role="lead")
    async with console(desk) as drive:
        await drive.press("enter", "alt+e", "enter")
        assert desk.queue.get(first).state is State.WAITING
        await drive.press("alt+e", "2", "enter")
        assert desk.queue.get(first).state is State.ERASED
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("enter", "alt+e")
        assert not isinstance(drive.app.screen, Ask)
        assert drive.status == "Only a shift lead may erase a conversation."


async def test_send_and_new_line() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("one")
        await drive.press("ctrl+j")
        await drive.write("two")
        await drive.press("alt+enter")
        await drive.write("three")
        await drive.press("enter")
        assert desk.talk.lines(first)[-1].text == "one\ntwo\nthree"
        assert drive.pane.composer.text == ""
        assert "three" in drive.text


async def test_to_queue_and_back() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("text")
        await drive.press("escape")
        assert drive.app.focused is drive.app.duty.queue
        assert "CHOOSING HERE" in drive.text
        assert "1 · reading" in drive.text
        await drive.press("escape")
        assert drive.app.focused is drive.pane.composer
        assert drive.pane.composer.text == "text"


async def test_split_next_pane_turn_and_close() -> None:
    desk, (first, second, _third) = a_desk()
    async with console(desk, size=(120, 30)) as drive:
        await drive.press("f2", "f2")
        await drive.write("to the second")
        await drive.press("f5")
        panes = drive.app.duty.panes
        assert panes.shown == [second, first]
        assert drive.pane.cid == first
        assert "1 · reading" in drive.text
        assert "2 · WRITING HERE" in drive.text
        left, right = (pane.region for pane in panes.all)
        assert left.y == right.y
        assert left.x < right.x
        await drive.write("to the first")
        await drive.press("f6")
        assert drive.pane.composer.text == "to the second"
        assert "1 · WRITING HERE" in drive.text
        await drive.press("alt+o")
        above, below = (pane.region for pane in panes.all)
        assert above.x == below.x
        assert above.y < below.y
        await drive.press("alt+w")
        assert panes.shown == [first]
        assert "1 · WRITING HERE" in drive.text
        assert (desk.talk.draft(first), desk.talk.draft(second)) == ("to the first", "to the second")
        await drive.press("alt+w")
        assert panes.shown == []
        assert drive.app.focused is drive.app.duty.queue
        assert "No conversation is open." in drive.text


async def test_a_conversation_is_never_on_screen_twice() -> None:
    desk, (first, second, _third) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "f2", "f5")
        assert drive.app.duty.panes.shown == [second, first]
        await drive.press("escape", "end", "home", "down", "enter")
        assert drive.app.duty.panes.shown == [second, first]
        assert drive.pane.cid == second
        assert drive.app.focused is drive.pane.composer


async def test_split_again_goes_back_to_the_pane_in_use() -> None:
    desk, (first, _second, _third) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "f2", "f5", "f5")
        assert drive.app.duty.panes.shown == [first]
        assert drive.app.focused is drive.pane.composer


async def test_split_shows_the_one_under_the_cursor_when_no_other_is_mine() -> None:
    desk, (first, second, _third) = a_desk()
    async with console(desk) as drive:
        await drive.press("f5")
        assert drive.app.duty.panes.shown == [first]
        await drive.press("f5")
        assert drive.app.duty.panes.shown == [first]
        await drive.press("escape", "down", "f5")
        assert drive.app.duty.panes.shown == [first, second]


async def test_tab_goes_round_and_shift_tab_back() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "f2", "f5")
        queue, panes = drive.app.duty.queue, drive.app.duty.panes
        ring = [queue, *(pane.composer for pane in panes.all)]
        await drive.press("tab")
        assert drive.app.focused is ring[0]
        await drive.press("tab")
        assert drive.app.focused is ring[1]
        await drive.press("shift+tab", "shift+tab")
        assert drive.app.focused is ring[2]


@pytest.mark.parametrize("key", ["f1", "question_mark"])
async def test_help_shows_every_command(key: str) -> None:
    desk, _cids = a_desk()
    async with console(desk, size=(120, 60)) as drive:
        await drive.press(key)
        assert isinstance(drive.app.screen, Help)
        box = drive.app.screen.query_one("#box")
        first = drive.text
        box.scroll_end(animate=False)
        await drive.settle()
        inside = [line[box.region.x : box.region.right] for line in (first + drive.text).splitlines()]
        shown = " ".join(re.sub("[─-▟]", " ", " ".join(inside)).split())
        assert all(command.help in shown for command in COMMANDS)
        await drive.press("escape")
        assert not isinstance(drive.app.screen, Help)


async def test_a_question_mark_in_a_text_is_a_question_mark() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "question_mark")
        assert drive.pane.composer.text == "?"


async def test_only_a_shift_lead_may_take_somebody_in() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("alt+i")
        assert drive.app.screen is drive.app.duty
        assert drive.status == "Only a shift lead may take somebody into the desk."


async def test_reconnect_tries_at_once() -> None:
    desk, _cids = a_desk()
    desk.set_link(phase=LinkPhase.RECONNECTING, problem="network")
    async with console(desk) as drive:
        await drive.press("ctrl+r")
        assert desk.retries == 1


async def test_theme_goes_round() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        seen = [drive.app.theme]
        for _ in range(3):
            await drive.press("alt+t")
            seen.append(drive.app.theme)
        assert seen == ["dusk", "paper", "contrast", "dusk"]
        assert drive.status == "Colours: dusk"


async def test_lock_hides_and_enter_shows() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2")
        await drive.write("draft")
        await drive.press("ctrl+l")
        assert isinstance(drive.app.screen, Lock)
        assert "bathroom" not in drive.text
        assert "draft" not in drive.text
        assert "2 people wait for an officer" in drive.text
        await drive.press("enter")
        assert "bathroom" in drive.text
        assert drive.app.focused is drive.pane.composer


@pytest.mark.parametrize("key", ["f10", "ctrl+q"])
async def test_quit_leaves_when_nothing_is_open(key: str) -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press(key)
        assert not drive.app.is_running
        assert drive.app.return_value == 0


async def test_quit_asks_when_a_conversation_is_held() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "f10")
        assert isinstance(drive.app.screen, Ask)
        assert "You hold a conversation" in drive.text
        await drive.press("enter")
        assert drive.app.is_running
        await drive.press("f10", "escape")
        assert drive.app.is_running
        await drive.press("f10", "3", "enter")
        assert not drive.app.is_running


async def test_ctrl_c_says_how_to_leave() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("ctrl+c")
        assert drive.app.is_running
        assert "F10 leaves the console" in drive.status


@pytest.mark.parametrize("key", ["f7", "f8", "f4", "ctrl+n", "ctrl+f", "alt+e"])
async def test_what_is_about_a_conversation_does_nothing_from_the_queue(key: str) -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "escape", key)
        assert drive.app.screen is drive.app.duty
        assert desk.queue.get(first).holder == ME
        assert drive.status == "That key is about a conversation: go to one first."


async def test_a_remapped_key_works_and_is_shown_everywhere() -> None:
    desk, (first, *_others) = a_desk()
    keymap, problems = keymap_from({"take-next": "f11", "send": "alt+enter", "new-line": "enter"})
    assert problems == []
    async with console(desk, keymap=keymap) as drive:
        assert "F11 Take next" in drive.text
        await drive.press("f2")
        assert drive.app.duty.panes.shown == []
        await drive.press("f11")
        await drive.write("one")
        await drive.press("enter", "alt+enter")
        assert desk.talk.lines(first)[-1].text == "one"


def test_every_command_is_pressed_in_a_test() -> None:
    """So that none is forgotten here, or where patrols are sent and texts are picked."""
    import inspect
    import sys

    from tests.console import (
        test_app_care,
        test_app_complaint,
        test_app_countersigning,
        test_app_figures,
        test_app_graphic,
        test_app_handover,
        test_app_keeping,
        test_app_patrol,
        test_app_patrol_strip,
        test_app_queueing,
        test_app_replies,
        test_app_signals,
        test_lead,
    )

    others = (test_app_complaint, test_app_patrol, test_app_patrol_strip, test_app_replies, test_app_signals)
    kept = (test_app_countersigning, test_app_keeping)
    own = (test_app_care, test_app_figures, test_app_graphic, test_app_handover, test_app_queueing, test_lead)
    modules = (sys.modules[__name__], *others, *own, *kept)
    source = "".join(map(inspect.getsource, modules))
    missing = {id for id in BY_ID if not any(f'"{key}"' in source for key in BY_ID[id].keys)}
    assert missing == set()
