"""The wallboard as a Textual app. Nothing can be done there but leave it."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Grid, Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.worker import Worker, WorkerCancelled

from officer_console.client.api import Change, Desk
from officer_console.console.lead_words import rule
from officer_console.console.messages import DeskChanged
from officer_console.console.sealed_app import SealedApp
from officer_console.console.wall.big import big
from officer_console.console.wall.words import band, door, loads, people, tiles
from officer_console.console.widgets.lead_foot import Plots
from officer_console.console.widgets.link_line import LinkLine
from officer_console.console.widgets.text_line import STYLES, TextLine, WrappedLine, styled
from officer_console.console.words import Level
from officer_console.locale import _
from officer_console.themes import Theme

LEAVE: Final = frozenset({"f10", "ctrl+q"})
CLOSE_S: Final = 5
TILES: Final = 4


class Tile(TextLine):
    """One large figure with its title below."""

    _told: tuple[str, str, Level] = ("", "", Level.PLAIN)

    def show(self, title: str, figure: str, level: Level) -> None:
        """Show this figure."""
        self._told = (title, figure, level)
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        title, figure, level = self._told
        looks = STYLES[level].replace("reverse ", "")
        lines = big(figure, self.content_size.width, self.content_size.height - 1)
        self.put(Content("\n").join([*(Content.styled(line, looks) for line in lines), Content.styled(title, "bold")]))


class Wall(Screen[None], inherit_bindings=False):
    """Shows the desk in numbers."""

    VERTICAL_BREAKPOINTS = [(0, "-short"), (28, "-tall")]  # noqa: RUF012

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._link = LinkLine(desk, _("F10: leave"), "")
        self._band, self._door = WrappedLine(id="band"), TextLine(id="door")
        self._tiles = [Tile() for _number in range(TILES)]
        self._people, self._loads = WrappedLine(id="people"), WrappedLine(id="loads")
        self._rule = WrappedLine(id="rule")
        self._plots = Plots(desk)

    def compose(self) -> ComposeResult:
        yield self._link
        yield self._band
        yield self._door
        with Grid(id="tiles"):
            yield from self._tiles
        yield self._people
        yield self._loads
        with Horizontal(id="plots"):
            yield self._plots
        yield self._rule

    def on_mount(self) -> None:
        self.set_interval(1, self.tick)
        self.tick()

    def on_desk_changed(self, event: DeskChanged) -> None:
        self.tick()

    def on_key(self, event: events.Key) -> None:
        if event.key in LEAVE:
            event.stop()
            self.app.post_message(Leaving())

    def tick(self) -> None:
        """A second has passed, or something may look different."""
        desk = self._desk
        self._link.show(0)
        self._band.put(styled(band(desk)))
        told = door(desk)
        self._door.display = bool(told.text)
        self._door.put(styled(told))
        for tile, (title, figure, level) in zip(self._tiles, tiles(desk), strict=True):
            tile.show(title, figure, level)
        self._people.put(Content(people(desk)))
        self._loads.put(Content(loads(desk)))
        self._plots.tick()
        self._rule.put(Content(rule(desk.shift.timers)))


class Leaving(Message):
    """Somebody wants to leave the wallboard."""


class WallApp(SealedApp):
    """See `SealedApp`."""

    CSS_PATH = "wall.tcss"

    def __init__(self, desk: Desk, theme: Theme) -> None:
        super().__init__(theme)
        self._desk = desk
        self._worker: Worker[None] | None = None
        self.wall = Wall(desk)

    def get_default_screen(self) -> Screen[None]:
        return self.wall

    def on_mount(self) -> None:
        self._worker = self.run_worker(self._run(), exit_on_error=True)

    def on_leaving(self, event: Leaving) -> None:
        self.leave()

    def leave(self) -> None:
        self.run_worker(self._leave(), exit_on_error=True)

    async def _run(self) -> None:
        end = self._desk.subscribe(self._changed)
        try:
            await self._desk.run()
        finally:
            end()

    def _changed(self, change: Change) -> None:
        self.wall.post_message(DeskChanged(change))

    async def _leave(self) -> None:
        if self._worker:
            self._worker.cancel()
            with contextlib.suppress(WorkerCancelled, TimeoutError):
                await asyncio.wait_for(self._worker.wait(), CLOSE_S)
        self.exit(0)
