"""Logs that keep the rules: a small relay in memory, driven by hypothesis."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis.strategies import DrawFn, composite, integers, sampled_from

from officer_console.model.bodies import About, Body, Outcome, Text
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import (
    Claimed,
    Closed,
    Draft,
    Erased,
    Event,
    Left,
    Noted,
    Opened,
    Released,
    Returned,
    Said,
    What,
    kind_of,
    numbered,
)
from officer_console.model.queue import Queue
from officer_console.model.rules import may_append, parts_of

ME, ANA = "kid-me", "kid-ana"
ROLES = {ME: "officer", ANA: "lead", VISITOR: "", RELAY: ""}
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
        if not may_append(conversation, kind_of(what), parts_of(conversation, by, ROLES[by])):
            continue
        seq += draw(integers(1, 3))
        said = f"{by}.{conversation.counts.get(by, 0)}" if isinstance(what, Said) else f"id-{seq}"
        events.append(numbered(Draft(cid, said, by, what), seq, seq * 1000))
        queue.apply(events[-1])
    return events
