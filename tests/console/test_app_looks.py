"""How the screens look: a few pictures, and colour by colour where words alone would not do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from rich.segment import Segment
from textual.pilot import Pilot

from officer_console.config import Console
from officer_console.console.app import ConsoleApp
from officer_console.console.colours import plain_theme, textual_theme
from officer_console.console.setup import Setup
from officer_console.themes import ROLES, load_theme, theme_files
from tests import screenshot
from tests.console.driving import LARGE, SMALL, Clock, a_desk, console
from tests.console.replying import station

SnapCompare = Callable[..., bool]
NOWHERE = Path("/nonexistent")


@pytest.fixture(autouse=True)
def _in_paris(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Paris")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def looks(snap_compare: SnapCompare, size: tuple[int, int], *keys: str, theme: str = "dusk") -> bool:
    desk, (first, second, *_others) = screenshot.scene()
    chosen, _problems = load_theme(theme, NOWHERE)
    app = ConsoleApp(Setup(desk=desk, config=Console(), theme=chosen, page="http://127.0.0.1:43117", clock=Clock()))

    async def work(pilot: Pilot[int]) -> None:
        await pilot.press("f2", "f2")
        screenshot.talk(desk, first, second)
        desk.set_link(last_beat=desk.now() - 2000)
        await pilot.press(*keys)
        app.duty.tick()
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=work)


def test_one_conversation_in_80_columns(snap_compare: SnapCompare) -> None:
    assert looks(snap_compare, SMALL, *"draft")


def test_two_conversations_in_200_columns(snap_compare: SnapCompare) -> None:
    assert looks(snap_compare, LARGE, "f5", *"draft", theme="contrast")


def test_closing_in_80_columns(snap_compare: SnapCompare) -> None:
    assert looks(snap_compare, SMALL, "f8", theme="paper")


# the patrol panel

TOLD = "12 rue des Lilas 69003 Lyon, 3e étage, code 12B4"


def panel_looks(snap_compare: SnapCompare, size: tuple[int, int], told: str, *keys: str, **setup: str | bool) -> bool:
    """The panel of the first conversation, once she has told this; `practice` and `theme` in `setup`."""
    desk, (first, *_others) = screenshot.scene()
    desk.practice = bool(setup.get("practice"))
    chosen, _problems = load_theme(str(setup.get("theme", "dusk")), NOWHERE)
    app = ConsoleApp(Setup(desk=desk, config=Console(), theme=chosen, clock=Clock()))

    async def work(pilot: Pilot[int]) -> None:
        await pilot.press("f2")
        desk.visitor_says(first, "les enfants dorment, il a un couteau")
        desk.visitor_says(first, told)
        await pilot.press("f9", *keys)
        app.duty.tick()
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=work)


def test_the_patrol_panel_in_80_columns(snap_compare: SnapCompare) -> None:
    assert panel_looks(snap_compare, SMALL, TOLD)


def test_the_countdown_in_100_columns(snap_compare: SnapCompare) -> None:
    told = f"avant 5 avenue Jean Jaurès 69007 Lyon, maintenant {TOLD}"
    assert panel_looks(snap_compare, (100, 30), told, "f9", theme="paper")


def test_a_practice_panel_without_a_place_in_200_columns(snap_compare: SnapCompare) -> None:
    assert panel_looks(snap_compare, (200, 50), "vite", "f9", theme="contrast", practice=True)


# prepared texts, the card, the call back


def replies_look(
    snap_compare: SnapCompare, size: tuple[int, int], folder: Path, *keys: str, theme: str = "dusk"
) -> bool:
    """The panel that the first key opens, once the directory has been read, after the other keys."""
    desk, (first, *_others) = screenshot.scene()
    chosen, _problems = load_theme(theme, NOWHERE)
    library = station(folder, places=True)
    app = ConsoleApp(Setup(desk=desk, config=Console(), theme=chosen, clock=Clock(), library=library))

    async def work(pilot: Pilot[int]) -> None:
        await pilot.press("f2")
        desk.visitor_says(first, "il m'a frappée, les enfants ont tout vu, je veux porter plainte")
        await pilot.press(keys[0])
        while app.duty.shelf.library is None:
            await pilot.pause(0.01)
        await pilot.press(*keys[1:])
        app.duty.tick()
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=work)


def test_the_picker_in_80_columns(snap_compare: SnapCompare, tmp_path: Path) -> None:
    assert replies_look(snap_compare, SMALL, tmp_path, "f12")


def test_a_line_in_the_picker_in_100_columns(snap_compare: SnapCompare, tmp_path: Path) -> None:
    assert replies_look(snap_compare, (100, 30), tmp_path, "f12", *"cfcv", "down", theme="paper")


def test_the_complaint_card_in_200_columns(snap_compare: SnapCompare, tmp_path: Path) -> None:
    assert replies_look(snap_compare, (200, 50), tmp_path, "alt+d", "down", "down", theme="contrast")


def test_a_call_back_read_back_in_100_columns(snap_compare: SnapCompare, tmp_path: Path) -> None:
    keys = ("alt+d", "alt+d", *"Nina", "enter", *"0612345678", "alt+d")
    assert replies_look(snap_compare, (100, 30), tmp_path, *keys)


@pytest.mark.parametrize("name", sorted(theme_files(NOWHERE)))
def test_every_role_of_a_theme_is_a_variable_of_the_style_sheets(name: str) -> None:
    theme, problems = load_theme(name, NOWHERE)
    assert problems == []
    made = textual_theme(theme)
    variables = made.to_color_system().generate() | made.variables
    assert {role: variables[role] for role in ROLES} == {role: getattr(theme, role) for role in ROLES}
    assert made.dark is theme.dark


def test_the_plain_theme_has_no_colour() -> None:
    made = plain_theme()
    assert made.ansi
    assert {made.variables[role] for role in ROLES} == {"ansi_default"}


async def test_every_theme_can_be_worked_with() -> None:
    desk, _cids = a_desk()
    for name in theme_files(NOWHERE):
        theme, _problems = load_theme(name, NOWHERE)
        async with console(desk, theme=theme) as drive:
            await drive.press("enter", "f1", "escape", "f8", "escape", "ctrl+l", "enter")
            assert drive.app.theme == name
            assert "I am in the bathroom" in drive.text


async def test_a_bad_theme_of_the_station_is_told_and_the_safe_one_used(tmp_path: Path) -> None:
    (tmp_path / "a_night.toml").write_text('name = "a_night"\ndark = "yes"\n')
    desk, _cids = a_desk()
    async with console(desk, themes=tmp_path, size=LARGE) as drive:
        drive.app.theme = "dusk"
        while "a_night" not in drive.status:
            await drive.press("alt+t")
        assert drive.app.theme == "dusk"
        assert "a_night.toml" in drive.status


async def test_the_text_cursor_is_seen_on_its_ground() -> None:
    desk, _cids = a_desk()
    async with console(desk) as drive:
        await drive.press("f2", "a")
        y = drive.pane.composer.region.y + 1
        cells: list[Segment] = list(drive.app.screen._compositor.render_strips()[y])
        grounds = {cell.style.bgcolor for cell in cells if cell.style}
        assert len(grounds) >= 2
