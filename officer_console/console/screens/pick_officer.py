"""Chooses one of the officers who are there: load, languages, departments and breaks stand beside each."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from officer_console.client.api import Desk
from officer_console.console.lead_words import choice
from officer_console.console.screens.over import Over
from officer_console.locale import _
from officer_console.model.roster import OnDuty


class PickOfficer(Over[str]):
    """Gives the kid that was chosen, or "" after Escape."""

    CSS_PATH = "pick_officer.tcss"

    def __init__(self, desk: Desk, title: str, which: str, officers: Sequence[OnDuty]) -> None:
        super().__init__()
        self._desk, self._title, self._which, self._officers = desk, title, which, officers

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            yield Static(Content(self._which), id="which")
            options = (Option(Content(choice(self._desk, each)), each.kid) for each in self._officers)
            yield OptionList(*options, id="officers")
            yield Static(Content(_("↑ ↓, then Enter · Esc: nobody")), id="how")

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.put_off()

    def put_off(self) -> None:
        self.dismiss("")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id or "")


def ready_first(desk: Desk, language: str = "", *, but: str = "") -> list[OnDuty]:
    """Who may be given a conversation in this language, who suits best first; `but` is not among them."""
    there = [each for each in desk.shift.officers() if each.linked and each.duty.doing != "leaving" and each.kid != but]
    return sorted(there, key=lambda each: _suits(desk, each, language))


def _suits(desk: Desk, officer: OnDuty, language: str) -> tuple[bool, bool, int, str]:
    duty, load = officer.duty, desk.shift.load(officer.kid)
    strange = bool(language and duty.languages and language not in duty.languages)
    return duty.doing != "here", strange, load - duty.capacity, desk.name(officer.kid).casefold()
