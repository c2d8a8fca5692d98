"""How the board looks: two pictures, and that it can be worked with in every theme and without colours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from textual.pilot import Pilot

from officer_console.console.board.app import BoardApp
from officer_console.model.callback import CallBackRequest
from officer_console.model.patrol import PatrolRequest, Point
from officer_console.themes import load_theme, theme_files
from tests.board.driving import SMALL, USUAL, a_setup, board
from tests.board.fake_room import LILAS, FakeRoom

SnapCompare = Callable[..., bool]
NOWHERE = Path("/nonexistent")


def looks(room: FakeRoom, snap_compare: SnapCompare, size: tuple[int, int], *keys: str) -> bool:
    app = BoardApp(a_setup(room))

    async def work(pilot: Pilot[int]) -> None:
        await scene(room, pilot)
        await pilot.press(*keys)
        room.state = msgspec.structs.replace(room.state, last_beat=room.clock - 2000)
        app.board.tick()
        await pilot.pause()

    return snap_compare(app, terminal_size=size, run_before=work)


async def scene(room: FakeRoom, pilot: Pilot[int]) -> None:
    """A case with an update, one that rings, one that is cancelled and one that has ended."""
    ended = room.ask(PatrolRequest(place="3 quai Perrache", city="Lyon"))
    await pilot.press("enter", "a", "c")
    first = room.ask()
    await pilot.press("enter", "enter", "a", "u", *"TV", "space", *"12", "enter")
    room.clock += 40_000
    cancelled = room.ask(PatrolRequest(place="8 cours Gambetta", city="Lyon", silent=False))
    await pilot.press("enter", "enter", "a")
    room.cancel(room.cid(cancelled), "il est parti")
    room.clock += 25_000
    room.ask(PatrolRequest(where="maison bleue derrière l'église", point=Point(45764043, 4835659, 25)))
    room.ask(msgspec.structs.replace(LILAS, weapon="couteau de cuisine", injuries="au bras"), cid=room.cid(first))
    assert ended
    room.clock += 12_000
    await pilot.pause()


def test_call_backs_while_a_patrol_rings_in_80_columns(room: FakeRoom, snap_compare: SnapCompare) -> None:
    taken = room.call_back(CallBackRequest(name="M.", phone="07 00 00 00 00", when="avant 17 h"), officer="Camille")
    room.elsewhere(taken, "taken")
    room.clock -= 3 * 3_600_000
    room.call_back()
    room.call_back(CallBackRequest(email="sans.nom@example.org"), officer="Sacha")
    room.clock += 3 * 3_600_000
    assert looks(room, snap_compare, SMALL, "b")


def test_a_tired_dispatchers_board_in_80_columns(room: FakeRoom, snap_compare: SnapCompare) -> None:
    assert looks(room, snap_compare, SMALL, "home")


def test_and_in_120_columns(room: FakeRoom, snap_compare: SnapCompare) -> None:
    assert looks(room, snap_compare, USUAL, "home", "enter")


@pytest.mark.parametrize("name", sorted(theme_files(NOWHERE)))
async def test_every_theme_can_be_worked_with(room: FakeRoom, name: str) -> None:
    theme, problems = load_theme(name, NOWHERE)
    assert not problems
    async with board(room, theme=theme) as drive:
        await drive.asks()
        await drive.press("enter", "u", "escape", "f1", "escape", "f10", "escape")
        await drive.calls()
        await drive.press("b", "r", "escape", "escape")
        assert drive.app.theme == name
        assert "14 rue des Lilas" in drive.text


async def test_without_colours_it_still_is_seen_what_rings(room: FakeRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with board(room) as drive:
        await drive.asks()
        cells = [cell for strip in drive.app.screen._compositor.render_strips() for cell in strip]
        assert all(cell.style.color is None or cell.style.color.is_default for cell in cells if cell.style)
        loud = "".join(cell.text for cell in cells if cell.style and cell.style.reverse)
        assert "NEW REQUEST" in loud and "SILENT APPROACH" in loud and "EXERCISE" in loud
