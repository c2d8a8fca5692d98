"""Ends a conversation: its outcome, and a remark for colleagues."""

from __future__ import annotations

from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from officer_console.console.words import OUTCOME
from officer_console.locale import _
from officer_console.model.bodies import OUTCOMES
from officer_console.model.text import displayable

REMARK_LIMIT = 1000


class Ending(NamedTuple):
    """`outcome` is one of model.bodies.OUTCOMES."""

    outcome: str
    remark: str


class Close(ModalScreen[Ending | None]):
    """Gives the Ending, or None after Escape: then nothing was closed."""

    CSS_PATH = "close.tcss"

    def __init__(self, which: str, warning: str) -> None:
        super().__init__()
        self._which, self._warning = which, warning

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("Close this conversation?"))
            yield Static(Content(self._which), id="which")
            if self._warning:
                yield Static(Content(self._warning), id="warning")
            yield OptionList(*self._options(), id="outcomes")
            yield Input(placeholder=_("A remark for colleagues, if you like"), max_length=REMARK_LIMIT, compact=True)
            yield Static(Content(_("↑ ↓ or its number · Tab: remark · Enter: close · Esc: go on talking")), id="how")

    def on_mount(self) -> None:
        self._outcomes.highlighted = 0
        self._outcomes.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.dismiss(None)
        elif event.key.isdecimal() and 0 < int(event.key) <= len(OUTCOMES):
            event.stop()
            self._outcomes.highlighted = int(event.key) - 1

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._done()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._done()

    @property
    def _outcomes(self) -> OptionList:
        return self.query_one(OptionList)

    def _options(self) -> list[Option]:
        return [Option(Content(f"{n}  {_(OUTCOME[code])}"), code) for n, code in enumerate(OUTCOMES, 1)]

    def _done(self) -> None:
        remark = displayable(self.query_one(Input).value.strip())
        self.dismiss(Ending(OUTCOMES[self._outcomes.highlighted or 0], remark))
