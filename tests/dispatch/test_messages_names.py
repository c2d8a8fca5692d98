"""Names of messages and cases: made once, found again, never another's."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.dispatch.messages.names import case_id, distribution_id, event_of, moment, webhook_id

from .messages_requests import OURS, ROOM, ids

SENDER = "fr.police.pvss"


@given(event=ids)
def test_an_id_is_found_again_in_what_it_names(event: str) -> None:
    assert event_of(f"{SENDER}_", distribution_id(SENDER, event)) == event
    assert event_of(f"{SENDER}.", case_id(SENDER, event)) == event
    assert "." not in webhook_id(distribution_id(SENDER, event))
    assert webhook_id(distribution_id(SENDER, event)).endswith(event)


@pytest.mark.parametrize(
    "name",
    ["fr.police.pvss", "fr.police.pvss.", "fr.police.pvss.a.b", "fr.police.pvssx.a", "fr.police.cic.a", "", "a\n"],
)
def test_anothers_name_is_not_ours(name: str) -> None:
    assert event_of(f"{SENDER}.", name) is None


@given(name=st.text("a.-_!", max_size=300).map(lambda text: f"{SENDER}.{text}"))
def test_names_are_read_in_no_time(name: str) -> None:
    event_of(f"{SENDER}.", name)


def test_the_name_that_stops_the_schemas_pattern_for_a_minute_does_not_stop_us() -> None:
    start = time.perf_counter()
    assert event_of(f"{SENDER}.", f"{SENDER}." + "a" * 100_000 + "!") is None
    assert time.perf_counter() - start < 0.5


def test_times_are_whole_seconds_with_an_offset() -> None:
    assert moment(1_931_000_000_999) == "2031-03-11T12:53:20+00:00"
    with pytest.raises(ValueError):
        moment(10**18)


def test_parties_turn_round() -> None:
    assert (ROOM.sender, ROOM.recipient, ROOM.exercise) == (OURS.recipient, OURS.sender, OURS.exercise)
    assert ROOM.turned == OURS
