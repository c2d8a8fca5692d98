"""A handful of places of real towns, their addresses and numbers invented, for tests that look for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .made import WANTED, row

TOWNS = {
    "Paris 11e": ("75111", "75011", 48.858, 2.379),
    "Paris 18e": ("75118", "75018", 48.892, 2.348),
    "Saint-Denis": ("93066", "93200", 48.936, 2.357),
    "Bobigny": ("93008", "93000", 48.906, 2.445),
    "Lyon 3e": ("69383", "69003", 45.760, 4.849),
    "Villeurbanne": ("69266", "69100", 45.771, 4.890),
    "Bordeaux": ("33063", "33000", 44.838, -0.579),
    "Arcachon": ("33009", "33120", 44.658, -1.169),
    "Marseille 1er": ("13201", "13001", 43.297, 5.381),
    "Lille": ("59350", "59000", 50.637, 3.063),
    "Évreux": ("27229", "27000", 49.027, 1.151),
    "Les Andelys": ("27016", "27700", 49.246, 1.412),
    "Ajaccio": ("2A004", "20000", 41.919, 8.738),
    "Saint-Pierre": ("97416", "97410", -21.339, 55.478),
    "Châteauroux": ("36044", "36000", 46.811, 1.691),
}
POLICE_TOWNS = tuple(town for town in TOWNS if town not in ("Arcachon", "Les Andelys"))
COURT_TOWNS = ("Bobigny", "Lyon 3e", "Bordeaux", "Marseille 1er", "Lille", "Évreux", "Ajaccio", "Châteauroux")
BRIGADES = ("Arcachon", "Les Andelys", "Évreux", "Châteauroux", "Saint-Pierre")


def towns() -> Iterator[dict[str, Any]]:
    """Each town's hall, and its police, brigade, court and offices for victims; courts for their whole department."""
    for name, (insee, _postcode, _lat, _lon) in TOWNS.items():
        yield _row("mairie", f"Mairie - {name}", name, [insee])
        kinds = {
            "commissariat_police": name in POLICE_TOWNS,
            "gendarmerie": name in BRIGADES,
            "tgi": name in COURT_TOWNS,
            "cidf": name in COURT_TOWNS,
            "bav": name in COURT_TOWNS,
            "mjd": name in ("Saint-Denis", "Villeurbanne"),
        }
        for kind in (kind for kind, there in kinds.items() if there):
            yield _row(kind, WANTED[kind].format(town=name), name, _served(kind, insee))


def _served(kind: str, insee: str) -> list[str]:
    if kind not in ("tgi", "cidf"):
        return [insee]
    return [other for other, *_rest in TOWNS.values() if other[:2] == insee[:2]]


def _row(kind: str, title: str, name: str, served: list[str]) -> dict[str, Any]:
    insee, postcode, lat, lon = TOWNS[name]
    return row(
        kind,
        title,
        insee,
        pivot=[{"type_service_local": kind, "code_insee_commune": served}],
        adresse=[
            {
                "type_adresse": "Adresse",
                "numero_voie": "5 place de la Mairie",
                "code_postal": postcode,
                "nom_commune": name,
                "latitude": str(lat),
                "longitude": str(lon),
            }
        ],
    )
