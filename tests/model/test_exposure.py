"""What a shift asks of an officer: the fold of what every console is told."""

from __future__ import annotations

from hypothesis import given
from hypothesis.strategies import integers, lists, sampled_from, tuples

from officer_console.model.conversation import State
from officer_console.model.events import (
    Accepted,
    Claimed,
    Closed,
    Erased,
    Event,
    Offered,
    PatrolRequested,
    Released,
    Said,
    UrgencyRaised,
    What,
)
from officer_console.model.exposure import DAY_MS, Exposure, Exposures
from officer_console.model.queue import Queue

ANA, LEA = "kid-ana", "kid-lea"
HOUR = 3_600_000
STEPS: dict[str, tuple[str, What]] = {
    "writes": ("v", Said()),
    "Ana takes": (ANA, Claimed()),
    "Léa takes": (LEA, Claimed()),
    "Ana puts back": (ANA, Released()),
    "Ana closes": (ANA, Closed()),
    "red": (ANA, UrgencyRaised("red")),
    "patrol": (ANA, PatrolRequested("{}", "")),
    "erased": ("v", Erased()),
}


class Shift:
    """A queue and what its officers bear; a step each second unless said otherwise."""

    def __init__(self) -> None:
        self.queue, self.exposures, self.at = Queue(), Exposures(), 1_000_000

    def does(self, cid: str, *steps: str | tuple[str, What], after: int = 1000) -> None:
        for step in steps:
            by, what = STEPS[step] if isinstance(step, str) else step
            self.at += after
            event = Event(self.queue.seq + 1, self.at, cid, f"e{self.at}", by, what)
            before, now = self.queue.apply(event)
            self.exposures.apply(event, before, now)

    def of(self, kid: str, since: int = 1, rested: int = 0, **more: bool) -> Exposure:
        return self.exposures.of(kid, since, rested, self.at, **more)


def test_conversations_and_grave_ones_are_counted_for_who_held_them() -> None:
    shift = Shift()
    shift.does("a", "writes", "Ana takes", "red")
    shift.does("b", "writes", "Ana takes", "Ana closes")
    shift.does("c", "writes", "Léa takes")
    assert (shift.of(ANA).conversations, shift.of(ANA).grave) == (2, 1)
    assert (shift.of(LEA).conversations, shift.of(LEA).grave) == (1, 0)
    shift.does("a", (ANA, Offered(LEA)), (LEA, Accepted()))
    assert shift.of(LEA).grave == 1, "who takes a grave one on bears it too"
    assert shift.exposures.is_grave(ANA, "a") and not shift.exposures.is_grave(ANA, "b")


def test_a_patrol_makes_it_grave_and_so_does_a_signal_that_only_its_officer_reads() -> None:
    shift = Shift()
    shift.does("a", "writes", "Ana takes", "patrol")
    shift.does("b", "writes", "Ana takes")
    shift.exposures.found_grave(ANA, "b", shift.at)
    assert shift.of(ANA).grave == 2
    shift.exposures.found_grave(LEA, "b", shift.at)
    assert shift.of(LEA).grave == 0, "it was never hers"


def test_hours_and_graves_since_the_last_break() -> None:
    shift = Shift()
    begun = shift.at
    shift.does("a", "writes", "Ana takes", "red", "Ana closes")
    rested = shift.at + HOUR
    shift.does("b", "writes", "Ana takes", "red", after=HOUR)
    told = shift.of(ANA, since=begun, rested=rested)
    assert (told.on_ms, told.unrested_ms) == (shift.at - begun, shift.at - rested)
    assert (told.grave, told.grave_unrested) == (2, 1)
    assert shift.of(ANA, since=begun).grave_unrested == 2, "no break yet"
    resting = shift.of(ANA, since=begun, resting=True)
    assert (resting.unrested_ms, resting.grave_unrested, resting.grave) == (0, 0, 2)


def test_the_shift_before_does_not_count_and_is_dropped_after_a_day() -> None:
    shift = Shift()
    shift.does("a", "writes", "Ana takes", "red", "Ana closes")
    assert shift.of(ANA, since=shift.at + 1).conversations == 0
    shift.does("b", "writes", "Ana takes", after=DAY_MS)
    assert list(shift.exposures._turns[ANA]) == ["b"]


def test_of_an_erased_one_stays_that_it_was_not_which() -> None:
    shift = Shift()
    shift.does("secret-cid", "writes", "Ana takes", "red", "erased")
    assert shift.of(ANA).grave == 1
    assert "secret-cid" not in str(shift.exposures._turns)


@given(lists(tuples(sampled_from("abc"), sampled_from(sorted(STEPS))), max_size=40), integers(0, 5))
def test_whatever_happens_the_figures_fit_each_other(steps: list[tuple[str, str]], rested: int) -> None:
    shift = Shift()
    for cid, step in steps:
        found = shift.queue.get(cid)
        if step in ("red", "patrol") and (found is None or found.state is not State.HELD):
            continue
        shift.does(cid, step)
    for kid in (ANA, LEA):
        told = shift.of(kid, rested=rested * 1000)
        assert 0 <= told.grave_unrested <= told.grave <= told.conversations
        held = sum(1 for each in shift.queue.everything() if each.state is State.HELD and each.holder == kid)
        assert told.conversations >= held
