"""Columns and sections of the queue, without a screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.console.times import brief
from officer_console.console.widgets.queue_rows import plan
from officer_console.model.queue import Queue

from .fake_desk import FakeDesk


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0s"),
        (59, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h00"),
        (36_000, "10h"),
        (86_400, "1d"),
        (10**9, "999d"),
    ],
)
def test_a_length_of_time_in_four_cells(seconds: int, words: str) -> None:
    assert brief(seconds * 1000) == words


@given(st.lists(st.sampled_from("wmhc"), max_size=12))
def test_the_plan_finds_every_conversation_and_every_title(kinds: list[str]) -> None:
    desk = FakeDesk()
    for kind in kinds:
        cid = desk.add("x")
        if kind == "h":
            desk.colleague_claims(cid)
        elif kind != "w":
            desk.claims.claim(cid)
        if kind == "c":
            desk.claims.close_conversation(cid, "test")
    plan_ = plan(desk.queue)
    rows = [plan_.row(index) for index in range(len(desk.queue))]
    assert [plan_.index(row) for row in rows] == list(range(len(desk.queue)))
    titles = {section.row for section in plan_.sections}
    assert titles.isdisjoint(rows)
    assert titles | set(rows) == set(range(plan_.rows))
    assert all(plan_.index(row) is None for row in (*titles, -1, plan_.rows))
    assert plan(Queue()).rows == 0
