"""Asks why a patrol request is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from officer_console.console.screens.say import Asked, Say
from officer_console.locale import _

LIMIT: Final = 400


class CancelPatrol(Say):
    """`cancel` takes the reason and gives whether it was taken. Gives what was begun and not used."""

    def __init__(self, which: str, cancel: Callable[[str], bool], begun: str = "") -> None:
        asked = Asked(
            _("Cancel this patrol request?"),
            _("Why: the room reads it"),
            _("Enter: cancel the patrol · Esc: the patrol stays asked for"),
            _("Say why first. Nothing is cancelled yet."),
            LIMIT,
        )
        super().__init__(asked, which, lambda reason: "" if cancel(reason) else asked.keys, begun)
