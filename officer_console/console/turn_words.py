"""What the transcript says of a conversation that changes hands, is watched, or becomes urgent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from officer_console.locale import N_, _
from officer_console.model.envelope import RELAY
from officer_console.model.transcript import Kind, Line

LEVEL: Final = {"amber": N_("urgent"), "red": N_("danger now")}
"""Level of urgency -> what officers read."""
BACK: Final = {
    "unanswered": N_("Back in the queue: it was left unanswered for too long"),
    "gone": N_("Back in the queue: the officer's console is gone"),
    "": N_("Back in the queue"),
}
_DEEDS: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.RELEASED: (N_("You put the conversation back"), N_("{name} put the conversation back")),
    Kind.ACCEPTED: (N_("You accepted the conversation"), N_("{name} accepted the conversation")),
    Kind.DECLINED: (N_("You ended the hand-over"), N_("{name} ended the hand-over")),
    Kind.STEPPED_OUT: (N_("You stepped out again"), N_("{name} stepped out again")),
    Kind.RAISED: (N_("You raised the urgency"), N_("{name} raised the urgency")),
    Kind.OFFERED: (N_("You offered the conversation to {to}"), N_("{name} offered the conversation to {to}")),
    Kind.ASSIGNED: (N_("You gave the conversation to {to}"), N_("{name} gave the conversation to {to}")),
    Kind.EXPORTED: (
        N_("You kept the conversation to practise on, redacted"),
        N_("{name} kept the conversation to practise on, redacted"),
    ),
    Kind.COUNTERSIGNED: (
        N_("You countersigned what is kept to practise on"),
        N_("{name} countersigned what is kept to practise on"),
    ),
    Kind.EXPORT_ENDED: (
        N_("You ended what was kept to practise on: nobody can open it any more"),
        N_("{name} ended what was kept to practise on: nobody can open it any more"),
    ),
}
"""Kind -> what is said of one's own deed, and of somebody else's."""
_STEPPED_IN: Final = {
    "read": (N_("You read along; the visitor sees it"), N_("{name} reads along; the visitor sees it")),
    "join": (N_("You joined; the visitor sees it"), N_("{name} joined; the visitor sees it")),
}
TURNS: Final = frozenset({Kind.STEPPED_IN, *_DEEDS})


def turn_line(line: Line, me: str, name: Callable[[str], str]) -> str:
    """The words of a line of one of the kinds TURNS. `name` gives an officer's name."""
    mine, who = line.who == me, name(line.who)
    if line.who == RELAY:
        return _relays(line)
    if line.kind is Kind.STEPPED_IN:
        return _with(_pick(_STEPPED_IN[line.text], mine, who), line.remark)
    if line.kind is Kind.RAISED:
        return _with(_pick(_DEEDS[line.kind], mine, who), _(LEVEL[line.text]))
    told = _pick(_assigned(line, me), mine, who, name(line.text) if line.text else "")
    return "\n".join(filter(None, [told, line.remark]))


def _assigned(line: Line, me: str) -> tuple[str, str]:
    """The two sentences of a deed; of an assignment by who gets it."""
    if line.kind is Kind.ASSIGNED and line.text == line.who:
        return N_("You took the conversation over"), N_("{name} took the conversation over")
    if line.kind is Kind.ASSIGNED and line.text == me:
        return "", N_("{name} gave the conversation to you")
    return _DEEDS[line.kind]


def _relays(line: Line) -> str:
    if line.kind is Kind.RELEASED:
        return _(BACK.get(line.text, BACK[""]))
    return _("Nobody answered the hand-over in time")


def _pick(deed: tuple[str, str], mine: bool, name: str, to: str = "") -> str:
    return _(deed[0 if mine else 1]).format(name=name, to=to)


def _with(deed: str, words: str) -> str:
    return ": ".join(filter(None, [deed, words]))
