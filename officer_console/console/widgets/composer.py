"""Where an officer writes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Final

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from officer_console.console.commands import EDITING
from officer_console.console.keymap import Keymap
from officer_console.model.text import displayable

MAX_BYTES: Final = 16_000
"""The most a message may have, in UTF-8."""

PASTED_S: Final = 0.015
"""An Enter that comes so soon after another key was not pressed by a person: it is a line's end of what was pasted into
a terminal that doesn't mark pasted text, or of keys that a slow line brought all at once."""

CODE: Final = re.compile(r"(?:^|\s)/([a-z0-9]{2,8})( ?)$", re.IGNORECASE)
"""A short code at the beginning of a word, and perhaps the space after it, right before the cursor."""

Expand = Callable[[str], str]
"""The prepared text of a short code, or ""."""

Deliver = Callable[[str], bool]
"""Takes the text away: gives whether it was taken. Called within the key press, so that nothing typed after
it can be taken with it or lost."""


class Composer(TextArea, inherit_bindings=False):
    """A text of several lines. What is pasted is cleaned, and asked about when it has several lines.

    With `expand` a known short code ("/sur") becomes its text when a space or Tab is typed after it; undo brings back
    what was typed. What is pasted is never expanded.
    """

    BINDINGS = [Binding(keys, action, show=False) for keys, action in EDITING.items()]  # noqa: RUF012

    class NotSent(Message):
        """Enter came in one rush with other keys: it began a new line."""

    class CodeBegun(Message):
        """A slash was typed at the beginning of a word: prepared texts may be asked for soon."""

    def __init__(self, keymap: Keymap, deliver: Deliver, expand: Expand = lambda code: "") -> None:
        super().__init__(highlight_cursor_line=False)
        self._expand = expand
        self.cursor_blink = False  # each blink is traffic over SSH, and moves beside what is to be read
        self._keymap, self._deliver = keymap, deliver
        self._last_key = -math.inf

    def prompt(self, text: str) -> None:
        """What stands in the empty composer."""
        self.placeholder = Content(text)

    def fill(self, text: str) -> None:
        """Begin with this text, the cursor at its end."""
        self.load_text(displayable(text))
        self.move_cursor(self.document.end)

    def append(self, text: str) -> None:
        """Add to the end; the cursor stays where it is."""
        self.insert(displayable(text), self.document.end)

    def put_in(self, text: str) -> None:
        """Put a text in at the cursor, apart from the word before it; what is selected stays."""
        before = self.get_text_range((self.cursor_location[0], 0), self.cursor_location)
        text = displayable(text)
        self._insert(f" {text}" if before[-1:].strip() else text, self.cursor_location)

    def expand_code(self) -> bool:
        """Put the text of the short code that stands before the cursor in its place; whether there is one."""
        row, column = self.cursor_location
        code = CODE.search(self.document.get_line(row)[:column]) if self.selection.is_empty else None
        text = self._expand(code[1].lower()) if code and not self.read_only else ""
        if code and text:
            self._insert(displayable(text) + code[2], (row, code.start(1) - 1))
        return bool(text)

    def on_key(self, event: events.Key) -> None:
        rushed, self._last_key = event.time - self._last_key < PASTED_S, event.time
        if event.key in self._keymap["send"]:
            event.stop().prevent_default()
            self._keep_line() if rushed else self.send()
        elif event.key in self._keymap["new-line"]:
            event.stop().prevent_default()
            self._put("\n")
        elif event.key in ("space", "tab") and not rushed:
            self._after_code(event)
        elif event.key == "slash":
            self._begin_code()
        elif "+" in event.key:
            event.prevent_default()  # Alt+A arrives with the letter "a" and is no text

    def on_paste(self, event: events.Paste) -> None:
        event.stop().prevent_default()
        text = displayable(event.text.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
        if "\n" in text or len(text.encode()) > MAX_BYTES:
            self._ask(text)
        else:
            self._put(text)

    def send(self) -> None:
        """Give the text away; it stays when it isn't taken."""
        if self._deliver(self.text):
            self.load_text("")

    def _after_code(self, event: events.Key) -> None:
        """The space is typed first, so that undo brings it back too."""
        if event.key == "space":
            event.prevent_default()
            self._put(" ")
            self.expand_code()
        elif self.expand_code():
            event.stop().prevent_default()

    def _begin_code(self) -> None:
        row, column = self.cursor_location
        if not self.document.get_line(row)[:column][-1:].strip():
            self.post_message(self.CodeBegun())

    def _insert(self, text: str, start: tuple[int, int]) -> None:
        """In place of what stands between `start` and the cursor, as one step for undo."""
        if not self.read_only:
            self.history.checkpoint()
            self.replace(text, start, self.cursor_location, maintain_selection_offset=False)
            self.scroll_cursor_visible()

    def _keep_line(self) -> None:
        self._put("\n")
        self.post_message(self.NotSent())

    def _put(self, text: str) -> None:
        if not self.read_only:
            self.replace(text, *self.selection, maintain_selection_offset=False)
            self.scroll_cursor_visible()

    def _ask(self, text: str) -> None:
        from officer_console.console.screens import paste

        def answered(answer: str | None) -> None:
            if answer == paste.PUT_IN:
                self._put(text)

        self.app.push_screen(paste.question(text, MAX_BYTES), answered)
