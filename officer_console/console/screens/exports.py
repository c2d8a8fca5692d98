"""What is kept to practise on: when, by whom, and whether somebody else has read it. Enter reads it."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from officer_console.client.api import Desk
from officer_console.console.countersigning import kept_by, kept_when, vouched
from officer_console.console.screens.over import Over
from officer_console.locale import _
from officer_console.model.exports import Export


class ExportList(Over[str]):
    """Gives the conversation that was chosen, or "". Looks at the desk each second; the cursor stays where it is."""

    CSS_PATH = "exports.tcss"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown: list[Export] = []

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("Kept to practise on"))
            yield OptionList(id="kept")
            yield Static(Content(_("↑ ↓, then Enter: read it · Esc: back")), id="how")

    def on_mount(self) -> None:
        self.look()
        self._list.focus()
        self.set_interval(1, self.look)

    def look(self) -> None:
        """Show what there is now."""
        kept = list(self._desk.exports.all())
        if kept == self._shown:
            return
        at = self._list.highlighted or 0
        cid = self._shown[at].cid if at < len(self._shown) else ""
        self._shown = kept
        self._list.set_options([Option(Content(self._row(each)), each.cid) for each in kept])
        cids = [each.cid for each in kept]
        if cids:
            self._list.highlighted = cids.index(cid) if cid in cids else 0

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.put_off()

    def put_off(self) -> None:
        self.dismiss("")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id or "")

    @property
    def _list(self) -> OptionList:
        return self.query_one(OptionList)

    def _row(self, export: Export) -> str:
        return " · ".join((kept_when(export), kept_by(self._desk, export), vouched(self._desk, export)))
