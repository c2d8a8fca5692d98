"""What is known of a conversation: whatever is said it holds, it quotes, and its request can be sent."""

from __future__ import annotations

import tomllib
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from officer_console.model.known import Found, Known, known, prefilled
from officer_console.model.patrol import LIMITS, NATURES, PatrolRequest, Point, dump_request, load_request
from officer_console.model.said import fold
from officer_console.model.transcript import Kind, Line

from .test_known_cues import WANTED
from .test_known_places import ENGLISH_PLACES, NO_PLACES, PLACES, texts

STORIES = Path(__file__).parents[2] / "officer_console/demo/stories"
FOUND = [name for name in Known.__struct_fields__ if name not in ("nature", "points")]
SAMPLES = [text for text, _place in (*PLACES, *ENGLISH_PLACES)] + NO_PLACES + [text for _field, text in WANTED]
PIECES = (
    *" \n,.;:-'’°/#", "14", "rue", "des", "lilas", "de la", "69003", "Lyon", "SW1A 1AA", "3e", "étage", "code",
    "48B2", "au", "n°", "place",
    "high street", "il est là", "couteau", "saigne", "43.2965, 5.3698", "06 12 34 56 78", "É", "œ", "ﬁ", "\u0130",
    "٣", "bât B", "interphone Martin",
    "x" * 130, "\f", "\t", "\u00a0",
)  # fmt: skip
texts_said = st.one_of(
    st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join), st.sampled_from(SAMPLES)
)
lines_said = st.lists(
    st.tuples(st.sampled_from([Kind.VISITOR, Kind.VISITOR, Kind.OFFICER, Kind.PLACE, Kind.NOTE]), texts_said),
    max_size=6,
)


def lines_of(pairs: list[tuple[Kind, str]]) -> list[Line]:
    return [Line(f"e{at}", kind, 1000 + at, text=text) for at, (kind, text) in enumerate(pairs)]


@given(lines_said, st.sampled_from(["", "69003", " "]), st.sampled_from(["fr", "en", "ar", ""]))
@example([(Kind.VISITOR, "rue des lilas"), (Kind.VISITOR, "au 14")], "", "fr")
def test_whatever_is_said_is_quoted_and_can_be_sent(
    pairs: list[tuple[Kind, str]], postcode: str, language: str
) -> None:
    lines = lines_of(pairs)
    found = known(lines, postcode, language)
    whole = " ".join(" ".join(line.text for line in lines if line.kind is Kind.VISITOR).split())
    keys = {line.key: line.at for line in lines if line.kind is Kind.VISITOR}
    for name in FOUND:
        for each in getattr(found, name):
            assert each.text.removesuffix("…") in whole or (name == "postcodes" and each.text == postcode.strip())
            assert each.text.strip()
            assert keys.get(each.key, 0) == each.at
    assert found.nature in NATURES
    request = prefilled(found, "On arrive.", "en")
    assert load_request(dump_request(request)) == request
    assert request.words == "On arrive."


@given(texts_said)
def test_folded_text_is_as_long_as_it_was(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_an_empty_conversation_has_nothing() -> None:
    assert known([]) == Known(nature=NATURES[0])
    assert prefilled(known([])) == PatrolRequest()


def test_the_request_has_the_best_of_each() -> None:
    lines = lines_of(
        [
            (Kind.VISITOR, "il est derriere la porte"),
            (Kind.PLACE, "geo:45.75,4.85;u=20"),
            (Kind.OFFICER, "Où êtes-vous ?"),
            (Kind.VISITOR, "14 rue des lilas 69003 lyon"),
            (Kind.VISITOR, "non 16 rue des lilas, bat B"),
            (Kind.OFFICER, "Étage ?"),
            (Kind.VISITOR, "3e gauche code 48B2"),
            (Kind.VISITOR, "ma fille est là. il a un couteau, une veste rouge. je saigne"),
        ]
    )
    assert prefilled(known(lines, "69001"), "On arrive.") == PatrolRequest(
        place="16 rue des lilas",
        postcode="69003",
        city="lyon",
        point=Point(45_750_000, 4_850_000, 20),
        floor="3e gauche, bat B",
        code="48B2",
        children="ma fille est là.",
        weapon="il a un couteau, une veste rouge.",
        injuries="je saigne",
        now="il est derriere la porte",
        author="il a un couteau, une veste rouge.",
        words="On arrive.",
    )


def test_a_later_floor_replaces_the_earlier_and_goes_with_the_door() -> None:
    said = [(Kind.VISITOR, "2e etage porte 4"), (Kind.OFFICER, "Sûre ?"), (Kind.VISITOR, "non 3e etage")]
    assert prefilled(known(lines_of(said))).floor == "3e etage"
    said = [(Kind.VISITOR, "porte 4"), (Kind.OFFICER, "Étage ?"), (Kind.VISITOR, "3e etage")]
    assert prefilled(known(lines_of(said))).floor == "3e etage, porte 4"


def test_the_postcode_of_the_start_comes_after_those_in_the_text() -> None:
    lines = lines_of([(Kind.VISITOR, "69003 lyon"), (Kind.VISITOR, "pardon 69008 lyon")])
    assert known(lines, "69001").postcodes == (
        Found("69008", "e1", 1001),
        Found("69003", "e0", 1000),
        Found("69001", "", 0),
    )
    assert texts(known(lines, "69003").postcodes) == ["69008", "69003"]


def test_points_are_the_latest_first_and_none_twice() -> None:
    lines = lines_of(
        [
            (Kind.PLACE, "geo:45.75,4.85;u=20"),
            (Kind.VISITOR, "43.2965, 5.3698"),
            (Kind.PLACE, "geo:45.75,4.85;u=20"),
            (Kind.PLACE, "nowhere"),
            (Kind.OFFICER, "48.8566, 2.3522"),
        ]
    )
    assert known(lines).points == ((Point(45_750_000, 4_850_000, 20), 1002), (Point(43_296_500, 5_369_800, 0), 1001))


def test_the_line_is_the_one_it_ends_in() -> None:
    assert known(lines_of([(Kind.VISITOR, "rue des lilas"), (Kind.VISITOR, "au 14")])).places == (
        Found("rue des lilas au 14", "e1", 1001),
    )


def test_what_is_too_long_for_a_field_is_cut() -> None:
    request = prefilled(known([]), "x" * 1000)
    assert request.words == "x" * LIMITS["words"]


def story(name: str) -> Known:
    rules = tomllib.loads((STORIES / f"{name}.toml").read_text())
    said = [*rules["opening"], *(text for rule in rules["rules"] for text in rule.get("say", ()))]
    return known(lines_of([(Kind.VISITOR, text) for text in said]), rules.get("postcode", ""), rules["language"])


@pytest.mark.parametrize(
    ("name", "place", "postcode", "city", "floor", "code", "nature"),
    [
        ("en-01-partner-home", "rue Oberkampf in paris, number 96", "75011", "paris", "", "", "C02.15.04"),
        ("en-02-he-writes", "", "06000", "", "", "", "C02.15.04"),
        ("en-03-test", "", "", "", "", "", "C02.15.04"),
        ("en-04-au-pair", "17 rue des ursulines", "78100", "", "", "", "C02.14.02"),
        ("en-05-locked-in", "11 cours du medoc", "33000", "", "third floor", "", "C02.04.03"),
        ("en-06-my-sister", "Avenue de Toulouse, number 140", "34000", "", "first floor", "", "C02.15.04"),
        ("fr-01-salle-de-bain", "14 rue des lilas", "69003", "", "3e gauche", "48B2", "C02.15.04"),
        ("fr-02-telephone", "rue de Nantes", "35000", "Rennes", "", "", "C02.15.04"),
        ("fr-03-hier-soir", "", "13001", "", "", "", "C02.15.04"),
        ("fr-04-reserve", "", "31000", "", "", "", "C02.15.04"),
        ("fr-05-voisin", "8 place du Marché", "59000", "Lille", "2e, porte de droite", "", "C02.15.04"),
        ("fr-06-train", "", "", "", "", "", "C02.15.04"),
        ("fr-07-rien", "", "37000", "", "", "", "C02.15.04"),
        ("fr-08-photos", "", "44000", "", "", "", "C02.15.04"),
        ("fr-09-mon-fils", "22 rue du Pont Saint-Martial", "87000", "Limoges", "rez-de-chaussée", "", "C02.15.04"),
        ("fr-10-mon-amie", "31 rue de la Ganzau", "67000", "Strasbourg", "4e", "", "C02.15.04"),
        ("fr-11-en-bas", "5 allée des tilleuls saint denis", "93200", "", "bat C, 6e etage porte 61", "", "C06.08.06"),
        ("fr-12-scooter", "rue Barla", "06300", "Nice", "", "", "C02.15.04"),
    ],
)
def test_the_stories_tell_where(
    name: str, place: str, postcode: str, city: str, floor: str, code: str, nature: str
) -> None:
    request = prefilled(story(name))
    assert (request.place, request.postcode, request.city, request.floor) == (place, postcode, city, floor)
    assert (request.code, request.nature) == (code, nature)


def test_every_story_is_here() -> None:
    assert len(list(STORIES.glob("*.toml"))) == 18


@pytest.mark.parametrize(
    "piece",
    [
        "1", "12 ", " ", "rue ", "14 rue ", "rue de la ", "rue 14 ", "14, ", "a", "a ", "'", "-", "1-", "lieu ",
        "69003 ", "69003", "lyon ",
        "69003 lyon saint ", "code ", "code 4", "48B2 ", "48B2\n", "3e ", "3 ", "bat ", "porte ", "interphone ",
        "il a ", "j'ai a a ", "1.", "43.2965,",
        "43.29651234 ", "a1 ", "high street ", "22 a b street ", "A ", "Aa Aa ", "du 8 mai ", "mon mari ",
        "couteau ", "il ", ",", "\n", "14\n", "x\n,", "le ", "é",
    ],
)  # fmt: skip
def test_hostile_repetitions_cost_no_more_than_other_text(piece: str) -> None:
    line = Line("e", Kind.VISITOR, 0, text=(piece * 16_000)[:16_000])
    known([line])
    costs = []
    for _turn in range(3):
        before = process_time()
        known([line])
        costs.append(process_time() - before)
    assert min(costs) < 0.05


@pytest.mark.parametrize(
    "text",
    [
        "bonsoir je ne sais pas trop quoi vous dire de plus pour le moment",
        "il tape, 14 rue des lilas 3e code 48B2, j'ai mal, ma fille dort",
    ],
)
def test_a_long_conversation_is_known_before_the_panel_is_missed(text: str) -> None:
    lines = lines_of([(Kind.VISITOR, f"{text} {at}") for at in range(2000)])
    costs = []
    for _turn in range(3):
        before = process_time()
        known(lines)
        costs.append(process_time() - before)
    assert min(costs) < 0.25
