"""The keys that only the screens of practice have, as rows of the help."""

from __future__ import annotations

from typing import Final

from officer_console.console.commands import Command, Group, Where
from officer_console.locale import N_


def _key(id: str, key: str, title: str, help: str) -> Command:
    return Command(id, (key,), title, help, Where.ANYWHERE, Group.PRACTICE, fixed=True)


FEEDBACK: Final = _key("practice-feedback", "f11", N_("Feedback"), N_("Feedback at once, or only at the end."))
DEBRIEF: Final = _key(
    "practice-debrief", "alt+y", N_("Debrief"), N_("The debrief: how it went so far. At the end it comes by itself.")
)
BAR: Final = _key("practice-bar", DEBRIEF.keys[0], N_("Bar"), N_("Back to the keys of the bar."))
