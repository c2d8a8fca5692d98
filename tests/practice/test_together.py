"""Several at once: who was in most danger, as far as her words had told it, is taken first."""

from __future__ import annotations

import pytest

from officer_console.practice.moments import Stands
from officer_console.practice.sitting import Sitting
from officer_console.practice.together import Together, priorities
from tests.practice.made import changed, plot

CALM = changed("truth", urgency="amber")


def seat(cid: str, arrives: int, taken: int | None, *, calm: bool = False, until: int = 400_000) -> Together:
    """A session that arrives and is taken at these moments, ms."""
    sitting = Sitting(plot(lines=CALM) if calm else plot(), 1)
    if taken is not None:
        sitting.do(taken - arrives, Stands("claimed"))
    sitting.advance(until - arrives)
    return Together(cid, arrives, sitting.chronicle())


def kinds(*seats: Together) -> list[tuple[str, str]]:
    return [(cid, remark.kind) for cid, remark in priorities(seats, "en")]


def test_the_calm_one_taken_first_is_told_with_who_waited() -> None:
    seats = (seat("calm", 0, 30_000, calm=True), seat("red", 5_000, 60_000))
    assert kinds(*seats) == [("calm", "bad")]
    told = next(remark for _cid, remark in priorities(seats, "en"))
    assert "“Made”" in told.text and told.at == 30_000


def test_the_one_in_danger_taken_first_is_praised() -> None:
    assert kinds(seat("calm", 0, 60_000, calm=True), seat("red", 5_000, 30_000)) == [("red", "good")]


@pytest.mark.parametrize(
    "seats",
    [
        (seat("only", 0, 30_000),),
        (seat("calm", 0, 30_000, calm=True), seat("red", 40_000, 50_000)),  # she had not come yet
        (seat("one", 0, 30_000), seat("two", 5_000, 60_000)),  # alike
        (seat("calm", 0, None, calm=True), seat("red", 0, None)),  # nobody was taken
    ],
    ids=["one", "not yet there", "alike", "none taken"],
)
def test_where_there_is_no_choice_nothing_is_told(seats: tuple[Together, ...]) -> None:
    assert kinds(*seats) == []


def test_who_has_left_waits_no_more() -> None:
    assert kinds(seat("red", 0, None, until=700_000), seat("calm", 350_000, 400_000, calm=True, until=700_000)) == []
