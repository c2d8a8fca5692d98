"""The call backs over the board: read, taken or refused by a person, gone when erased, and never before a patrol."""

from __future__ import annotations

import pytest
from textual.content import Content

from officer_console.console.board.call_pane import CallPane
from officer_console.console.board.calls import Calls
from officer_console.console.board.key_line import KeyLine
from officer_console.console.board.keys import AMONG_CALLS
from officer_console.console.board.list_pane import ListPane
from officer_console.console.board.page_pane import PagePane
from officer_console.dispatch.codes import UNSEALED
from officer_console.model.callback import LIMITS, CallBackRequest
from officer_console.model.patrol import PatrolRequest
from tests.board.driving import LARGE, SIZES, SMALL, USUAL, Driver, board
from tests.board.fake_room import NADEGE, FakeRoom, Told

CAMILLE = CallBackRequest(name="M.", email="m@example.org")
PERRACHE = PatrolRequest(place="3 quai Perrache", city="Lyon")
ESCAPES = "\x1b]0;stolen\x07\x1b[2J\x9b31m\u202e[bold]no[/bold] [/foo][@click=app.quit]x[/]"


def over(drive: Driver) -> Calls:
    assert isinstance(drive.app.screen, Calls)
    return drive.app.screen


def keys(drive: Driver) -> str:
    return " ".join(over(drive).query_one(KeyLine).render().plain.split())


def said(drive: Driver) -> str:
    return over(drive)._said.render().plain


def chosen(drive: Driver) -> str:
    found = drive.app.board.calling.roll.chosen
    return found.id if found else ""


@pytest.mark.parametrize("size", SIZES)
async def test_one_soft_bell_and_a_line_over_the_cases(room: FakeRoom, size: tuple[int, int]) -> None:
    async with board(room, size) as drive:
        case_id = await drive.asks()
        await drive.press("enter")
        bells = drive.bells
        await drive.calls()
        assert drive.bells == bells + 1
        assert "1 call back to read (B)" in drive.text and "B Call backs" in drive.keys
        assert drive.chosen == case_id and isinstance(drive.app.focused, ListPane)
        await drive.seconds(600)
        assert drive.bells == bells + 1, "it does not ring on"
        await drive.calls(CAMILLE)
        assert drive.bells == bells + 2 and "2 call backs to read (B)" in drive.text
        assert "RING" not in drive.title and NADEGE.phone not in drive.text


async def test_what_was_there_before_makes_no_sound(room: FakeRoom) -> None:
    room.call_back()
    async with board(room) as drive:
        assert drive.bells == 0 and "1 call back to read (B)" in drive.text


async def test_without_any_the_key_says_so(room: FakeRoom) -> None:
    async with board(room) as drive:
        await drive.press("b")
        assert drive.status == "There is no call back here."
        assert "Call backs" not in drive.text and len(drive.app.screen_stack) == 1


@pytest.mark.parametrize("size", [SMALL, USUAL])
async def test_all_of_it_is_read_at_a_glance(room: FakeRoom, size: tuple[int, int]) -> None:
    async with board(room, size) as drive:
        await drive.calls()
        room.clock += 11 * 60_000
        await drive.calls(CAMILLE, officer="Camille")
        await drive.press("b")
        rows = drive.text.splitlines()
        assert next(n for n, row in enumerate(rows) if "● Nadège" in row) < next(
            n for n, row in enumerate(rows) if "● M." in row
        ), "the oldest first"
        for words in (
            "CAN ENDANGER HER", NADEGE.when, NADEGE.name, NADEGE.phone, NADEGE.email, NADEGE.unit, NADEGE.note,
            "Noor, 11 min ago (16:13)", "Nobody has taken it yet", "2 call backs to read", "EXERCISE",
        ):  # fmt: skip
            assert words in drive.text
        assert keys(drive) == "Enter Take it R Refuse it ↑ Choose Esc Back F1 Keys"


async def test_how_it_is_safe_is_as_loud_as_can_be(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with board(room) as drive:
        await drive.calls()
        await drive.press("b")
        cells = [cell for strip in drive.app.screen._compositor.render_strips() for cell in strip]
        loud = "".join(cell.text for cell in cells if cell.style and cell.style.reverse)
        assert "CAN ENDANGER HER" in loud and NADEGE.when in loud and NADEGE.phone not in loud


@pytest.mark.parametrize("key", ["enter", "t"])
async def test_one_is_taken_and_stays_there_dimmed(room: FakeRoom, key: str) -> None:
    async with board(room) as drive:
        first, second = await drive.calls(), await drive.calls(CAMILLE)
        await drive.press("b", key)
        assert room.told == [Told(first, "taken")]
        assert said(drive) == "Told: TAKEN. Call her only as it says above."
        assert "▶ □ taken · Nadège" in drive.text and NADEGE.phone in drive.text, "he calls her now"
        assert "1 call back to read" in drive.text
        await drive.press(key)
        assert said(drive) == "It is taken already. Nothing was told."
        await drive.press("home")
        assert said(drive) == "" and chosen(drive) == second
        assert room.told == [Told(first, "taken")]
        await drive.press("escape")
        assert len(drive.app.screen_stack) == 1 and "1 call back to read (B)" in drive.text


async def test_one_is_refused_after_a_question(room: FakeRoom) -> None:
    async with board(room) as drive:
        id = await drive.calls()
        await drive.press("b", "r")
        assert "Refuse this call back?" in drive.text and "no reason goes with it" in drive.text
        await drive.press("enter")
        assert room.told == [], "the first answer changes nothing"
        await drive.press("r", "escape")
        await drive.press("r", "2", "enter")
        assert room.told == [Told(id, "refused")]
        assert said(drive) == "Told: REFUSED. Nobody calls her." and "□ refused · Nadège" in drive.text
        await drive.press("r")
        assert said(drive) == "It is refused already. Nothing was told."
        await drive.press("b")
        assert "to read (B)" not in drive.text and "B Call backs" in drive.keys


async def test_erased_while_it_is_shown_it_is_gone_at_once(room: FakeRoom) -> None:
    async with board(room) as drive:
        first, second = await drive.calls(), await drive.calls(CAMILLE)
        await drive.press("b")
        await drive.erased(first)
        assert "She has erased the conversation: this call back is gone" in drive.text
        for words in (NADEGE.name, NADEGE.phone, NADEGE.email, NADEGE.when, NADEGE.unit):
            assert words not in drive.text
        assert "Take it" not in keys(drive)
        await drive.press("enter", "t", "r")
        assert room.told == [], "what was meant for her is done to nobody else"
        assert said(drive) == "There is no call back chosen, or it is gone. Nothing was told."
        await drive.press("down")
        assert chosen(drive) == second and "erased" not in drive.text
        await drive.erased(second)
        assert "erased" in drive.text and "No call back." in drive.text and "chooses another" not in drive.text
        await drive.press("escape", "b")
        assert drive.status == "There is no call back here."


async def test_erased_behind_the_question_it_is_gone_too(room: FakeRoom) -> None:
    async with board(room, USUAL) as drive:
        id = await drive.calls()
        await drive.press("b", "r")
        await drive.erased(id)
        assert NADEGE.name not in drive.text and NADEGE.phone not in drive.text
        await drive.press("2", "enter")
        assert room.told == [] and "it is gone. Nothing was told." in said(drive)


async def test_erased_while_nobody_looks_nothing_is_said(room: FakeRoom) -> None:
    async with board(room) as drive:
        first, second = await drive.calls(), await drive.calls(CAMILLE)
        await drive.press("b", "escape")
        await drive.erased(first)
        assert "1 call back to read (B)" in drive.text
        await drive.press("b")
        assert chosen(drive) == second and "erased" not in drive.text


async def test_one_who_looks_keeps_his_call_back_whatever_arrives(room: FakeRoom) -> None:
    async with board(room) as drive:
        await drive.calls()
        second = await drive.calls(CAMILLE)
        await drive.press("b", "down")
        await drive.calls()
        assert chosen(drive) == second and isinstance(drive.app.focused, CallPane)
        await drive.press("escape", "b")
        assert chosen(drive) == second


async def test_another_place_was_quicker(room: FakeRoom) -> None:
    async with board(room) as drive:
        id = await drive.calls()
        await drive.press("b", "r")
        room.elsewhere(id, "taken")
        await drive.press("2", "enter")
        assert room.told == [] and said(drive) == "It is taken already. Nothing was told."


async def test_a_patrol_rings_over_the_call_backs_too(room: FakeRoom) -> None:
    async with board(room, ring_s=5) as drive:
        await drive.calls()
        await drive.press("b")
        bells = drive.bells
        case_id = await drive.asks()
        assert drive.bells == bells + 1
        assert "▲ 1 PATROL RINGS · Enter goes there" in drive.text and "1 RINGS" in drive.title
        assert keys(drive).startswith("Enter To what rings T Take it R Refuse it")
        await drive.seconds(5)
        assert drive.bells == bells + 2, "and on"
        await drive.press("enter")
        assert len(drive.app.screen_stack) == 1 and drive.chosen == case_id
        assert room.told == [Told(case_id, "delivered")], "nothing is taken by a hand that the bell has called"
        await drive.press("enter")
        assert room.of(case_id) == ["delivered", "opened"]


async def test_it_rings_over_the_question_and_the_help(room: FakeRoom) -> None:
    async with board(room) as drive:
        await drive.calls()
        await drive.press("b", "r")
        bells = drive.bells
        await drive.asks()
        assert drive.bells == bells + 1 and "1 PATROL RINGS" in drive.text
        await drive.press("escape", "t")
        assert room.told[-1].state == "taken", "T still takes it"


async def test_enter_goes_to_the_case_that_rings(room: FakeRoom) -> None:
    async with board(room) as drive:
        await drive.asks()
        await drive.press("enter")
        await drive.calls()
        await drive.press("b")
        ringing = await drive.asks(PERRACHE)
        await drive.press("enter")
        assert drive.chosen == ringing and room.of(ringing) == ["delivered"]


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_text_is_shown_and_does_nothing(room: FakeRoom, size: tuple[int, int]) -> None:
    hostile = CallBackRequest(**dict.fromkeys(LIMITS, f"good {ESCAPES}"))
    async with board(room, size) as drive:
        await drive.calls(hostile, officer=f"Noor {ESCAPES}")
        await drive.press("b", "r", "escape", "pagedown", "pageup", "t", "f1", "escape")
        assert "good ␛]0;stolen␇␛[2J" in drive.text
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(drive.text)
        assert isinstance(drive.app.screen, Calls) and drive.app.is_running
        assert isinstance(over(drive)._top.render(), Content)
        drive.app.export_screenshot()


async def test_what_can_not_be_opened_says_why_and_can_only_be_refused(room: FakeRoom) -> None:
    async with board(room) as drive:
        id = await drive.calls(None, code=UNSEALED)
        assert drive.bells == 0 and "to read (B)" not in drive.text
        await drive.press("b")
        assert "It can't be shown: the dispatch side can't open it" in drive.text
        assert keys(drive).startswith("R Refuse it")
        await drive.press("t")
        assert room.told == [] and "can't be read here" in said(drive)
        await drive.press("r", "2", "enter")
        assert room.told == [Told(id, "refused")]


async def test_a_full_disk_tells_nothing(room: FakeRoom) -> None:
    async with board(room, USUAL) as drive:
        await drive.calls()
        room.full = True
        await drive.press("b", "t")
        assert said(drive).startswith("This machine's disk takes nothing: the disk is full")
        assert room.told == [] and "● Nadège" in drive.text


async def test_however_much_is_written_it_is_in_reach(room: FakeRoom) -> None:
    long = {name: ("word " * 100)[: limit - 4].rstrip() + " END" for name, limit in LIMITS.items()}
    async with board(room) as drive:
        await drive.calls(CallBackRequest(**long))
        await drive.press("b")
        await drive.seconds(1)
        assert "PgUp Scroll" in keys(drive)
        seen, page = drive.text, over(drive).query_one(PagePane)
        while page.scroll_offset.y < page.max_scroll_y:
            await drive.press("pagedown")
            seen += drive.text
        assert seen.count("END") >= len(long) and "Nobody has taken it yet" in seen


async def test_many_scroll_with_the_cursor_and_a_click_chooses(room: FakeRoom) -> None:
    async with board(room) as drive:
        ids = [room.call_back(CallBackRequest(name=f"N {n}", phone="06")) for n in range(30)]
        await drive.settle()
        await drive.press("b", "end")
        assert "▶ ● N 29" in drive.text and chosen(drive) == ids[29]
        await drive.press("down", "home")
        assert "▶ ● N 0" in drive.text
        await drive.pilot.click(CallPane, offset=(5, 2))
        assert chosen(drive) == ids[2]


async def test_few_are_clicked_below_their_end(room: FakeRoom) -> None:
    async with board(room) as drive:
        id = await drive.calls()
        await drive.press("b")
        await drive.pilot.click(CallPane, offset=(5, 3))
        assert chosen(drive) == id


@pytest.mark.parametrize("size", [(60, 16), SMALL, LARGE])
async def test_a_terminal_that_changes_breaks_nothing(room: FakeRoom, size: tuple[int, int]) -> None:
    async with board(room, size) as drive:
        await drive.calls()
        await drive.asks()
        await drive.press("b", "pagedown", "r", "escape", "pageup")
        assert "CAN ENDANGER HER" in drive.text and "1 PATROL RINGS" in drive.text
        await drive.pilot.resize_terminal(132, 40)
        await drive.settle()
        assert NADEGE.phone in drive.text


async def test_a_disk_that_can_not_be_read_is_told(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise OSError(5, "Input/output error")

    async with board(room) as drive:
        await drive.calls()
        monkeypatch.setattr(room, "callbacks", broken)
        room.changed()
        await drive.settle()
        assert "1 call back to read (B)" in drive.text and "What you see may be old." in drive.status


async def test_every_key_fits_into_the_line_and_stands_in_the_help(room: FakeRoom) -> None:
    async with board(room) as drive:
        await drive.asks()
        await drive.press("enter")
        await drive.asks(PERRACHE)
        await drive.calls()
        for words in ("Enter Next that rings", "A Accept", "B Call backs", "F1 Keys", "F10 Leave"):
            assert words in drive.text
    async with board(room, LARGE) as drive:
        await drive.press("b", "f1")
        assert all(command.help in drive.text for command in AMONG_CALLS)
