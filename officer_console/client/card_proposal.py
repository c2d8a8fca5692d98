"""The hand-over card that an officer begins with: what is known of a conversation. He reads and edits every word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from officer_console.locale import N_, _
from officer_console.model.handover import MOST_CHARACTERS, Card
from officer_console.model.promises import promises
from officer_console.model.transcript import Kind, Line

FACTS: Final = (
    ("places", N_("Place")), ("postcodes", N_("Postcode")), ("cities", N_("Town")), ("floors", N_("Floor")),
    ("codes", N_("Door code")), ("now", N_("Happening now")), ("weapon", N_("Weapon")), ("injuries", N_("Injuries")),
    ("children", N_("Children")), ("people", N_("Who is there")), ("author", N_("Author looks")),
)  # fmt: skip
"""Attributes of known.Known that have candidates -> what the card calls them."""


def proposed(
    lines: Sequence[Line], me: str, postcode: str, language: str, signals: Sequence[str], referrals: Sequence[str]
) -> Card:
    """A card of what the visitor told, what `me` promised her, and the signals and referrals that there are."""
    said = (line.text for line in lines if line.kind is Kind.OFFICER and line.who == me)
    return Card(
        facts=_facts(lines, postcode, language)[:MOST_CHARACTERS],
        signals=tuple(signals),
        promises="\n".join(promises(said))[:MOST_CHARACTERS],
        referrals=tuple(referrals),
    )


def _facts(lines: Sequence[Line], postcode: str, language: str) -> str:
    """The best candidate of each kind, one a line, in her own words."""
    from officer_console.model.known import known  # 25 ms that no console should wait for at its start

    found = known(lines, postcode, language)
    told = ((label, getattr(found, name)) for name, label in FACTS)
    return "\n".join(f"{_(label)}: {candidates[0].text}" for label, candidates in told if candidates)
