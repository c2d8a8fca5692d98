"""The page's session under any order of writing, answers, cuts, silence, repetitions, refusals and sleep."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from officer_console.relay.page.build import SCRIPTS

from . import node

BEFORE, AFTER = (Path(__file__).parent / "fake_relay.js").read_text().split("// ---- the page's sources ----")
SESSION = [(node.FOLDER / f"{name}.js").read_text() for name in SCRIPTS[: SCRIPTS.index("view")]]
RUN = (
    f"return new (async () => {{}}).constructor('given', {json.dumps(chr(10).join([BEFORE, *SESSION, AFTER]))})(given);"
)
USUAL = ("say", "answer", "where", "help", "up", "up", "up", "down", "down", "down", "second")
UNUSUAL = ("cut", "silence", "again", "rate", "sleep", "quarter")


def courses(count: int, length: int) -> list[list[str]]:
    """Courses of events, always the same ones: for each, its own mixture of bad luck."""
    made = []
    for seed in range(count):
        chance = random.Random(seed)
        steps = [*USUAL * chance.randint(1, 4), *chance.sample(UNUSUAL, chance.randint(1, len(UNUSUAL)))]
        made.append(chance.choices(steps, k=length))
    return made


def play(courses: list[list[str]]) -> list[dict[str, Any]]:
    results = node.each(RUN, [{"steps": steps} for steps in courses])
    return [result.get("value", result) for result in results]


def test_in_any_order_of_events_everything_arrives_once() -> None:
    all_courses = courses(150, 40)
    for steps, end in zip(all_courses, play(all_courses), strict=True):
        assert end.get("about") == "about", (steps, end)
        assert end["atDesk"] == end["me"], steps
        assert end["onPage"] == end["desk"], steps
        assert end["marks"] == ["stored"] * len(end["me"]), steps
        assert end["notes"] == [], steps


def test_a_desk_key_that_ran_out_before_the_first_message() -> None:
    early = ["up", "down"]
    late = [*early, "say", "cut"]
    for steps in ([*early, "rotate", "say", "say"], [*late, "rotate", "say"], [*early, "rotate", "say", "up", "cut"]):
        (end,) = play([steps])
        assert end["atDesk"] == end["me"], (steps, end)
        assert set(end["marks"]) == {"stored"}


def test_slept_for_an_hour_on_a_dead_link() -> None:
    talking = ["up", "down", "say", *["up"] * 3, *["down"] * 4]
    (end,) = play([[*talking, "silence", "answer", "say", "sleep", "up", *["down"] * 5]])
    assert end["early"] == end["onPage"] == end["desk"] == ["text 0"]
    assert end["atDesk"] == end["me"]


def test_the_officer_who_takes_it_sees_her_soon() -> None:
    talking = ["up", "down", "say", *["up"] * 3, *["down"] * 4, *["second"] * 3, *["up"] * 3, "free", "down"]
    waits = [*["second"] * 3, "up"]
    ends = play(
        [[*talking, *waits], [*talking, "held", "down", *waits], [*talking, "held", "held", "down", "down", *waits]]
    )
    alone, taken, told_twice = (end["livesEarly"] for end in ends)
    assert taken == told_twice == alone + 1
