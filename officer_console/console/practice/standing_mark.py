"""The mark of practice on whatever stands over another screen."""

from __future__ import annotations

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from officer_console.console.practice.words import mark
from officer_console.locale import _


class PracticeMark(Static):
    """Stands on top of whatever is asked over the screen below."""

    DEFAULT_CSS = """
    PracticeMark { dock: top; height: 1; width: 100%; background: $panel; color: $practice; }
    """

    def __init__(self, words: str) -> None:
        super().__init__(Content.assemble(mark(), " ", words))


def put_mark(screen: Screen[object], words: str = "") -> None:
    """On a screen that was pushed over another; `words` beside the mark, that of the practice desk when left out."""
    if screen.is_attached and not screen.query(PracticeMark):
        screen.mount(PracticeMark(words or _("an exercise: nothing leaves this machine")), before=0)
