"""What is asked of the room, and its fields as text that may leave: one line, nothing hidden in it."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from officer_console.model.patrol import LIMITS, PatrolRequest, Point, geo
from officer_console.model.text import one_line

from .codes import NATURES
from .names import Stamp
from .wording import LABELS, PHRASES

Kind = Literal["report", "update", "cancel"]
LONGEST: Final = 1000
"""Characters of a field in a message: more than an officer can write, for hidden ones are spelt out."""
NAME: Final = 80


class Asked(msgspec.Struct, frozen=True):
    """One request of a case, or its cancelling.

    `case` the id of the event that opened the case, `id` this event's, `at` when, ms by the relay's clock. `previous`
    the request before this one; `earlier` all of the case before this one, oldest first, cancellings left out.
    `officer` who asks, by name; `reason` why it is cancelled.
    """

    case: str
    id: str
    at: int
    request: PatrolRequest = PatrolRequest()
    previous: PatrolRequest | None = None
    officer: str = ""
    reason: str = ""
    earlier: tuple[Stamp, ...] = ()

    @property
    def stamp(self) -> Stamp:
        return Stamp(self.id, self.at)

    @property
    def opened(self) -> Stamp:
        """The request that opened the case; its time is this one's where nothing earlier is known."""
        return self.earlier[0] if self.earlier else Stamp(self.case, self.at)

    @property
    def label(self) -> str:
        """What the kind of facts is called. Raises KeyError for a code that is none of `model.patrol.NATURES`."""
        return NATURES[self.request.nature]


def phrase(request: PatrolRequest, name: str, **values: object) -> str:
    """One of PHRASES in the language of the request."""
    return PHRASES[request.language][name].format(**values)


def label(request: PatrolRequest, field: str) -> str:
    """What a field is called in the language of the request."""
    return LABELS[request.language][field]


def shown(request: PatrolRequest, field: str) -> str:
    """What the officer wrote in a field, fit to leave; "" when nothing."""
    return one_line(getattr(request, field), LONGEST)


def short_of(request: PatrolRequest, field: str) -> str:
    """The same, never longer than the field may be."""
    return one_line(getattr(request, field), LIMITS[field])


def degrees(point: Point) -> str:
    """North and east in degrees: "46.5,2.5"."""
    return geo(point).removeprefix("geo:").partition(";")[0]


def within(request: PatrolRequest) -> str:
    """Where her device is and how exactly it knows; "" when unknown."""
    point = request.point
    return phrase(request, "within", value=degrees(point), metres=point.acc) if point else ""
