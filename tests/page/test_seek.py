"""Asking the device where it is, in Node: what is passed on, in which numbers, and when the asking ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officer_console.model.bodies import Place
from officer_console.protocol import codec
from officer_console.relay.page.build import SCRIPTS

from . import node

BEFORE, AFTER = (Path(__file__).parent / "fake_place.js").read_text().split("// ---- the page's sources ----")
SOURCES = [(node.FOLDER / f"{name}.js").read_text() for name in SCRIPTS[: SCRIPTS.index("view")]]
CODE = json.dumps("\n".join([BEFORE, *SOURCES, AFTER]))
RUN = f"return new Function('given', {CODE})(given);"
NOW = 10**12
SEEK = {"enableHighAccuracy": True, "timeout": 20_000, "maximumAge": 0}
HERE = ["at", 48.8041999, 2.1204004, 34.2]
Step = list[Any]


def play(*steps: Step) -> dict[str, Any]:
    (result,) = node.each(RUN, [{"steps": steps}])
    assert "value" in result, result
    return dict(result["value"])


def place(lat: int, lon: int, acc: int, at: int = 0) -> dict[str, int]:
    return {"ts": NOW + at, "lat": lat, "lon": lon, "acc": acc}


def test_a_good_one_is_passed_on_and_that_is_all() -> None:
    end = play(["seek"], HERE)
    assert end["told"] == ["seeking", place(48_804_200, 2_120_400, 35), ""]
    assert end["calls"] == [["once", SEEK]]
    assert (end["watching"], end["alarms"]) == (0, 0)


def test_nothing_is_asked_before() -> None:
    assert play()["calls"] == play(["stop"])["calls"] == []


def test_an_imprecise_one_goes_at_once_and_one_that_is_twice_as_precise_follows() -> None:
    end = play(["seek"], ["at", 48, 2, 1000], ["at", 48.1, 2, 501], ["at", 48.2, 2, 500], ["at", 48.3, 2, 10])
    first, better = place(48_000_000, 2_000_000, 1000), place(48_200_000, 2_000_000, 500)
    assert end["told"] == ["seeking", first, "better", better, ""]
    assert end["calls"] == [["once", SEEK], ["watch", SEEK], ["clear", 1]]
    assert (end["watching"], end["alarms"]) == (0, 0)


@pytest.mark.parametrize("meanwhile", [[], [["fail", 1]], [["fail", 3], ["at", 48, 2, 900]]])
def test_a_better_one_is_waited_for_no_longer_than_twenty_seconds(meanwhile: list[Step]) -> None:
    end = play(["seek"], ["at", 48, 2, 101], *meanwhile, ["wait", 19], ["wait", 1], ["at", 48, 2, 1])
    assert end["told"] == ["seeking", place(48_000_000, 2_000_000, 101), "better", ""]
    assert end["calls"][-1] == ["clear", 1]
    assert (end["watching"], end["alarms"]) == (0, 0)


def test_a_hundred_metres_are_good_enough() -> None:
    assert play(["seek"], ["at", 48, 2, 100])["calls"] == [["once", SEEK]]


@pytest.mark.parametrize(("code", "word"), [(1, "denied"), (2, "unfound"), (3, "slow"), (0, "unfound"), (9, "unfound")])
def test_why_there_is_none(code: int, word: str) -> None:
    end = play(["seek"], ["fail", code], ["wait", 100])
    assert end["told"] == ["seeking", word]
    assert end["alarms"] == 0


@pytest.mark.parametrize("broken", [[], [48], [48, 2], ["x", 2, 3], [48, {}, 3], [48, 2, "x"], [48, 2, -5]])
def test_a_device_that_tells_no_numbers_has_told_nothing(broken: list[Any]) -> None:
    end = play(["seek"], ["at", *broken])
    assert end["told"] == ["seeking", "unfound"]
    assert (end["watching"], end["alarms"]) == (0, 0)


def test_a_browser_that_never_answers_can_be_asked_again_and_counts_once() -> None:
    end = play(["seek"], ["wait", 60], ["seek"], HERE, HERE)
    assert end["told"] == ["seeking", "slow", "seeking", place(48_804_200, 2_120_400, 35, 60_000), ""]


def test_an_answer_that_comes_late_is_still_hers() -> None:
    end = play(["seek"], ["wait", 300], HERE)
    assert end["told"] == ["seeking", "slow", place(48_804_200, 2_120_400, 35, 300_000), ""]


@pytest.mark.parametrize("before", [[], [["at", 48, 2, 500]]])
def test_stopped_it_reads_and_tells_nothing_more(before: list[Step]) -> None:
    end = play(["seek"], *before, ["stop"], HERE, ["fail", 1], ["wait", 100])
    assert end["told"] == play(["seek"], *before)["told"]
    assert (end["watching"], end["alarms"]) == (0, 0)


@given(st.lists(st.tuples(*[st.floats(-1e9, 1e9)] * 2, st.floats(0, 1e12)), min_size=1, max_size=40))
@settings(max_examples=15)
def test_whatever_the_device_tells_the_desk_can_read(coords: list[tuple[float, float, float]]) -> None:
    results = node.each(RUN, [{"steps": [["seek"], ["at", *each]]} for each in coords])
    for (lat, _lon, acc), result in zip(coords, results, strict=True):
        told = result["value"]["told"][1]
        read = codec.body(json.dumps({"k": "place", **told}).encode(), Place)
        assert read.acc >= min(acc, 10**8)
        assert abs(read.lat - max(-90.0, min(90.0, lat)) * 1e6) <= 1
