"""The parts of the duty screen that say in practice what they are."""

from __future__ import annotations

from typing import Any, Final

from textual.content import Content
from textual.screen import Screen

from officer_console.client.api import Desk
from officer_console.console.app import ConsoleApp
from officer_console.console.idle import Idle
from officer_console.console.practice.own_keys import DEBRIEF
from officer_console.console.practice.standing_mark import put_mark
from officer_console.console.practice.words import mark
from officer_console.console.screens.duty import Duty
from officer_console.console.setup import Setup
from officer_console.console.widgets.link_line import LinkLine
from officer_console.console.words import Told
from officer_console.locale import _

DEBRIEF_KEY: Final = DEBRIEF.keys[0]
"""The debrief; while a record is watched, back to its bar. Alt with B or F is what terminals send for others."""


class PracticeLink(LinkLine):
    """Instead of a connection: that there is none."""

    def _place(self) -> Content:
        return Content.assemble(mark(), " ", super()._place())

    def _state(self) -> Content:
        return Content.styled(_("an exercise: nothing leaves this machine"), "bold $practice")


class MarkedApp(ConsoleApp):
    """A console in which all that stands over the duty screen is marked too."""

    CSS_PATH = ["../screens/duty.tcss", "practice.tcss"]  # type: ignore[assignment]  # noqa: RUF012

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.title = _("PRACTICE")

    def make_duty(self, setup: Setup, idle: Idle) -> Duty:
        return MarkedDuty(setup, idle)

    def push_screen(self, screen: Any, *args: Any, **more: Any) -> Any:
        pushed = super().push_screen(screen, *args, **more)
        if isinstance(screen, Screen) and screen is not self.duty:
            self.call_after_refresh(put_mark, screen)
        return pushed


class MarkedDuty(Duty):
    """Every line that could be taken for duty says PRACTICE."""

    def _make_link(self, desk: Desk, extra: str, retry_key: str) -> LinkLine:
        return PracticeLink(desk, extra, retry_key)

    def tell(self, told: Told) -> None:
        super().tell(_marked(told))

    def standing(self) -> Told:
        return _marked(super().standing())

    def _queue_title(self) -> str:
        return _("PRACTICE · {title}").format(title=super()._queue_title())


def _marked(told: Told) -> Told:
    """A sentence of the status line, with the mark."""
    return Told(_("PRACTICE · {title}").format(title=told.text), told.level) if told.text else told
