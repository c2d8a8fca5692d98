"""The board in memory, driven as a dispatcher would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from officer_console.console.board.app import BoardApp
from officer_console.console.board.calls import Calls
from officer_console.console.board.setup import Setup
from officer_console.model.callback import CallBackRequest
from officer_console.model.patrol import PatrolRequest
from tests.board.fake_room import LILAS, NADEGE, FakeRoom

SMALL, USUAL, LARGE = (80, 24), (120, 30), (200, 50)
SIZES = [SMALL, USUAL, LARGE]


class Driver:
    """Keys in, text out."""

    def __init__(self, app: BoardApp, pilot: Pilot[int], room: FakeRoom) -> None:
        self.app, self.pilot, self.room = app, pilot, room
        self.bells = 0

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def write(self, text: str) -> None:
        await self.press(*("space" if char == " " else char for char in text))

    async def settle(self) -> None:
        await self.pilot.pause()
        await self.pilot.pause()

    async def asks(self, request: PatrolRequest = LILAS, **how: Any) -> str:
        """An officer asks, and the board has it."""
        case_id = self.room.ask(request, **how)
        await self.settle()
        return case_id

    async def calls(self, request: CallBackRequest | None = NADEGE, **how: Any) -> str:
        """An officer passes on a request for a call back, and the board has it."""
        id = self.room.call_back(request, **how)
        await self.settle()
        return id

    async def erased(self, id: str) -> None:
        """The visitor of this call back erases her conversation."""
        self.room.erase(id)
        await self.settle()

    async def seconds(self, count: float) -> None:
        """So much time passes, and the screen notices."""
        self.room.clock += int(count * 1000)
        self.app.board.tick()
        if isinstance(self.app.screen, Calls):
            self.app.screen.look()
        await self.settle()

    @property
    def text(self) -> str:
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    @property
    def keys(self) -> str:
        """The lines that name the keys."""
        return " ".join(self.app.board._keys.render().plain.split())

    @property
    def status(self) -> str:
        return self.app.board._status.render().plain.strip()

    @property
    def title(self) -> str:
        return self.text.splitlines()[0]

    @property
    def chosen(self) -> str:
        chosen = self.app.board.roll.chosen
        return chosen.id if chosen else ""


@asynccontextmanager
async def board(room: FakeRoom, size: tuple[int, int] = SMALL, **setup: Any) -> AsyncIterator[Driver]:
    """The board on a screen of this size; time passes only by `seconds`."""
    app = BoardApp(a_setup(room, **setup))
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        driver = Driver(app, pilot, room)
        app.bell = lambda: _ring(driver)  # type: ignore[method-assign]
        await driver.settle()
        yield driver


def a_setup(room: FakeRoom, **setup: Any) -> Setup:
    return Setup(room=room, board=room.board, clock=lambda: room.clock / 1000, **setup)  # type: ignore[arg-type]


def _ring(driver: Driver) -> None:
    driver.bells += 1
