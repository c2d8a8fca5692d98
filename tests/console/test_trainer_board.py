"""The trainer's screens: what they show, that nothing moves under the cursor, that no text is lost."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from officer_console.console.practice.trainer.attempt_screen import AttemptScreen
from officer_console.console.practice.trainer.board_screen import BoardScreen
from officer_console.console.practice.trainer.events_screen import EventsScreen
from officer_console.console.practice.trainer.note_form import NoteForm
from officer_console.console.widgets.composer import PASTED_S
from officer_console.locale import set_language
from officer_console.practice.format import Remarked
from officer_console.practice.handing import Exercise, exercise_of, set_exercise
from officer_console.practice.library import find, own_dir
from officer_console.themes import load_theme, theme_files
from tests.practice.classes import BATHROOM, KEY, LARGE, SMALL, Driver, a_class, board, practised

NOWHERE = Path("/nonexistent")
SCREENS = (("enter",), ("c",), ("p",), ("n",), ("s",), ("e",), ("f1",))
"""Keys that open a screen from the board; Escape goes back from each."""


@pytest.fixture(autouse=True)
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_language("en")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return a_class(tmp_path / "class")


async def test_who_practised_what_and_the_chosen_one_at_a_glance(folder: Path) -> None:
    async with board(folder) as driver:
        assert "3 attempts · 2 trainees" in driver.text
        assert "Karim" in driver.chosen and "The spare key" in driver.chosen
        assert "Answering in time" in driver.text
        await driver.press("down")
        assert "Zoé" in driver.chosen and "100" in driver.chosen
        assert "▁█ 2 → 100" in driver.text


async def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    async with board(tmp_path / "empty") as driver:
        assert "Nobody has handed in an attempt yet." in driver.text
        assert "practice hand-in" in driver.text and "--name" in driver.text
        await driver.press("enter", "c", "p", "space", "o")
        assert isinstance(driver.app.screen, BoardScreen)


@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.parametrize("keys", SCREENS, ids=" ".join)
async def test_every_screen_says_that_it_is_practice(
    folder: Path, size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    async with board(folder, size) as driver:
        await driver.press("down")
        for _screen in range(2):
            first = driver.text.splitlines()[0]
            assert "PRACTICE" in first
            await driver.press(*keys)
        await driver.press("escape", "escape", "escape")
        assert isinstance(driver.app.screen, BoardScreen)


@pytest.mark.parametrize("name", sorted(theme_files(NOWHERE)))
async def test_every_theme_can_be_worked_with(folder: Path, name: str) -> None:
    theme, problems = load_theme(name, NOWHERE)
    assert not problems
    async with board(folder, theme=theme) as driver:
        for keys in SCREENS:
            await driver.press("home", "down", *keys)
            assert driver.app.theme == name
            assert len(driver.text) > 200
            await driver.press("escape")


async def test_an_attempt_beside_what_was_written(folder: Path) -> None:
    async with board(folder, LARGE) as driver:
        await driver.press("end", "enter")
        assert isinstance(driver.app.screen, AttemptScreen)
        assert "Overall: 2/100" in driver.text
        assert "Pourquoi vous n'êtes pas partie avant ?" in driver.text
        lines = driver.text.splitlines()
        said = next(n for n, line in enumerate(lines) if "Pourquoi vous n'êtes pas partie avant ?" in line)
        assert any("✗" in line for line in lines[said + 1 : said + 4])
        await driver.press("n")
        assert "○" in driver.chosen or "✗" in driver.chosen


async def test_on_a_narrow_screen_one_side_at_a_time(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("end", "enter")
        assert "Overall: 2/100" in driver.text and "What happened" not in driver.text
        await driver.press("tab")
        assert "Overall:" not in driver.text and "What happened" in driver.text
        await driver.press("tab")
        assert "Overall: 2/100" in driver.text


async def test_without_marks_an_attempt_is_compared_with_the_one_before_it(folder: Path) -> None:
    async with board(folder, LARGE) as driver:
        await driver.press("down", "c")
        assert "+98" in driver.text
        row = next(line for line in driver.text.splitlines() if "Safety first" in line)
        assert "░░   0" in row and "██ 100" in row and "+100" in row
        different = next(line for line in driver.text.splitlines() if "First answer only after" in line)
        assert "✗" in different and "✓" in different


async def test_two_marked_ones_are_compared(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("space", "end", "space")
        assert driver.text.count("◆") == 2
        await driver.press("c")
        assert "Zoé" in driver.text and "Karim" in driver.text
        await driver.press("escape", "space")
        assert driver.text.count("◆") == 1


async def test_nothing_to_compare_with_is_said(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("c")
        assert "Mark one attempt with Space" in driver.text


async def test_progress_of_one_and_of_everybody(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("end", "p")
        assert "Progress · Zoé" in driver.text and "100 │" in driver.text
        overall = next(line for line in driver.text.splitlines() if "▶" in line)
        assert "2 → 100" in overall and "+98" in overall
        await driver.press("down")
        assert "Answering in time · attempt by attempt" in driver.text
        await driver.press("right")
        assert "Progress · Everybody" in driver.text and "mean 50" in driver.text
        await driver.press("right")
        assert "Progress · Karim" in driver.text


async def test_order_and_words(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("o")
        assert "by trainee" in driver.text
        rows = [line for line in driver.text.splitlines() if "Karim  " in line or "Zoé  " in line]
        assert "Karim" in rows[0] and "Karim" in driver.chosen
        await driver.press("slash")
        await driver.write("zoé bain")
        await driver.press("enter")
        assert "Karim" not in driver.text and "with “zoé bain”" in driver.text
        await driver.press("escape")
        assert "Karim" in driver.text
        await driver.press("slash")
        await driver.write("nobody")
        assert "Nothing has the words “nobody”" in driver.text


async def test_what_comes_moves_neither_cursor_nor_focus(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("down")
        before = driver.app.focused
        practised(folder, "Inès", KEY, "excellent", 9)
        await driver.look()
        assert "Zoé" in driver.chosen and driver.app.focused is before
        assert "1 new attempt: Inès: The spare key, 100" in driver.text
        assert any("●" in line and "Inès" in line for line in driver.text.splitlines()[3:])
        await driver.press("home")
        assert "Inès" in driver.chosen and "●" not in driver.chosen


async def test_what_comes_while_a_note_is_written_takes_no_letter(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("n", "enter")
        await driver.write("look at")
        practised(folder, "Inès", KEY, "excellent", 9)
        await driver.look()
        await driver.write(" this")
        assert isinstance(driver.app.screen, NoteForm) and "look at this" in driver.text


async def test_files_that_are_none_are_listed_with_the_reason(folder: Path) -> None:
    (folder / "old.attempt").write_bytes(b"\x01sealed")
    (folder / "late.attempt").write_text('{"attempt":1,"session":"x","at":9e17,"seed":1,"speed":1.0,"overall":50}')
    os.mkfifo(folder / "pipe.attempt")
    (folder / "hostile\x1b[2J[b].attempt").write_text("{")
    async with board(folder) as driver:
        assert "3 attempts" in driver.text
        await driver.press("end")
        assert "it is no file" in driver.text and "pipe.attempt" in driver.chosen
        assert "[b]" in driver.text and "\x1b" not in driver.text


async def test_what_does_not_fit_the_session_is_told_by_its_kept_score(folder: Path) -> None:
    file = practised(folder, "Unfit", BATHROOM, "average", 8)
    data = file.read_bytes().replace(b'"cause":"cue:', b'"cause":"cue:gone-').replace(b'"did":"sends","request":"', b'"did":"sends","request":"x')  # fmt: skip # noqa: E501
    file.write_bytes(data)
    practised(folder, "Gone", KEY, "average", 9).write_bytes(b"")
    strange = practised(folder, "Gone", KEY, "average", 9)
    strange.write_bytes(strange.read_bytes().replace(KEY.encode(), b"not-here", 1))
    async with board(folder, LARGE) as driver:
        await driver.press("home")
        assert "Gone" in driver.chosen and "not installed here" in driver.text
        await driver.press("down", "enter", "escape", "c", "escape")
        assert "Unfit" in driver.chosen and "does not fit the session" in driver.text


async def test_hostile_names_show_nothing_but_text(folder: Path) -> None:
    practised(folder, "\x1b]0;owned\x07[b]x[/b] [/foo]\u202e", BATHROOM, "excellent", 9)
    async with board(folder) as driver:
        for keys in SCREENS:
            await driver.press("home", *keys)
            assert not any(bad in driver.text for bad in ("\x1b", "\x07", "\u202e"))
            await driver.press("escape")
        assert "[b]x[/b] [/foo]" in driver.text


async def test_a_folder_that_is_gone_is_said_and_what_was_seen_stays(folder: Path) -> None:
    async with board(folder) as driver:
        folder.rename(folder.with_name("elsewhere"))
        await driver.look()
        assert "what you see may be old" in driver.text and "Karim" in driver.text


# ---- notes -----------------------------------------------------------------------------------------------------------


async def send(driver: Driver) -> None:
    """Enter, pressed by a person."""
    await driver.pilot.pause(2 * PASTED_S)
    await driver.press("enter")


def notes(id: str) -> list[Remarked]:
    return [line for line in find(id).record if isinstance(line, Remarked)]


async def test_a_note_is_written_where_the_cursor_is_and_can_be_taken_back(folder: Path) -> None:
    before = notes(KEY)
    async with board(folder) as driver:
        await driver.press("n", "down", "enter")
        await driver.write("Look how short.")
        await driver.press("tab")
        await driver.write("Ana")
        await driver.press("tab")
        await send(driver)
        assert isinstance(driver.app.screen, EventsScreen)
        assert "Look how short. — Ana" in driver.chosen and "Kept in your own copy" in driver.text
        second = find(KEY).record[1]
        assert [one for one in notes(KEY) if one not in before] == [
            Remarked(at=second.at, text="Look how short.", by="Ana")
        ]
        await driver.press("x", "2", "enter")
        assert "Taken back." in driver.text and notes(KEY) == before


async def test_a_note_put_off_is_there_again_and_leaving_asks(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("n", "enter")
        await driver.write("half a though")
        await driver.press("escape")
        assert "The note is not kept yet" in driver.text
        await driver.press("f10")
        assert "1 text is begun and not kept." in driver.text
        await driver.press("enter")
        assert driver.app._exit is False
        await driver.press("enter")
        await driver.write("t")
        assert "half a thought" in driver.text


async def test_a_note_that_can_not_be_kept_stays_with_the_reason(folder: Path) -> None:
    own_dir().parent.mkdir(parents=True)
    own_dir().write_text("a file where the folder should be")
    async with board(folder) as driver:
        await driver.press("n", "enter")
        await send(driver)
        assert "Nothing is written yet." in driver.text
        await driver.write("words")
        await send(driver)
        assert isinstance(driver.app.screen, NoteForm)
        assert "words" in driver.text and "sessions" in driver.text


# ---- an exercise -----------------------------------------------------------------------------------------------------


async def test_an_exercise_is_set_with_its_options(folder: Path) -> None:
    async with board(folder, LARGE) as driver:
        await driver.press("e", "space", "down", "space", "tab")
        await driver.write("By Friday.")
        await driver.press("tab", "backspace", "2", "tab", "7", "tab", "space", "ctrl+s")
        assert isinstance(driver.app.screen, BoardScreen)
        assert "Set. Trainees begin it with" in driver.text
        assert "★ Exercise en-01-the-spare-key, en-02-i-already-showered: 0 of 2" in driver.text
    assert exercise_of(folder) == Exercise([KEY, "en-02-i-already-showered"], "By Friday.", 7, 2.0, "end")


async def test_what_is_set_is_where_one_begins_and_nothing_is_written_by_leaving(folder: Path) -> None:
    was = Exercise([KEY], "Try it.", speed=3.0)
    set_exercise(folder, was)
    async with board(folder) as driver:
        assert "★ Exercise en-01-the-spare-key: 1 of 2 have done it (not yet: Zoé)" in driver.text
        await driver.press("e")
        assert "[1] en The spare key" in driver.text and "Try it." in driver.text
        await driver.press("escape")
        assert isinstance(driver.app.screen, BoardScreen)
        await driver.press("e", "down", "space", "escape")
        assert "The exercise is changed and not set" in driver.text
        await driver.press("3", "enter")
        assert isinstance(driver.app.screen, BoardScreen)
    assert exercise_of(folder) == was


async def test_leaving_asks_while_an_exercise_is_changed_and_not_set(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("e", "tab")
        await driver.write("By Friday.")
        await driver.press("f10")
        assert "1 text is begun and not kept." in driver.text
        await driver.press("escape", "escape", "3", "enter", "f10")
        assert driver.app._exit is True


async def test_what_is_no_exercise_is_not_set(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("e", "ctrl+s")
        assert "No session is picked" in driver.text
        await driver.press("space", "tab", "tab", "backspace", "x", "ctrl+s")
        assert "How many times faster: a number from 0.1 to 1000." in driver.text
        await driver.press("backspace", "4", "tab", "x", "ctrl+s")
        assert "A seed is a whole number" in driver.text
    assert not (folder / "exercise.json").exists()


async def test_at_most_four_are_picked(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("e", *("space", "down") * 5)
        assert "4 of at most 4 picked" in driver.text
        assert "from one to 4 sessions" in driver.text


async def test_a_damaged_exercise_is_told(folder: Path) -> None:
    (folder / "exercise.json").write_bytes(msgspec.json.encode({"sessions": [KEY], "speed": -1}))
    async with board(folder) as driver:
        await driver.look()
        assert "The exercise can't be read" in driver.text


async def test_it_is_left_at_once_when_nothing_is_begun(folder: Path) -> None:
    async with board(folder) as driver:
        await driver.press("p", "f10")
        assert driver.app._exit is True
