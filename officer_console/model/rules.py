"""Who may append what, in which state. The relay enforces this table; the console greys out by it."""

from __future__ import annotations

from typing import Literal

from .conversation import Conversation, State
from .envelope import RELAY, VISITOR

Part = Literal["visitor", "holder", "officer", "lead", "relay"]
"""A part someone plays in one conversation: `holder` is the officer who holds it, `officer` any other one."""

_ANYONE: frozenset[Part] = frozenset({"holder", "officer", "lead"})
_IN_TALK = {State.OPENING, State.WAITING, State.HELD, State.CLOSED}


def _each(states: set[State], *parts: Part) -> dict[State, frozenset[Part]]:
    return {state: frozenset(parts) for state in states}


MAY_APPEND: dict[str, dict[State, frozenset[Part]]] = {
    "said": _each({State.OPENING, State.WAITING, State.CLOSED}, "visitor")
    | {State.HELD: frozenset({"visitor", "holder"})},
    "claimed": {State.WAITING: _ANYONE, State.CLOSED: _ANYONE},
    "released": {State.HELD: frozenset({"holder", "lead"})},
    "noted": {State.WAITING: frozenset({"lead"}), State.HELD: frozenset({"holder", "lead"}), State.CLOSED: _ANYONE},
    "closed": {State.HELD: frozenset({"holder", "lead"}), State.WAITING: frozenset({"lead"})},
    "left": _each(_IN_TALK, "visitor", "relay"),
    "returned": _each(_IN_TALK, "visitor", "relay"),
    "erased": _each(_IN_TALK, "visitor", "lead", "relay"),
}
"""Kind -> state -> parts. `opened` is absent: it only ever starts a conversation, and only a visitor sends it."""

READS_WAITING: frozenset[str] = frozenset({"officer", "lead"})
"""Roles that get the sealed words of a conversation nobody holds (they see its first words in the queue)."""


def part_of(conversation: Conversation, by: str, role: str) -> Part:
    """The part that actor `by` with directory role `role` plays in this conversation."""
    if by == VISITOR:
        return "visitor"
    if by == RELAY:
        return "relay"
    if conversation.holder == by and conversation.state is not State.CLOSED:
        return "holder"
    return "lead" if role == "lead" else "officer"


def may_append(conversation: Conversation, kind: str, part: Part) -> bool:
    """Whether the table lets this part append an event of this kind now."""
    return part in MAY_APPEND.get(kind, {}).get(conversation.state, frozenset())


def may_read(conversation: Conversation, by: str, role: str) -> bool:
    """Whether the relay gives this officer the sealed words: he holds it or held it last, or it waits."""
    if role not in READS_WAITING or conversation.state is State.ERASED:
        return False
    return conversation.holder == by or conversation.state in (State.OPENING, State.WAITING)
