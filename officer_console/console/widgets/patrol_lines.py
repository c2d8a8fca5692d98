"""The fields of the patrol panel, one line each.

Each has `put` (show a value; what is the same already is not touched, nor the cursor in it), `read` (the value, fit for
a request) and `offer` (take what was found in the conversation).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from officer_console.console.patrol_words import nature, position
from officer_console.console.widgets.patrol_fields import Field, Form
from officer_console.locale import _
from officer_console.model.patrol import LIMITS, NATURES, Point, point_of
from officer_console.model.text import one_line

STEPS: Final = {"enter": 1, "down": 1, "up": -1}
"""Keys that go from field to field."""


class Changed(Message):
    """The officer has put something else into a field that is no text."""


class WrittenLine(Input):
    """A text of at most `limit` characters. What is pasted is made one displayable line.

    `step` goes to the next field (1) or the one before (-1): within the key press, and a key that was on its way then
    is for where one writes then, as a slow line brings several keys at once.
    """

    def __init__(self, field: Field, limit: int, step: Callable[[int], None]) -> None:
        super().__init__(max_length=limit, compact=True, select_on_focus=False, id=f"field-{field.name}")
        self.field, self._limit, self._step = field, limit, step
        self.cursor_blink = False  # each blink is traffic over SSH, and moves beside what is to be read

    def put(self, value: str) -> None:
        if value != self.read():
            self.value = value
            self.cursor_position = len(value) if self.has_focus else 0

    def read(self) -> str:
        return one_line(self.value, self._limit)

    def offer(self, text: str) -> None:
        self.put(one_line(text, self._limit))

    def on_focus(self) -> None:
        self.cursor_position = len(self.value)

    def on_blur(self) -> None:
        self.cursor_position = 0  # its beginning is read

    def on_key(self, event: events.Key) -> None:
        focused = self.screen.focused
        if focused is not None and focused is not self:
            event.stop().prevent_default()
            focused.post_message(events.Key(event.key, event.character))
        elif event.key in STEPS:
            event.stop().prevent_default()
            self._step(STEPS[event.key])
        elif "+" in event.key:
            event.prevent_default()  # Alt+D arrives with the letter "d" and is no text

    def restricted(self) -> None:
        """The field is full; Textual would ring the bell, which means something else here."""

    def on_paste(self, event: events.Paste) -> None:
        event.stop().prevent_default()
        self.replace(one_line(event.text, self._limit), *sorted(self.selection))


class ChoiceLine(Widget, can_focus=True):
    """Something that is chosen, not written. Subclasses give `words` and say what keys do."""

    DEFAULT_CSS = "ChoiceLine { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }"
    CHOICES: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, field: Field) -> None:
        super().__init__(id=f"field-{field.name}")
        self.field = field

    def words(self) -> str:
        """What is chosen."""
        raise NotImplementedError

    def choose(self, key: str) -> None:
        """One of CHOICES was pressed."""
        raise NotImplementedError

    def render(self) -> Content:
        return Content(self.words())

    def on_key(self, event: events.Key) -> None:
        if event.key in self.CHOICES:
            event.stop()
            self.choose(event.key)
            self.refresh()
            self.post_message(Changed())


class PointLine(ChoiceLine):
    """Her position, in the request or not; taken out, it can be put in again while the panel is open."""

    CHOICES = frozenset({"space", "backspace", "delete"})

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._point: Point | None = None
        self._out: Point | None = None

    def words(self) -> str:
        if self._point:
            return position(self._point)
        return _("taken out (Space puts it in)") if self._out else _("not shared")

    def choose(self, key: str) -> None:
        if self._point or key == "space":
            self._point, self._out = (None, self._point) if self._point else (self._out, None)

    def put(self, value: Point | None) -> None:
        if value != self._point:
            self._point, self._out = value, None
            self.refresh()

    def read(self) -> Point | None:
        return self._point

    def offer(self, text: str) -> None:
        self.put(point_of(text))
        self.post_message(Changed())


class SilentLine(ChoiceLine):
    """Whether the patrol comes without a siren and nobody rings her."""

    CHOICES = frozenset({"space", "left", "right"})
    silent = True

    def words(self) -> str:
        return _("[x] no siren, no call") if self.silent else _("[ ] siren, may ring her")

    def choose(self, key: str) -> None:
        self.silent = not self.silent

    def put(self, value: bool) -> None:
        self.silent = value
        self.refresh()

    def read(self) -> bool:
        return self.silent

    def offer(self, text: str) -> None:
        """Nothing is ever found for it."""


class NatureLine(ChoiceLine):
    """The kind of facts, one of NATURES."""

    CHOICES = frozenset({"left", "right", "space", "home", "end"})
    code = NATURES[0]

    def words(self) -> str:
        return nature(self.code)

    def choose(self, key: str) -> None:
        ends = {"home": 0, "end": len(NATURES) - 1}
        turn = NATURES.index(self.code) + (-1 if key == "left" else 1)
        self.code = NATURES[ends.get(key, turn % len(NATURES))]

    def put(self, value: str) -> None:
        self.code = value if value in NATURES else NATURES[0]
        self.refresh()

    def read(self) -> str:
        return self.code

    def offer(self, text: str) -> None:
        """Nothing is ever found for it."""


AnyLine = WrittenLine | PointLine | SilentLine | NatureLine


def line_for(field: Field, step: Callable[[int], None]) -> AnyLine:
    """The widget that a field is filled in with. `step` as in WrittenLine."""
    match field.form:
        case Form.TEXT:
            return WrittenLine(field, LIMITS[field.name], step)
        case Form.POINT:
            return PointLine(field)
        case Form.SILENT:
            return SilentLine(field)
        case Form.NATURE:
            return NatureLine(field)
