"""The board's screen: it rings until opened, one key for each act, and nothing moves what the dispatcher is at."""

from __future__ import annotations

import msgspec
import pytest
from textual.widgets import Input

from officer_console.console.board.keys import ACTS, ALL
from officer_console.console.board.list_pane import ListPane
from officer_console.console.board.roll import STAYS_MS
from officer_console.dispatch.board import Act
from officer_console.model.patrol import PatrolRequest, Point
from tests.board.driving import LARGE, SIZES, USUAL, board
from tests.board.fake_room import LILAS, FakeRoom, Told

PERRACHE = PatrolRequest(place="3 quai Perrache", city="Lyon", silent=False)
ARMED = msgspec.structs.replace(LILAS, weapon="couteau de cuisine")


async def test_it_rings_until_it_is_opened(room: FakeRoom) -> None:
    async with board(room, ring_s=5) as drive:
        assert drive.bells == 0 and "No case." in drive.text
        case_id = await drive.asks()
        assert drive.bells == 1
        assert "1 RINGS" in drive.title and "NEW REQUEST" in drive.text
        await drive.seconds(4)
        assert drive.bells == 1
        await drive.seconds(1)
        assert drive.bells == 2
        await drive.press("enter")
        assert room.of(case_id) == ["delivered", "opened"]
        await drive.seconds(60)
        assert drive.bells == 2
        assert "RING" not in drive.title and "NEW REQUEST" not in drive.text


async def test_a_second_one_rings_at_once_and_never_takes_the_cursor(room: FakeRoom) -> None:
    async with board(room) as drive:
        first = await drive.asks()
        await drive.press("enter")
        second = await drive.asks(PERRACHE)
        assert drive.bells == 2
        assert drive.chosen == first and isinstance(drive.app.focused, ListPane)
        rows = drive.text.splitlines()
        assert next(n for n, row in enumerate(rows) if "quai Perrache" in row) < next(
            n for n, row in enumerate(rows) if "▶" in row
        ), "what rings stands above"
        assert drive.keys.startswith("Enter Next that rings")
        await drive.press("enter")
        assert drive.chosen == second and room.of(second) == ["delivered"], "seen before it is opened"
        await drive.press("enter")
        assert room.of(second) == ["delivered", "opened"]


async def test_one_key_for_each_act(room: FakeRoom) -> None:
    async with board(room) as drive:
        case_id = await drive.asks()
        await drive.press("enter", "a")
        assert drive.status == "Told: ACCEPTED. The visitor reads that help is coming."
        await drive.press("u")
        await drive.write("TV 12")
        await drive.press("enter")
        assert drive.status == "Told: unit TV 12."
        await drive.press("q")
        await drive.write("which floor")
        await drive.press("enter", "w", "s", "c")
        assert room.told[2:] == [
            Told(case_id, "accepted"), Told(case_id, "assigned", "TV 12"),
            Told(case_id, "question", "", "which floor"), Told(case_id, "on_the_way", "TV 12"),
            Told(case_id, "on_scene", "TV 12"), Told(case_id, "closed"),
        ]  # fmt: skip
        other = await drive.asks(PERRACHE)
        await drive.press("enter", "enter", "r")
        await drive.write("hors du ressort")
        await drive.press("enter")
        assert room.told[-1] == Told(other, "refused", "", "hors du ressort")


async def test_the_key_line_names_what_is_possible_and_nothing_else(room: FakeRoom) -> None:
    async with board(room, LARGE) as drive:
        assert drive.keys == "X Ended cases F1 Keys F10 Leave"
        await drive.asks()
        assert drive.keys == "Enter Open X Ended cases F1 Keys F10 Leave"
        await drive.press("enter")
        said = "A Accept U Unit W On the way S On scene R Refuse Q Question X Ended cases F1 Keys F10 Leave"
        assert drive.keys == said
        await drive.press("a", "w", "s")
        assert drive.keys == "U Unit C Close Q Question X Ended cases F1 Keys F10 Leave"


@pytest.mark.parametrize("key", [key for act, row in ACTS.items() if act is not Act.OPEN for key in row.keys])
async def test_a_key_that_is_not_possible_says_why_and_tells_nothing(room: FakeRoom, key: str) -> None:
    async with board(room) as drive:
        await drive.press(key)
        assert drive.status == "There is no case here."
        case_id = await drive.asks()
        await drive.press(key)
        assert drive.status == "There is something new in this case: Enter first. Nothing was told."
        assert len(drive.app.screen_stack) == 1
        room.elsewhere(case_id, "closed")
        await drive.press("enter", key)
        assert drive.status == "This case has ended. Nothing was told."
        assert room.of(case_id) == ["delivered"]


async def test_what_is_begun_survives_escape_and_wrong_keys(room: FakeRoom) -> None:
    async with board(room) as drive:
        first = await drive.asks()
        await drive.press("enter", "r")
        await drive.press("enter")
        assert "Nothing is written yet" in drive.text
        await drive.write("hors du r")
        await drive.press("up", "f1", "f10", "pagedown", "ctrl+r", "escape")
        assert room.of(first) == ["delivered", "opened"]
        second = await drive.asks(PERRACHE)
        await drive.press("enter", "enter", "r")
        assert drive.app.screen.query_one(Input).value == "", "of its own case"
        await drive.press("escape", "up", "r")
        assert drive.app.screen.query_one(Input).value == "hors du r"
        await drive.press("escape", "q")
        assert drive.app.screen.query_one(Input).value == "", "of its own act"
        await drive.press("escape", "r")
        await drive.write("essort")
        await drive.press("enter")
        assert room.told[-1] == Told(first, "refused", "", "hors du ressort")
        assert drive.app.board.acting.begun[first, Act.REFUSE] == ""
        assert "refused" not in room.of(second)


async def test_what_comes_while_words_are_written_changes_no_word_of_them(room: FakeRoom) -> None:
    async with board(room) as drive:
        case_id = await drive.asks()
        await drive.press("enter", "u")
        await drive.write("TV")
        await drive.asks(PERRACHE)
        assert drive.bells == 2 and "2 RING" not in drive.title and "1 RINGS" in drive.title
        room.cancel(room.cid(case_id))
        await drive.settle()
        await drive.write(" 12")
        assert drive.app.screen.query_one(Input).value == "TV 12"
        await drive.press("enter")
        assert "There is something new in this case" in drive.text
        assert drive.app.screen.query_one(Input).value == "TV 12"
        assert "assigned" not in room.of(case_id)
        await drive.press("escape")
        assert drive.chosen == case_id


async def test_an_update_says_what_changed_and_when(room: FakeRoom) -> None:
    async with board(room, USUAL) as drive:
        case_id = await drive.asks()
        await drive.press("enter")
        room.clock += 61_000
        await drive.asks(ARMED, cid=room.cid(case_id), officer="Camille")
        assert drive.bells == 2
        assert "UPDATE of 16:14: Enter, it is seen" in drive.text
        assert "couteau de cuisine (before: aucune)" in drive.text
        assert "couteau de cuisine  ◄ 16:14" in drive.text
        await drive.press("enter")
        assert "Enter, it is seen" not in drive.text
        assert "WHAT CHANGED" in drive.text and "16:14 by Camille" in drive.text


async def test_a_cancelled_case_is_loud_and_closed_by_the_dispatcher(room: FakeRoom) -> None:
    async with board(room, USUAL) as drive:
        case_id = await drive.asks()
        await drive.press("enter", "a", "w")
        room.cancel(room.cid(case_id), "elle est sortie")
        await drive.settle()
        assert drive.bells == 2
        assert "CANCELLED 16:13 by Noor: elle est sortie" in drive.text
        await drive.press("enter", "w")
        assert drive.status.startswith("The officer has cancelled it: C closes it")
        assert "Call the unit back, then C closes the case." in drive.text
        assert drive.keys.startswith("C Close X Ended cases")
        await drive.press("c")
        assert room.told[-1] == Told(case_id, "closed")


async def test_everything_the_officer_wrote_is_there(room: FakeRoom) -> None:
    request = PatrolRequest(
        nature="C02.04.03", place="14 rue des Lilas", postcode="69003", city="Lyon", point=Point(45764043, 4835659, 25),
        where="maison bleue", floor="3e gauche", code="48B2", people="elle et lui", children="un de 4 ans",
        weapon="un couteau", injuries="au bras", now="il frappe", author="pull rouge", silent=True,
        contact="par la fenêtre", note="chien méchant", words="On arrive.", language="en",
    )  # fmt: skip
    async with board(room, LARGE) as drive:
        await drive.asks(request)
        for field in msgspec.structs.asdict(request).values():
            if isinstance(field, str) and field not in ("C02.04.03", "en"):
                assert field in drive.text
        for words in ("Held against her will", "45.76404, 4.83566 ± 25 m", "English", "SILENT APPROACH", "Noor, 16:13"):
            assert words in drive.text


async def test_silent_or_not_is_said_either_way(room: FakeRoom) -> None:
    async with board(room) as drive:
        await drive.asks(PERRACHE)
        assert "Siren allowed, she may be rung" in drive.text and "SILENT" not in drive.text


async def test_what_nobody_knows_is_said_of_what_is_vital(room: FakeRoom) -> None:
    async with board(room) as drive:
        await drive.asks(PERRACHE)
        assert drive.text.count("not told") == 5


@pytest.mark.parametrize("size", SIZES)
async def test_an_exercise_says_so_on_every_size(room: FakeRoom, size: tuple[int, int]) -> None:
    async with board(room, size) as drive:
        await drive.asks()
        assert drive.title.strip().startswith("EXERCISE") and "Request of 16:13 · EXERCISE" in drive.text
    room.exercise = False
    async with board(room, size) as drive:
        assert "EXERCISE" not in drive.text


@pytest.mark.parametrize("size", SIZES)
async def test_the_place_and_the_keys_are_seen_on_every_size(room: FakeRoom, size: tuple[int, int]) -> None:
    async with board(room, size) as drive:
        case_id = await drive.asks()
        await drive.press("enter")
        room.clock += 1000
        await drive.asks(ARMED, cid=room.cid(case_id))
        await drive.asks(PERRACHE)
        for words in (
            "14 rue des Lilas",
            "69003 Lyon",
            "3e gauche",
            "48B2",
            "SILENT APPROACH",
            "il frappe",
            "F10 Leave",
        ):
            assert words in drive.text
        await drive.press("enter")
        assert all(words in drive.text for words in ("A Accept", "Q Question", "F1 Keys", "F10 Leave"))


async def test_ended_cases_go_after_a_while_and_come_back_when_asked_for(room: FakeRoom) -> None:
    async with board(room) as drive:
        first = await drive.asks()
        await drive.press("enter", "a", "c")
        await drive.asks(PERRACHE)
        await drive.press("enter")
        await drive.seconds(STAYS_MS / 1000)
        assert "Lilas" not in drive.text and drive.chosen != first
        await drive.press("x")
        assert "□ closed" in drive.text and "Lilas" in drive.text
        await drive.press("x")
        assert "Lilas" not in drive.text


async def test_the_chosen_case_stays_while_the_cursor_is_on_it(room: FakeRoom) -> None:
    async with board(room) as drive:
        first = await drive.asks()
        await drive.press("enter", "a", "c")
        await drive.seconds(2 * STAYS_MS / 1000)
        assert drive.chosen == first and "closed" in drive.text


async def test_arrows_home_end_and_a_click_choose(room: FakeRoom) -> None:
    async with board(room) as drive:
        ids = [await drive.asks() for _n in range(4)]
        for key, chosen in [("end", 3), ("up", 2), ("home", 0), ("up", 0), ("down", 1)]:
            await drive.press(key)
            assert drive.chosen == ids[chosen]
        await drive.pilot.click(ListPane, offset=(5, 5))
        assert drive.chosen == ids[2]
        await drive.pilot.click(ListPane, offset=(5, 15))
        assert drive.chosen == ids[2]


async def test_many_cases_scroll_with_the_cursor(room: FakeRoom) -> None:
    async with board(room) as drive:
        for n in range(30):
            room.ask(PatrolRequest(place=f"{n} rue des Lilas"))
        await drive.settle()
        await drive.press("end")
        assert "▶ ▲ NEW REQUEST" in drive.text and "29 rue des Lilas" in drive.text
        await drive.press("home")
        assert "▶ ▲ NEW REQUEST" in drive.text and "0 rue des Lilas" in drive.text


@pytest.mark.parametrize("key", ["f1", "question_mark"])
async def test_help_names_every_key(room: FakeRoom, key: str) -> None:
    async with board(room, USUAL) as drive:
        await drive.press(key)
        for command in ALL:
            assert command.help in drive.text
        await drive.press("escape")
        assert len(drive.app.screen_stack) == 1
