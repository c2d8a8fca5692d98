"""Logs that keep the rules: a small relay in memory, driven by hypothesis."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis.strategies import DrawFn, composite, integers, sampled_from

from officer_console.model.bodies import About, Body, Outcome, Text
from officer_console.model.conversation import Conversation
from officer_console.model.envelope import RELAY, VISITOR, PatrolStatusHeader
from officer_console.model.events import (
    Accepted,
    Assigned,
    Claimed,
    Closed,
    Crowded,
    Declined,
    Draft,
    Erased,
    Event,
    Left,
    Noted,
    Offered,
    Opened,
    PatrolCancelled,
    PatrolRequested,
    PatrolStatus,
    Released,
    Returned,
    Said,
    SteppedIn,
    SteppedOut,
    UrgencyRaised,
    What,
    Whispered,
    kind_of,
    numbered,
)
from officer_console.model.patrol import TOLD
from officer_console.model.queue import Queue
from officer_console.model.rules import has_case, has_offer, may_append, parts_of

ME, ANA, ROOM = "kid-me", "kid-ana", "kid-room"
ROLES = {ME: "officer", ANA: "lead", ROOM: "dispatch", VISITOR: "", RELAY: ""}
ACTS: Sequence[What] = (
    Said(),
    Said(),
    Claimed(),
    Released(),
    Noted(),
    Closed(),
    Left("exit"),
    Returned(),
    Erased(),
    PatrolRequested("h", "sig"),
    PatrolRequested("h", "sig"),
    PatrolCancelled("h", "sig"),
    PatrolStatus("", "sig"),
    PatrolStatus("", "sig"),
    Released("unanswered"),
    UrgencyRaised("amber"),
    UrgencyRaised("red"),
    Crowded(3),
    Assigned(ME),
    Assigned(ANA),
    Offered(ME),
    Offered(ANA),
    Accepted(),
    Declined(),
    Whispered(),
    SteppedIn("read"),
    SteppedIn("join"),
    SteppedOut(),
)
Told = tuple[Event, Body | None]


def body_of(event: Event) -> Body | None:
    """What a reader finds in an event; the visitor's first message is about her."""
    match event.what:
        case Said() if event.by == VISITOR and event.id == "v.0":
            return About(ts=0, lang="fr", postcode="69003")
        case Said():
            return Text(ts=0, b=f"words of {event.id}")
        case Closed():
            return Outcome(ts=0, b="advised")
    return None


def status_of(case: str, re: str, state: str) -> str:
    """The header of what the room tells."""
    header = PatrolStatusHeader(cid="c", kid="", s=ROOM, id="id", case=case, re=re, state=state, at=0)
    return msgspec.json.encode(header).decode()


def _about(draw: DrawFn, conversation: Conversation) -> PatrolStatus | None:
    """Something that the room tells of one of the cases."""
    asked = [(case.id, each.id) for case in conversation.cases for each in case.asked]
    if not asked:
        return None
    case, re = draw(sampled_from(asked))
    return PatrolStatus(status_of(case, re, draw(sampled_from(sorted(TOLD)))), "sig")


@composite
def logs(draw: DrawFn, conversations: int = 3, length: int = 40) -> list[Event]:
    """Events that the rules let in, numbered with gaps, of up to `conversations` conversations."""
    queue = Queue()
    events: list[Event] = []
    seq = 0
    for cid in [f"c{n}" for n in range(conversations)]:
        seq += draw(integers(1, 3))
        events.append(numbered(Draft(cid, "open", VISITOR, Opened("h", "box")), seq, seq * 1000))
        queue.apply(events[-1])
    for _ in range(draw(integers(0, length))):
        cid, by = f"c{draw(integers(0, conversations - 1))}", draw(sampled_from(list(ROLES)))
        what = draw(sampled_from(ACTS))
        conversation = queue.get(cid)
        assert conversation is not None
        what = _about(draw, conversation) if isinstance(what, PatrolStatus) else what
        if what is None or not has_case(conversation, what) or not has_offer(conversation, what):
            continue
        if not may_append(conversation, kind_of(what), parts_of(conversation, by, ROLES[by])):
            continue
        seq += draw(integers(1, 3))
        said = f"{by}.{conversation.counts.get(by, 0)}" if isinstance(what, Said) else f"id-{seq}"
        events.append(numbered(Draft(cid, said, by, what), seq, seq * 1000))
        queue.apply(events[-1])
    return events
