"""Lead and officer speak aside: what was whispered last, and a line to whisper in. No visitor ever gets any of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from officer_console.client.api import Desk
from officer_console.console.screens.over import Over
from officer_console.console.screens.say import OneLine
from officer_console.console.times import of_day
from officer_console.locale import _
from officer_console.model.text import one_line
from officer_console.model.transcript import Kind, Line, Status

LAST: Final = 8
"""Whispers that are shown, the newest at the end."""
WORDS: Final = 400
NAME_LIMIT: Final = 20


class Aside(Over[str]):
    """`whisper` gives whether the words are on their way. Gives what was begun and not whispered."""

    CSS_PATH = "aside.tcss"

    def __init__(self, desk: Desk, cid: str, which: str, whisper: Callable[[str], bool], begun: str = "") -> None:
        super().__init__()
        self._desk, self._cid, self._which, self._whisper, self._begun = desk, cid, which, whisper, begun

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("Whisper: the visitor never sees it"))
            yield Static(Content(self._which), id="which")
            yield Static(id="said")
            line = OneLine(self._begun, max_length=WORDS, compact=True, select_on_focus=False)
            line.cursor_blink = False
            yield line
            yield Static(Content(_("Enter: whisper it · Esc: back, what is written stays")), id="how")

    def on_mount(self) -> None:
        self._desk.open(self._cid)
        self.query_one(Input).focus()
        self.look()
        self.set_interval(0.5, self.look)

    def look(self) -> None:
        """Show what was whispered by now."""
        whispers = [line for line in self._desk.talk.lines(self._cid) if line.kind is Kind.WHISPER][-LAST:]
        words = "\n".join(map(self._told, whispers)) or _("Nothing was whispered yet.")
        self.query_one("#said", Static).update(Content(words))

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.put_off()

    def put_off(self) -> None:
        self.dismiss(self.query_one(Input).value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        words = one_line(event.value, WORDS)
        if words and self._whisper(words):
            self.query_one(Input).value = ""
            self.look()

    def _told(self, line: Line) -> str:
        name = _("You") if line.who == self._desk.me else one_line(self._desk.name(line.who), NAME_LIMIT)
        pending = _("not yet stored") if line.status is Status.PENDING else ""
        return " ".join(filter(None, [of_day(line.at), f"{name}: {one_line(line.text, WORDS)}", pending]))
