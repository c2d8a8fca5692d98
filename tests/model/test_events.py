"""The stored form of events, today's and older ones."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis.strategies import builds, from_type, integers, none, sampled_from, text

from officer_console.model.envelope import VISITOR, Envelope, Note
from officer_console.model.events import (
    KINDS,
    VERSION,
    Accepted,
    ArrivalsPaused,
    ArrivalsResumed,
    Assigned,
    Claimed,
    Closed,
    Crowded,
    Declined,
    Draft,
    Erased,
    Event,
    FromNewerVersion,
    Left,
    Noted,
    Offered,
    Opened,
    Released,
    Returned,
    Said,
    SteppedIn,
    SteppedOut,
    UrgencyRaised,
    What,
    Whispered,
    dump,
    kind_of,
    load,
    numbered,
)

ENVELOPES = builds(Envelope, text(), text(), text())
NOTES = builds(Note, text(), text())
WHATS = (
    builds(Opened, text(), text())
    | builds(Said, none() | ENVELOPES)
    | builds(Noted, none() | NOTES)
    | builds(Closed, none() | NOTES)
    | builds(Left, sampled_from(["goodbye", "exit", "closed", "lost"]))
    | from_type(Claimed)
    | from_type(Released)
    | from_type(Returned)
    | from_type(Erased)
    | builds(Released, sampled_from(["", "unanswered", "gone", "relief"]))
    | builds(UrgencyRaised, sampled_from(["amber", "red"]))
    | builds(Crowded, integers(0, 200))
    | builds(Assigned, text())
    | builds(Offered, text(), none() | NOTES)
    | from_type(Accepted)
    | from_type(Declined)
    | builds(Whispered, none() | NOTES)
    | builds(SteppedIn, sampled_from(["read", "join"]), none() | NOTES)
    | from_type(SteppedOut)
    | builds(ArrivalsPaused, sampled_from(["pause", "divert"]), none() | NOTES)
    | from_type(ArrivalsResumed)
)


@given(WHATS)
def test_what_is_stored_comes_back(what: What) -> None:
    assert load(VERSION, dump(what)) == what


def test_kinds_are_the_documented_ones() -> None:
    assert KINDS == (
        "opened", "said", "claimed", "released", "noted", "closed", "left", "returned", "erased", "patrol_requested",
        "patrol_cancelled", "patrol_status", "referred", "signal_confirmed", "callback_requested", "callback_told",
        "urgency_raised", "crowded", "assigned", "offered", "accepted", "declined", "whispered", "stepped_in",
        "stepped_out", "arrivals_paused", "arrivals_resumed", "exported", "export_part",
        "countersigned", "export_ended",
    )  # fmt: skip


@pytest.mark.parametrize(
    "stored",
    [
        b'{"kind":"left","how":"angrily"}', b'{"kind":"promoted"}', b'{"kind":"claimed","by":"me"}', b"{}", b"nonsense",
        b'{"kind":"said","env":{"h":"","n":"","c":"","x":""}}', b'{"kind":"opened"}',
    ],
)  # fmt: skip
def test_broken_forms_are_refused(stored: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        load(VERSION, stored)


def test_a_newer_version_is_not_guessed_at() -> None:
    with pytest.raises(FromNewerVersion):
        load(VERSION + 1, b'{"kind":"claimed"}')


def test_older_forms_are_brought_up_step_by_step() -> None:
    def renamed(raw: dict[str, Any]) -> dict[str, Any]:
        return {"kind": "left", "reason": raw["why"]}

    def reworded(raw: dict[str, Any]) -> dict[str, Any]:
        return {"kind": raw["kind"], "how": {"panic": "exit"}[raw["reason"]]}

    upcasts = {1: renamed, 2: reworded}
    assert load(1, b'{"kind":"gone","why":"panic"}', upcasts, newest=3) == Left("exit")
    assert load(2, b'{"kind":"left","reason":"panic"}', upcasts, newest=3) == Left("exit")


def test_a_draft_gets_its_number() -> None:
    event = numbered(Draft("c", "v.0", VISITOR, Said()), 7, 1234)
    assert event == Event(7, 1234, "c", "v.0", VISITOR, Said())
    assert (event.kind, kind_of(event.what)) == ("said", "said")
