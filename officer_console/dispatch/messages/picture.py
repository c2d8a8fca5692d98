"""A request as lines for a dispatcher to read: the whole picture, and what has changed in it."""

from __future__ import annotations

from typing import Final

from officer_console.model.patrol import PatrolRequest, changed

from .asked import Asked, label, phrase, shown, within
from .codes import NATURES

TOLD: Final = (
    "now", "weapon", "injuries", "children", "people", "author", "place", "where", "floor", "code", "contact", "note",
    "words",
)  # fmt: skip
"""Fields that become a line each, the most urgent first."""
CHANGES: Final = (*TOLD[:6], "nature", "place", "postcode", "city", "point", *TOLD[7:10], "silent", *TOLD[10:])
"""Fields whose change is told, in this order."""


def picture(asked: Asked, *, new: bool = False) -> list[str]:
    """First that she must not be heard, if so; with `new`, what has changed; then the whole of it, field by field."""
    discreet = [phrase(asked.request, "discreet")] if asked.request.silent else []
    return [*discreet, *(_changes(asked) if new else []), *lines(asked.request, TOLD)]


def lines(request: PatrolRequest, fields: tuple[str, ...]) -> list[str]:
    """A line for each of the fields that says something."""
    told = ((field, shown(request, field)) for field in fields)
    return [phrase(request, "field", label=label(request, field), value=value) for field, value in told if value]


def _changes(asked: Asked) -> list[str]:
    """A line for each field that says something else than the previous request; none without a previous one."""
    before, now = asked.previous, asked.request
    if before is None:
        return []
    new = changed(before, now)
    return [_change(before, now, field) for field in CHANGES if field in new] or [phrase(now, "unchanged")]


def _change(before: PatrolRequest, now: PatrolRequest, field: str) -> str:
    value, old = _value(now, field, now), _value(before, field, now)
    gone, unknown = phrase(now, "gone"), phrase(now, "unknown")
    return phrase(now, "change", label=label(now, field), value=value or gone, before=old or unknown)


def _value(request: PatrolRequest, field: str, speaks: PatrolRequest) -> str:
    """A field's value in the language of `speaks`."""
    if field == "nature":
        return NATURES[request.nature]
    if field == "silent":
        return phrase(speaks, "quiet" if request.silent else "open")
    return within(request) if field == "point" else shown(request, field)
