"""Writes a note for colleagues."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from officer_console.console.keymap import Keymap, shown
from officer_console.console.screens.over import Over
from officer_console.console.widgets.composer import Composer
from officer_console.locale import _


class Note(Over[str]):
    """`keep` stores the note and gives whether it was taken; the text stays until it is. Gives what was begun and
    not kept, to begin with `begun` the next time."""

    CSS_PATH = "note.tcss"

    def __init__(self, which: str, keymap: Keymap, keep: Callable[[str], bool], begun: str = "") -> None:
        super().__init__()
        self._which, self._keys, self._keep, self._begun = which, keymap, keep, begun

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("NOTE for colleagues: the visitor never sees it"))
            yield Static(Content(self._which), id="which")
            yield Composer(self._keys, self._store)
            yield Static(Content(self._how()), id="how")

    def on_mount(self) -> None:
        self.query_one(Composer).fill(self._begun)
        self.query_one(Composer).focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.put_off()

    def put_off(self) -> None:
        self.dismiss(self.query_one(Composer).text)

    def _store(self, text: str) -> bool:
        if kept := self._keep(text):
            self.dismiss("")
        return kept

    def _how(self) -> str:
        how = _("{send}: keep the note · {line}: new line · Esc: later, it stays here")
        return how.format(send=shown(self._keys["send"]), line=shown(self._keys["new-line"]))
