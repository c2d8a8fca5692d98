"""Ends a conversation: its outcome, and a remark for colleagues."""

from __future__ import annotations

from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from officer_console.console.screens.over import Over
from officer_console.console.words import OUTCOME
from officer_console.locale import _
from officer_console.model.bodies import OUTCOMES
from officer_console.model.text import displayable

REMARK_LIMIT = 1000
SAY_WHAT = "other"
"""The outcome that says nothing without a remark."""


class Ending(NamedTuple):
    """`outcome` is one of model.bodies.OUTCOMES, or "" after Escape: then nothing is closed."""

    outcome: str
    remark: str


class Proposal(NamedTuple):
    """The outcome that what was done in the conversation speaks for, and why; "" for none: then none is chosen, and
    Enter closes nothing."""

    outcome: str = ""
    why: str = ""


class Close(Over[Ending]):
    """Gives the Ending. `remark` is what was begun before. The officer sees what is chosen, and why, before Enter."""

    CSS_PATH = "close.tcss"

    def __init__(self, which: str, warning: str, remark: str = "", proposal: Proposal = Proposal()) -> None:  # noqa: B008
        super().__init__()
        self._which, self._warning, self._remark, self._proposal = which, warning, remark, proposal

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("Close this conversation?"))
            yield Static(Content(self._which), id="which")
            if self._warning:
                yield Static(Content(self._warning), id="warning")
            if self._proposal.outcome:
                yield Static(Content(self._proposed()), id="proposed")
            yield OptionList(*self._options(), id="outcomes")
            words = _("A remark for colleagues, if you like")
            yield Input(self._remark, placeholder=words, max_length=REMARK_LIMIT, compact=True)
            yield Static(Content(_("↑ ↓ or its number · Tab: remark · Enter: close · Esc: go on talking")), id="how")

    def on_mount(self) -> None:
        proposed = self._proposal.outcome
        self._outcomes.highlighted = OUTCOMES.index(proposed) if proposed else None  # else a list chooses its first
        self._outcomes.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.put_off()
        elif event.key == "enter":  # that no list and no line has taken: nothing is chosen
            event.stop()
            self._done()
        elif event.key.isdecimal() and 0 < int(event.key) <= len(OUTCOMES):
            event.stop()
            self._outcomes.highlighted = int(event.key) - 1

    def put_off(self) -> None:
        self.dismiss(Ending("", self._input.value))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._done()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._done()

    @property
    def _outcomes(self) -> OptionList:
        return self.query_one(OptionList)

    @property
    def _input(self) -> Input:
        return self.query_one(Input)

    def _options(self) -> list[Option]:
        return [Option(Content(f"{n}  {_(OUTCOME[code])}"), code) for n, code in enumerate(OUTCOMES, 1)]

    def _proposed(self) -> str:
        number = OUTCOMES.index(self._proposal.outcome) + 1
        return _("Chosen already: {n}, because {why}").format(n=number, why=self._proposal.why)

    def _done(self) -> None:
        chosen, remark = self._outcomes.highlighted, displayable(self._input.value.strip())
        if chosen is None:
            self._ask_for(self._outcomes, _("Choose first how it ends. Nothing is closed yet."))
        elif OUTCOMES[chosen] == SAY_WHAT and not remark:
            self._ask_for(self._input, _("Say in the remark what it was. Nothing is closed yet."))
        else:
            self.dismiss(Ending(OUTCOMES[chosen], remark))

    def _ask_for(self, what: Widget, words: str) -> None:
        self.query_one("#how", Static).update(Content(words))
        what.focus()
