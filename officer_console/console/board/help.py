"""Every key of the board, from the table that the keys come from."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from officer_console.console.board.keys import ALL, AMONG_CALLS
from officer_console.console.screens.key_help import KeyHelp, add_rows
from officer_console.locale import _


class Help(KeyHelp):
    """See `KeyHelp`."""

    CSS_PATH = "../screens/help.tcss"

    def fill(self, table: Table) -> None:
        add_rows(table, ALL)
        table.add_row(Text(), Text(_("Over the call backs"), style="bold"))
        add_rows(table, AMONG_CALLS)
