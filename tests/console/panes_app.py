"""The two panes alone in an app, fed by a FakeDesk, with the messages they post."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from officer_console.client.api import Change
from officer_console.console.colours import textual_theme
from officer_console.console.widgets.queue_pane import QueuePane
from officer_console.console.widgets.rows_pane import RowsPane
from officer_console.console.widgets.transcript_pane import TranscriptPane
from officer_console.themes import SAFE

from .fake_desk import FakeDesk


class PanesApp(App[None]):
    """`with_input` puts something beside the panes that has the focus."""

    CSS = """
    Screen { layout: horizontal; }
    QueuePane { width: 40; height: 100%; }
    TranscriptPane { width: 1fr; height: 100%; }
    Input { width: 10; }
    """

    def __init__(self, desk: FakeDesk, *, with_input: bool = False) -> None:
        super().__init__()
        theme = textual_theme(SAFE)
        self.register_theme(theme)
        self.theme = theme.name
        self.desk, self.with_input = desk, with_input
        self.said: list[Message] = []
        self.queue, self.transcript = QueuePane(), TranscriptPane()

    def compose(self) -> ComposeResult:
        yield self.queue
        yield self.transcript
        if self.with_input:
            yield Input()

    def on_mount(self) -> None:
        self.queue.show(self.desk)
        self.desk.subscribe(self._changed)
        (self.query_one(Input) if self.with_input else self.queue).focus()

    def _changed(self, change: Change) -> None:
        self.queue.changed(change)
        self.transcript.changed(change)

    def _note(self, message: Message) -> None:
        self.said.append(message)

    on_queue_pane_picked = on_queue_pane_moved = _note
    on_transcript_pane_new_below = on_transcript_pane_seen = _note


@asynccontextmanager
async def running(
    desk: FakeDesk, size: tuple[int, int] = (100, 20), **options: Any
) -> AsyncIterator[tuple[PanesApp, Pilot[None]]]:
    app = PanesApp(desk, **options)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def texts(pane: RowsPane) -> list[str]:
    """What stands on screen, line by line."""
    return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


def line_with(pane: RowsPane, words: str) -> int:
    """The line of the screen that holds these words."""
    return next(y for y, text in enumerate(texts(pane)) if words in text)


def styles_of(pane: RowsPane, words: str) -> list[Any]:
    """The styles of what holds these words on screen."""
    lines = (pane.render_line(y) for y in range(pane.size.height))
    return [segment.style for line in lines for segment in line if words in segment.text]


@contextmanager
def repaints(pane: Widget) -> Iterator[list[Region]]:
    """The parts of a pane that are asked to be painted again; the whole pane is one empty region."""
    asked: list[Region] = []
    refresh = pane.refresh

    def note(*regions: Region, **options: Any) -> Any:
        asked.extend(regions or [Region()])
        return refresh(*regions, **options)

    pane.refresh = note  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        del pane.refresh  # type: ignore[method-assign]


@contextmanager
def clock_of(zone: str) -> Iterator[None]:
    """This machine's wall clock in another zone."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()
