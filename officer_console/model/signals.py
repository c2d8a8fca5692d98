"""The danger signals: what software may propose and only an officer confirms. Their meaning is told in the lexicons."""

from __future__ import annotations

from typing import Final

import msgspec

SIGNALS: Final = (
    "en_cours", "arme", "etranglement", "menace_mort", "enfants", "separation", "sequestration", "suicide_victime",
    "suicide_auteur", "sexuel", "aggravation", "controle", "blessure", "coups", "substances", "animaux",
)  # fmt: skip
"""Ids, the gravest first."""


class Confirmed(msgspec.Struct, frozen=True):
    """A signal that an officer has confirmed: which, the id of the message that showed it ("": none), who, when (ms by
    the relay's clock; 0 while it is on its way)."""

    signal: str
    message: str
    by: str
    at: int
