"""What every help screen is: a table of keys, scrolled, and away again."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from officer_console.console.commands import Command
from officer_console.console.keymap import shown
from officer_console.console.screens.over import Over
from officer_console.locale import _


class KeyHelp(Over[None]):
    """Scrolls with the arrow and page keys; Escape goes back. Subclasses fill the table."""

    CSS_PATH = "help.tcss"
    ends: frozenset[str] = frozenset({"escape", "f1", "question_mark", "enter"})
    """Keys that put it away."""

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box") as box:
            box.border_title = Content(_("Every key (↑ ↓ scroll, Esc goes back)"))
            table = Table.grid(padding=(0, 2))
            table.add_column(no_wrap=True)
            self.fill(table)
            yield Static(table)

    def on_mount(self) -> None:
        self.query_one("#box").focus()

    def on_key(self, event: events.Key) -> None:
        if event.key in self.ends:
            event.stop()
            self.put_off()

    def put_off(self) -> None:
        self.dismiss()

    def fill(self, table: Table) -> None:
        """Put the rows in."""
        raise NotImplementedError


def add_rows(table: Table, commands: Sequence[Command]) -> None:
    """A row for each command, with the keys that it has from the start."""
    for command in commands:
        add_row(table, command, command.keys)


def add_row(table: Table, command: Command, keys: Sequence[str]) -> None:
    """What a command does, with these keys."""
    table.add_row(Text(" ".join(shown((key,)) for key in keys), style="bold"), Text(_(command.help)))


def add_heading(table: Table, heading: str) -> None:
    """What the rows below are about."""
    table.add_row(Text(heading, style="bold underline"))
