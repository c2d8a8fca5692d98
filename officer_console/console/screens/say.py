"""Asks for the words that belong to an act: a unit's name, a reason, a question."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from officer_console.console.screens.over import Over
from officer_console.model.text import one_line


class Asked(NamedTuple):
    """What is asked for: the box's title, a hint for the empty line, what the keys do, what is read when Enter is
    pressed on nothing, and how many letters it takes."""

    title: str
    hint: str
    keys: str
    nothing: str
    limit: int


class OneLine(Input):
    """What is pasted is made one displayable line; the bell means something else here."""

    def restricted(self) -> None:
        """It is full."""

    def on_paste(self, event: events.Paste) -> None:
        event.stop().prevent_default()
        self.replace(one_line(event.text, self.max_length or len(event.text) + 1), *sorted(self.selection))


class Say(Over[str]):
    """`say` gets the words and gives what is to be read when they were not taken, or "". Gives what was begun and not
    said."""

    CSS_PATH = "say.tcss"

    def __init__(self, asked: Asked, which: str, say: Callable[[str], str], begun: str = "") -> None:
        super().__init__()
        self._asked, self._which, self._say, self._begun = asked, which, say, begun

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(self._asked.title)
            yield Static(Content(self._which), id="which")
            line = OneLine(
                self._begun,
                placeholder=self._asked.hint,
                max_length=self._asked.limit,
                compact=True,
                select_on_focus=False,
            )
            line.cursor_blink = False
            yield line
            yield Static(Content(self._asked.keys), id="how")

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.put_off()

    def put_off(self) -> None:
        self.dismiss(self.query_one(Input).value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        words = one_line(event.value, self._asked.limit)
        why = self._say(words) if words else self._asked.nothing
        if why:
            self.query_one("#how", Static).update(Content(why))
        else:
            self.dismiss("")
