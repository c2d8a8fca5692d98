"""What all screens of the trainer have: PRACTICE in the first line, a line that answers, the keys at the bottom."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from officer_console.console.commands import Command
from officer_console.console.keymap import shown
from officer_console.console.practice.trainer import keys
from officer_console.console.practice.words import mark
from officer_console.console.widgets.key_lines import KeyLines
from officer_console.console.widgets.status_line import StatusLine
from officer_console.console.widgets.text_line import TextLine, apart
from officer_console.console.words import Told
from officer_console.locale import _

Acts = Mapping[str, Callable[[], object]]
"""Id of a command -> what it does."""
NARROW, WIDE = "-narrow", "-wide"


PAIRS: Final = frozenset({"up", "left"})
"""Keys whose other half is shown too."""


class KeyLine(KeyLines):
    """Shows both arrows where there are two."""

    def _hint(self, command: Command) -> Content:
        if command.keys[0] not in PAIRS:
            return super()._hint(command)
        told = " ".join(shown((key,)) for key in command.keys[:2])
        return Content.assemble((told, "bold $accent"), " ", _(command.title))


class Page(Screen[None], inherit_bindings=False):
    """Subclasses give `body`, `acts` and `useful`; what arrives never moves the focus."""

    CSS_PATH = "page.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, NARROW), (110, WIDE)]  # noqa: RUF012

    class Leaving(Message):
        """The trainer wants to leave."""

    def __init__(self) -> None:
        super().__init__()
        self._title_line = TextLine()
        self._title_line.id = "title"
        self._titles = ("", "")
        self.status = StatusLine()
        self._keys = KeyLine(keys.BY_ID)

    def body(self) -> ComposeResult:
        """What stands between title and keys."""
        raise NotImplementedError

    def acts(self) -> Acts:
        """What its own keys do."""
        return {}

    def useful(self) -> Sequence[Command]:
        """Its keys that do something now, the most useful first."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield self._title_line
        yield from self.body()
        yield self.status
        yield self._keys

    def on_mount(self) -> None:
        self.set_interval(1, lambda: self.status.show(now_ms()))
        self.call_after_refresh(self.show_keys)

    def on_resize(self) -> None:
        self.call_after_refresh(lambda: self.entitle(*self._titles))

    def on_screen_resume(self) -> None:
        self.show_keys()

    def entitle(self, left: str, right: str = "") -> None:
        """Say on top what this is."""
        self._titles = left, right
        told, width = Content.assemble(mark(), " ", (left, "bold")), self._title_line.content_size.width
        beside = Content.styled(right, "$muted").truncate(width // 2, ellipsis=True)
        self._title_line.put(apart(told, beside, width))

    def tell(self, told: Told) -> None:
        """Answer a key."""
        self.status.answer(told, now_ms())

    def show_keys(self) -> None:
        """The keys as they are now."""
        self._keys.show([*self.useful(), keys.HELP, keys.LEAVE])

    def on_key(self, event: events.Key) -> None:
        """Of this class alone: Textual calls those of all classes, one after the other."""
        self.pressed(event)

    def pressed(self, event: events.Key) -> None:
        """A key that nothing on the screen has taken."""
        own: Acts = {
            keys.HELP.id: self._help,
            keys.LEAVE.id: lambda: self.post_message(self.Leaving()),
            keys.BACK.id: self.go_back,
        }
        pressed = event.key.lower() if len(event.key) == 1 else event.key
        for id, act in {**own, **self.acts()}.items():
            if pressed in keys.BY_ID[id]:
                event.stop()
                act()
                return self.show_keys()

    def go_back(self) -> None:
        """To the screen before."""
        self.dismiss()

    def _help(self) -> None:
        from officer_console.console.practice.trainer.help import Help

        self.app.push_screen(Help())


class Reading(VerticalScroll):
    """A long text to be read."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._text = Static()

    def compose(self) -> ComposeResult:
        yield self._text

    def put(self, content: Content) -> None:
        """Show this from now on."""
        self._text.update(content)

    @property
    def room(self) -> int:
        """Cells of a line; a bar at the right comes and goes."""
        return max(20, self.content_size.width - SCROLLBAR)


SCROLLBAR: Final = 1


def now_ms() -> int:
    """Of a clock that only rises."""
    return int(time.monotonic() * 1000)
