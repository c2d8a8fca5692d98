"""Every key of the trainer's screens, from the table that the keys come from."""

from __future__ import annotations

from rich.table import Table

from officer_console.console.practice.trainer.keys import GROUPS
from officer_console.console.screens.key_help import KeyHelp, add_heading, add_rows
from officer_console.locale import _


class Help(KeyHelp):
    """See `KeyHelp`."""

    CSS_PATH = "../../screens/help.tcss"
    ends = KeyHelp.ends | {"q"}

    def fill(self, table: Table) -> None:
        for heading, commands in GROUPS:
            add_heading(table, _(heading))
            add_rows(table, commands)
            table.add_row()
