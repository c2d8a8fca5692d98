"""Asks why a patrol request is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from officer_console.console.screens.over import Over
from officer_console.locale import _
from officer_console.model.text import one_line

LIMIT: Final = 400


class CancelPatrol(Over[str]):
    """`cancel` takes the reason and gives whether it was taken. Gives what was begun and not used."""

    CSS_PATH = "cancel_patrol.tcss"

    def __init__(self, which: str, cancel: Callable[[str], bool], begun: str = "") -> None:
        super().__init__()
        self._which, self._cancel, self._begun = which, cancel, begun

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("Cancel this patrol request?"))
            yield Static(Content(self._which), id="which")
            words = _("Why: the room reads it")
            yield Input(self._begun, placeholder=words, max_length=LIMIT, compact=True, select_on_focus=False)
            yield Static(Content(_("Enter: cancel the patrol · Esc: the patrol stays asked for")), id="how")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.put_off()

    def put_off(self) -> None:
        self.dismiss(self.query_one(Input).value)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        reason = one_line(event.value, LIMIT)
        if not reason:
            words = _("Say why first. Nothing is cancelled yet.")
            self.query_one("#how", Static).update(Content(words))
        elif self._cancel(reason):
            self.dismiss("")
