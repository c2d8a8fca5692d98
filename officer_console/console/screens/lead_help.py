"""Every key of the lead's view, from the same table that the keys come from."""

from __future__ import annotations

from rich.table import Table

from officer_console.console import lead_keys
from officer_console.console.screens.help import Help
from officer_console.console.screens.key_help import add_rows


class LeadHelp(Help):
    """See `Help`."""

    def fill(self, table: Table) -> None:
        add_rows(table, lead_keys.ALL)
