"""Which commands make sense where the officer is: by the same rules that the relay keeps."""

from __future__ import annotations

from typing import Final, NamedTuple

from officer_console.client.api import Desk
from officer_console.console.commands import COMMANDS, Command, Where
from officer_console.model.rules import may_append, parts_of

KIND: Final = {
    "take": "claimed",
    "urgency": "urgency_raised",
    "put-back": "released",
    "close": "closed",
    "note": "noted",
    "erase": "erased",
    "patrol": "patrol_requested",
    "cancel-patrol": "patrol_cancelled",
    "replies": "said",
    "signals": "signal_confirmed",
    "hand-over": "offered",
    "send": "said",
    "new-line": "said",
}
"""Command -> the kind of event it appends."""

TWO_PARTS: Final = frozenset({"next-pane"})
SCOPES: Final = {
    Where.QUEUE: frozenset({Where.ANYWHERE, Where.QUEUE}),
    Where.CONVERSATION: frozenset({Where.ANYWHERE, Where.CONVERSATION}),
    Where.COMPOSER: frozenset({Where.ANYWHERE, Where.CONVERSATION, Where.COMPOSER}),
    Where.PANEL: frozenset({Where.ANYWHERE, Where.CONVERSATION, Where.PANEL}),
    Where.PICKER: frozenset({Where.ANYWHERE, Where.CONVERSATION, Where.PICKER}),
    Where.CARD: frozenset({Where.ANYWHERE, Where.CARD}),
    Where.ANYWHERE: frozenset({Where.ANYWHERE}),
}
"""Where the focus is -> the commands whose keys hold there."""


class Situation(NamedTuple):
    """Where the focus is, the conversation under it ("" for none), and how many parts of the screen can be written
    in: conversations, and the panel beside them."""

    where: Where
    cid: str
    parts: int


def may(desk: Desk, cid: str, kind: str) -> bool:
    """Whether I may append an event of this kind to the conversation now."""
    conversation = desk.queue.get(cid)
    return conversation is not None and may_append(conversation, kind, parts_of(conversation, desk.me, desk.role))


def useful(desk: Desk, situation: Situation) -> list[Command]:
    """The commands for the key line, the most useful first."""
    here = (command for command in COMMANDS if command.rank and command.where in SCOPES[situation.where])
    return sorted(filter(lambda command: _usable(desk, situation, command), here), key=lambda c: c.rank)


def _usable(desk: Desk, situation: Situation, command: Command) -> bool:
    if command.id in KIND:
        return may(desk, situation.cid, KIND[command.id])
    return command.id not in TWO_PARTS or situation.parts > 1
