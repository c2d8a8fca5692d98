"""One conversation as a fold of its events: `apply(conversation, event, body)` gives the next state.

The relay folds with no bodies (it can read none); a console passes the opened body along, and so learns language,
postcode and first words. The fold accepts every event in sequence order; whether one *may* be appended is `rules`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from .bodies import About, Body, Outcome, Place, Text
from .callback import CallBack, CallBacks, told_callback
from .envelope import VISITOR
from .events import (
    Accepted,
    ArrivalsPaused,
    ArrivalsResumed,
    Assigned,
    CallbackRequested,
    CallbackTold,
    Claimed,
    Closed,
    Countersigned,
    Crowded,
    Declined,
    Erased,
    Event,
    Exported,
    ExportEnded,
    ExportPart,
    Left,
    Noted,
    Offered,
    Opened,
    PatrolCancelled,
    PatrolRequested,
    PatrolStatus,
    Referred,
    Released,
    Returned,
    Said,
    SignalConfirmed,
    SteppedIn,
    SteppedOut,
    UrgencyRaised,
    Whispered,
)
from .exports import Export, folded
from .patrol import Asked, Case, Cases, Point, asked, geo, told

URGENCY = ("", "amber", "red")
"""Levels of urgency, rising."""
FIRST_WORDS = 160
"""Characters of the first message kept for the queue."""


class State(StrEnum):
    """Where a conversation stands."""

    OPENING = "opening"  # a key, but nothing written: not in the queue
    WAITING = "waiting"
    HELD = "held"
    CLOSED = "closed"
    ERASED = "erased"


class Visitor(StrEnum):
    """Whether the visitor is there, or how she left."""

    HERE = "here"
    GOODBYE = "goodbye"
    EXIT = "exit"
    CLOSED = "closed"
    LOST = "lost"


class Offer(msgspec.Struct, frozen=True):
    """A hand-over that `to` has not answered yet; `id` of the event that offers it, `at` ms."""

    id: str
    by: str
    to: str
    at: int


class Guest(msgspec.Struct, frozen=True):
    """A lead who reads along or has joined (`way`), since `at` ms."""

    kid: str
    way: str
    at: int


class Conversation(msgspec.Struct, frozen=True):
    """State of one conversation. Times are the relay's, in milliseconds; 0 and "" mean "never" and "nobody"."""

    cid: str
    seq: int = 0
    opened_at: int = 0
    state: State = State.OPENING
    waiting_since: int = 0
    holder: str = ""
    held_since: int = 0
    held_seq: int = 0
    former: str = ""  # who held it before it went back into the queue
    went_back: str = ""  # why it did, a `Why`
    handed: int = 0  # how often another officer took it on
    offer: Offer | None = None
    guests: tuple[Guest, ...] = ()
    urgency: str = ""  # what an officer raised it to: "", "amber", "red"
    raised_by: str = ""
    raised_at: int = 0
    turn: int = 0  # how many of the same network waited already when it began to wait
    closed_at: int = 0
    reopened: bool = False
    visitor: Visitor = Visitor.HERE
    visitor_at: int = 0
    counts: dict[str, int] = {}  # sender -> how many messages; never changed in place
    last_visitor_at: int = 0
    last_visitor_seq: int = 0
    asked_at: int = 0  # her first message that the desk has not answered
    last_desk_at: int = 0
    last_desk_seq: int = 0
    language: str = ""
    postcode: str = ""
    first_words: str = ""
    outcome: str = ""
    cases: Cases = ()
    callbacks: CallBacks = ()
    export: Export | None = None

    @property
    def patrol(self) -> Case | None:
        """The patrol request that is not over yet; a cancelled one too, until the room has acknowledged that."""
        last = self.cases[-1] if self.cases else None
        return last if last and not last.over else None

    @property
    def needs_answer(self) -> bool:
        """Whether the last word is the visitor's."""
        return self.state is State.HELD and self.last_visitor_seq > self.last_desk_seq

    @property
    def unanswered_since(self) -> int:
        """Since when the visitor waits for a word of the officer who holds it, ms; 0: she does not."""
        return max(self.held_since, self.asked_at) if self.needs_answer else 0

    @property
    def left_alone(self) -> bool:
        """Whether she waits, and the officer who holds it now has not written a word."""
        return self.needs_answer and self.last_desk_seq < self.held_seq

    @property
    def came_back_to(self) -> str:
        """The officer with whom a visitor wrote who has come back to a closed conversation; "" when there is none, or
        somebody else has held it since."""
        back = self.state is State.WAITING and not self.put_back
        return self.former if back and self.former in self.counts else ""

    @property
    def put_back(self) -> bool:
        """Whether it waits because an officer had it and has it no more, rather than because she wrote."""
        again = self.reopened and self.closed_at >= self.held_since
        return self.state is State.WAITING and self.held_since > 0 and not again

    def guest(self, kid: str, way: str | None = None) -> bool:
        """Whether a lead has stepped in (to read, or to join)."""
        return any(each.kid == kid and way in (None, each.way) for each in self.guests)

    @property
    def visitor_count(self) -> int:
        return self.counts.get(VISITOR, 0)

    @property
    def desk_count(self) -> int:
        return sum(count for sender, count in self.counts.items() if sender != VISITOR)


def apply(conversation: Conversation, event: Event, body: Body | None = None) -> Conversation:
    """The state after `event`. An event already applied (by `seq`) changes nothing."""
    if event.seq <= conversation.seq:
        return conversation
    changes = _STEPS[type(event.what)](conversation, event, body)
    return msgspec.structs.replace(conversation, seq=event.seq, **changes)


def start(event: Event, body: Body | None = None) -> Conversation:
    """The state after the first event that is known of a conversation."""
    return apply(Conversation(cid=event.cid), event, body)


Changes = dict[str, Any]


def _opened(c: Conversation, e: Event, body: Body | None) -> Changes:
    return {"opened_at": e.at, "visitor_at": e.at}


def _said(c: Conversation, e: Event, body: Body | None) -> Changes:
    changes: Changes = {"counts": {**c.counts, e.by: c.counts.get(e.by, 0) + 1}, **_learned(c, body)}
    if e.by != VISITOR:
        return {**changes, "last_desk_at": e.at, "last_desk_seq": e.seq}
    changes |= {"last_visitor_at": e.at, "last_visitor_seq": e.seq}
    if c.last_visitor_seq <= c.last_desk_seq:
        changes["asked_at"] = e.at
    return {**changes, **_queued(c, e)} if c.state in (State.OPENING, State.CLOSED) else changes


def _queued(c: Conversation, e: Event) -> Changes:
    again = {"state": State.WAITING, "waiting_since": e.at, "holder": "", "reopened": c.state is State.CLOSED}
    return again | {"former": c.holder, "went_back": "", "turn": 0}


def _learned(c: Conversation, body: Body | None) -> Changes:
    if isinstance(body, About):
        return {"language": body.lang, "postcode": body.postcode or c.postcode}
    words = first_words_of(c, body)
    return {"first_words": words} if words else {}


def first_words_of(conversation: Conversation, body: Body | None) -> str:
    """The queue's words of a conversation, if this body brings some: a text stands there rather than a place."""
    known = conversation.first_words
    if isinstance(body, Text) and (not known or known.startswith("geo:")):
        return body.b[:FIRST_WORDS]
    return geo(Point(body.lat, body.lon, body.acc)) if isinstance(body, Place) and not known else ""


def _claimed(c: Conversation, e: Event, body: Body | None) -> Changes:
    return _held(c, e, e.by)


def _held(c: Conversation, e: Event, holder: str) -> Changes:
    """A conversation has one officer, and whoever takes it stops to be a guest of it."""
    before = c.holder or c.former
    handed = c.handed + (bool(before) and before != holder)
    guests = tuple(guest for guest in c.guests if guest.kid != holder)
    new = {"holder": holder, "held_since": e.at, "held_seq": e.seq, "handed": handed, "guests": guests}
    return {"state": State.HELD, "offer": None, "went_back": "", **new}


def _released(c: Conversation, e: Event, body: Body | None) -> Changes:
    """Who was left alone has waited since she began to; who is put back on purpose waits from now."""
    assert isinstance(e.what, Released)
    since = c.waiting_since if e.what.why in ("unanswered", "gone") else e.at
    back = {"state": State.WAITING, "holder": "", "waiting_since": since, "offer": None}
    return back | {"former": c.holder, "went_back": e.what.why}


def _assigned(c: Conversation, e: Event, body: Body | None) -> Changes:
    assert isinstance(e.what, Assigned)
    return _held(c, e, e.what.to)


def _offered(c: Conversation, e: Event, body: Body | None) -> Changes:
    assert isinstance(e.what, Offered)
    return {"offer": Offer(e.id, e.by, e.what.to, e.at)}


def _declined(c: Conversation, e: Event, body: Body | None) -> Changes:
    return {"offer": None}


def _raised(c: Conversation, e: Event, body: Body | None) -> Changes:
    assert isinstance(e.what, UrgencyRaised)
    if URGENCY.index(e.what.level) <= URGENCY.index(c.urgency):
        return {}
    return {"urgency": e.what.level, "raised_by": e.by, "raised_at": e.at}


def _crowded(c: Conversation, e: Event, body: Body | None) -> Changes:
    assert isinstance(e.what, Crowded)
    return {"turn": e.what.turn}


def _stepped_in(c: Conversation, e: Event, body: Body | None) -> Changes:
    assert isinstance(e.what, SteppedIn)
    others = tuple(guest for guest in c.guests if guest.kid != e.by)
    return {"guests": (*others, Guest(e.by, e.what.way, e.at))}


def _stepped_out(c: Conversation, e: Event, body: Body | None) -> Changes:
    return {"guests": tuple(guest for guest in c.guests if guest.kid != e.by)}


def _closed(c: Conversation, e: Event, body: Body | None) -> Changes:
    outcome = body.b if isinstance(body, Outcome) else ""
    closed = {"state": State.CLOSED, "closed_at": e.at, "outcome": outcome, "holder": c.holder or e.by}
    return closed | {"offer": None, "guests": ()}


def _left(c: Conversation, e: Event, body: Body | None) -> Changes:
    assert isinstance(e.what, Left)
    return {"visitor": Visitor(e.what.how), "visitor_at": e.at}


def _returned(c: Conversation, e: Event, body: Body | None) -> Changes:
    return {"visitor": Visitor.HERE, "visitor_at": e.at}


def _erased(c: Conversation, e: Event, body: Body | None) -> Changes:
    words = dict.fromkeys(("first_words", "postcode", "language", "outcome"), "")
    return {"state": State.ERASED, "cases": (), "callbacks": (), "offer": None, "guests": (), "export": None, **words}


def _requested(c: Conversation, e: Event, body: Body | None) -> Changes:
    return {"cases": asked(c.cases, Asked(e.id, e.by, e.at, isinstance(e.what, PatrolCancelled)))}


def _callback_asked(c: Conversation, e: Event, body: Body | None) -> Changes:
    return {"callbacks": (*c.callbacks, CallBack(e.id, e.by, e.at))}


def _callback_told(c: Conversation, e: Event, body: Body | None) -> Changes:
    assert isinstance(e.what, CallbackTold)
    return {"callbacks": told_callback(c.callbacks, e.what.h)}


def _patrol_told(c: Conversation, e: Event, body: Body | None) -> Changes:
    assert isinstance(e.what, PatrolStatus)
    return {"cases": told(c.cases, e.what.h, e.at)}


def _kept(c: Conversation, e: Event, body: Body | None) -> Changes:
    return {"export": folded(c.export, e.cid, e.by, e.at, e.what)}


def _unchanged(c: Conversation, e: Event, body: Body | None) -> Changes:
    return {}


_STEPS: dict[type, Callable[[Conversation, Event, Body | None], Changes]] = {
    Opened: _opened,
    Said: _said,
    Claimed: _claimed,
    Released: _released,
    Noted: _unchanged,
    Closed: _closed,
    Left: _left,
    Returned: _returned,
    Erased: _erased,
    PatrolRequested: _requested,
    PatrolCancelled: _requested,
    PatrolStatus: _patrol_told,
    Referred: _unchanged,
    SignalConfirmed: _unchanged,
    CallbackRequested: _callback_asked,
    CallbackTold: _callback_told,
    UrgencyRaised: _raised,
    Crowded: _crowded,
    Assigned: _assigned,
    Offered: _offered,
    Accepted: _claimed,
    Declined: _declined,
    Whispered: _unchanged,
    SteppedIn: _stepped_in,
    SteppedOut: _stepped_out,
    Exported: _kept,
    ExportPart: _kept,
    Countersigned: _kept,
    ExportEnded: _kept,
    ArrivalsPaused: _unchanged,
    ArrivalsResumed: _unchanged,
}
