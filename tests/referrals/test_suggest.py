"""Suggestions: from confirmed signals and the last message, with their reason, at most three."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from officer_console.referrals.home import Home
from officer_console.referrals.library import Library, open_library
from officer_console.referrals.suggest import NAMES, is_red
from officer_console.referrals.vocabulary import names, signals

NOWHERE = Home(Path("/nonexistent/config"), Path("/nonexistent/data"))
LIBRARY = open_library(NOWHERE)


@pytest.fixture
def library() -> Library:
    return LIBRARY


@pytest.mark.parametrize(
    ("confirmed", "message", "expected", "why"),
    [
        (["etranglement"], "", "safety-neck", "confirmed: strangulation"),
        (["arme", "en_cours"], "", "safety-room", "confirmed: weapon, danger now"),
        ([], "je pense au suicide", "referral-3114", "in the last message: suicide"),
        ([], "j'ai été violée hier", "referral-cfcv", "in the last message: violee"),
        (["suicide_victime"], "je veux mourir", "safety-suicide-ask",
         "confirmed: victim suicidal; in the last message: mourir"),
        ([], "il a un couteau", "safety-weapon", "in the last message: couteau"),
        ([], "he wants to kill me with a knife", "safety-weapon", "in the last message: knife"),
    ],
)  # fmt: skip
def test_what_is_suggested_and_why(
    library: Library, confirmed: list[str], message: str, expected: str, why: str
) -> None:
    hits = {hit.id: hit for hit in library.suggest(confirmed, message, "fr")}
    assert expected in hits
    assert hits[expected].why.startswith(why)


@pytest.mark.parametrize("message", ["", "bonjour", "ok merci", "il n'a pas de couteau", "without a knife", "..."])
def test_nothing_is_suggested_without_a_reason(library: Library, message: str) -> None:
    assert [hit.id for hit in library.suggest([], message, "fr") if hit.id == "safety-weapon"] == []


def test_what_was_given_already_is_left_out(library: Library) -> None:
    before = [hit.id for hit in library.suggest(["sexuel"], "viol", "fr")]
    after = [hit.id for hit in library.suggest(["sexuel"], "viol", "fr", given=before)]
    assert len(before) == len(after) == 3
    assert not {*before} & {*after}


def test_only_replies_in_the_language_of_the_conversation(library: Library) -> None:
    for hit in library.suggest(["en_cours", "arme", "sexuel"], "", "uk"):
        assert hit.kind == "referral" or "uk" in hit.entry.text  # type: ignore[union-attr]


def test_red_replies_come_first_when_the_signals_are_red(library: Library) -> None:
    first = library.suggest(["en_cours", "arme"], "", "fr")[0]
    assert first.entry.urgency == "red"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("confirmed", "red"),
    [
        ([], False), (["coups"], False), (["en_cours"], True), (["arme"], False), (["arme", "separation"], True),
        (["suicide_victime", "suicide_auteur"], False), (["suicide_auteur", "arme"], True),
        (["enfants", "arme"], False),
    ],
)  # fmt: skip
def test_red_is_what_the_facts_say(confirmed: list[str], red: bool) -> None:
    assert is_red(confirmed) is red


def test_every_signal_has_a_name_and_known_topics() -> None:
    assert NAMES.keys() == signals().keys()
    assert {topic for signal in signals().values() for topic in signal.topics} <= names("topic")


def test_a_row_of_low_confidence_is_never_suggested(library: Library) -> None:
    low = {row.id for row in library.directory if row.low}
    given = {*library.replies, *library.directory.rows} - low
    assert library.suggest([*NAMES], "excision travail lgbt", "fr", given) == []


@given(st.lists(st.sampled_from([*NAMES, "nonsense"]), max_size=5, unique=True), st.text(max_size=300))
def test_never_more_than_three_never_uncertain_never_twice(confirmed: list[str], message: str) -> None:
    hits = LIBRARY.suggest(confirmed, message, "fr")
    assert len({hit.id for hit in hits}) == len(hits) <= 3
    assert not any(hit.low for hit in hits)
    assert all(hit.why for hit in hits)
