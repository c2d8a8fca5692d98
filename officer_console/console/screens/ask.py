"""A question over the screen, with answers to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from officer_console.console.screens.over import Over
from officer_console.locale import _

FRAME: Final = 6
"""Rows of the box that are neither question nor answers."""


class Answer(NamedTuple):
    """`id` is what the question gives back; `text` what the officer reads."""

    id: str
    text: str


class Ask(Over[str]):
    """Gives the id of the answer, or "" after Escape. The first answer is the one that changes nothing. `bare`:
    nothing stands left and right of the words, so that they can be copied from the terminal."""

    CSS_PATH = "ask.tcss"

    def __init__(self, title: str, body: str, answers: Sequence[Answer], *, bare: bool = False) -> None:
        super().__init__(classes="-bare" if bare else None)
        self._title, self._body, self._answers = title, body, answers

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._title)
            with VerticalScroll(id="body", can_focus=False):
                yield Static(Content(self._body))
            yield OptionList(*self._options(), id="answers")
            yield Static(Content(_("↑ ↓ or its number, then Enter · Esc: back")), id="how")

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_resize(self, event: events.Resize) -> None:
        """The answers always have room; of what is asked the rest is scrolled."""
        self.query_one("#body").styles.max_height = max(2, event.size.height * 9 // 10 - len(self._answers) - FRAME)

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.put_off()
        elif event.key.isdecimal() and 0 < int(event.key) <= len(self._answers):
            event.stop()
            self.query_one(OptionList).highlighted = int(event.key) - 1
        elif event.key in ("pageup", "pagedown"):
            self._scroll(event.key)

    def put_off(self) -> None:
        self.dismiss("")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id or "")

    def _scroll(self, key: str) -> None:
        body = self.query_one("#body")
        (body.scroll_page_up if key == "pageup" else body.scroll_page_down)(animate=False)

    def _options(self) -> list[Option]:
        return [Option(Content(f"{n}  {text}"), id) for n, (id, text) in enumerate(self._answers, 1)]
