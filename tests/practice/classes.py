"""The folder of a class: attempts of scripted trainees, and the trainer's board over it, driven by its keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from officer_console.console.practice.trainer.app import Setup, TrainerApp
from officer_console.console.practice.trainer.classroom import Classroom
from officer_console.practice import library
from officer_console.practice.attempts import Attempt, Head
from officer_console.practice.handing import hand_in
from officer_console.practice.plot import plot_of
from officer_console.themes import SAFE, Theme
from tests.practice import trainees

BATHROOM, KEY = "fr-01-salle-de-bain", "en-01-the-spare-key"
BEGAN, DAY = 1_763_950_000_000, 86_400_000
SMALL, LARGE = (80, 24), (160, 50)
NEVER_S = 3600.0
"""Between two looks at the folder: tests look themselves."""


def practised(folder: Path, name: str, session: str, how: str, day: int) -> Path:
    """A trainee practises a shipped session (`how`: a function of `trainees`) and hands it in."""
    sitting = getattr(trainees, how)(plot_of(library.find(session)), day)
    head = Head(1, session, BEGAN + day * DAY, day, 1.0, trainees.mark(sitting), sitting.chronicle().end)
    return hand_in(Attempt(head, tuple(sitting.entries)), folder, name)


def a_class(folder: Path) -> Path:
    """Zoé got better in one session, Karim was harmful once in another."""
    folder.mkdir()
    practised(folder, "Zoé", BATHROOM, "harmful", 1)
    practised(folder, "Zoé", BATHROOM, "excellent", 2)
    practised(folder, "Karim", KEY, "harmful", 3)
    return folder


class Driver:
    """Keys in, text out."""

    def __init__(self, app: TrainerApp, pilot: Pilot[int], room: Classroom) -> None:
        self.app, self.pilot, self.room = app, pilot, room

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def write(self, text: str) -> None:
        await self.press(*("space" if char == " " else char for char in text))

    async def settle(self) -> None:
        for _time in range(3):
            await self.pilot.pause()

    async def look(self) -> None:
        """The folder is looked at, and what is there is on the screen."""
        self.app.look()
        await self.app.workers.wait_for_complete()
        await self.settle()

    @property
    def text(self) -> str:
        return "\n".join(strip.text.rstrip() for strip in self.app.screen._compositor.render_strips())

    @property
    def chosen(self) -> str:
        """The line under the cursor."""
        return next(line for line in self.text.splitlines() if "▶" in line)


@asynccontextmanager
async def board(folder: Path, size: tuple[int, int] = SMALL, theme: Theme = SAFE) -> AsyncIterator[Driver]:
    room = Classroom(folder)
    room.take(room.look())
    app = TrainerApp(Setup(room, theme, look_s=NEVER_S))
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        driver = Driver(app, pilot, room)
        await driver.settle()
        yield driver
    assert app.failure is None
