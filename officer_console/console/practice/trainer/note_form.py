"""Writes a note at a moment of a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from officer_console.console.keymap import default_keymap, shown
from officer_console.console.screens.over import Over
from officer_console.console.screens.say import OneLine
from officer_console.console.widgets.composer import Composer
from officer_console.locale import _
from officer_console.model.text import one_line

LONGEST: Final = 4000
"""Letters of a note (format.Remarked)."""
NAME: Final = 80


class Noted(NamedTuple):
    """A note, and who signs it ("": nobody)."""

    words: str
    by: str


class NoteForm(Over[str]):
    """`keep` stores the note and gives why it could not, or ""; until then the words stay. Gives what was begun and not
    kept."""

    CSS_PATH = "note_form.tcss"

    def __init__(self, which: str, by: str, begun: str, keep: Callable[[Noted], str]) -> None:
        super().__init__()
        self._which, self._begun, self._keep = which, begun, keep
        self._keys = default_keymap()
        self._text = Composer(self._keys, self._store)
        self._by = OneLine(by, placeholder=_("your name, if they shall read it"), max_length=NAME, compact=True)
        self._by.cursor_blink = False
        self._told = Static(id="told")

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("NOTE for trainees, at this moment"))
            yield Static(Content(self._which), id="which")
            yield self._text
            yield self._by
            yield self._told
            yield Static(Content(self._how()), id="how")

    def on_mount(self) -> None:
        self._told.display = False
        self._text.fill(self._begun)
        self._text.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self.put_off()
        elif event.key in ("tab", "shift+tab"):
            event.stop()
            (self._text if self._by.has_focus else self._by).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._text.send()

    def put_off(self) -> None:
        self.dismiss(self._text.text)

    def _store(self, text: str) -> bool:
        why = self._wrong(text) or self._keep(Noted(text.strip(), one_line(self._by.value, NAME)))
        self._told.update(Content(one_line(why, 400)))
        self._told.display = bool(why)
        if not why:
            self.dismiss("")
        return not why

    def _wrong(self, text: str) -> str:
        if not text.strip():
            return _("Nothing is written yet.")
        if len(text) > LONGEST:
            return _("It is too long: {n} letters of {most}. Nothing was kept.").format(n=len(text), most=LONGEST)
        return ""

    def _how(self) -> str:
        how = _("{send}: keep it · {line}: new line · Tab: your name · Esc: later, it stays here")
        return how.format(send=shown(self._keys["send"]), line=shown(self._keys["new-line"]))
