"""Two attempts beside each other: scores, figures, and the moments in which they differ."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content

from officer_console.console.commands import Command
from officer_console.console.practice.trainer import keys
from officer_console.console.practice.trainer.compare_words import compared
from officer_console.console.practice.trainer.page import Page, Reading
from officer_console.locale import _
from officer_console.practice.review import Review


class CompareScreen(Page):
    """The older one is on the left."""

    AUTO_FOCUS = "#compared"

    def __init__(self, one: Review, other: Review) -> None:
        super().__init__()
        self._one, self._other = one, other
        self._text = Reading("compared")

    def body(self) -> ComposeResult:
        yield self._text

    def on_mount(self) -> None:
        self.entitle(_("Two attempts"), _("the older one on the left"))
        self._text.border_title = Content(_("Compared"))

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def useful(self) -> Sequence[Command]:
        return [keys.SCROLL, keys.BACK]

    def _show(self) -> None:
        self._text.put(compared(self._one, self._other, self._text.room))
