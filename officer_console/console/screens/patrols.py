"""Every open patrol request: how far it is, where, whose. Enter goes to its conversation."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from officer_console.client.api import Desk, Patrol
from officer_console.console.patrol_words import row, where
from officer_console.console.screens.over import Over
from officer_console.locale import _
from officer_console.model.text import one_line

WORDS: Final = 40
NAME_LIMIT: Final = 20


class Patrols(Over[str]):
    """Gives the conversation that was chosen, or "". `unsent`: conversations whose request was in its countdown when
    the console stopped. Looks at the desk each second; the cursor stays on its conversation."""

    CSS_PATH = "patrols.tcss"

    def __init__(self, desk: Desk, unsent: Collection[str]) -> None:
        super().__init__()
        self._desk, self._unsent = desk, unsent

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("Open patrol requests"))
            yield OptionList(id="requests")
            yield Static(Content(_("↑ ↓, then Enter: go to the conversation · Esc: back")), id="how")

    def on_mount(self) -> None:
        self.look()
        self._requests.focus()
        self.set_interval(1, self.look)

    def look(self) -> None:
        """Show how they stand now."""
        rows = self._rows()
        shown = [option.id for option in self._requests.options]
        if shown == [cid for cid, _told in rows]:
            for at, (_cid, told) in enumerate(rows):
                self._requests.replace_option_prompt_at_index(at, told)
        else:
            self._put(rows)

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.put_off()

    def put_off(self) -> None:
        self.dismiss("")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_id or "")

    @property
    def _requests(self) -> OptionList:
        return self.query_one(OptionList)

    def _put(self, rows: list[tuple[str, Content]]) -> None:
        at = self._requests.highlighted
        cid = self._requests.options[at].id if at is not None and self._requests.options else None
        self._requests.set_options([Option(told, cid) for cid, told in rows])
        cids = [cid for cid, _told in rows]
        if cids:
            self._requests.highlighted = cids.index(cid) if cid in cids else 0

    def _rows(self) -> list[tuple[str, Content]]:
        open_ = self._desk.patrols.all_open()
        rows = [(cid, self._row(cid, patrol)) for cid, patrol in open_]
        unsent = [cid for cid in self._unsent if cid not in dict(open_)]
        return [*((cid, self._row_unsent(cid)) for cid in unsent), *rows]

    def _row(self, cid: str, patrol: Patrol) -> Content:
        asker = one_line(self._desk.name(patrol.by), NAME_LIMIT) if patrol.by else ""
        return Content(row(patrol, self._desk.now(), self._which(cid), asker))

    def _row_unsent(self, cid: str) -> Content:
        parts = [_("NOT SENT: the console stopped in the countdown"), where(self._desk.patrols.draft(cid))]
        which = self._which(cid)
        return Content(" · ".join(filter(None, [*parts, f"“{which}”" if which else ""])))

    def _which(self, cid: str) -> str:
        conversation = self._desk.queue.get(cid)
        return one_line(conversation.first_words, WORDS) if conversation else ""
