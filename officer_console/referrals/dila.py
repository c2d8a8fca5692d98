"""Rows of the French administration's open directory (DILA, "base de données locales", JSON) as places.

Fields may be missing, null, "" or, as in the copies of its web interface, JSON inside a text: all of that is read, and
a row that still makes no place says why. Nothing is raised for any row. Shape as read in public copies of 2021 to 2026:

    {"service": [{"id": "…", "nom": "…",
      "pivot": [{"type_service_local": "gendarmerie", "code_insee_commune": ["01004"]}],
      "adresse": [{"type_adresse": "Adresse", "numero_voie": "…", "code_postal": "…", "nom_commune": "…",
        "longitude": "…", "latitude": "…"}], "telephone": [{"valeur": "…", "description": "…"}],
      "plage_ouverture": [{"nom_jour_debut": "Lundi", "nom_jour_fin": "Vendredi", "valeur_heure_debut_1": "08:00:00",
        "valeur_heure_fin_1": "12:00:00", "valeur_heure_debut_2": "", "valeur_heure_fin_2": "", "commentaire": ""}],
      "site_internet": [{"valeur": "…"}], "adresse_courriel": ["…"], "code_insee_commune": "01004", …}]}

About 20 µs a row that is not wanted, 80 µs one that is.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from officer_console.locale import N_
from officer_console.model.text import one_line

from .departments import department_of, department_of_commune
from .dila_hours import hours_from
from .phones import is_phone
from .places import Kind, Place, kinds_by_type

NO_NAME: Final = N_("no name")
NO_ADDRESS: Final = N_("no address in France")
NO_ID: Final = N_("no id")
NO_TABLE: Final = N_("not a table")
_INSEE: Final = re.compile(r"\d[\dAB]\d{3}", re.ASCII)
_POSTCODE: Final = re.compile(r"\d{5}", re.ASCII)
_STREET: Final = "Adresse"


class Commune(msgspec.Struct, frozen=True):
    """That a commune has a postcode, and a point in it: every row tells one, a town hall's for each commune."""

    postcode: str
    insee: str
    town: str
    lat: float | None
    lon: float | None


class Taken(msgspec.Struct, frozen=True):
    """A wanted row: the place, and the communes (INSEE codes) that it is competent for."""

    place: Place
    communes: frozenset[str]


class Reading(msgspec.Struct, frozen=True):
    """What one row gave. `refused`: why a wanted row makes no place."""

    taken: tuple[Taken, ...] = ()
    commune: Commune | None = None
    refused: str = ""


def read_row(row: object) -> Reading:
    """What a row tells; a row of a type that is not wanted tells its commune alone."""
    if not isinstance(row, dict):
        return Reading(refused=NO_TABLE)
    address = _address(row)
    commune = _commune(row, address)
    wanted = _wanted(row)
    if not wanted:
        return Reading(commune=commune)
    if problem := _problem(row, address):
        return Reading(commune=commune, refused=problem)
    place = _place(row, address, next(iter(wanted)))
    taken = tuple(
        Taken(place if at == 0 else msgspec.structs.replace(place, id=f"{place.id}-{kind}", kind=kind), communes)
        for at, (kind, communes) in enumerate(wanted.items())
    )
    return Reading(taken, commune)


def _problem(row: Mapping[str, Any], address: Mapping[str, Any]) -> str:
    if not _text(row.get("id"), 80):
        return NO_ID
    if not _text(row.get("nom")):
        return NO_NAME
    return "" if department_of(_postcode(address)) else NO_ADDRESS


def _place(row: Mapping[str, Any], address: Mapping[str, Any], kind: Kind) -> Place:
    lat, lon = _point(address)
    hours, note = hours_from(listed(row.get("plage_ouverture")))
    postcode = _postcode(address)
    return Place(
        id=_text(row.get("id"), 80),
        kind=kind,
        name=_text(row.get("nom")),
        address=_text(address.get("numero_voie")) or _text(address.get("complement1")),
        postcode=postcode,
        town=_text(address.get("nom_commune")),
        insee=_insee(row.get("code_insee_commune")),
        department=department_of_commune(_insee(row.get("code_insee_commune"))) or department_of(postcode),
        lat=lat,
        lon=lon,
        phone=next(filter(is_phone, _values(row.get("telephone"))), ""),
        mail=next((mail for mail in _values(row.get("adresse_courriel")) if "@" in mail), ""),
        web=next((web for web in _values(row.get("site_internet")) if web.startswith("http")), ""),
        hours=hours,
        hours_note=note or _text(row.get("commentaire_plage_ouverture"), 300),
    )


def _wanted(row: Mapping[str, Any]) -> dict[Kind, frozenset[str]]:
    """The wanted kinds of a row, each with the communes that it is competent for."""
    wanted: dict[Kind, frozenset[str]] = {}
    for pivot in listed(row.get("pivot")):
        name = pivot.get("type_service_local") if isinstance(pivot, dict) else pivot
        kind = kinds_by_type().get(name) if isinstance(name, str) else None
        if kind:
            codes = listed(pivot.get("code_insee_commune")) if isinstance(pivot, dict) else []
            wanted[kind] = wanted.get(kind, frozenset()) | frozenset(filter(None, map(_insee, codes)))
    return wanted


def _commune(row: Mapping[str, Any], address: Mapping[str, Any]) -> Commune | None:
    postcode, insee = _postcode(address), _insee(row.get("code_insee_commune"))
    if not insee:  # a town hall's pivot names its commune when the row itself does not
        codes = [
            code
            for pivot in listed(row.get("pivot"))
            if isinstance(pivot, dict)
            for code in listed(pivot.get("code_insee_commune"))
        ]
        insee = _insee(codes[0]) if len(codes) == 1 else ""
    if not postcode or not insee:
        return None
    return Commune(postcode, insee, _text(address.get("nom_commune")), *_point(address))


def _address(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Its street address, else the first one."""
    addresses = [address for address in listed(row.get("adresse")) if isinstance(address, dict)]
    streets = [address for address in addresses if address.get("type_adresse") == _STREET]
    return next(iter([*streets, *addresses]), {})


def _point(address: Mapping[str, Any]) -> tuple[float | None, float | None]:
    try:
        lat, lon = float(address.get("latitude") or "nan"), float(address.get("longitude") or "nan")
    except (TypeError, ValueError, OverflowError):
        return None, None
    sound = math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180  # noqa: PLR2004 - degrees
    return (lat, lon) if sound and (lat or lon) else (None, None)


def _postcode(address: Mapping[str, Any]) -> str:
    code = address.get("code_postal")
    return code if isinstance(code, str) and _POSTCODE.fullmatch(code) else ""


def _insee(code: object) -> str:
    return code if isinstance(code, str) and _INSEE.fullmatch(code) else ""


def _values(value: object) -> Iterator[str]:
    """The texts of a list of texts or of tables with a "valeur"."""
    for one in listed(value):
        text = _text(one.get("valeur") if isinstance(one, dict) else one)
        if text:
            yield text


def _text(value: object, limit: int = 200) -> str:
    return one_line(value, limit) if isinstance(value, str) else ""


def listed(value: object) -> list[Any]:
    """A field as a list, whether it is one, a single thing, or JSON inside a text."""
    if isinstance(value, str):
        if value[:1] not in ("[", "{"):
            return [value] if value else []
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    if isinstance(value, list):
        return value
    return [] if value is None or isinstance(value, bool) else [value]
