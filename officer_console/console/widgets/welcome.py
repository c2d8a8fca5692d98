"""What is shown while no conversation is open."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.widgets import Static

from officer_console.console.commands import BY_ID
from officer_console.console.keymap import Keymap, shown
from officer_console.locale import _

TO_TRY = ("take-next", "open", "help")


class Welcome(Static):
    """Three keys to begin with, and in the demo the address of the visitor's page."""

    def __init__(self, keymap: Keymap, page: str) -> None:
        super().__init__(Group(*_page(page), _keys(keymap)))


def _page(page: str) -> Iterator[Text]:
    yield Text(_("No conversation is open.") + "\n", style="bold")
    if page:
        yield Text(_("The visitor's page; open it in a browser and write to yourself:"))
        yield Text(f"\n  {page}\n", style="bold")


def _keys(keymap: Keymap) -> Table:
    table = Table.grid(padding=(0, 1))
    for id in TO_TRY:
        table.add_row(Text(shown(keymap[id]), style="bold"), Text(_(BY_ID[id].help)))
    return table
