"""The console in memory, driven as an officer would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from officer_console.config import Console
from officer_console.console.app import ConsoleApp
from officer_console.console.setup import Setup
from officer_console.console.widgets.conversation_pane import ConversationPane
from officer_console.referrals.home import Home
from officer_console.referrals.library import open_library
from tests.console.fake_desk import FakeDesk

SMALL, LARGE = (80, 24), (200, 60)


NOTHING = Home(Path("/nonexistent"), Path("/nonexistent"))
"""No files of a station."""


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Driver:
    """Keys in, text out."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[int], desk: FakeDesk, clock: Clock) -> None:
        self.app, self.pilot, self.desk, self.clock = app, pilot, desk, clock
        self.bells = 0

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def write(self, text: str) -> None:
        await self.press(*("space" if char == " " else char for char in text))

    async def settle(self) -> None:
        """Until every message that is under way has arrived."""
        await self.pilot.pause()
        await self.pilot.pause()

    async def seconds(self, count: float) -> None:
        """So much time passes, and the screens notice."""
        self.clock.now += count
        self.desk.pass_time(count)
        self.app._tick()
        self.app.duty.tick()
        await self.settle()

    @property
    def text(self) -> str:
        """What is on the screen, line by line."""
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    @property
    def pane(self) -> ConversationPane:
        """The pane in use."""
        pane = self.app.duty.panes.active
        assert pane is not None
        return pane

    @property
    def status(self) -> str:
        """The line that answers."""
        return self.app.duty._status.render().plain.strip()

    @property
    def place(self) -> tuple[Any, ...]:
        """Where the focus and the text cursor are, and what is written."""
        pane = self.app.duty.panes.active
        if pane is None:
            return (self.app.focused,)
        composer = pane.composer
        return self.app.focused, composer.text, composer.cursor_location, composer.scroll_offset, pane.cid


@asynccontextmanager
async def console(desk: FakeDesk, size: tuple[int, int] = SMALL, **setup: Any) -> AsyncIterator[Driver]:
    """The console on a screen of this size. `setup` as in Setup; `config` may be a dict."""
    clock = Clock()
    config = setup.pop("config", {})
    setup.setdefault("library", lambda: open_library(NOTHING))
    app = ConsoleApp(Setup(desk=desk, config=Console(**config), clock=clock, **setup))
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        driver = Driver(app, pilot, desk, clock)
        app.bell = lambda: _ring(driver)  # type: ignore[method-assign]
        await driver.settle()
        yield driver


def _ring(driver: Driver) -> None:
    driver.bells += 1


def a_desk(**options: Any) -> tuple[FakeDesk, list[str]]:
    """A desk where three people wait, the first one longest."""
    desk = FakeDesk(**options)
    cids = [
        desk.add("I am in the bathroom", waited=300, language="en"),
        desk.add("Il est dans la pièce d'à côté", waited=200, postcode="69003"),
        desk.add("c'est pour une amie", waited=100),
    ]
    return desk, cids
