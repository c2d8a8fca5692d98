"""Quick replies: what is read, what is refused and why, and what is sent in the end."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.model.text import displayable
from officer_console.referrals.directory import Directory, load_directory
from officer_console.referrals.home import Home, shipped_replies
from officer_console.referrals.phrases import languages
from officer_console.referrals.placeholders import PlaceholderError, parse
from officer_console.referrals.places import Place
from officer_console.referrals.render import Facts, Rendered, place_phrase, reach, render
from officer_console.referrals.replies import Reply, load_replies, old_replies, reply_from
from officer_console.referrals.report import Problem, Row, errors

NOWHERE = Home(Path("/nonexistent/config"), Path("/nonexistent/data"))
DIRECTORY = load_directory(NOWHERE, [])
SHIPPED = load_replies(NOWHERE, DIRECTORY, [])
GOOD: dict[str, Any] = {
    "id": "own-reply",
    "code": "zz9",
    "moment": "referral",
    "author": "station",
    "title": {"fr": "Essai", "en": "Test"},
    "text": {"fr": "Appelez {referral.3919}.", "en": "Call {referral.3919}."},
}


def reply(**changes: Any) -> Reply:
    problems: list[Problem] = []
    made = reply_from(GOOD | changes, Row("f", "r", problems), DIRECTORY)
    assert made is not None, problems
    return made


def sent(text: str, language: str = "fr", postcode: str = "") -> Rendered:
    return render(reply(text={language: text}, title={language: "x"}), language, Facts(DIRECTORY, postcode=postcode))


def test_all_that_is_shipped_is_good() -> None:
    problems: list[Problem] = []
    replies = load_replies(NOWHERE, DIRECTORY, problems)
    assert errors(problems) == []
    assert len(replies) == sum(file.read_text("utf-8").count("[[template]]") for file in shipped_replies())


@pytest.mark.parametrize("id", list(SHIPPED))
@pytest.mark.parametrize("postcode", ["", "75011"])
def test_a_shipped_reply_is_whole_in_each_of_its_languages(id: str, postcode: str) -> None:
    for language in SHIPPED[id].text:
        text = render(SHIPPED[id], language, Facts(DIRECTORY, postcode=postcode)).text
        assert not {"{", "}"} & set(text)
        assert displayable(text) == text
        assert "  " not in text


def test_every_language_of_the_shipped_replies_has_phrases() -> None:
    assert {language for each in SHIPPED.values() for language in each.text} <= languages()


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("{referral.3919}", "fr", "le 3919 (gratuit, 24h/24)"),
        ("{referral.3919}", "en", "3919 (free, 24 hours a day)"),
        ("{referral.3919.name}|{referral.3919.phone}|{referral.3919.hours}", "fr", "le 3919|3919|24h/24"),
        ("{referral.urgence-114}", "fr", "le 114 (par SMS, gratuit, 24h/24)"),
        ("{referral.urgence-114.phone}", "fr", "par SMS au 114"),
        ("{referral.samu-15}", "fr", "le 15 (SAMU, gratuit, 24h/24)"),
        ("{referral.cfcv}", "fr",
         "Viols Femmes Informations (0 800 05 95 95, gratuit, du lundi au vendredi de 10h à 19h)"),
        ("{referral.pnav.phone}", "fr", "www.masecurite.interieur.gouv.fr"),
        ("{referral.commentonsaime}", "fr", "le tchat commentonsaime.fr (gratuit, horaires à vérifier)"),
        ("{referral.116006}", "es", "el 116 006 (gratuito, todos los días de 9:00 a 20:00)"),
        ("{{{postcode}}}", "fr", "{votre code postal}"),
        ("{postcode}, {department}", "en", "your postcode, your department"),
        ("{nearest.police}", "fr", "le commissariat ou la gendarmerie le plus proche de chez vous"),
        ("a {{b}} c", "fr", "a {b} c"),
    ],
)  # fmt: skip
def test_placeholders_are_filled(text: str, language: str, expected: str) -> None:
    assert sent(text, language).text == expected


def test_what_is_known_of_the_conversation_is_filled_in() -> None:
    known = sent("{postcode} {department}", postcode="93200")
    assert known.text == "93200 Seine-Saint-Denis (93)"
    assert known.fallbacks == ()
    assert sent("{postcode} {nearest.court}").fallbacks == ("postcode", "nearest.court")
    assert sent("{postcode}", postcode="99999").text == "votre code postal"


def test_a_row_of_low_confidence_in_a_reply_is_told() -> None:
    assert sent("{referral.gams} {referral.3919}").unsure == ("gams",)


def test_another_language_than_asked_for_is_told() -> None:
    both = reply()
    assert render(both, "uk", Facts(DIRECTORY)).language == "fr"
    english = reply(text={"en": "Hello", "es": "Hola"}, title={"en": "x"})
    assert render(english, "uk", Facts(DIRECTORY)).language == "en"


def test_whether_a_person_has_read_it_is_told_by_language() -> None:
    read = reply(reviewed_on=date(2026, 1, 1), unreviewed=["en"])
    assert [render(read, language, Facts(DIRECTORY)).reviewed for language in ("fr", "en")] == [True, False]
    assert not render(reply(), "fr", Facts(DIRECTORY)).reviewed


def test_a_place_in_one_phrase() -> None:
    place = Place(id="x", kind="police", name="Commissariat - Paris 11", address="12 passage Charles-Dallery",
                  postcode="75011", town="Paris", phone="01 53 36 25 00")  # fmt: skip
    expected = "le commissariat de police (12 passage Charles-Dallery, 75011 Paris, 01 53 36 25 00)"
    assert place_phrase(place, "fr") == expected
    assert all(place_phrase(place, language) for language in languages())
    assert all(reach(row, language) for row in DIRECTORY for language in languages())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{referal.3919}", "there is no placeholder '{referal.3919}'; did you mean {referral.3919}?"),
        ("{referral.391}", "there is no placeholder '{referral.391}'; did you mean {referral.3919}?"),
        ("{nearest.polise}", "there is no placeholder '{nearest.polise}'; did you mean {nearest.police}?"),
        ("{officer}", "there is no placeholder '{officer}'"),
        ("{}", "there is no placeholder '{}'"),
        ("{referral.3919.fax}", "there is no part 'fax' of {referral.3919}; parts are name, phone and hours"),
        ("{referral.3919.}", "there is no part '' of {referral.3919}; parts are name, phone and hours"),
        ("a { b", "a single { at '{ b'; a brace that stands for itself is written {{"),
        ("a } b", "a single } at '} b'; a brace that stands for itself is written }}"),
        ("<b>now</b>", "contains markup, '<b>'; it would be read as it stands"),
        ("[bold]now[/bold]", "contains markup, '[bold]'; it would be read as it stands"),
        ("**now**", "contains markup, '**'; it would be read as it stands"),
        ("[x](https://x)", "contains markup, '[x]'; it would be read as it stands"),
        ("Call 3920.", "the number '3920' is not in the directory; use a placeholder, or add a row"),
        ("Call 01 40 47 06 07.",
         "the number '01 40 47 06 07' is not in the directory; use a placeholder, or add a row"),
        ("x" * 16_001, "is longer than one message can be, 16000 bytes"),
        ("a\u202eb", "has characters that can't be shown: 'a<U+202E>b'"),
        ("a\x1b[2Jb", "has characters that can't be shown: 'a␛[2Jb'"),
        ("", "must be"),
    ],
)  # fmt: skip
def test_texts_that_are_refused(text: str, problem: str) -> None:
    problems: list[Problem] = []
    made = reply_from(GOOD | {"text": {"fr": text, "en": "x"}}, Row("f", "r", problems), DIRECTORY)
    assert made is None
    assert errors(problems)[0].reason.startswith(problem)


@pytest.mark.parametrize(
    "text",
    ["Le 17, le 119 et 0 800 05 95 95.", "De 10h à 12h30, 72 heures, 20 ans.", "Plus [non, pas ça]", "a < b > c",
     "39 19"],
)  # fmt: skip
def test_texts_that_are_not(text: str) -> None:
    assert reply(text={"fr": text, "en": "x"}).text["fr"] == text


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"code": "a"}, "code: must be 2 to 8 small letters or digits, not 'a'"),
        ({"code": "A1"}, "code: must be 2 to 8 small letters or digits, not 'A1'"),
        ({"moment": "begin"}, "moment: must be one of complaint"),
        ({"who": ["woman"]}, "who: there is no 'woman'; did you mean women?"),
        ({"what": ["arm"]}, "what: there is no 'arm'; did you mean arme?"),
        ({"title": {"fr": "x", "en": "y", "es": "z"}},
         "text.es: is missing, and there is a title in this language"),
        ({"unreviewed": ["ar"]}, "text.ar: is missing, and named in unreviewed"),
        ({"title": {"fr": "x" * 61}}, "title: must be a table of texts by language"),
        ({"title": {}}, "title: must be a table of texts by language"),
        ({"title": {"fr": "a\nb", "en": "x"}}, "title.fr: must be one line of plain text"),
        ({"expires_on": "soon"}, "expires_on: must be a date like 2026-11-26, not 'soon'"),
        ({"textt": {}}, "textt: there is no such field; did you mean text?"),
    ],
)  # fmt: skip
def test_rows_that_are_refused(changes: dict[str, Any], problem: str) -> None:
    problems: list[Problem] = []
    assert reply_from(GOOD | changes, Row("f", "r", problems), DIRECTORY) is None
    assert str(problems[0]).startswith(f"f: r: {problem}")


def test_a_long_text_and_a_language_without_phrases_are_warnings() -> None:
    problems: list[Problem] = []
    texts = {"fr": "x" * 901, "en": "x", "de": "{postcode}"}
    assert reply_from(GOOD | {"text": texts}, Row("f", "r", problems), DIRECTORY)
    assert [(problem.field, problem.warning) for problem in problems] == [("text.fr", True), ("text.de", True)]


def test_old_and_unread_replies_are_told() -> None:
    replies = {
        "a": reply(id="a", reviewed_on=date(2026, 1, 1), expires_on=date(2026, 11, 25)),
        "b": reply(id="b", reviewed_on=date(2026, 1, 1), expires_on=date(2026, 11, 26), unreviewed=["en"]),
        "c": reply(id="c"),
        "d": reply(id="d"),
    }
    assert [str(problem) for problem in old_replies(replies, date(2026, 11, 26), "f")] == [
        "f: a: expires_on: was to be reviewed before 2026-11-25",
        "f: reviewed_on: no person has reviewed 2 replies of station",
        "f: unreviewed: no person has reviewed 1 reply of station in en",
    ]


# ---- files -------------------------------------------------------------------------------------------------------


def toml(*tables: dict[str, Any]) -> str:
    lines = []
    for table in tables:
        lines += ["[[template]]", *(f"{key} = {_value(value)}" for key, value in table.items())]
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(each)}" for key, each in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., tuple[dict[str, Reply], list[str]]]:
    def load(text: str, name: str = "templates.toml") -> tuple[dict[str, Reply], list[str]]:
        where = Home(tmp_path, tmp_path / "data")
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        problems: list[Problem] = []
        replies = load_replies(where, DIRECTORY, problems)
        return replies, [str(problem).removeprefix(f"{file}: ") for problem in problems]

    return load


def test_a_station_adds_and_overrides(loaded: Callable[..., Any]) -> None:
    first = next(iter(SHIPPED.values()))
    changed = GOOD | {"id": first.id, "code": first.code}
    replies, problems = loaded(toml(GOOD, changed))
    assert problems == []
    assert replies["own-reply"].author == "station"
    assert replies[first.id].title["en"] == "Test"
    assert len(replies) == len(SHIPPED) + 1


def test_clashes_are_told_and_the_good_rows_work(loaded: Callable[..., Any]) -> None:
    taken = next(iter(SHIPPED.values()))
    replies, problems = loaded(toml(GOOD, GOOD, GOOD | {"id": "b"}, GOOD | {"id": "c", "code": taken.code}))
    assert problems == [
        "own-reply: id: is the id of an earlier row of this file",
        "b: code: 'zz9' is the code of own-reply",
        f"c: code: '{taken.code}' is the code of {taken.id}",
    ]
    assert "own-reply" in replies


HEAD = "id;code;moment;author;who;reviewed_on;title_fr;text_fr;title_en;text_en\n"
LINE = 'own-reply;zz9;referral;station;women minors;2026-11-01;Essai;"Appelez ; {referral.3919}\nvite";Test;Call\n'


def test_a_csv_file_is_read(loaded: Callable[..., Any]) -> None:
    replies, problems = loaded("\ufeff" + HEAD + LINE + "\n", "templates.d/ours.csv")
    assert problems == []
    got = replies["own-reply"]
    assert (got.who, got.reviewed_on, got.title["fr"]) == (("women", "minors"), date(2026, 11, 1), "Essai")
    assert got.text == {"fr": "Appelez ; {referral.3919}\nvite", "en": "Call"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (HEAD + "x;y\n", "row 1: has 2 fields, the first line has 10"),
        (HEAD + 'x;"y\n', "is not CSV: unexpected end of data"),
        (HEAD + LINE.replace("zz9", "Z"), "own-reply: code: must be 2 to 8 small letters or digits, not"),
        (HEAD.replace("author", "autor") + LINE, "own-reply: autor: there is no such field; did you mean author?"),
    ],
)
def test_a_bad_csv_file_is_told(loaded: Callable[..., Any], text: str, problem: str) -> None:
    replies, problems = loaded(text, "templates.d/ours.csv")
    assert problems[0].startswith(problem)
    assert replies.keys() == SHIPPED.keys()


@given(st.text() | st.text(alphabet="{}referal.3919nstpoc", max_size=40))
def test_any_text_is_in_pieces_or_refused(text: str) -> None:
    with contextlib.suppress(PlaceholderError):
        assert all(parse(text, DIRECTORY))


@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"])))
def test_a_text_without_braces_is_itself(text: str) -> None:
    doubled = text.replace("{", "{{").replace("}", "}}")
    assert "".join(str(piece) for piece in parse(doubled, DIRECTORY)) == text


@given(st.binary(max_size=200) | st.text(alphabet='";,\n\ridcode_fr', max_size=80).map(str.encode))
def test_any_csv_file_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes(content)
    problems: list[Problem] = []
    load_replies(NOWHERE, Directory({}), problems, [file])
    assert all("\n" not in str(problem) for problem in problems)


FIELDS = [*GOOD, "who", "what", "urgency", "expires_on", "unreviewed"]
JSONLIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["fr", "en", "x"]), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSONLIKE, max_size=6))
def test_any_table_is_a_reply_or_has_problems(changes: dict[str, Any]) -> None:
    problems: list[Problem] = []
    made = reply_from(GOOD | changes, Row("f", "r", problems), DIRECTORY)
    assert (made is None) == bool(errors(problems))
    if made:
        render(made, "fr", Facts(DIRECTORY))
