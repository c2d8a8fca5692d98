"""Hides everything when nobody is at the keys."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from officer_console.locale import _

Unlock = Callable[[str], bool]
"""Whether this passphrase is the one the keys were opened with."""


class Lock(Screen[None]):
    """Shows counts and nothing else. With `unlock` it asks for the passphrase, without it for Enter."""

    CSS_PATH = "lock.tcss"

    class Leaving(Message):
        """The key that leaves the console was pressed."""

    def __init__(self, counts: Callable[[], Content], unlock: Unlock | None, leave_keys: tuple[str, ...]) -> None:
        super().__init__()
        self._counts, self._unlock, self._leave_keys = counts, unlock, leave_keys

    def compose(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = Content(_("Locked"))
            yield Static(id="state")
            if self._unlock:
                yield Input(password=True, placeholder=_("Your passphrase, then Enter"))
            yield Static(Content(self._how()), id="how")

    def on_mount(self) -> None:
        self._count()
        self.set_interval(1, self._count)

    def on_key(self, event: events.Key) -> None:
        if event.key in self._leave_keys:
            event.stop()
            self.post_message(self.Leaving())
        elif event.key == "enter" and not self._unlock:
            event.stop()
            self.dismiss()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._unlock and self._unlock(event.value):
            self.dismiss()
        else:
            event.input.value = ""
            self.query_one("#how", Static).update(Content(_("That is not the passphrase of your keys.")))

    def _count(self) -> None:
        self.query_one("#state", Static).update(self._counts())

    def _how(self) -> str:
        if self._unlock:
            return _("Your keys stay open in this program until you leave it.")
        return _("Enter shows everything again. This hides the screen and stops nobody: lock the machine when you go.")
