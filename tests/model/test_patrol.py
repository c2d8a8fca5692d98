"""What becomes of a patrol request: one case for a conversation, the furthest state, and what waits for the room."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.model.envelope import PatrolHeader
from officer_console.model.patrol import (
    LIMITS,
    NATURES,
    ORDER,
    OVER,
    TOLD,
    Asked,
    Case,
    Cases,
    PatrolRequest,
    PatrolState,
    Point,
    asked,
    changed,
    dump_request,
    geo,
    load_request,
    open_case,
    patrol_header,
    point_of,
    status_header,
    told,
)

from .logs import ANA, ME, status_of

S = PatrolState


def after(*steps: tuple[str, ...] | str) -> Cases:
    """Cases after steps: "r1" a request, "-c1" a cancelling, ("state", "re", "case") told; re and case are r1 by
    themselves."""
    cases: Cases = ()
    for at, step in enumerate(steps, 1):
        if isinstance(step, str):
            cases = asked(cases, Asked(step.lstrip("-"), ME, at, step.startswith("-")))
        else:
            state, re, case = (*step, *("r1", "r1")[len(step) - 1 :])
            cases = told(cases, status_of(case, re, state), at)
    return cases


def only(*steps: tuple[str, ...] | str) -> Case:
    (case,) = after(*steps)
    return case


def test_from_the_key_to_the_closing() -> None:
    told_so_far: list[tuple[str, ...] | str] = ["r1"]
    assert (only("r1").state, only("r1").unacked_since) == (S.STORED, 1)
    way = ("trouble", "sent", "delivered", "opened", "accepted", "assigned", "on_the_way", "on_scene", "closed")
    for at, state in enumerate(way, 2):
        told_so_far.append((state,))
        case = only(*told_so_far)
        assert (case.state, case.state_at) == (state, at)
        assert bool(case.unacked_since) is (state in ("trouble", "sent")), "red until the room has acknowledged"
    assert case.over


@given(st.lists(st.sampled_from(sorted(TOLD)), max_size=12), st.randoms())
def test_the_furthest_state_counts_in_whatever_order(states: list[str], random: object) -> None:
    shuffled = list(states)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (only("r1", *((state,) for state in order)) for order in (states, shuffled))
    assert first.state == second.state
    known = [S(state) for state in states if state != "question"]
    assert first.state == max([S.STORED, *known], key=ORDER.__getitem__)
    assert first.acked == second.acked


def test_two_who_ask_at_once_have_one_case() -> None:
    case = only("r1", "r2")
    assert (case.id, [each.id for each in case.asked]) == ("r1", ["r1", "r2"])


@pytest.mark.parametrize("state", sorted(OVER - {S.CANCELLED}))
def test_after_the_end_another_request_is_another_case(state: S) -> None:
    first, second = after("r1", (state.value,), "r2")
    assert (first.id, first.state, second.id, second.state) == ("r1", state, "r2", S.STORED)
    assert open_case((first, second)) == second


def test_an_update_waits_for_its_own_acknowledgement() -> None:
    case = only("r1", ("accepted",), "r2")
    assert (case.state, case.unacked_since) == (S.ACCEPTED, 3)
    assert only("r1", ("accepted",), "r2", ("delivered", "r2")).unacked_since == 0
    failed = only("r1", ("accepted",), "r2", ("failed", "r2"))
    assert (failed.state, failed.failed, failed.unacked_since) == (S.ACCEPTED, {"r2"}, 3), "the case itself goes on"
    late = only("r1", ("accepted",), "r2", ("failed", "r2"), ("delivered", "r2"))
    assert (late.failed, late.unacked_since) == (frozenset(), 0)


def test_a_refused_update_ends_no_case_on_which_a_patrol_is_out() -> None:
    case = only("r1", ("on_the_way",), "r2", ("refused", "r2"))
    assert (case.state, case.failed, case.unacked_since) == (S.ON_THE_WAY, {"r2"}, 0)


def test_cancelled_once_the_room_has_acknowledged_it() -> None:
    asked_for = only("r1", ("accepted",), "-c1")
    assert (asked_for.cancelled, asked_for.state, asked_for.unacked_since) == (True, S.ACCEPTED, 3)
    done = only("r1", ("accepted",), "-c1", ("delivered", "c1"))
    assert (done.state, done.over, done.unacked_since) == (S.CANCELLED, True, 0)
    assert [case.id for case in after("r1", "-c1", "r2")] == ["r1", "r2"], "who asks again means it"


def test_nothing_to_cancel() -> None:
    assert after("-c1") == ()
    assert only("r1", ("closed",), "-c1").asked == (Asked("r1", ME, 1),)


def test_a_refusal_is_not_undone_by_what_came_before_it() -> None:
    assert only("r1", ("refused",), ("accepted",)).state is S.REFUSED
    assert only("r1", ("on_scene",), ("refused",)).state is S.REFUSED
    assert only("r1", ("refused",)).unacked_since == 0


def test_a_question_changes_nothing_but_the_count() -> None:
    case = only("r1", ("opened",), ("question",))
    assert (case.state, case.told, case.unacked_since) == (S.OPENED, 2, 0)


def test_states_of_no_case_change_nothing() -> None:
    assert after("r1", ("accepted", "r9", "r9")) == after("r1")
    assert after("r1", ("accepted", "r9", "r1")) == after("r1")
    assert after(("accepted",)) == ()


def test_who_asked() -> None:
    cases = asked(asked((), Asked("r1", ME, 1)), Asked("r2", ANA, 2))
    assert cases[0].askers == {ME, ANA}
    assert cases[0].knows("r2") and not cases[0].knows("r3")


@pytest.mark.parametrize(
    "text", ["", "{}", '{"t":"patrol-status"}', status_of("r1", "r1", "kept"), status_of("a", "b", "x")]
)
def test_what_is_no_status(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        status_header(text)


def test_the_header_of_a_request() -> None:
    header = PatrolHeader(cid="c", kid="k", s=ME, id="r1", act="request", use="live", at=5)
    assert patrol_header(msgspec.json.encode(header).decode()) == header
    with pytest.raises(msgspec.DecodeError):
        patrol_header('{"t":"note"}')


# ---- the request itself ------------------------------------------------------------------------------------------

TEXTS = {name: st.text(max_size=limit + 5) for name, limit in LIMITS.items()}
POINTS = st.builds(
    Point, st.integers(-90_000_000, 90_000_000), st.integers(-180_000_000, 180_000_000), st.integers(0, 10**8)
)
REQUESTS = st.builds(
    PatrolRequest, nature=st.sampled_from(NATURES), point=st.none() | POINTS, silent=st.booleans(), **TEXTS
)


@given(REQUESTS)
def test_a_request_is_read_as_it_was_written(request: PatrolRequest) -> None:
    cut = {name: getattr(request, name)[:limit] for name, limit in LIMITS.items()}
    try:
        text = dump_request(request)
    except UnicodeEncodeError:
        return
    assert load_request(text) == msgspec.structs.replace(request, **cut)


def test_the_largest_request_fits_into_a_sealed_body() -> None:
    largest = PatrolRequest(**{name: "é" * limit for name, limit in LIMITS.items()})
    assert len(dump_request(largest).encode()) < 8000


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"place":5}', '{"nature":"C99"}', '{"floor":"%s"}' % ("x" * 61), '{"siren":true}',
     '{"point":{"lat":91000000,"lon":0,"acc":1}}'],
)  # fmt: skip
def test_what_is_no_request(text: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        load_request(text)


def test_a_place_a_point_or_a_description() -> None:
    assert not PatrolRequest().has_place
    assert not PatrolRequest(place="  ", postcode="69003", city="Lyon", floor="3", code="12").has_place
    for place in ({"place": "14 rue des lilas"}, {"where": "derrière la gare"}, {"point": Point(1, 2, 3)}):
        assert PatrolRequest(**place).has_place  # type: ignore[arg-type]


def test_what_changed() -> None:
    before = PatrolRequest(place="14 rue des lilas", weapon="couteau")
    later = msgspec.structs.replace(before, weapon="", floor="3e", silent=False)
    assert changed(before, later) == {"weapon": "", "floor": "3e", "silent": False}
    assert changed(before, before) == {}


def test_where_to_in_one_line() -> None:
    request = PatrolRequest(
        place="14 rue des lilas", floor="3e", postcode="69003", point=Point(45_750_000, 4_850_000, 35)
    )
    assert request.where_to == "14 rue des lilas · 3e · 69003 · geo:45.75,4.85;u=35"


@given(POINTS)
def test_a_point_is_read_from_its_address(point: Point) -> None:
    assert point_of(geo(point)) == point


def test_the_address_of_a_point() -> None:
    assert geo(Point(43_296_482, 5_369_780, 35)) == "geo:43.296482,5.36978;u=35"
    assert geo(Point(-500, 0, 0)) == "geo:-0.0005,0;u=0"


@pytest.mark.parametrize(
    "text", ["", "geo:", "geo:1", "geo:a,b", "geo:91,0", "geo:1,2;u=x", "geo:nan,1", "geo:inf,1", "1,2,3"]
)
def test_what_is_no_point(text: str) -> None:
    assert point_of(text) is None
