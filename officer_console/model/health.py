"""How the queue is, in one light, by a rule that anybody can check: the rule stands beside the light."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from .conversation import State
from .overview import Overview
from .roster import OnDuty
from .timers import Timers


class Light(StrEnum):
    """Green: all is as promised. Amber: it is not. Red: somebody is left alone in danger, or will be."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class Crew(msgspec.Struct, frozen=True):
    """`there` ready to take; `on_break`; `leaving` at the end of their shift; `free` how many more conversations those
    who are there would take."""

    there: int = 0
    on_break: int = 0
    leaving: int = 0
    free: int = 0


class Health(msgspec.Struct, frozen=True):
    """`why`: what of the rule holds now, the gravest first: "danger", "nobody", "far_over" make it red; "urgent",
    "over", "no_room", "unanswered", "shut" amber."""

    light: Light
    why: tuple[str, ...] = ()


def crew_of(officers: Iterable[OnDuty], load: Callable[[str], int]) -> Crew:
    """Who of these is there for whom waits; `load` gives how many conversations an officer holds."""
    linked = [each for each in officers if each.linked]
    there = [each for each in linked if each.duty.doing == "here"]
    free = sum(max(0, each.duty.capacity - load(each.kid)) for each in there)
    on_break = sum(each.duty.doing == "break" for each in linked)
    return Crew(len(there), on_break, len(linked) - len(there) - on_break, free)


def health(overview: Overview, crew: Crew, timers: Timers, now: int, *, shut: bool = False) -> Health:
    """The light as it is at `now`; `shut`: a lead lets nobody new in."""
    target, waited = timers.wait_target_s * 1000, _since(overview.longest_since, now)
    red = {
        "danger": overview.waits_urgently == "red",
        "nobody": bool(overview.waits) and not crew.there,
        "far_over": waited > 2 * target,
    }
    amber = {
        "urgent": overview.waits_urgently == "amber",
        "over": target < waited <= 2 * target,
        "no_room": overview.count(State.WAITING) > crew.free,
        "unanswered": _since(overview.unanswered_since, now) > timers.answer_lead_s * 1000,
        "shut": shut,
    }
    light = Light.RED if any(red.values()) else Light.AMBER if any(amber.values()) else Light.GREEN
    return Health(light, tuple(why for why, holds in {**red, **amber}.items() if holds))


def _since(at: int, now: int) -> int:
    return max(0, now - at) if at else 0
