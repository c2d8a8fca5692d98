"""Rows of the open directory: read whatever shape they have, refused with a reason, never a crash."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.referrals.departments import department_of, department_of_commune
from officer_console.referrals.dila import NO_ADDRESS, NO_ID, NO_NAME, NO_TABLE, Commune, Reading, read_row
from officer_console.referrals.dila_hours import hours_from
from officer_console.referrals.hours import parse
from officer_console.referrals.places import Place

from .made import WEEK, row

POLICE = row("commissariat_police", "Commissariat de police - Lyon", "69123")


def place_of(reading: Reading) -> Place:
    (taken,) = reading.taken
    return taken.place


def test_a_row_is_read() -> None:
    reading = read_row(POLICE)
    place = place_of(reading)
    assert place == Place(
        id="commissariat_police-69123",
        kind="police",
        name="Commissariat de police - Lyon",
        address="1 rue du Moulin",
        postcode="69000",
        town="Lyon",
        insee="69123",
        department="69",
        lat=48.85,
        lon=2.35,
        phone="01 02 03 04 05",
        mail="accueil@example.fr",
        web="https://www.example.fr",
        hours="Mo-Fr 08:30-12:00,14:00-18:00",
    )
    assert reading.taken[0].communes == {"69123"}
    assert reading.commune == Commune("69000", "69123", "Lyon", 48.85, 2.35)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("commissariat_police", "police"), ("gendarmerie", "gendarmerie"),
        ("gendarmerie_departementale", "gendarmerie"),
        ("bav", "victims"), ("aav", "victims"), ("cidf", "cidff"), ("cidff", "cidff"), ("tgi", "court"),
        ("tj", "court"), ("mjd", "justice"),
    ],
)  # fmt: skip
def test_the_wanted_types(kind: str, expected: str) -> None:
    assert place_of(read_row(row(kind, "X - Lyon", "69123"))).kind == expected


@pytest.mark.parametrize("kind", ["mairie", "prefecture", "gendarmerie_moto", "", None, 3])
def test_other_types_tell_their_commune_alone(kind: Any) -> None:
    reading = read_row(row("x", "Mairie - Lyon", "69123", pivot=[{"type_service_local": kind}]))
    assert reading == Reading(commune=Commune("69000", "69123", "Lyon", 48.85, 2.35))


def test_the_shape_of_the_web_interface_where_lists_are_text() -> None:
    texts = {key: json.dumps(value) if isinstance(value, list) else value for key, value in POLICE.items()}
    assert read_row(texts) == read_row(POLICE)


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"id": ""}, NO_ID),
        ({"id": None}, NO_ID),
        ({"nom": "  "}, NO_NAME),
        ({"adresse": []}, NO_ADDRESS),
        ({"adresse": [{"code_postal": "1234"}]}, NO_ADDRESS),
        ({"adresse": [{"code_postal": "99999"}]}, NO_ADDRESS),
        ({"adresse": "nowhere"}, NO_ADDRESS),
    ],
)
def test_a_wanted_row_that_makes_no_place_says_why(changes: dict[str, Any], refused: str) -> None:
    reading = read_row(POLICE | changes)
    assert (reading.taken, reading.refused) == ((), refused)


@pytest.mark.parametrize("strange", [None, 3, "x", [], [[]]])
def test_what_is_no_row(strange: object) -> None:
    assert read_row(strange) == Reading(refused=NO_TABLE)


@pytest.mark.parametrize(
    ("field", "value", "attribute"),
    [
        ("telephone", None, "phone"),
        ("telephone", [{"valeur": "nothing"}], "phone"),
        ("adresse_courriel", "", "mail"),
        ("site_internet", [{"valeur": "javascript:alert(1)"}], "web"),
        ("code_insee_commune", 69123, "insee"),
    ],
)
def test_what_is_missing_or_strange_is_left_out(field: str, value: object, attribute: str) -> None:
    assert getattr(place_of(read_row(POLICE | {field: value})), attribute) == ""


def test_hidden_characters_are_shown_and_long_texts_cut() -> None:
    place = place_of(read_row(POLICE | {"nom": "Police\u202e - " + "x" * 500}))
    assert "<U+202E>" in place.name
    assert len(place.name) == 200


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("", ""), ("x", "2"), ("nan", "2"), ("0", "0"), ("91", "2"), ([], {}), ("1e999", "2")]
)
def test_points_that_are_none(latitude: object, longitude: object) -> None:
    address = POLICE["adresse"][0] | {"latitude": latitude, "longitude": longitude}
    assert place_of(read_row(POLICE | {"adresse": [address]})).point is None


def test_a_place_of_two_kinds_is_two_places() -> None:
    pivot = [
        {"type_service_local": "bav", "code_insee_commune": ["69123"]},
        {"type_service_local": "cidf", "code_insee_commune": ["69123", "69124", "6912"]},
    ]
    first, second = read_row(POLICE | {"pivot": pivot}).taken
    assert [first.place.kind, second.place.kind] == ["victims", "cidff"]
    assert first.place.id != second.place.id
    assert second.communes == {"69123", "69124"}


def day(first: str, last: str, *times: str, comment: str = "") -> dict[str, str]:
    keys = ("valeur_heure_debut_1", "valeur_heure_fin_1", "valeur_heure_debut_2", "valeur_heure_fin_2")
    return dict(zip(keys, times, strict=False)) | {
        "nom_jour_debut": first,
        "nom_jour_fin": last,
        "commentaire": comment,
    }


@pytest.mark.parametrize(
    ("ranges", "hours", "note"),
    [
        (WEEK, "Mo-Fr 08:30-12:00,14:00-18:00", ""),
        ([], "unknown", ""),
        ([day("Lundi", "Dimanche", "00:00:00", "23:59:00")], "24/7", ""),
        ([day("Lundi", "", "09:00:00", "12:00:00"), day("Mercredi", "Mercredi", "09:00:00", "12:00:00")],
         "Mo,We 09:00-12:00", ""),
        ([day("Samedi", "Lundi", "09:00:00", "12:00:00")], "Mo,Sa,Su 09:00-12:00", ""),
        ([day("Samedi", "Samedi", "09:00:00", "12:00:00", comment="Le 2e samedi")], "unknown",
         "Samedi 09:00-12:00 Le 2e samedi"),
        ([day("Lundi", "Mardi", "9h", "12h")], "unknown", "Lundi-Mardi"),
        ([day("Lundi", "Lundi", "09:00:00", "12:00:00"), day("Lundi", "Lundi", "11:00:00", "13:00:00")], "unknown",
         "Lundi 09:00-12:00 ; Lundi 11:00-13:00"),
        ([day("Monday", "Monday", "09:00:00", "12:00:00")], "unknown", "Monday 09:00-12:00"),
        ([None, 3, "x"], "unknown", ""),
    ],
)  # fmt: skip
def test_hours_of_the_directory(ranges: list[Any], hours: str, note: str) -> None:
    assert hours_from(ranges) == (hours, note)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["[", "{}", "[1]"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*WEEK[0], "valeur"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(list(POLICE)), VALUES, max_size=6))
def test_any_row_is_read_or_refused(changes: dict[str, Any]) -> None:
    reading = read_row(POLICE | changes)
    for taken in reading.taken:
        assert taken.place.name
        assert department_of(taken.place.postcode)
        parse(taken.place.hours)


@given(VALUES)
def test_any_value_is_a_row_or_none(value: object) -> None:
    read_row(value)


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [
        ("75011", "75"), ("01000", "01"), ("20000", "2A"), ("20137", "2A"), ("20200", "2B"), ("20600", "2B"),
        ("97110", "971"), ("97600", "976"), ("98800", "988"), ("00000", ""), ("99000", ""), ("7501", ""), ("97900", ""),
        ("", ""), ("75O11", ""),
    ],
)  # fmt: skip
def test_departments_of_postcodes(postcode: str, expected: str) -> None:
    assert department_of(postcode) == expected


def test_departments_of_communes() -> None:
    assert [department_of_commune(code) for code in ("69123", "2A004", "2B033", "97411", "")] == [
        "69", "2A", "2B", "974", "",
    ]  # fmt: skip
