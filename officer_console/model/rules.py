"""Who may append what, in which state. The relay enforces this table; the console greys out by it."""

from __future__ import annotations

from collections.abc import Set
from typing import Final, Literal

from .callback import callback_header
from .conversation import URGENCY, Conversation, State, Visitor
from .envelope import RELAY, VISITOR
from .events import (
    Accepted,
    Assigned,
    CallbackRequested,
    CallbackTold,
    Claimed,
    Declined,
    How,
    Left,
    PatrolCancelled,
    PatrolStatus,
    Returned,
    SteppedIn,
    UrgencyRaised,
    What,
)
from .patrol import open_case, status_header

Part = Literal["visitor", "holder", "officer", "lead", "relay", "room", "asked", "guest", "joined"]
"""A part someone plays in one conversation: `holder` is the officer who holds it, `officer` any other one, `room` the
dispatch role, `asked` the officer whom it is offered, `guest` a lead who has stepped in, `joined` one who writes."""

_ANYONE: frozenset[Part] = frozenset({"officer", "lead"})
_IN_TALK = {State.OPENING, State.WAITING, State.HELD, State.CLOSED}
_IN_QUEUE = _IN_TALK - {State.OPENING}


def _each(states: set[State], *parts: Part) -> dict[State, frozenset[Part]]:
    return {state: frozenset(parts) for state in states}


MAY_APPEND: dict[str, dict[State, frozenset[Part]]] = {
    "said": _each({State.OPENING, State.WAITING, State.CLOSED}, "visitor")
    | {State.HELD: frozenset({"visitor", "holder", "joined"})},
    "claimed": {State.WAITING: _ANYONE, State.CLOSED: _ANYONE},
    "released": {State.HELD: frozenset({"holder", "lead", "relay"})},
    "noted": {State.WAITING: frozenset({"lead"}), State.HELD: frozenset({"holder", "lead"}), State.CLOSED: _ANYONE},
    "closed": {State.HELD: frozenset({"holder", "lead"}), State.WAITING: frozenset({"lead"})},
    "left": _each(_IN_TALK, "visitor", "relay"),
    "returned": _each(_IN_TALK, "visitor", "relay"),
    "erased": _each(_IN_TALK, "visitor", "lead", "relay"),
    # Whoever knows of a danger may call for help; taking help away is for who answers for it.
    "patrol_requested": _each(_IN_QUEUE, "holder", "officer", "lead"),
    "patrol_cancelled": {State.WAITING: _ANYONE, State.HELD: frozenset({"holder", "lead"}), State.CLOSED: _ANYONE},
    "patrol_status": _each(_IN_QUEUE, "room"),
    "referred": {State.HELD: frozenset({"holder"})},
    "signal_confirmed": {State.WAITING: _ANYONE, State.HELD: frozenset({"holder", "lead"})},
    "callback_requested": {State.HELD: frozenset({"holder", "lead"}), State.CLOSED: _ANYONE},
    "callback_told": _each(_IN_QUEUE, "room"),
    "urgency_raised": {State.WAITING: _ANYONE, State.HELD: frozenset({"holder", "lead"})},
    "crowded": {State.WAITING: frozenset({"relay"})},
    "assigned": _each({State.WAITING, State.HELD}, "lead"),
    "offered": {State.HELD: frozenset({"holder", "lead"})},
    "accepted": {State.HELD: frozenset({"asked"})},
    "declined": {State.HELD: frozenset({"asked", "holder", "lead", "relay"})},
    "whispered": {State.HELD: frozenset({"holder", "lead"})},
    "stepped_in": _each({State.HELD, State.CLOSED}, "lead"),
    "stepped_out": _each({State.WAITING, State.HELD}, "guest"),
    "exported": {State.CLOSED: frozenset({"lead"})},
    "export_part": _each(_IN_QUEUE, "lead"),
    "countersigned": _each(_IN_QUEUE, "holder", "officer", "lead"),
    "export_ended": _each(_IN_QUEUE, "holder", "officer", "lead"),
    "arrivals_paused": {},
    "arrivals_resumed": {},
}
"""Kind -> state -> parts. `opened` is absent: it only ever starts a conversation, and only a visitor sends it. What is
about the desk itself stands in no conversation: a lead's, see DESK_ROLES."""

DESK_ROLES: frozenset[str] = frozenset({"lead"})
"""Roles that may pause the desk's arrivals and let them in again."""

ANSWERS: frozenset[str] = frozenset({"officer", "lead"})
"""Roles that act in conversations, and get the sealed words of one that nobody holds (they see its first words in the
queue). Trainers and the dispatch room do neither."""

EVER: dict[str, frozenset[Part]] = {kind: frozenset().union(*states.values()) for kind, states in MAY_APPEND.items()}
"""Kind -> parts that may append it in some state."""

_OF_VISITORS = frozenset({VISITOR, RELAY})
"""Who tells how visitors come and go."""
_SAID_BEFORE: dict[How, set[Visitor]] = {
    "goodbye": {Visitor.GOODBYE},
    "exit": {Visitor.EXIT},
    "closed": {Visitor.CLOSED, Visitor.GOODBYE, Visitor.EXIT},
    "lost": {*Visitor} - {Visitor.HERE},
}
"""How she goes -> what was said already, and says as much or more."""


def parts_of(conversation: Conversation, by: str, role: str) -> frozenset[Part]:
    """The parts that actor `by` with directory role `role` plays in this conversation: a lead who holds it plays two,
    a trainer none, the dispatch role one of its own."""
    if by == VISITOR:
        return frozenset({"visitor"})
    if by == RELAY:
        return frozenset({"relay"})
    if role == "dispatch":
        return frozenset({"room"})
    if role not in ANSWERS:
        return frozenset()
    holds = conversation.holder == by and conversation.state is not State.CLOSED
    own: frozenset[Part] = frozenset({"holder"} if holds else {"officer"})
    if conversation.offer and conversation.offer.to == by:
        own |= {"asked"}
    if conversation.guest(by):
        own |= {"guest", "joined"} if conversation.guest(by, "join") else {"guest"}
    return own | {"lead"} if role == "lead" else own


def may_append(conversation: Conversation, kind: str, parts: Set[Part]) -> bool:
    """Whether the table lets who plays these parts append an event of this kind now."""
    return not MAY_APPEND.get(kind, {}).get(conversation.state, frozenset()).isdisjoint(parts)


MOST_CALLBACKS: Final = 20
"""Requests for a call back in one conversation."""
MOST_TOLD: Final = 500
"""Times the room may tell something of one case."""


def has_case(conversation: Conversation, what: What) -> bool:
    """Whether the case is there that an event is about: an open one to cancel, the one that the room tells of, a call
    back that nobody has taken; and whether there is room for another. Any other event needs none."""
    match what:
        case PatrolCancelled():
            return open_case(conversation.cases) is not None
        case PatrolStatus(h=h):
            header = status_header(h)
            cases = (case for case in conversation.cases if case.id == header.case)
            return any(case.knows(header.re) and case.told < MOST_TOLD for case in cases)
        case CallbackTold(h=h):
            asked = callback_header(h).case
            return any(each.id == asked and each.state == "asked" for each in conversation.callbacks)
        case CallbackRequested():
            return len(conversation.callbacks) < MOST_CALLBACKS
    return True


def has_offer(conversation: Conversation, what: What) -> bool:
    """Whether there is a hand-over to accept or decline; any other event needs none."""
    return conversation.offer is not None or not isinstance(what, Accepted | Declined)


def is_as_seen(conversation: Conversation, what: What) -> bool:
    """Whether an assignment finds the conversation with whom the lead saw it: of two leads who act at once, the second
    is told. Any other event need not."""
    if not isinstance(what, Assigned) or what.was is None:
        return True
    return what.was == (conversation.holder if conversation.state is State.HELD else "")


def is_told(conversation: Conversation, by: str, what: What) -> bool:
    """Whether an event of `by` would say nothing new: he holds the conversation already, she has left already, or
    never did."""
    match what:
        case Claimed():
            return conversation.state is State.HELD and conversation.holder == by
        case Assigned(to=to):
            return conversation.state is State.HELD and conversation.holder == to
        case UrgencyRaised(level=level):
            return URGENCY.index(level) <= URGENCY.index(conversation.urgency)
        case SteppedIn(way=way):
            return conversation.guest(by, way)
        case Left(how=how) if by in _OF_VISITORS:
            return conversation.visitor in _SAID_BEFORE[how]
        case Returned() if by in _OF_VISITORS:
            return conversation.visitor is Visitor.HERE
    return False


def may_read(conversation: Conversation, by: str, role: str) -> bool:
    """Whether the relay gives this officer the sealed words: he holds it or held it last, it waits, or he is a lead who
    has stepped in, which everybody sees."""
    if role not in ANSWERS or conversation.state is State.ERASED:
        return False
    if conversation.guest(by) and role == "lead":
        return True
    return conversation.holder == by or conversation.state in (State.OPENING, State.WAITING)


def may_read_offer(conversation: Conversation, by: str, role: str) -> bool:
    """Whether the relay gives this officer a hand-over card: whom it was offered, and who may read the conversation."""
    asked = role in ANSWERS and conversation.offer is not None and conversation.offer.to == by
    return asked or may_read(conversation, by, role)


def may_read_whisper(conversation: Conversation, by: str, role: str) -> bool:
    """Whether the relay gives this officer what lead and officer speak aside: a lead, and who holds it or held it."""
    return conversation.state is not State.ERASED and role in ANSWERS and (role == "lead" or conversation.holder == by)


def may_read_patrol(conversation: Conversation, by: str, role: str) -> bool:
    """Whether the relay gives this officer the sealed words of patrol requests: a lead, whoever asked for one, and who
    may read the conversation."""
    if role not in ANSWERS or conversation.state is State.ERASED:
        return False
    asked = any(by in case.askers for case in conversation.cases)
    return role == "lead" or asked or may_read(conversation, by, role)
