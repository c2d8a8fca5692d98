"""Figures: what is counted agrees with counting by hand, and what is shown gives nothing below five away."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import get_args, get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from officer_console.model.bodies import OUTCOMES, About
from officer_console.model.conversation import State
from officer_console.model.envelope import VISITOR
from officer_console.model.events import Claimed, Closed, Event, Left, Opened, PatrolStatus, Released, Said
from officer_console.model.figures import (
    DEPARTMENTS,
    LANGUAGES,
    LENGTHS_S,
    PLAIN,
    REFERRAL_KINDS,
    TIMES,
    TOLD_BY_CONSOLES,
    UNKNOWN,
    WAITS_S,
    Counting,
    Key,
    may_be_told,
)
from officer_console.model.patrol import status_header
from officer_console.model.queue import Queue
from officer_console.model.shown_figures import (
    HIDDEN,
    WITHHELD,
    Report,
    gives_away,
    hide,
    known,
    possible,
    report,
    rows,
    rows_of,
    total_beside,
)
from officer_console.referrals.departments import names
from officer_console.referrals.entries import Referral

from .logs import ANA, ME, logs

HOUR = 3_600_000


def counted(events: list[Event]) -> Counter[Key]:
    counting, queue = Counting(), Queue()
    found: Counter[Key] = Counter()
    for event in events:
        before, after = queue.apply(event)
        found.update(counting.learn(event, before, after))
    return found


def step(ms: int, ends: tuple[int, ...]) -> str:
    return next((str(end) for end in ends if ms < 1000 * end), "more")


def by_hand(events: list[Event]) -> Counter[Key]:
    """The same by looking through each conversation's whole list for every figure."""
    found: Counter[Key] = Counter()
    for _cid, group in itertools.groupby(sorted(events, key=lambda e: (e.cid, e.seq)), key=lambda e: e.cid):
        found.update(_by_hand(list(group)))
    return found


def _by_hand(events: list[Event]) -> list[Key]:
    keys: list[Key] = []
    plain = {"released": "put_back", "erased": "erased"}
    keys += [(e.at // HOUR, plain[e.kind], "") for e in events if e.kind in plain]
    words = [e for e in events if e.kind == "said"]
    mine = [e for e in words if e.by == VISITOR]
    if not mine:
        return keys
    first = mine[0].at
    keys.append((first // HOUR, "arrived", ""))
    answers = [e.seq for e in words if e.by != VISITOR]
    leavings = [e.seq for e in events if isinstance(e.what, Left) and e.what.how != "lost" and e.at > first]
    erasures = [e.seq for e in events if e.kind == "erased"]
    ends = sorted([*((s, "answer") for s in answers), *((s, "left") for s in leavings), *((s, "") for s in erasures)])
    at = {e.seq: e.at for e in events}
    if ends and ends[0][1] == "answer":
        keys.append((first // HOUR, "answer", step(at[ends[0][0]] - first, WAITS_S)))
    elif ends and ends[0][1] == "left":
        keys.append((first // HOUR, "left", ""))
    closes = [e for e in events if e.kind == "closed"]
    keys += [(e.at // HOUR, "closed", "") for e in closes]
    for one in closes[:1]:
        keys.append((one.at // HOUR, "length", step(one.at - events[0].at, LENGTHS_S)))
    return keys + _turns(events, first)


def _turns(events: list[Event], since: int) -> list[Key]:
    """Waits until the first claim, and reopenings, by going through the events."""
    keys: list[Key] = []
    closed = taken = False
    for event in events:
        if event.kind == "closed":
            closed = True
        elif event.kind == "claimed":
            if not taken:
                keys.append((since // HOUR, "wait", step(event.at - since, WAITS_S)))
            taken, closed = True, False
        elif event.kind == "said" and event.by == VISITOR and closed:
            keys.append((event.at // HOUR, "reopened", ""))
            closed, since = False, event.at
    return keys


@given(logs(length=60))
def test_it_counts_what_counting_by_hand_finds(events: list[Event]) -> None:
    found = counted(events)
    plain = Counter({key: n for key, n in found.items() if not key[1].startswith("patrol")})
    assert plain == by_hand(events)


@given(logs(length=60))
def test_patrols_are_counted_by_cases(events: list[Event]) -> None:
    found = Counter({name: sum(n for key, n in counted(events).items() if key[1] == name) for name in PLAIN})
    queue = Queue()
    cases = {}
    for event in events:
        after = queue.apply(event)[1]
        cases |= {(event.cid, case.id): case for case in after.cases}
    told = [(e.cid, status_header(e.what.h)) for e in events if isinstance(e.what, PatrolStatus)]
    assert found["patrol"] == len(cases)
    assert found["patrol_cancelled"] == sum(case.cancelled for case in cases.values())
    assert found["patrol_refused"] == sum(case.state == "refused" for case in cases.values())
    first = {(cid, h.case) for cid, h in told if h.re == h.case}
    assert found["patrol_acknowledged"] + found["patrol_refused"] <= len(first) + found["patrol_refused"]
    assert (found["patrol_acknowledged"] > 0) <= bool(first)


@given(logs(length=40), st.integers(0, 40))
def test_beginning_again_in_the_middle_counts_the_rest(events: list[Event], cut: int) -> None:
    """A relay that starts folds everything, and counts only what it had not: together that is all, once."""
    counting, queue = Counting(), Queue()
    second: Counter[Key] = Counter()
    for place, event in enumerate(events):
        keys = counting.learn(event, *queue.apply(event))
        if place >= cut:
            second.update(keys)
    assert counted(events[:cut]) + second == counted(events)


def a_night() -> list[Event]:
    """One who is answered after 40 s, one who leaves after a minute, put back once."""
    told = [
        (0, "a", VISITOR, Opened("h")), (1_000, "a", VISITOR, Said()), (20_000, "a", ME, Claimed()),
        (41_000, "a", ME, Said()), (50_000, "a", ME, Released()), (60_000, "a", ANA, Claimed()),
        (HOUR, "a", ANA, Closed()),
        (70_000, "b", VISITOR, Opened("h")), (71_000, "b", VISITOR, Said()), (131_000, "b", VISITOR, Left("closed")),
    ]  # fmt: skip
    return [Event(seq, at + 10, cid, f"e{seq}", by, what) for seq, (at, cid, by, what) in enumerate(told, 1)]


def test_each_figure_stands_in_its_hour() -> None:
    assert counted(a_night()) == {
        (0, "arrived", ""): 2,
        (0, "wait", "30"): 1,
        (0, "answer", "60"): 1,
        (0, "put_back", ""): 1,
        (0, "left", ""): 1,
        (1, "closed", ""): 1,
        (1, "length", "7200"): 1,
    }


def test_the_lists_are_those_of_the_rest_of_the_program() -> None:
    assert {*DEPARTMENTS} - {UNKNOWN} == {*names()}
    assert set(REFERRAL_KINDS) == set(get_args(get_type_hints(Referral)["kind"]))
    assert TOLD_BY_CONSOLES["outcome"] == set(OUTCOMES)
    assert set(get_args(get_type_hints(About)["lang"])) <= set(LANGUAGES)
    assert len(LANGUAGES) == len(set(LANGUAGES)) > 180


def test_what_no_list_has_is_refused() -> None:
    assert may_be_told("language", "fr") and may_be_told("department", "2A")
    for measure, value in (
        ("language", "Français"), ("language", ""), ("arrived", ""), ("wait", "30"), ("cid", "x"),
        ("department", "69003"),
    ):  # fmt: skip
        assert not may_be_told(measure, value)


# ---- shown


@given(st.integers(0, 10_000))
def test_a_number_below_five_is_not_shown(number: int) -> None:
    shown = hide(number)
    least, most = possible(shown)
    assert least <= number <= most
    assert (shown == HIDDEN) == (0 < number < 5)
    assert shown == HIDDEN or shown % 5 == 0


@given(st.lists(st.integers(0, 16), min_size=1, max_size=4))
def test_a_total_and_its_parts_leave_two_possibilities_for_what_is_hidden(parts: list[int]) -> None:
    shown = [hide(part) for part in parts]
    total = total_beside(sum(parts), [shown])
    hidden = [place for place, each in enumerate(shown) if each == HIDDEN]
    if total == WITHHELD:
        return
    least, most = possible(total)
    fitting = [
        tried
        for tried in itertools.product(*(range(low, high + 1) for low, high in map(possible, shown)))
        if least <= sum(tried) <= most
    ]
    assert tuple(parts) in fitting
    assert all(len({tried[place] for tried in fitting}) > 1 for place in hidden)


def test_what_a_subtraction_would_tell_is_withheld() -> None:
    assert gives_away(30, [10, 10, HIDDEN])
    assert total_beside(28, [[10, 10, HIDDEN]]) == WITHHELD
    assert total_beside(25, [[10, 10, HIDDEN]]) == 25


DAYS = ["2026-11-01", "2026-11-02"]


def place(hour: int) -> tuple[str, int]:
    return DAYS[hour // 24], hour % 24


def test_a_report_has_totals_hours_days_and_lists() -> None:
    counts = {
        (3, "arrived", ""): 12, (4, "arrived", ""): 2, (27, "arrived", ""): 9, (3, "wait", "60"): 3,
        (27, "wait", "300"): 9, (4, "wait", "30"): 4, (5, "language", "fr"): 21, (6, "language", "ar"): 1,
    }  # fmt: skip
    made = report(counts.items(), DAYS, place)
    assert made.totals["arrived"] == 25 and made.totals["erased"] == 0
    assert made.hours["arrived"][3:6] == [20, HIDDEN, 0]
    assert made.days["arrived"] == [15, 10]
    assert made.values["language"] == {"ar": HIDDEN, "fr": 20}
    assert list(made.values["wait"]) == [*TIMES["wait"]] and made.values["wait"]["30"] == HIDDEN
    assert made.waits[3] == "300" and made.waits[4] == "", "fewer than five waits tell nothing"
    assert {(row.measure, row.value): row.shown for row in rows_of(made)}["arrived", ""] == 25


def test_of_what_a_relay_sends_only_what_is_known_is_left() -> None:
    strange = Report(
        DAYS[0], DAYS[1], {"arrived": 10**30, "x\x1b[2J": 5}, {"language": {"fr": 5, "[red]": 5}, "wait": {"1": 3}},
        {"arrived": [5]}, {"arrived": [-9] * 99}, ["30", "[bold]"],
    )  # fmt: skip
    left = known(strange, 2)
    assert left.totals.keys() == set(PLAIN) and left.totals["arrived"] == 10**9
    assert left.values["language"] == {"fr": 5} and [*left.values["wait"]] == [*TIMES["wait"]]
    assert left.hours["arrived"] == [5, *[0] * 23] and left.days["arrived"] == [WITHHELD] * 2
    assert left.waits == ["30", *[""] * 23]
    honest = report({(3, "arrived", ""): 12, (3, "language", "fr"): 9}.items(), DAYS, place)
    assert known(honest, 2) == honest


def test_rows_stand_in_order_and_each_is_hidden() -> None:
    counts = {(27, "arrived", ""): 9, (3, "erased", ""): 2, (3, "arrived", ""): 12, (3, "wait", "60"): 5}
    assert [tuple(row) for row in rows(counts.items(), place, "hour")] == [
        ("2026-11-01", 3, "arrived", "", 10),
        ("2026-11-01", 3, "erased", "", HIDDEN),
        ("2026-11-01", 3, "wait", "60", 5),
        ("2026-11-02", 3, "arrived", "", 10),
    ]
    assert [row.hour for row in rows(counts.items(), place, "day")] == [None] * 4


def test_an_unknown_kind_of_event_counts_for_nothing() -> None:
    class Strange(Said, frozen=True, tag="strange"):
        pass

    event = Event(1, 5, "a", "e", ME, Strange())
    after = Queue().apply(Event(1, 5, "a", "e", ME, Claimed()))[1]
    assert after.state is State.HELD
    assert Counting().learn(event, after, after) == []
