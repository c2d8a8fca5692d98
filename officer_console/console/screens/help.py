"""Every key, from the same table that the keys come from."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from officer_console.console.commands import COMMANDS, Command, Group
from officer_console.console.keymap import Keymap, shown
from officer_console.console.screens.over import Over
from officer_console.locale import _

ENDS = frozenset({"escape", "f1", "question_mark", "enter", "q"})


class Help(Over[None]):
    """Scrolls with the arrow and page keys; Escape goes back. `more`: keys that only the screen under it has."""

    CSS_PATH = "help.tcss"

    def __init__(self, keymap: Keymap, more: Sequence[Command] = ()) -> None:
        super().__init__()
        self._keys = {**keymap, **{command.id: command.keys for command in more}}
        self._commands = (*more, *COMMANDS)

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="box") as box:
            box.border_title = Content(_("Every key (↑ ↓ scroll, Esc goes back)"))
            yield Static(self._table())

    def on_mount(self) -> None:
        self.query_one("#box").focus()

    def on_key(self, event: events.Key) -> None:
        if event.key in ENDS or event.key in self._keys["help"]:
            event.stop()
            self.put_off()

    def put_off(self) -> None:
        self.dismiss()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        for group in Group:
            if commands := [command for command in self._commands if command.group is group]:
                table.add_row(Text(_(group.value), style="bold underline"))
                for command in commands:
                    table.add_row(self._keys_of(command), Text(_(command.help)))
                table.add_row()
        return table

    def _keys_of(self, command: Command) -> Text:
        return Text(" ".join(shown((key,)) for key in self._keys[command.id]), style="bold")
