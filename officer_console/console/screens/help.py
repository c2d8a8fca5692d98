"""Every key, from the same table that the keys come from."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from officer_console.console.commands import COMMANDS, Command, Group
from officer_console.console.keymap import Keymap
from officer_console.console.screens.key_help import KeyHelp, add_heading, add_row
from officer_console.locale import _


class Help(KeyHelp):
    """`more`: keys that only the screen under it has."""

    def __init__(self, keymap: Keymap, more: Sequence[Command] = ()) -> None:
        super().__init__()
        self._keys = {**keymap, **{command.id: command.keys for command in more}}
        self._commands = (*more, *COMMANDS)
        self.ends = KeyHelp.ends | {"q", *self._keys["help"]}

    def fill(self, table: Table) -> None:
        for group in Group:
            if commands := [command for command in self._commands if command.group is group]:
                add_heading(table, _(group.value))
                for command in commands:
                    add_row(table, command, self._keys[command.id])
                table.add_row()
