"""Every key of the lead's view, from the same table that the keys come from."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from officer_console.console import lead_keys
from officer_console.console.keymap import shown
from officer_console.console.screens.help import Help
from officer_console.locale import _


class LeadHelp(Help):
    """See `Help`."""

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True)
        for command in lead_keys.ALL:
            keys = Text(" ".join(shown((key,)) for key in command.keys), style="bold")
            table.add_row(keys, Text(_(command.help)))
        return table
