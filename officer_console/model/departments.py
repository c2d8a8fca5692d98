"""Which French department or overseas territory a postcode lies in. Their names stand in referrals/data."""

from __future__ import annotations

import re
from typing import Final

_POSTCODE: Final = re.compile(r"\d{5}", re.ASCII)
_SOUTH_CORSICA: Final = ("200", "201")
_OVERSEAS: Final = ("97", "98")
NUMBERS: Final = frozenset(
    {f"{number:02}" for number in (*range(1, 20), *range(21, 96))}
    | {"2A", "2B", *(f"97{last}" for last in range(1, 9)), "986", "987", "988"}
)
"""Source: INSEE, Code officiel géographique."""


def department_of(postcode: str) -> str:
    """The department's number of a French postcode; "" when it is no postcode of one."""
    if not _POSTCODE.fullmatch(postcode):
        return ""
    if postcode.startswith("20"):
        return "2A" if postcode.startswith(_SOUTH_CORSICA) else "2B"
    start = postcode[:3] if postcode.startswith(_OVERSEAS) else postcode[:2]
    return start if start in NUMBERS else ""


def as_number(typed: str) -> str:
    """The number of a department as people type it ("1", "01", "2a", "971"); "" when there is none."""
    number = typed.upper().zfill(2)
    return number if number in NUMBERS else ""
