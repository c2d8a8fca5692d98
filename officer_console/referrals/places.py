"""A local place: a police station, a brigade, a victim help office, a CIDFF, a court. Where it is and for whom."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

from officer_console.locale import N_

from .hours import UNKNOWN, Hours, HoursError, parse

Kind = Literal["police", "gendarmerie", "victims", "cidff", "court", "justice"]
KINDS: Final[Mapping[Kind, str]] = {
    "police": N_("police station"),
    "gendarmerie": N_("gendarmerie"),
    "victims": N_("victim help office"),
    "cidff": N_("information centre on women’s rights"),
    "court": N_("court"),
    "justice": N_("legal advice centre"),
}
EARTH_KM: Final = 6371.0088
"""Mean radius (IUGG)."""


class Point(msgspec.Struct, frozen=True):
    """Degrees, WGS 84."""

    lat: float
    lon: float

    def km_to(self, other: Point) -> float:
        """Distance over the ground, by the haversine formula."""
        a, b = math.radians(self.lat), math.radians(other.lat)
        across = math.sin((b - a) / 2) ** 2
        along = math.sin(math.radians(other.lon - self.lon) / 2) ** 2
        return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, across + math.cos(a) * math.cos(b) * along)))


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One local place. `hours` as in hours.py; `hours_note`: what they can't say. `insee`: its own commune."""

    id: str
    kind: Kind
    name: str
    address: str = ""
    postcode: str = ""
    town: str = ""
    insee: str = ""
    department: str = ""
    lat: float | None = None
    lon: float | None = None
    phone: str = ""
    mail: str = ""
    web: str = ""
    hours: str = UNKNOWN
    hours_note: str = ""

    @property
    def point(self) -> Point | None:
        return Point(self.lat, self.lon) if self.lat is not None and self.lon is not None else None

    @property
    def opening_hours(self) -> Hours:
        """When it is open; unknown when a file that somebody changed by hand says nonsense."""
        try:
            return parse(self.hours)
        except HoursError:
            return parse(UNKNOWN)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where the places come from: what the licence asks to be quoted."""

    file: str
    date: str
    imported_on: str
    places: int
    licence: str = "Licence Ouverte 2.0"
    publisher: str = "Service-Public.gouv.fr / DILA"
    dataset: str = "Annuaire de l’administration, base de données locales"
    address: str = (
        "https://www.data.gouv.fr/datasets/service-public-fr-annuaire-de-l-administration-base-de-donnees-locales/"
    )

    def quoted(self) -> str:
        """The line that is shown wherever a place is."""
        return f"{self.publisher}, {self.dataset}, {self.file} ({self.date}), {self.licence}, {self.address}"


@cache
def kinds_by_type() -> Mapping[str, Kind]:
    """The open directory's types that are taken, and as what (data/kinds.toml)."""
    data = tomllib.loads(files(__package__).joinpath("data", "kinds.toml").read_text("utf-8"))
    kinds = msgspec.convert(data, dict[Kind, list[str]])
    return {name: kind for kind, names in kinds.items() for name in names}
