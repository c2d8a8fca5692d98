"""Invented rows in the shape of the open directory: towns on a grid over France, each with its town hall and, here and
there, a police station, a brigade, a court and offices that help victims."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STARTS = [
    "Bel",
    "Mont",
    "Ville",
    "Saint-Martin",
    "Saint-Pierre",
    "Roche",
    "Font",
    "Cas",
    "Char",
    "Cour",
    "Beau",
    "Val",
    "Neu",
    "Vieux",
    "Pont",
    "Mar",
    "Tour",
    "Lan",
]
ENDS = [
    "court",
    "ville",
    "mont",
    "le",
    "Roi",
    "fort",
    "heim",
    "ac",
    "ny",
    "gny",
    "sur-Mer",
    "en-Bois",
    "les-Bains",
    "val",
    "bourg",
    "ières",
    "olles",
    "uze",
    "euil",
]
STREETS = [
    "de la République",
    "du Moulin",
    "des Lilas",
    "Victor-Hugo",
    "de la Gare",
    "Jean-Jaurès",
    "de l’Église",
    "du 8-Mai-1945",
]
WANTED = {
    "commissariat_police": "Commissariat de police - {town}",
    "gendarmerie": "Brigade de gendarmerie - {town}",
    "bav": "Bureau d’aide aux victimes - {town}",
    "cidf": "Centre d’information sur les droits des femmes et des familles (CIDFF) - {town}",
    "tgi": "Tribunal judiciaire - {town}",
    "mjd": "Maison de justice et du droit - {town}",
}
WEEK = [
    {
        "nom_jour_debut": "Lundi",
        "nom_jour_fin": "Vendredi",
        "valeur_heure_debut_1": "08:30:00",
        "valeur_heure_fin_1": "12:00:00",
        "valeur_heure_debut_2": "14:00:00",
        "valeur_heure_fin_2": "18:00:00",
        "commentaire": "",
    }
]


def row(kind: str, name: str, insee: str, **changes: Any) -> dict[str, Any]:
    """One row as the directory has it; `changes` replace its fields."""
    made: dict[str, Any] = {
        "id": f"{kind}-{insee}",
        "nom": name,
        "pivot": [{"type_service_local": kind, "code_insee_commune": [insee]}],
        "adresse": [
            {
                "type_adresse": "Adresse",
                "numero_voie": "1 rue du Moulin",
                "complement1": "",
                "code_postal": f"{insee[:2]}000",
                "nom_commune": name.rpartition(" - ")[2],
                "longitude": "2.35",
                "latitude": "48.85",
            }
        ],
        "telephone": [{"valeur": "01 02 03 04 05", "description": ""}],
        "site_internet": [{"libelle": "", "valeur": "https://www.example.fr"}],
        "adresse_courriel": ["accueil@example.fr"],
        "plage_ouverture": WEEK,
        "code_insee_commune": insee,
        "categorie": "SL",
    }
    return made | changes


def rows(places: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Rows with `places` wanted ones among them, of as many towns as France has for 60,000."""
    dice = random.Random(seed)
    towns = [_town(number, dice) for number in range(max(1, places * 3 // 5))]
    for town in towns:
        yield row("mairie", f"Mairie - {town['name']}", town["insee"], adresse=[_address(town, dice)])
    kinds = list(WANTED)
    for number in range(places):
        kind, town = kinds[number % len(kinds)], towns[number % len(towns)]
        served = [towns[(number + more) % len(towns)]["insee"] for more in range(dice.randrange(1, 6))]
        yield row(
            kind,
            WANTED[kind].format(town=town["name"]),
            town["insee"],
            id=f"{kind}-{number}",
            pivot=[{"type_service_local": kind, "code_insee_commune": served}],
            adresse=[_address(town, dice)],
            telephone=[{"valeur": f"0{dice.randrange(1, 6)} {number % 100:02} {number // 100 % 100:02} 00 11"}],
        )


def written(file: Path, made: Iterator[dict[str, Any]]) -> Path:
    """The rows as the directory's file."""
    with file.open("w", encoding="utf-8") as out:
        out.write('{"service": [')
        for number, one in enumerate(made):
            out.write(("," if number else "") + json.dumps(one, ensure_ascii=False))
        out.write("]}")
    return file


def _town(number: int, dice: random.Random) -> dict[str, Any]:
    department = number % 95 + 1
    code = "2A" if department == 20 else f"{department:02}"
    return {
        "name": f"{dice.choice(STARTS)}{dice.choice('aeiou')}{dice.choice('bcdlmnrst')}{dice.choice(ENDS)}",
        "insee": f"{code}{number // 95 % 1000:03}",
        "postcode": f"{department:02}{number // 95 % 90:02}0",
        "lat": 43 + (department % 10) * 0.75 + dice.random() * 0.7,
        "lon": -1 + (department // 10) * 0.85 + dice.random() * 0.8,
    }


def _address(town: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    return {
        "type_adresse": "Adresse",
        "numero_voie": f"{dice.randrange(1, 99)} rue {dice.choice(STREETS)}",
        "code_postal": town["postcode"],
        "nom_commune": town["name"],
        "longitude": f"{town['lon'] + dice.random() / 100:.6f}",
        "latitude": f"{town['lat'] + dice.random() / 100:.6f}",
    }
