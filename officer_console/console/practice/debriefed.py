"""The debrief on the screen: read it, write it to files, go back to look, or leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from officer_console.console.practice.words import debrief_content
from officer_console.console.screens.over import Over
from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.model.text import one_line
from officer_console.practice.debrief import Debrief

LEAVE: Final = "leave"
BACK: Final = "back"


class Debriefed(Over[str]):
    """Gives LEAVE or BACK. `write` puts the debriefs into files and gives their names; None: they may not be."""

    CSS_PATH = "debriefed.tcss"

    def __init__(self, debriefs: Sequence[Debrief], write: Callable[[], Sequence[Path]] | None) -> None:
        super().__init__()
        self._debriefs, self._write = debriefs, write

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("PRACTICE · DEBRIEF"))
            with VerticalScroll(id="text"):
                yield Static(self._content())
            yield Static(self._how(), id="how")

    def on_mount(self) -> None:
        self.query_one("#text").focus()

    def on_key(self, event: events.Key) -> None:
        actions = {"s": self._save, "q": self._leave, "escape": self.put_off}
        if act := actions.get(event.key):
            event.stop()
            act()

    def put_off(self) -> None:
        self.dismiss(BACK)

    def _leave(self) -> None:
        self.dismiss(LEAVE)

    def _save(self) -> None:
        if self._write is None:
            return
        try:
            told = _("Written: {files}").format(files=", ".join(str(file) for file in self._write()))
        except (UserError, OSError) as error:
            told = str(error)
        self.query_one("#how", Static).update(Content.assemble(one_line(told, 400), "\n", self._how()))

    def _how(self) -> Content:
        if self._write is None:
            return Content(_("↑ ↓ scroll · Esc: back to the conversation · q: leave; nothing of it is kept"))
        return Content(_("↑ ↓ scroll · s: write it to files · Esc: back to the conversation · q: leave practice"))

    def _content(self) -> Content:
        if not self._debriefs:
            return Content(_("Nobody has written yet: there is nothing to tell."))
        return Content("\n\n\n").join(debrief_content(each) for each in self._debriefs)
