"""Every key of the board as a row: key line, help and the README's table read them. Key names are Textual's."""

from __future__ import annotations

from typing import Final

from officer_console.console.commands import Command, Group, Where
from officer_console.console.keymap import Keymap
from officer_console.dispatch.board import Act
from officer_console.locale import N_


def _key(id: str, keys: tuple[str, ...], title: str, help: str) -> Command:
    return Command(id, keys, title, help, Where.ANYWHERE, Group.CONSOLE, fixed=True)


ACTS: Final = {
    Act.OPEN: _key("open", ("enter",), N_("Open"), N_("Open what is new of the case, and stop its ringing.")),
    Act.ACCEPT: _key("accept", ("a",), N_("Accept"), N_("A patrol will be sent: the visitor is told that help comes.")),
    Act.ASSIGN: _key("assign", ("u",), N_("Unit"), N_("Say which unit goes, or another one.")),
    Act.ON_THE_WAY: _key("on-the-way", ("w",), N_("On the way"), N_("The unit is on the way.")),
    Act.ON_SCENE: _key("on-scene", ("s",), N_("On scene"), N_("The unit is there.")),
    Act.CLOSE: _key("close", ("c",), N_("Close"), N_("The case is done, or cancelled and the unit called back.")),
    Act.REFUSE: _key("refuse", ("r",), N_("Refuse"), N_("Nobody will be sent: the officer reads why.")),
    Act.ASK: _key("ask", ("q",), N_("Question"), N_("Ask the officer something; the answer comes as an update.")),
}
"""What is done with a case; the key line shows those that are possible."""

NEXT: Final = _key("next", ("enter",), N_("Next that rings"), N_("Go to the next case that rings."))
MOVE: Final = _key("move", ("up", "down", "home", "end"), N_("Choose"), N_("Choose a case. Nothing else moves there."))
SCROLL: Final = _key("scroll", ("pageup", "pagedown"), N_("Scroll"), N_("Scroll what stands on the right."))
OLD: Final = _key("old", ("x",), N_("Ended cases"), N_("Show ended cases too, as long as they are kept; or hide them."))
RETRY: Final = _key("retry", ("ctrl+r",), N_("Reconnect"), N_("Try to reach the relay now."))
HELP: Final = _key("help", ("f1", "question_mark"), N_("Keys"), N_("Show every key."))
LEAVE: Final = _key("leave", ("f10",), N_("Leave"), N_("Leave the board; it asks first while a case is open."))
CALLS: Final = _key("calls", ("b",), N_("Call backs"), N_("Show who asks to be called back, and how it is safe."))

TAKE: Final = _key("take", ("enter", "t"), N_("Take it"), N_("Take a call back: the officer reads that it is taken."))
TAKE_BESIDE: Final = _key("take-beside", ("t",), TAKE.title, TAKE.help)
"""While a patrol rings, when Enter goes there."""
TO_RINGING: Final = _key("to-ringing", ("enter",), N_("To what rings"), N_("While a patrol rings: go there."))
DECLINE: Final = _key("decline", ("r",), N_("Refuse it"), N_("Refuse a call back, after a question."))
BACK: Final = _key("back", ("escape", "b"), N_("Back"), N_("Go back to the cases."))

ALL: Final = (*ACTS.values(), NEXT, MOVE, SCROLL, OLD, CALLS, RETRY, HELP, LEAVE)
AMONG_CALLS: Final = (TAKE, DECLINE, TO_RINGING, BACK)
"""What else holds over the call backs, where no key does anything to a case."""
BY_ID: Final[Keymap] = {each.id: each.keys for each in (*ALL, *AMONG_CALLS, TAKE_BESIDE)}
ACT_OF: Final = {key: act for act, command in ACTS.items() for key in command.keys}
