"""Every key of the trainer's screens, from the table that the keys come from."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from officer_console.console.commands import Command
from officer_console.console.keymap import shown
from officer_console.console.practice.trainer.keys import GROUPS
from officer_console.console.screens.over import Over
from officer_console.locale import _

ENDS = frozenset({"escape", "f1", "question_mark", "enter", "q"})


class Help(Over[None]):
    """Scrolls with the arrow and page keys; Escape goes back."""

    CSS_PATH = "../../screens/help.tcss"

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box") as box:
            box.border_title = Content(_("Every key (↑ ↓ scroll, Esc goes back)"))
            yield Static(_table())

    def on_mount(self) -> None:
        self.query_one("#box").focus()

    def on_key(self, event: events.Key) -> None:
        if event.key in ENDS:
            event.stop()
            self.put_off()

    def put_off(self) -> None:
        self.dismiss()


def _table() -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    for heading, commands in GROUPS:
        table.add_row(Text(_(heading), style="bold underline"))
        for command in commands:
            table.add_row(*_row(command))
        table.add_row()
    return table


def _row(command: Command) -> tuple[Text, Text]:
    return Text(" ".join(shown((key,)) for key in command.keys), style="bold"), Text(_(command.help))
