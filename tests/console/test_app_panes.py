"""Where an officer is after a conversation ends, and what the split's keys say when there is only one."""

from __future__ import annotations

import pytest

from officer_console.model.conversation import State
from tests.console.driving import LARGE, a_desk, console
from tests.console.fake_claims import FakeClaims
from tests.console.fake_desk import FakeDesk


async def test_after_a_close_one_is_in_the_queue_on_who_comes_next() -> None:
    desk, (first, second, _third) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "f8", "1", "enter")
        assert desk.queue.get(first).state is State.CLOSED
        assert drive.app.duty.panes.shown == []
        assert drive.app.focused is drive.app.duty.queue
        assert drive.app.duty.queue.cursor_cid == second
        assert drive.status == "Closed; it comes back if the visitor writes. You are in the queue now."
        await drive.press("enter")
        assert drive.pane.cid == second


async def test_after_a_close_the_cursor_leaves_what_the_relay_has_not_closed_yet() -> None:
    asked = []

    class FarClaims(FakeClaims):
        def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None:
            asked.append((cid, outcome))

    desk = FakeDesk()
    desk.claims = FarClaims(desk)
    first, second = desk.add("one", waited=20), desk.add("two", waited=10)
    async with console(desk) as drive:
        await drive.press("f2", "f8", "2", "enter")
        assert asked == [(first, "referred")]
        assert drive.app.duty.panes.shown == []
        assert drive.app.duty.queue.cursor_cid == second


async def test_after_a_close_in_a_split_one_writes_in_the_other() -> None:
    desk, (first, second, _third) = a_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "f2", "f5")
        assert drive.pane.cid == first
        await drive.write("draft for her")
        assert drive.app.duty.queue.cursor_cid == first
        await drive.press("f8", "1", "enter")
        assert drive.app.duty.panes.shown == [second]
        assert drive.app.duty.queue.cursor_cid == second
        assert drive.app.focused is drive.pane.composer
        assert drive.pane.composer.text == ""
        assert drive.status == "Closed; it comes back if the visitor writes. You write in the other one now."
        assert desk.talk.draft(first) == "draft for her"


async def test_a_close_that_was_not_taken_leaves_one_where_one_is() -> None:
    class FullClaims(FakeClaims):
        def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None:
            raise OSError(28, "No space left on device")

    desk = FakeDesk()
    desk.claims = FullClaims(desk)
    first = desk.add("one")
    async with console(desk) as drive:
        await drive.press("f2", "f8", "1", "enter")
        assert drive.app.duty.panes.shown == [first]
        assert drive.app.focused is drive.pane.composer
        assert "Closed" not in drive.status


async def test_split_says_what_is_missing_and_which_key() -> None:
    desk, (first, second, _third) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "home", "escape", "home", "f5")
        assert drive.app.duty.queue.cursor_cid == first
        assert drive.status == "Choose another one with ↑ ↓, then F5."
        await drive.press("escape", "f5")
        assert drive.status == "Choose another one in the queue first (Esc, then ↑ ↓), then F5."
        await drive.press("escape", "down", "f5")
        assert drive.app.duty.panes.shown == [first, second]


async def test_split_says_when_there_is_nobody_else() -> None:
    desk = FakeDesk()
    desk.add("alone")
    async with console(desk) as drive:
        await drive.press("f2", "f5")
        assert drive.status == "There is no other conversation to show."


@pytest.mark.parametrize("key", ["f6", "alt+o"])
async def test_the_keys_of_two_conversations_say_how_to_get_a_second(key: str) -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", key)
        assert drive.status == "Only one conversation is on screen. F5 shows a second."


# what Escape puts off


async def test_escape_loses_neither_a_note_nor_a_remark() -> None:
    desk, (first, second, _third) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "ctrl+n")
        await drive.write("two children")
        await drive.press("escape", "f8", "tab")
        await drive.write("called 17")
        await drive.press("escape", "f2", "ctrl+n")
        assert (drive.pane.cid, "two children" in drive.text) == (second, False)
        await drive.press("escape", "f3", "ctrl+n")
        assert "two children" in drive.text
        await drive.press("enter", "f8")
        assert drive.pane.cid == first
        assert "called 17" in drive.text
        await drive.press("1", "enter")
        told = [(line.text, line.remark) for line in desk.talk.lines(first)[-2:]]
        assert told == [("two children", ""), ("advised", "called 17")]
        assert drive.app.duty.begun["note", first] == ""
        assert ("remark", first) not in drive.app.duty.begun


async def test_leaving_asks_when_a_note_is_begun() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk, size=LARGE) as drive:
        await drive.press("f2", "ctrl+n", "x", "escape", "f7", "f10")
        assert "Something that you began (a note, a remark, a call back) is not" in drive.text
        await drive.press("escape")
        desk.visitor_erases(first)
        await drive.press("f10")
        assert not drive.app.is_running


@pytest.mark.parametrize("keys", [("enter",), ("tab", "enter")])
async def test_enter_alone_closes_nothing(keys: tuple[str, ...]) -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "f8", *keys)
        assert desk.queue.get(first).state is State.HELD
        assert "Choose first how it ends. Nothing is closed yet." in drive.text
        await drive.press("down", "enter")
        assert desk.talk.lines(first)[-1].text == "advised"


async def test_something_else_has_to_be_said() -> None:
    desk, (first, *_others) = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "f8", "8", "enter")
        assert desk.queue.get(first).state is State.HELD
        assert "Say in the remark what it was. Nothing is closed yet." in drive.text
        await drive.write("wrong desk")
        await drive.press("enter")
        assert (desk.talk.lines(first)[-1].text, desk.talk.lines(first)[-1].remark) == ("other", "wrong desk")
