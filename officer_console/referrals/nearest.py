"""Which place of a kind is meant for a postcode: the competent ones first, then the nearest ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from .departments import department_of
from .place_store import PlaceStore
from .places import Kind, Place, Point


class Near(msgspec.Struct, frozen=True):
    """A place and why it is told: it is competent there, it is near, or it is only in the same department.

    `km` over the ground from the middle of the postcode, None when one of both is not known.
    """

    place: Place
    why: Literal["competent", "near", "department"]
    km: float | None = None


def nearest_places(store: PlaceStore | None, postcode: str, kind: Kind, most: int = 3) -> list[Near]:
    """At most `most` places of a kind for a French postcode; none when it is no postcode or nothing was imported."""
    department = department_of(postcode)
    if store is None or not department:
        return []
    found: dict[str, Near] = {}
    for near in _candidates(store, postcode, department, kind, most):
        found.setdefault(near.place.id, near)
        if len(found) == most:
            break
    return list(found.values())


def _candidates(store: PlaceStore, postcode: str, department: str, kind: Kind, most: int) -> Iterator[Near]:
    middle = store.middle_of(postcode, department)
    insees = [commune.insee for commune in store.communes(postcode)]
    for place in store.competent(insees, kind):
        yield Near(place, "competent", _km(place, middle))
    if middle:
        for place in store.around(kind, middle, most):
            yield Near(place, "near", _km(place, middle))
    for place in store.in_department(kind, department, most):
        yield Near(place, "department", _km(place, middle))


def _km(place: Place, middle: Point | None) -> float | None:
    return round(place.point.km_to(middle), 1) if place.point and middle else None
