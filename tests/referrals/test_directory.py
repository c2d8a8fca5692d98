"""The directory: the shipped rows, a station's own, and one report of what is wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.referrals.directory import Directory, load_directory, stale_rows
from officer_console.referrals.entries import referral_from
from officer_console.referrals.home import Home
from officer_console.referrals.phones import found_in, is_phone, same_line
from officer_console.referrals.report import Problem, Row

FACTS = [
    "police-17",
    "urgence-112",
    "urgence-114",
    "samu-15",
    "pompiers-18",
    "samusocial-115",
    "transports-3117",
    "3919",
    "cfcv",
    "enfance-sexuelles",
    "116006",
    "119",
    "3018",
    "3114",
    "3977",
    "fdfa",
    "voix-de-femmes",
    "avft",
    "gams",
    "planning",
    "commentonsaime",
    "sos-homophobie",
    "federation-lgbt",
    "cidff",
    "auteurs",
    "pnav",
    "arretonslesviolences",
    "17cyber",
]


@pytest.fixture
def where(tmp_path: Path) -> Home:
    return Home(tmp_path / "config", tmp_path / "data")


def loaded(where: Home, text: str = "") -> tuple[Directory, list[str]]:
    where.config.mkdir(exist_ok=True)
    (where.config / "referrals.toml").write_text(text, "utf-8")
    problems: list[Problem] = []
    directory = load_directory(where, problems)
    file = str(where.config / "referrals.toml")
    return directory, [str(problem).removeprefix(f"{file}: ") for problem in problems]


def test_the_shipped_rows_are_those_of_the_facts_and_all_good(where: Home) -> None:
    directory, problems = loaded(where)
    assert problems == []
    assert list(directory.rows) == FACTS
    assert {row.id for row in directory if row.low} == {"avft", "gams", "federation-lgbt"}
    assert directory.rows["3919"].opening_hours.always
    assert directory.rows["avft"].hours == "unknown"


def test_no_shipped_row_claims_a_check_that_was_not_made(where: Home) -> None:
    directory, _problems = loaded(where)
    days = [row.checked_on for row in directory if row.checked_on]
    assert max(days) <= date(2025, 6, 26), "the newest page that the facts name"
    stale = list(stale_rows(directory, date(2026, 11, 26), "referrals"))
    assert len(stale) == len(directory)
    assert all(problem.warning for problem in stale)


def test_a_row_is_stale_after_six_months_and_not_before(where: Home) -> None:
    rows = '[[referral]]\nid = "3919"\nchecked_on = 2026-06-01\n'
    directory, _problems = loaded(where, rows)
    only = Directory({"3919": directory.rows["3919"]})
    assert list(stale_rows(only, date(2026, 11, 30), "f")) == []
    (told,) = stale_rows(only, date(2026, 12, 2), "f")
    assert str(told).startswith("f: 3919: checked_on: was last checked on 2026-06-01;")


def test_a_station_overrides_some_fields_and_adds_rows(where: Home) -> None:
    own = """
        [[referral]]
        id = "116006"
        hours = "Mo-Su 09:00-19:00"
        checked_on = 2026-11-01
        [[referral]]
        id = "maison-des-femmes"
        name = "Maison des femmes"
        kind = "local"
        phone = "01 42 35 61 28"
        hours = "Mo-Fr 09:00-17:00"
        territory = ["93"]
        confidence = "high"
    """
    directory, problems = loaded(where, own)
    assert problems == []
    changed = directory.rows["116006"]
    assert (changed.hours, changed.checked_on) == ("Mo-Su 09:00-19:00", date(2026, 11, 1))
    assert changed.phone == "116 006"
    assert directory.rows["maison-des-femmes"].territory == ("93",)
    assert len(directory) == len(FACTS) + 1


GOOD = 'id = "x"\nname = "X"\nkind = "local"\nphone = "01 42 35 61 28"\nhours = "24/7"\n'


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (GOOD + 'hourss = "x"', "x: hourss: there is no such field; did you mean hours?"),
        (GOOD.replace('"24/7"', '"25h"'),
         "x: hours: '25h' is no time; times go from 00:00 to 24:00 and are written as 09:30"),
        (GOOD.replace("01 42 35 61 28", "01 42 35 61"),
         "x: phone: '01 42 35 61' is no telephone number; write 0 800 05 95 95, 3919, 116 006 or +33 1 40 47 06 06"),
        (GOOD.replace('"local"', '"helplin"'), "x: kind: must be one of association, chat, emergency, helpline, local, "
         "network, portal, shelter, state_chat, not 'helplin'; did you mean helpline?"),
        (GOOD + 'topics = ["domestik"]', "x: topics: there is no 'domestik'; did you mean domestic?"),
        (GOOD + 'audiences = ["woman"]', "x: audiences: there is no 'woman'; did you mean women?"),
        (GOOD + 'territory = ["99"]', "x: territory: there is no '99'"),
        (GOOD + 'web = "javascript:alert(1)"',
         "x: web: must be an address like https://www.example.org, not 'javascript:alert(1)'"),
        (GOOD + 'mail = "nobody"', "x: mail: must be a mail address, not 'nobody'"),
        (GOOD + 'checked_on = "yesterday"', "x: checked_on: must be a date like 2026-11-26, not 'yesterday'"),
        (GOOD + "checked_on = true", "x: checked_on: must be a date like 2026-11-26, not true"),
        (GOOD + 'note = { fr = "a\\u202eb" }', "x: note: has characters that can't be shown: 'a<U+202E>b'"),
        (GOOD.replace('name = "X"', 'name = "X\\u001b[2J"'), "x: name: has characters that can't be shown: 'X␛[2J'"),
        (GOOD.replace('id = "x"', 'id = "X x"'),
         "X x: id: must be a name like women-at-work, of small letters, digits and hyphens, not 'X x'"),
        (GOOD.replace('name = "X"', ""), "x: name: is missing"),
        (GOOD.replace('phone = "01 42 35 61 28"', ""),
         "x: phone: there is no way to reach it: give phone, sms, chat, web or mail"),
        (GOOD + f"[[referral]]\n{GOOD}", "x: id: is the id of an earlier row of this file"),
        ('name = "no id"\nkind = "local"\nphone = "17"\nhours = "24/7"', "row 1: id: is missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_the_good_rows_work(where: Home, row: str, problem: str) -> None:
    good = '\n[[referral]]\nid = "good"\nname = "Good"\nkind = "local"\nphone = "3919"\nhours = "24/7"\n'
    directory, problems = loaded(where, f"[[referral]]\n{row}\n{good}")
    assert problems == [problem]
    assert "good" in directory.rows


def test_a_bad_override_leaves_the_row_as_it_was(where: Home) -> None:
    directory, problems = loaded(where, '[[referral]]\nid = "3919"\nphone = "39 1"\n')
    assert len(problems) == 1
    assert directory.rows["3919"].phone == "3919"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[", "is not TOML: "),
        ('referrals = "x"', "referrals: there is no such table; rows are written as [[referral]]"),
        ("[[row]]\nid = 1", "row: there is no such table; rows are written as [[referral]]"),
        ("referral = 3", "referral: rows are written as [[referral]]"),
    ],
)
def test_a_file_that_is_no_table_of_rows(where: Home, text: str, problem: str) -> None:
    directory, problems = loaded(where, text)
    (told,) = problems
    assert told.startswith(problem) if problem.endswith(" ") else told == problem
    assert len(directory) == len(FACTS)


def test_a_file_that_is_no_text_or_too_large(where: Home) -> None:
    where.config.mkdir()
    file = where.config / "referrals.toml"
    file.write_bytes(b"\xff\xfe")
    problems: list[Problem] = []
    load_directory(where, problems)
    with file.open("wb") as sparse:
        sparse.truncate(100 * 2**20)
    load_directory(where, problems)
    assert [problem.reason for problem in problems] == [
        "is not UTF-8 text",
        "is larger than 8 MB; is it the right file?",
    ]


JSONLIKE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["id", "name", "kind", "phone", "other_phones", "hours", "territory", "called", "note", "checked_on", "topics"]


@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), JSONLIKE, max_size=8))
def test_any_table_is_a_row_or_has_problems_that_fit_on_a_line(table: dict[str, Any]) -> None:
    problems: list[Problem] = []
    made = referral_from(table, Row("f", "r", problems))
    assert (made is None) == bool(problems)
    assert all("\n" not in str(problem) and str(problem).isprintable() for problem in problems)


@pytest.mark.parametrize(
    ("number", "good"),
    [
        ("17", True), ("112", True), ("3919", True), ("31177", True), ("116 006", True), ("0 800 05 95 95", True),
        ("01 40 47 06 06", True), ("01.40.47.06.06", True), ("+33 1 80 52 33 76", True), ("+32 800 30 030", True),
        ("", False), ("1", False), ("19", False), ("3919 ", False), ("01 40 47 06", False), ("00 40 47 06 06", False),
        ("01 40 47 06 06 07", False), ("+33 0 80 52 33 76", False), ("call me", False), ("０１４０４７０６０６", False),
        ("01４０４７０６０６", False),
    ],
)  # fmt: skip
def test_telephone_numbers(number: str, good: bool) -> None:
    assert is_phone(number) is good


def test_numbers_in_a_text() -> None:
    text = (
        "Le 3919, le 39 19 ou le 116 006 (de 9h à 20h, 7j/7) ; 0 800 05 95 95, 01.40.47.06.06, +33 1 80 52 33 76. "
        "En 2024, 72 heures, 30 ans, 3 000 euros, 75011 Paris, 12345678901234, 24/11/2026, 3919/2."
    )
    found = ["3919", "39 19", "116 006", "0 800 05 95 95", "01.40.47.06.06", "+33 1 80 52 33 76"]
    assert found_in(text) == found
    assert same_line("+33 1 80 52 33 76") == same_line("01 80 52 33 76")
