"""The wallboard: large, true, and without a word or a name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis.strategies import integers, text
from textual.pilot import Pilot

from officer_console.client.api import LinkPhase
from officer_console.console.main import UserError
from officer_console.console.wall.app import WallApp
from officer_console.console.wall.big import GLYPHS, big
from officer_console.console.wall.main import require_wall
from officer_console.console.wall.words import clock
from officer_console.model.patrol import PatrolRequest
from officer_console.model.roster import Duty, OnDuty
from officer_console.themes import SAFE
from tests.console.fake_desk import ANA, FakeDesk

SIZES = [(80, 24), (120, 36), (200, 60)]
WORDS = "Mon mari me frappe"


class Board:
    def __init__(self, app: WallApp, desk: FakeDesk, pilot: Pilot[int]) -> None:
        self.app, self.desk, self.pilot = app, desk, pilot

    @property
    def text(self) -> str:
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())


@asynccontextmanager
async def wall(desk: FakeDesk, size: tuple[int, int] = SIZES[1]) -> AsyncIterator[Board]:
    app = WallApp(desk, SAFE)
    async with app.run_test(size=size) as pilot:
        board = Board(app, desk, pilot)
        await pilot.pause()
        board.app.wall.tick()
        await pilot.pause()
        yield board


def a_wall() -> FakeDesk:
    """Somebody waits, Ana holds another with a patrol; nobody's words are here, as the relay gives none."""
    desk = FakeDesk()
    held = desk.add("", waited=700, postcode="")
    desk.add("", waited=425)
    desk.colleague_claims(held)
    desk.patrols.request(held, PatrolRequest(place="14 rue des lilas"), 0)
    desk.shift.add(OnDuty(ANA, "officer", Duty(since=desk.time)))
    desk.role = "wall"
    return desk


@pytest.mark.parametrize("size", SIZES)
async def test_the_figures_are_large_and_the_light_says_why_by_its_rule(size: tuple[int, int]) -> None:
    async with wall(a_wall(), size) as board:
        text = " ".join(board.text.split())
        for words in ("● RED · somebody waits more than twice", "waiting", "longest wait", "urgent", "patrols open",
                      "on duty 2", "1 held", "Red: danger waits", "F10: leave"):  # fmt: skip
            assert words in text, (words, board.text)
        assert board.text.count("█") > 100
        heights = [tile.content_size.height for tile in board.app.wall._tiles]
        assert min(heights) >= size[1] // 3  # of the screen, for who stands at the other end of the room


async def test_no_name_and_no_word_stands_there() -> None:
    async with wall(a_wall(), SIZES[2]) as board:
        for name in ("Ana", "Petit", "lilas", WORDS):
            assert name not in board.text
        assert "conversations of each officer: 1 0" in board.text


async def test_without_a_connection_it_says_that_it_is_old_instead_of_green() -> None:
    desk = FakeDesk(role="wall")
    async with wall(desk) as board:
        assert "● GREEN" in board.text
        desk.set_link(phase=LinkPhase.RECONNECTING)
        board.app.wall.tick()
        await board.app.animator.wait_for_idle()
        assert "WHAT STANDS HERE IS OLD: NOT CONNECTED" in board.app.wall._band.render().plain
        desk.set_link(phase=LinkPhase.ONLINE)
        desk.pass_time(30)
        board.app.wall.tick()
        assert "WHAT STANDS HERE IS OLD: NO HEARTBEAT for 30 s" in board.app.wall._band.render().plain


async def test_that_nobody_is_let_in_stands_there_without_the_reason() -> None:
    desk = FakeDesk(role="wall")
    async with wall(desk) as board:
        desk.lead.pause("divert", "a reason of mine")
        board.app.wall.tick()
        assert board.app.wall._door.render().plain.startswith("ARRIVALS DIVERTED since")
        assert "a reason" not in board.text


async def test_no_key_does_anything_but_leave() -> None:
    desk = a_wall()
    async with wall(desk) as board:
        seq = desk.queue.seq
        await board.pilot.press("f2", "f9", "enter", "a", "p", "alt+l", "ctrl+t", "escape", "q")
        assert desk.queue.seq == seq and board.app.is_running and len(board.app.screen_stack) == 1
        await board.pilot.press("f10")
    assert board.app.return_value == 0


@pytest.mark.parametrize("role", ["officer", "lead", "trainer", "dispatch"])
def test_nobody_else_has_a_wallboard(role: str) -> None:
    with pytest.raises(UserError, match="invite --role wall"):
        require_wall(role)
    require_wall("wall")


@given(text(alphabet="".join(GLYPHS), min_size=1, max_size=6), integers(1, 120), integers(1, 40))
def test_large_figures_always_fit(figures: str, width: int, height: int) -> None:
    lines = big(figures, width, height)
    if lines != [figures]:
        assert len(lines) <= height and max(map(len, lines)) <= width
    assert len(set(map(len, lines))) == 1


def test_a_wait_in_large_figures() -> None:
    assert [clock(ms) for ms in (0, 65_000, 3_599_000, 3_600_000, 5_000_000)] == [
        "0:00",
        "1:05",
        "59:59",
        "1h00",
        "1h23",
    ]
