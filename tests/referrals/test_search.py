"""Searching: eighty queries as officers type them, what a conversation narrows, and what is never offered first."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.referrals.fold import begins_with_typo, cuts, neighbours, one_typo, words
from officer_console.referrals.hits import Filters
from officer_console.referrals.home import Home
from officer_console.referrals.import_places import import_places
from officer_console.referrals.library import Library, open_library
from officer_console.referrals.places import Place
from officer_console.referrals.query import understand

from .made import written
from .queries import QUERIES, missed
from .towns import towns


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("search")
    where = Home(folder / "config", folder / "data")
    import_places(written(folder / "towns.json", towns()), where)
    opened = open_library(where)
    assert opened.problems == []
    yield opened
    opened.close()


def first(library: Library, text: str, filters: Filters = Filters(), most: int = 3) -> list[str]:  # noqa: B008
    return [hit.id for hit in library.search(text, filters, most)]


def test_eighty_queries_are_found_among_the_first_three(library: Library) -> None:
    assert len(QUERIES) == 80
    lost = missed(library)
    print(f"found {len(QUERIES) - len(lost)} of {len(QUERIES)}")
    assert lost == {}


@pytest.mark.parametrize("text", ["gams", "avft", "federation", "01 43 48 10 87", "excision", "travail", "lgbt centre"])
def test_a_row_of_low_confidence_is_found_but_never_first(library: Library, text: str) -> None:
    hits = library.search(text)
    assert any(hit.low for hit in hits)
    assert not hits[0].low


@pytest.mark.parametrize("signals", [(), ("en_cours",), ("sexuel",), ("enfants", "separation")])
def test_no_query_at_all_puts_a_row_of_low_confidence_first(library: Library, signals: tuple[str, ...]) -> None:
    for text in ["", *string.ascii_lowercase, *(row.id for row in library.directory)]:
        hits = library.search(text, Filters(signals=signals))
        assert not (hits and hits[0].low), text


def test_a_short_code_goes_before_words_and_words_before_texts(library: Library) -> None:
    hits = library.search("plainte")
    assert (hits[0].id, hits[0].why) == ("complaint-where", "short code plainte")
    kinds = [hit.why.partition(":")[0] for hit in hits[1:]]
    assert kinds.index("in the name") < kinds.index("about") if "about" in kinds else True
    assert [hit.why for hit in library.search("signaler")[:1]] == ["short code signaler"]


def test_the_language_of_the_conversation_narrows_the_replies(library: Library) -> None:
    arabic = library.search("danger", Filters(language="ar"), 50)
    assert {hit.kind for hit in arabic} == {"reply", "referral"}
    assert all("ar" in hit.entry.text for hit in arabic if hit.kind == "reply")  # type: ignore[union-attr]
    assert len(library.search("danger", Filters(language="fr"), 50)) > len(arabic)


def test_a_line_that_speaks_the_language_goes_before_one_that_does_not(library: Library) -> None:
    hits = [hit.id for hit in library.search("femme violences", Filters(language="tr"), 50) if hit.kind == "referral"]
    assert hits[0] == "3919"


def test_the_department_of_the_conversation_narrows_places(library: Library) -> None:
    there = Filters(postcode="69003")
    assert first(library, "commissariat", there, 2) == ["commissariat_police-69383", "commissariat_police-69266"]
    assert first(library, "cidff", there, 5).count("cidf-69383") == 1
    assert "cidf-69383" not in first(library, "femme", there), "a word that means other things too"
    in_the_north = library.search("tribunal", Filters(department="59"))
    assert [hit.id for hit in in_the_north if hit.kind == "place"] == ["tgi-59350"]


def test_a_town_that_is_typed_goes_before_the_department_of_the_conversation(library: Library) -> None:
    assert first(library, "commissariat bordeaux", Filters(postcode="69003"))[0] == "commissariat_police-33063"


def test_a_postcode_alone_tells_one_place_of_each_kind(library: Library) -> None:
    hits = library.search("93200")
    assert [hit.id for hit in hits][:2] == ["commissariat_police-93066", "gendarmerie-27016"]
    assert hits[0].why == "competent for 93200"
    assert hits[1].why.endswith(" km from 93200")
    assert {hit.entry.kind for hit in hits if isinstance(hit.entry, Place)} == {
        "police",
        "gendarmerie",
        "victims",
        "cidff",
        "court",
        "justice",
    }


def test_confirmed_signals_narrow_what_is_listed_while_nothing_is_typed(library: Library) -> None:
    listed = library.search("", Filters(language="fr", signals=("etranglement",)), 200)
    assert "safety-neck" in {hit.id for hit in listed}
    assert "listening-animal" not in {hit.id for hit in listed}
    assert "first-hello" in {hit.id for hit in listed}
    assert len(library.search("", Filters(language="fr"), 500)) > len(listed)


def test_confirmed_signals_put_what_fits_first_and_hide_nothing_that_is_typed(library: Library) -> None:
    found = first(library, "peur animal", Filters(signals=("etranglement",)), 20)
    assert "listening-animal" in found
    plain = first(library, "danger", Filters(language="fr"), 20)
    weapon = first(library, "danger", Filters(language="fr", signals=("suicide_victime",)), 20)
    assert plain != weapon


def test_a_local_row_is_left_out_elsewhere(tmp_path: Path) -> None:
    rows = '[[referral]]\nid = "mdf"\nname = "Maison des femmes"\nkind = "local"\nphone = "01 42 35 61 28"\n'
    (tmp_path / "referrals.toml").write_text(rows + 'hours = "24/7"\nterritory = ["93"]\nconfidence = "high"\n')
    opened = open_library(Home(tmp_path, tmp_path / "none"))
    assert first(opened, "maison des femmes", Filters(postcode="93200"))[0] == "mdf"
    assert "mdf" not in first(opened, "maison des femmes", Filters(postcode="75011"), 20)
    assert "mdf" not in first(opened, "maison femmes 75", most=20)
    assert "mdf" in first(opened, "maison femmes", most=20)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dept 75 femme", (("femme",), "75", "")), ("départ. femme 93", (("depart", "femme"), "93", "")),
        ("dpt 1", ((), "01", "")), ("2a police", (("police",), "2A", "")), ("974", ((), "974", "")),
        ("75011 viol", (("viol",), "", "75011")), ("119", (("119",), "", "")), ("dept 17", ((), "17", "")),
        ("le la", (("le", "la"), "", "")), ("le viol", (("viol",), "", "")), ("", ((), "", "")),
        ("39 19 75", (("3919",), "75", "")), ("99999", (("99999",), "", "")), ("viol viol", (("viol",), "", "")),
    ],
)  # fmt: skip
def test_what_was_typed_is_understood(text: str, expected: tuple[tuple[str, ...], str, str]) -> None:
    query = understand(text, ["17", "119", "3919", "0800059595"])
    assert (query.words, query.department, query.postcode) == expected


@given(st.text(max_size=80) | st.text(alphabet='abe 0123456789"*()-:^', max_size=40))
def test_any_text_can_be_searched(library: Library, text: str) -> None:
    hits = library.search(text, Filters(language="fr", postcode="69003", signals=("arme",)))
    assert len({(hit.kind, hit.id) for hit in hits}) == len(hits) <= 20
    assert not (hits and hits[0].low)
    assert all(hit.why for hit in hits)


LETTERS = st.text(alphabet="abcd", min_size=1, max_size=8)


@given(LETTERS, st.integers(0, 7), st.sampled_from("abcd"), st.integers(0, 3))
def test_one_typo_is_forgiven_and_found_by_cuts(word: str, at: int, letter: str, how: int) -> None:
    at = min(at, len(word) - 1)
    swapped = word[:at] + word[at : at + 2][::-1] + word[at + 2 :]
    typed = (word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :], swapped)[
        how
    ]
    assert one_typo(word, typed)
    assert one_typo(typed, word)
    assert cuts(word) & cuts(typed)
    assert begins_with_typo(word + "xyz", typed)


@given(LETTERS, LETTERS)
def test_one_typo_is_what_the_definition_says(one: str, other: str) -> None:
    swaps = {one[:at] + one[at + 1] + one[at] + one[at + 2 :] for at in range(len(one) - 1)}
    assert one_typo(one, other) == (distance(one, other) <= 1 or other in swaps)


def distance(one: str, other: str) -> int:
    """Levenshtein's, the plain way."""
    row = list(range(len(other) + 1))
    for number, a in enumerate(one, 1):
        new = [number]
        for at, b in enumerate(other, 1):
            new.append(min(row[at] + 1, new[-1] + 1, row[at - 1] + (a != b)))
        row = new
    return row[-1]


def test_short_words_are_not_guessed() -> None:
    assert neighbours("rue") == {"rue"}
    assert words("L’Hôtel-Dieu, œuvre ÀÉÎ n°3") == ["l", "hotel", "dieu", "oeuvre", "aei", "n", "3"]


def test_a_random_typo_in_a_title_still_finds_the_reply(library: Library) -> None:
    dice = random.Random(5)
    lost = []
    for reply in library.replies.values():
        long = [word for word in words(reply.title["fr"]) if len(word) > 5 and word.isalpha()]
        if not long:
            continue
        word = max(long, key=len)
        at = dice.randrange(1, len(word))
        typed = word[:at] + word[at + 1 :]
        if reply.id not in first(library, f"{typed} ", Filters(language="fr"), 60):
            lost.append((typed, reply.id))
    assert len(lost) <= len(library.replies) // 50, lost
