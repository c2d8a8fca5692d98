"""The parts of the duty screen that say in practice what they are."""

from __future__ import annotations

from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from officer_console.client.api import Desk
from officer_console.console.practice.words import mark
from officer_console.console.screens.duty import Duty
from officer_console.console.widgets.link_line import LinkLine
from officer_console.console.words import Told
from officer_console.locale import _


class PracticeLink(LinkLine):
    """Instead of a connection: that there is none."""

    def _state(self) -> Content:
        return Content.styled(_("an exercise: nothing leaves this machine"), "bold $practice")


class PracticeMark(Static):
    """Stands on top of whatever is asked over the duty screen."""

    def __init__(self) -> None:
        super().__init__(Content.assemble(mark(), " ", _("an exercise: nothing leaves this machine")))


def put_mark(screen: Screen[object]) -> None:
    """On a screen that was pushed over duty."""
    if screen.is_attached and not screen.query(PracticeMark):
        screen.mount(PracticeMark(), before=0)


class MarkedDuty(Duty):
    """Every line that could be taken for duty says PRACTICE."""

    def _make_link(self, desk: Desk, extra: str, retry_key: str) -> LinkLine:
        return PracticeLink(desk, extra, retry_key)

    def tell(self, told: Told) -> None:
        super().tell(Told(f"{_('PRACTICE')} · {told.text}", told.level) if told.text else told)

    def _standing(self) -> Told:
        told = super()._standing()
        return Told(f"{_('PRACTICE')} · {told.text}", told.level) if told.text else told

    def _queue_title(self) -> str:
        return f"{_('PRACTICE')} · {super()._queue_title()}"
