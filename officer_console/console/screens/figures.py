"""Figures of the desk, with plots: for a shift lead. A day, a week or a month."""

from __future__ import annotations

import os
import sys
from datetime import date, timedelta
from functools import partial
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from officer_console.client.api import Desk
from officer_console.client.api import FiguresAnswer as Answer
from officer_console.console.figure_page import Part, page
from officer_console.console.screens.over import Over
from officer_console.console.widgets.plots import letters_for
from officer_console.console.words import refusal
from officer_console.locale import N_, _
from officer_console.model.shown_figures import Report

RANGES: Final = {"d": (1, N_("one day")), "w": (7, N_("seven days")), "m": (30, N_("thirty days"))}
"""Key -> days, and what it is called."""
SHIFTS: Final = {"left": -1, "right": 1}
EVERY_S: Final = 60
"""Seconds after which the figures are asked for again."""


class FiguresPage(Over[None]):
    """Asks the desk again at each change of the range; what was shown stays until the answer is there."""

    CSS_PATH = "figures.tcss"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._days, self._last = RANGES["w"][0], self._today
        self._report: Report | None = None
        self._letters = letters_for(os.environ.get("TERM", ""), getattr(sys.__stdout__, "encoding", "") or "")

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("Figures"))
            yield Static(id="range")
            with VerticalScroll(id="page"):
                yield Static(id="text")
            yield Static(Content(_("D day · W week · M month · ← → earlier, later · ↑ ↓ scroll · Esc: back")), id="how")

    def on_mount(self) -> None:
        self.query_one("#page").focus()
        self.set_interval(EVERY_S, self._ask)
        self.call_after_refresh(self._ask)

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.put_off()
        elif event.key in RANGES:
            event.stop()
            self._days = RANGES[event.key][0]
            self._ask()
        elif event.key in SHIFTS:
            event.stop()
            self._shift(SHIFTS[event.key])

    def put_off(self) -> None:
        self.dismiss()

    @property
    def _today(self) -> date:
        return date.fromtimestamp(self._desk.now() / 1000)

    @property
    def _first(self) -> date:
        return self._last - timedelta(days=self._days - 1)

    def _shift(self, way: int) -> None:
        wanted = self._last + timedelta(days=way * self._days)
        self._last = min(wanted, self._today)
        self._ask()

    def _ask(self) -> None:
        first, last = self._first.isoformat(), self._last.isoformat()
        self._tell_range(_("asking the relay …"))
        self._desk.figures.ask(first, last, partial(self._answered, first, last))

    def _answered(self, first: str, last: str, answer: Answer) -> None:
        if not self.is_attached or (first, last) != (self._first.isoformat(), self._last.isoformat()):
            return
        self._report = answer.report or self._report
        self._tell_range(refusal(answer.code) if answer.code else "")
        self._show()

    def _tell_range(self, told: str) -> None:
        called = next(_(words) for days, words in RANGES.values() if days == self._days)
        days = _("{first} to {last}").format(first=self._first, last=self._last) if self._days > 1 else str(self._first)
        self.query_one("#range", Static).update(Content(" · ".join(filter(None, [f"{days} ({called})", told]))))

    def _show(self) -> None:
        """The page of the newest report, as wide as there is room."""
        if self._report is None:
            return
        width = self.query_one("#page").content_size.width - 1  # the scroll bar comes and goes
        parts = [_part(part) for part in page(self._report, max(20, width), self._letters)]
        self.query_one("#text", Static).update(Content("\n\n").join(parts))


def _part(part: Part) -> Content:
    body = Content("\n".join(part.lines))
    return Content.assemble((part.heading, "bold"), "\n", body) if part.heading else body
