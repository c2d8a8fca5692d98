"""Figures in words: what each measure is called, and how a number that may not be shown is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from officer_console.locale import N_, _
from officer_console.model.figures import MORE, TIMES
from officer_console.model.shown_figures import HIDDEN, LEAST, WITHHELD, Shown

MINUTE, HOUR = 60, 3600

MEASURES: Final[Mapping[str, str]] = {
    "arrived": N_("Began to wait"),
    "left": N_("Left before an answer"),
    "put_back": N_("Put back for a colleague"),
    "handed_over": N_("Handed over to a colleague"),
    "assigned": N_("Given to an officer by a lead"),
    "lead_in": N_("A lead read along or joined"),
    "closed": N_("Closed"),
    "reopened": N_("Wrote again after the close"),
    "urgent": N_("Urgency raised by an officer"),
    "signal": N_("Danger signals confirmed"),
    "referred": N_("Referrals given"),
    "callback": N_("Call backs asked for"),
    "patrol": N_("Patrols asked for"),
    "patrol_acknowledged": N_("Patrols acknowledged by the room"),
    "patrol_refused": N_("Patrols refused by the room"),
    "patrol_cancelled": N_("Patrols cancelled by an officer"),
    "erased": N_("Erased"),
    "wait": N_("Until an officer took it"),
    "answer": N_("Until the first answer"),
    "length": N_("From opening to the close"),
    "language": N_("Language"),
    "department": N_("Department"),
    "outcome": N_("Outcome"),
    "referral": N_("Kind of referral"),
    "urgency": N_("Urgency at the close"),
}


def number(shown: Shown) -> str:
    """A figure as it is written: "25", "<5", or "·" for one that is withheld."""
    return {HIDDEN: f"<{LEAST}", WITHHELD: "·"}.get(shown, str(shown))


def explained() -> str:
    """How to read them."""
    return _(
        "1 to 4 is shown as <5, all else rounded to the nearest 5; · is a total that would give a hidden number away."
    )


def step(measure: str, value: str) -> str:
    """A step of a time: "< 30 s", "30 s – 1 min", "≥ 1 h"."""
    steps = TIMES[measure]
    place = steps.index(value)
    if place == 0:
        return f"< {_seconds(value)}"
    before = _seconds(steps[place - 1])
    return f"≥ {before}" if value == MORE else f"{before} – {_seconds(value)}"


def _seconds(value: str) -> str:
    count = int(value)
    if count < MINUTE:
        return _("{n} s").format(n=count)
    if count < HOUR:
        return _("{n} min").format(n=count // MINUTE)
    return _("{n} h").format(n=count // HOUR)
