"""What goes wrong, or tries to: hostile text, a lost link, a full disk, a small terminal, a fault of ours."""

from __future__ import annotations

import msgspec
import pytest
from textual.widgets import Input
from textual.worker import WorkerFailed

from officer_console.client.api import LinkPhase
from officer_console.model.patrol import LIMITS, PatrolRequest
from tests.board.driving import LARGE, SIZES, SMALL, USUAL, Driver, board
from tests.board.fake_room import LILAS, FakeRoom

PERRACHE = PatrolRequest(place="3 quai Perrache", city="Lyon", silent=False)
ARMED = msgspec.structs.replace(LILAS, weapon="couteau de cuisine")
ESCAPES = "\x1b]0;stolen\x07\x1b[2J\x9b31m\u202e[bold]no[/bold] [/foo][@click=app.quit]x[/]"


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_text_is_shown_and_does_nothing(room: FakeRoom, size: tuple[int, int]) -> None:
    names = [name for name in PatrolRequest.__struct_fields__ if name not in ("nature", "point", "silent", "language")]
    hostile = PatrolRequest(**dict.fromkeys(names, f"good {ESCAPES}"))
    async with board(room, size) as drive:
        case_id = await drive.asks(hostile, officer=f"Noor {ESCAPES}")
        await drive.press("enter", "q")
        await drive.write("which")
        await drive.press("enter")
        room._words[case_id] = {"unit": ESCAPES, "words": ESCAPES, "question": ESCAPES}
        room.clock += 1000
        await drive.asks(msgspec.structs.replace(hostile, weapon=ESCAPES * 9), cid=room.cid(case_id))
        await drive.press("enter", "u", "escape")
        room.cancel(room.cid(case_id), ESCAPES, officer=ESCAPES)
        await drive.settle()
        await drive.press("pagedown", "enter")
        assert "good ␛]0;stolen␇␛[2J" in drive.text
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(drive.text)
        assert len(drive.app.screen_stack) == 1 and drive.app.is_running
        drive.app.export_screenshot()


async def test_pasted_words_become_one_line(room: FakeRoom) -> None:
    async with board(room) as drive:
        await drive.asks()
        await drive.press("enter", "u")
        line = drive.app.screen.query_one(Input)
        from textual import events

        line.post_message(events.Paste("TV\n12\x1b[2J"))
        await drive.settle()
        assert line.value == "TV 12␛[2J"


async def test_the_link_and_what_is_not_told_yet_are_said(room: FakeRoom) -> None:
    async with board(room, USUAL) as drive:
        assert "● connected, heartbeat 0 s ago" in drive.title
        room.state = msgspec.structs.replace(room.state, phase=LinkPhase.RECONNECTING, since=room.clock, unsent=2)
        room.offline = True
        case_id = await drive.asks()
        assert "NOT CONNECTED for 0 s" in drive.title and "2 NOT YET TOLD" in drive.title
        await drive.press("enter", "a", "ctrl+r")
        assert room.retried == 1
        assert "Accepted · 0 s ago (16:13) · NOT YET TOLD" in drive.text
        assert drive.app.board.roll.chosen and drive.app.board.roll.chosen.id == case_id
        room.state = msgspec.structs.replace(room.state, phase=LinkPhase.STOPPED, problem="login")
        await drive.seconds(7)
        assert "STOPPED (Ctrl+R: try again)" in drive.title
        assert "does not let this officer in" in drive.status


async def test_a_full_disk_is_told_and_nothing_is_done(room: FakeRoom) -> None:
    async with board(room) as drive:
        case_id = await drive.asks()
        room.full = True
        await drive.press("enter")
        assert drive.status == "This machine's disk takes nothing: the disk is full; free some space. Nothing was told."
        assert room.of(case_id) == ["delivered"]
        await drive.seconds(5)
        assert drive.bells == 2, "and it rings on"


async def test_a_disk_that_can_not_be_read_leaves_what_was_seen(
    room: FakeRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with board(room) as drive:
        await drive.asks()

        def broken() -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(room, "cases", broken)
        room.changed()
        await drive.settle()
        assert "14 rue des Lilas" in drive.text
        assert drive.status == "This machine's disk can't be read: Input/output error. What you see may be old."


async def test_what_could_not_be_opened_is_said_beside_what_could(room: FakeRoom) -> None:
    async with board(room, LARGE) as drive:
        case_id = await drive.asks()
        room.reject(room.cid(case_id), "untrusted")
        await drive.settle()
        assert "A message of 16:13 is not shown: the dispatch side does not trust its signature" in drive.text


async def test_leaving_asks_while_a_case_is_open(room: FakeRoom) -> None:
    async with board(room) as drive:
        await drive.asks()
        await drive.press("f10")
        assert "1 case is open." in drive.text
        await drive.press("escape")
        assert drive.app.is_running
        await drive.press("enter", "r")
        await drive.write("non")
        await drive.press("enter", "f10")
        assert drive.app.return_code == 0


async def test_leaving_when_it_is_meant(room: FakeRoom) -> None:
    async with board(room) as drive:
        await drive.asks()
        await drive.press("f10", "2", "enter")
        assert drive.app.return_code == 0


async def test_settings_that_can_not_be_used_are_told(room: FakeRoom) -> None:
    async with board(room, problems=("there is no theme 'night'",)) as drive:
        assert "· there is no theme 'night'" in drive.text
        await drive.press("enter")
        assert len(drive.app.screen_stack) == 1


@pytest.mark.parametrize("size", [(60, 16), SMALL])
async def test_a_small_terminal_breaks_nothing(room: FakeRoom, size: tuple[int, int]) -> None:
    async with board(room, size) as drive:
        await fill(drive)
        await drive.press("pagedown", "enter", "u", "escape", "f1", "escape", "f10", "escape")
        await drive.pilot.resize_terminal(132, 40)
        await drive.settle()
        assert "14 rue des Lilas" in drive.text


async def fill(drive: Driver) -> None:
    case_id = await drive.asks()
    await drive.press("enter")
    await drive.asks(ARMED, cid=drive.room.cid(case_id))
    await drive.asks(PERRACHE)


async def test_what_breaks_ends_it_without_a_word_of_anybody(
    room: FakeRoom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken() -> None:
        secret = LILAS.place
        raise KeyError(secret)

    monkeypatch.setattr(room, "run", broken)
    app = None
    with pytest.raises(WorkerFailed):
        async with board(room) as drive:
            app = drive.app
            await drive.settle()
    assert app and isinstance(app.failure, KeyError)
    assert "".join(capsys.readouterr()) == ""


async def test_cut_text_never_reaches_the_terminals_clipboard(room: FakeRoom) -> None:
    async with board(room) as drive:
        await drive.asks()
        await drive.press("enter", "u")
        await drive.write("TV 12")
        await drive.press("home", "shift+end", "ctrl+x")
        assert drive.app.clipboard == "TV 12"
        assert not drive.app.ENABLE_COMMAND_PALETTE


@pytest.mark.parametrize("size", SIZES)
async def test_however_much_is_written_nothing_is_out_of_reach(room: FakeRoom, size: tuple[int, int]) -> None:
    names = [name for name in LIMITS if name not in ("postcode", "city")]
    long = PatrolRequest(**{name: ("word " * 100)[: LIMITS[name] - 4].rstrip() + " END" for name in names})
    async with board(room, size) as drive:
        case_id = await drive.asks(LILAS)
        await drive.press("enter")
        await drive.asks(long, cid=room.cid(case_id))
        assert "UPDATE of" in drive.text and "SILENT APPROACH" in drive.text
        assert "more changes, below" in drive.text
        seen, below = drive.text, drive.app.board._body
        while below.scroll_offset.y < below.max_scroll_y:
            await drive.press("pagedown")
            seen += drive.text
        assert seen.count("END") >= len(names)
        assert "NOT OPENED" in seen or "Opened ·" in seen
