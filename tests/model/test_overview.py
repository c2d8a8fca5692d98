"""A lead's numbers: kept event by event, they are what counting all conversations would give."""

from __future__ import annotations

from time import perf_counter

from hypothesis import given

from officer_console.model.conversation import URGENCY, State
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import (
    Assigned,
    Claimed,
    Closed,
    Erased,
    Event,
    Left,
    Opened,
    Released,
    Said,
    UrgencyRaised,
    What,
)
from officer_console.model.health import Crew, Light, crew_of, health
from officer_console.model.overview import BIN_MS, BINS, Overview
from officer_console.model.queue import GONE, Queue
from officer_console.model.roster import Duty, OnDuty
from officer_console.model.timers import Timers

from .logs import ANA, ME, logs

S = State
MINUTE = 60_000


def folded(events: list[Event]) -> tuple[Queue, Overview]:
    queue, overview = Queue(ME), Overview()
    for event in events:
        overview.apply(event, queue.apply(event)[1])
    return queue, overview


def told(*steps: tuple[int, str, str, What]) -> tuple[Queue, Overview]:
    """Minute, conversation, who, what."""
    return folded([Event(n, at * MINUTE, cid, f"id-{n}", by, what) for n, (at, cid, by, what) in enumerate(steps, 1)])


def arrives(at: int, cid: str) -> list[tuple[int, str, str, What]]:
    return [(at, cid, VISITOR, Opened("h")), (at, cid, VISITOR, Said())]


@given(logs())
def test_it_is_what_counting_all_of_them_gives(events: list[Event]) -> None:
    queue, overview = folded(events)
    every = list(queue.everything())
    for state in State:
        assert overview.count(state) == sum(c.state is state for c in every)
    waits = [c for c in every if c.state is S.WAITING and c.visitor not in GONE]
    assert list(overview.waits) == [c.cid for c in sorted(waits, key=lambda c: (c.waiting_since, c.cid))]
    urgent = {c.cid for c in every if c.urgency and c.state in (S.WAITING, S.HELD)}
    assert set(overview.urgent) == urgent
    grave = [c.urgency for c in every if c.cid in urgent and c.state is S.WAITING]
    assert overview.waits_urgently == max(grave, key=URGENCY.index, default="")
    assert set(overview.patrols) == {c.cid for c in every if c.patrol}
    assert set(overview.unanswered) == {c.cid for c in every if c.unanswered_since}
    assert overview.longest_since == min((c.waiting_since for c in waits), default=0)
    now = max((event.at for event in events), default=0)
    assert overview.waiting(now)[-1] >= overview.count(S.WAITING) == overview.waiting(now + BINS * BIN_MS)[-1]


def test_arrivals_and_who_waited_by_five_minutes() -> None:
    _queue, overview = told(
        *arrives(1, "a"), *arrives(2, "b"), (12, "a", ANA, Claimed()), (12, "a", ANA, Said()),
        (13, "b", ANA, Claimed()),
        (21, "b", ANA, Released()), *arrives(22, "c"), (23, "a", ANA, Closed()), (26, "a", VISITOR, Said()),
    )  # fmt: skip
    now = 26 * MINUTE
    assert overview.arrivals(now)[-6:] == [2, 0, 0, 0, 1, 1]  # put back is no arrival, back after the close is one
    assert overview.waiting(now)[-6:] == [2, 2, 2, 0, 2, 3]
    assert overview.last_answer(ANA) == 12 * MINUTE and overview.last_answer(ME) == 0
    later = now + 7 * 60 * MINUTE
    assert set(overview.waiting(later)) == {3} and set(overview.arrivals(later)) == {0}


def test_days_leave_nothing_behind() -> None:
    queue, overview = Queue(ME), Overview()
    for n in range(4000):
        event = Event(n + 1, n * BIN_MS, f"c{n}", "open", VISITOR, Opened("h"))
        overview.apply(event, queue.apply(event)[1])
    assert len(overview._ends) <= 2 * BINS and len(overview._arrived) <= 2 * BINS


def test_the_light_follows_the_rule_that_is_written_on_it() -> None:
    timers = Timers(wait_target_s=180, answer_lead_s=180)
    there, nobody = Crew(there=2, free=5), Crew(on_break=1)

    def light(overview: Overview, crew: Crew = there, at: float = 0, **more: bool) -> tuple[Light, tuple[str, ...]]:
        told = health(overview, crew, timers, int(at * MINUTE), **more)
        return told.light, told.why

    _queue, one = told(*arrives(10, "a"))
    assert light(Overview(), nobody) == (Light.GREEN, ())
    assert light(one, at=12) == (Light.GREEN, ())
    assert light(one, at=13.1) == (Light.AMBER, ("over",))
    assert light(one, at=16.1) == (Light.RED, ("far_over",))
    assert light(one, nobody, at=10) == (Light.RED, ("nobody", "no_room"))
    assert light(one, Crew(there=1), at=10) == (Light.AMBER, ("no_room",))
    assert light(one, at=10, shut=True) == (Light.AMBER, ("shut",))
    _queue, amber = told(*arrives(10, "a"), (10, "a", ANA, UrgencyRaised("amber")))
    assert light(amber, at=10) == (Light.AMBER, ("urgent",))
    _queue, red = told(*arrives(10, "a"), (10, "a", ANA, UrgencyRaised("red")))
    assert light(red, at=10) == (Light.RED, ("danger",))
    _queue, held = told(*arrives(10, "a"), (10, "a", ANA, UrgencyRaised("red")), (10, "a", ME, Assigned(ANA)))
    assert light(held, at=12) == (Light.GREEN, ())
    assert light(held, at=13.1) == (Light.AMBER, ("unanswered",))
    _queue, gone = told(*arrives(10, "a"), (11, "a", VISITOR, Left("exit")))
    assert light(gone, at=60) == (Light.GREEN, ())
    _queue, erased = told(*arrives(10, "a"), (11, "a", RELAY, Erased()))
    assert light(erased, at=60) == (Light.GREEN, ())


def test_the_crew_is_who_is_there_and_how_many_more_they_would_take() -> None:
    officers = [
        OnDuty("a", "officer", Duty(since=0, capacity=5)),
        OnDuty("b", "officer", Duty(since=0, capacity=2)),
        OnDuty("c", "lead", Duty(since=0, doing="break")),
        OnDuty("d", "officer", Duty(since=0, doing="leaving")),
        OnDuty("e", "officer", Duty(since=0), linked=False),
    ]
    assert crew_of(officers, {"a": 1, "b": 3}.get) == Crew(2, 1, 1, 4)  # type: ignore[arg-type]


def test_ten_thousand_cost_nothing_when_they_are_looked_at() -> None:
    events = []
    for n in range(10_000):
        events += [
            Event(2 * n + 1, n * 1000, f"c{n}", "open", VISITOR, Opened("h")),
            Event(2 * n + 2, n * 1000, f"c{n}", "v.0", VISITOR, Said()),
        ]
    _queue, overview = folded(events)
    begin = perf_counter()
    for _ in range(100):
        health(overview, Crew(1), Timers(), 10_000_000)
        overview.arrivals(10_000_000), overview.waiting(10_000_000)
    assert perf_counter() - begin < 0.5
