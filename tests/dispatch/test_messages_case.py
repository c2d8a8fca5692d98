"""Requests as RC-EDA: all that the officer wrote arrives, at a place where a dispatcher sees it, and nothing else."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officer_console.dispatch.messages.asked import Asked
from officer_console.dispatch.messages.case import cancel, report, update
from officer_console.dispatch.messages.codes import COUNTRIES, NATURES, country, precision
from officer_console.dispatch.messages.names import Parties, Stamp
from officer_console.dispatch.messages.outgoing import EDXL, outgoing
from officer_console.dispatch.messages.picture import CHANGES
from officer_console.dispatch.messages.place import LABEL, loc_label
from officer_console.dispatch.messages.wording import LABELS, PHRASES
from officer_console.model import patrol
from officer_console.model.patrol import LIMITS, PatrolRequest, Point

from .messages_requests import AT, CASE, FIRST, LATER, OURS, TEXT_FIELDS, asking, askings, parties, requests
from .messages_schemas import faults, inside, needs_schemas

HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufffe\uffff]"
)
KINDS = tuple(EDXL)


def case_of(message: dict[str, Any]) -> dict[str, Any]:
    return inside(message)["createCase"]  # type: ignore[no-any-return]


def notes(alert: dict[str, Any]) -> list[str]:
    return [note["freetext"] for note in alert["notes"]]


def strings(part: Any) -> list[str]:
    """All strings of a message."""
    if isinstance(part, str):
        return [part]
    parts = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
    return [text for each in parts for text in strings(each)]


def next_asking(request: PatrolRequest, previous: PatrolRequest | None = FIRST, **more: object) -> Asked:
    return asking(request, id=LATER, at=AT + 60_000, previous=previous, earlier=(Stamp(CASE, AT),), **more)


# ---- the whole of it ---------------------------------------------------------------------------------------------


@needs_schemas
@pytest.mark.parametrize("kind", KINDS)
@given(who=parties, asked=askings)
def test_whatever_an_officer_writes_the_message_is_valid(kind: str, who: Parties, asked: Asked) -> None:
    assert faults(json.loads(outgoing(who, asked, kind))) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
@given(who=parties, asked=askings)
def test_nothing_hidden_gets_into_a_message(kind: str, who: Parties, asked: Asked) -> None:
    for text in strings(EDXL[kind](who, asked)):
        assert not HIDDEN.search(text)
        assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("format", ["edxl", "cap"])
@given(who=parties, asked=askings)
@settings(max_examples=25)
def test_the_same_request_makes_the_same_bytes(kind: Any, format: Any, who: Parties, asked: Asked) -> None:
    again = msgspec.json.decode(msgspec.json.encode(who), type=Parties)
    copy = Asked(**{name: getattr(asked, name) for name in asked.__struct_fields__})
    assert outgoing(who, asked, kind, format) == outgoing(again, copy, kind, format)


@pytest.mark.parametrize("field", TEXT_FIELDS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_field_arrives_in_an_alert_and_in_an_update(field: str, language: Any) -> None:
    request = PatrolRequest(**{field: "Zebra 7", "language": language})
    assert any("Zebra 7" in text for text in strings(case_of(report(OURS, asking(request)))["initialAlert"]))
    assert any("Zebra 7" in text for text in strings(case_of(update(OURS, next_asking(request)))["newAlert"]))


@pytest.mark.parametrize("field", [*TEXT_FIELDS, "point", "silent", "nature", "language"])
def test_each_field_is_known_to_every_table(field: str) -> None:
    assert field in PatrolRequest.__struct_fields__
    if field != "language":
        assert field in CHANGES
        assert all(field in labels for labels in LABELS.values())


def test_no_field_of_a_request_is_forgotten() -> None:
    assert {*PatrolRequest.__struct_fields__} == {*CHANGES, "language"}


def test_both_languages_have_the_same_phrases() -> None:
    assert PHRASES["fr"].keys() == PHRASES["en"].keys()
    marks = {name: re.findall(r"{\w+}", text) for name, text in PHRASES["fr"].items()}
    assert marks == {name: re.findall(r"{\w+}", text) for name, text in PHRASES["en"].items()}


# ---- a report ----------------------------------------------------------------------------------------------------


def test_a_report_as_a_dispatcher_gets_it() -> None:
    message = report(OURS, asking())
    assert message["distributionID"] == inside(message)["messageId"] == f"fr.police.pvss_{CASE}"
    assert (message["distributionKind"], message["distributionStatus"]) == ("Report", "Exercise")
    assert (message["dateTimeSent"], message["dateTimeExpires"]) == (
        "2031-03-11T12:53:20+00:00",
        "2031-03-11T13:23:20+00:00",
    )
    assert message["descriptor"]["language"] == "fr-FR"
    case = case_of(message)
    assert case["caseId"] == f"fr.police.pvss.{CASE}"
    assert case["qualification"]["whatsHappen"] == {"code": "C02.15.04", "label": "Violences intra familiales"}
    assert [risk["code"] for risk in case["qualification"]["riskThreat"]] == ["R04", "R21", "R30", "R34"]
    assert case["initialAlert"]["callTaker"]["calltakerId"] == "Cap. Dupont"
    assert notes(case["initialAlert"])[:3] == [
        "APPROCHE DISCRÈTE : pas de sirène, ne pas appeler la victime",
        "Ce qui se passe : il frappe à la porte",
        "Arme : couteau de cuisine",
    ]
    assert notes(case["initialAlert"])[-1] == "Ce qu’elle lira quand la salle aura accepté : Une patrouille arrive."


def test_an_english_request_has_english_labels() -> None:
    message = report(OURS, asking(msgspec.structs.replace(FIRST, language="en")))
    assert message["descriptor"]["language"] == "en-GB"
    assert notes(case_of(message)["initialAlert"])[:2] == [
        "DISCREET APPROACH: no siren, do not call the victim",
        "What is happening: il frappe à la porte",
    ]


def test_the_words_for_her_stand_in_one_note_only() -> None:
    case = case_of(report(OURS, asking()))
    assert [text for text in strings(case) if FIRST.words in text] == [notes(case["initialAlert"])[-1]]


def test_a_discreet_approach_is_asked_for_in_two_places_or_nowhere() -> None:
    case = case_of(report(OURS, asking()))
    assert ("approche", "DISCRETE") in [
        (each["key"], each["value"]) for each in case["additionalInformation"]["customMap"]
    ]
    loud = case_of(report(OURS, asking(PatrolRequest(place="x", silent=False))))
    assert "additionalInformation" not in loud
    assert not any("DISCR" in text for text in strings(loud))


def test_exercise_and_the_real_thing_are_told_apart_on_both_levels() -> None:
    for exercise, status in ((True, "Exercise"), (False, "Actual")):
        message = report(msgspec.structs.replace(OURS, exercise=exercise), asking())
        assert (message["distributionStatus"], inside(message)["status"]) == (status, status)


def test_a_nature_has_the_standards_own_label() -> None:
    assert set(NATURES) == set(patrol.NATURES)


# ---- where -------------------------------------------------------------------------------------------------------


def test_floor_code_and_postcode_stand_in_the_line_that_every_room_shows() -> None:
    assert loc_label(FIRST) == "12 rue des Tilleuls, étage : 3e, code : 12B45, 99999 Exempleville"
    where = case_of(report(OURS, asking()))["location"]
    assert where["access"] == {"floor": "3e", "accessCode": ["12B45"]}
    assert where["detailedAddress"] == {"complete": "12 rue des Tilleuls"}


@given(request=requests)
def test_the_line_is_never_too_long_and_never_loses_floor_or_code(request: PatrolRequest) -> None:
    full = msgspec.structs.replace(request, floor="F" * LIMITS["floor"], code="C" * LIMITS["code"])
    line = loc_label(full)
    assert len(line) <= LABEL
    assert full.floor in line
    assert full.code in line


def test_a_long_address_is_cut_in_the_line_and_whole_elsewhere() -> None:
    long = PatrolRequest(**{name: name[0] * LIMITS[name] for name in ("place", "floor", "code", "postcode", "city")})
    where = case_of(report(OURS, asking(long)))["location"]
    assert len(where["locLabel"]) == LABEL
    assert where["locLabel"].endswith(long.city)
    assert where["detailedAddress"]["complete"] == long.place


def test_a_place_is_described_as_well_as_it_is_known() -> None:
    point = Point(46_500_000, -2_500_000, 30)
    assert loc_label(PatrolRequest(where="près du lavoir", point=point)) == "près du lavoir"
    assert loc_label(PatrolRequest(point=point, city="X")) == "46.5,-2.5 (à 30 m près), X"
    assert loc_label(PatrolRequest()) == "Lieu non précisé"
    where = case_of(report(OURS, asking(PatrolRequest(point=point))))["location"]
    assert where["geometry"]["point"]["coord"] == {"lat": 46.5, "lon": -2.5, "precision": "ADRESSE"}
    assert "à 30 m près" in where["freetext"]


def test_a_place_keeps_its_id_until_it_changes() -> None:
    first = case_of(report(OURS, asking()))["location"]["locID"]
    same = msgspec.structs.replace(FIRST, weapon="aucune")
    moved = msgspec.structs.replace(FIRST, place="14 rue des Tilleuls")
    assert case_of(update(OURS, next_asking(same)))["location"]["locID"] == first
    assert case_of(update(OURS, next_asking(moved)))["location"]["locID"] != first


@pytest.mark.parametrize(
    ("metres", "name"),
    [(0, "INCONNUE"), (10, "EXACTE"), (11, "ADRESSE"), (500, "RUE"), (501, "VILLE"), (10**6, "INCONNUE")],
)
def test_how_exact_a_point_is(metres: int, name: str) -> None:
    assert precision(metres) == name


def test_a_country_follows_from_the_senders_name() -> None:
    assert (country("be.police.x"), country("uk.police.x")) == ("BE", "FR")
    assert all(re.fullmatch("[A-Z]{2}", code) for code in COUNTRIES)


# ---- later requests ----------------------------------------------------------------------------------------------


def test_an_update_says_what_has_changed_and_then_everything() -> None:
    now = msgspec.structs.replace(FIRST, weapon="", now="il est parti à pied", silent=False)
    message = update(OURS, next_asking(now))
    case = case_of(message)
    assert (message["distributionID"], case["caseId"]) == (f"fr.police.pvss_{LATER}", f"fr.police.pvss.{CASE}")
    assert (message["distributionKind"], case["creation"]) == ("Update", "2031-03-11T12:53:20+00:00")
    assert "initialAlert" not in case
    assert notes(case["newAlert"][0])[:4] == [
        "CHANGEMENT – Ce qui se passe : il est parti à pied (avant : il frappe à la porte)",
        "CHANGEMENT – Arme : n’est plus indiqué (avant : couteau de cuisine)",
        "CHANGEMENT – Approche : pas de consigne de discrétion (avant : discrète)",
        "Ce qui se passe : il est parti à pied",
    ]
    assert case["location"]["locLabel"] == loc_label(now)


def test_an_update_begins_with_discretion_even_before_what_is_new() -> None:
    case = case_of(update(OURS, next_asking(msgspec.structs.replace(FIRST, now="il revient"))))
    assert notes(case["newAlert"][0])[0].startswith("APPROCHE DISCRÈTE")


def test_an_update_with_nothing_new_says_so() -> None:
    assert PHRASES["fr"]["unchanged"] in notes(case_of(update(OURS, next_asking(FIRST)))["newAlert"][0])


def test_an_update_whose_forerunner_is_not_known_tells_everything_and_no_change() -> None:
    told = notes(case_of(update(OURS, next_asking(FIRST, None)))["newAlert"][0])
    assert told == notes(case_of(report(OURS, asking()))["initialAlert"])


@given(before=requests, now=requests)
@settings(max_examples=50)
def test_every_change_is_told(before: PatrolRequest, now: PatrolRequest) -> None:
    new = set(patrol.changed(before, now)) - {"language"}
    told = notes(case_of(update(OURS, next_asking(now, before)))["newAlert"][0])
    assert sum(line.startswith(("CHANGEMENT", "CHANGE ")) for line in told) == len(new)


def test_a_cancelling_names_the_request_that_opened_the_case_and_says_why() -> None:
    message = cancel(OURS, next_asking(FIRST, reason="fausse alerte\n"))
    assert (message["distributionKind"], inside(message)["kind"]) == ("Cancel", "Cancel")
    assert inside(message)["reference"] == {"distributionID": f"fr.police.pvss_{CASE}", "step": "SUPPRIME"}
    assert inside(message)["freetext"] == ["Demande annulée par l’émetteur : fausse alerte"]
    assert inside(cancel(OURS, asking()))["freetext"] == ["Demande annulée par l’émetteur"]


@given(text=st.sampled_from(["../../etc", "a b", "", "x" * 65, "é", "a\n"]))
def test_what_is_no_id_makes_no_message(text: str) -> None:
    for kind in KINDS:
        with pytest.raises(ValueError, match="event's id"):
            EDXL[kind](OURS, asking(id=text))
        with pytest.raises(ValueError, match="event's id"):
            EDXL[kind](OURS, asking(case=text))
