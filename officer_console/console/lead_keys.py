"""Every key of the lead's view as a row: dispatch, key line, help and the README's table read them. Nothing is written
there, so that a letter is enough."""

from __future__ import annotations

from typing import Final

from officer_console.console.commands import Command, Group, Where
from officer_console.console.keymap import Keymap
from officer_console.locale import N_


def _key(id: str, keys: tuple[str, ...], title: str, help: str) -> Command:
    return Command(id, keys, title, help, Where.ANYWHERE, Group.CONSOLE, fixed=True)


GIVE: Final = _key(
    "give", ("a", "h"), N_("Give to"), N_("Assign who waits, or hand what is held to another: choose the officer.")
)
TAKE_OVER: Final = _key("take-over", ("t",), N_("Take over"), N_("It is yours from now, and you write there."))
READ: Final = _key(
    "read", ("enter", "r"), N_("Read"), N_("Read along: asks for the reason; everybody sees it, the visitor too.")
)
JOIN: Final = _key(
    "join", ("j",), N_("Join"), N_("Read and write beside the officer; the reason is asked, all see it.")
)
WHISPER: Final = _key("aside", ("w",), N_("Whisper"), N_("Speak aside with the officer. No visitor ever gets it."))
RAISE: Final = _key("raise", ("u",), N_("Urgent"), N_("Raise the urgency: urgent, and once more: danger now."))
BREAK: Final = _key("call-break", ("b",), N_("Break"), N_("Ask the officer under the cursor to take a break."))
PAUSE: Final = _key("pause", ("p",), N_("Pause arrivals"), N_("Let nobody new in: with a reason, on every screen."))
DIVERT: Final = _key("divert", ("d",), N_("Divert"), N_("Send who comes elsewhere: with a reason, on every screen."))
REOPEN: Final = _key("reopen", ("o",), N_("Let in again"), N_("Let new conversations in again."))
FIGURES: Final = _key("lead-figures", ("f",), N_("Figures"), N_("How many came, waited and were answered, with plots."))
MOVE: Final = _key(
    "lead-move", ("up", "down", "pageup", "pagedown", "home", "end"), N_("Choose"), N_("Choose in the list.")
)
OTHER: Final = _key(
    "other-list", ("tab", "shift+tab"), N_("Other list"), N_("From conversations to officers, and back.")
)
BACK: Final = _key("back", ("escape",), N_("Back"), N_("Back to your own conversations."))

ACTS: Final = (GIVE, TAKE_OVER, READ, JOIN, WHISPER, RAISE, BREAK, PAUSE, DIVERT, REOPEN, FIGURES)
ALL: Final = (*ACTS, OTHER, MOVE, BACK)
BY_ID: Final[Keymap] = {each.id: each.keys for each in ALL}
ACT_OF: Final = {key: command.id for command in ACTS for key in command.keys}
"""Key -> the act it does."""
