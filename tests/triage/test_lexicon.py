"""The pattern language, its matcher against a plain one, and what is refused."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officer_console.client.lexicons import load
from officer_console.model.lexicon import Lexicon, Row, Source
from officer_console.model.lexicon_forms import forms
from officer_console.model.lexicon_matcher import Matcher, begins
from officer_console.model.lexicon_pattern import PatternError, Place, parsed, trimmed
from officer_console.model.lexicon_words import Speller
from officer_console.model.triage import Triage


def _none(name: str) -> str:
    raise KeyError(name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(a|b", "bracket"), ("a)", "bracket"), ("a | ", "empty"), ("", "empty"), ("fr*", "stem"), ("a*b", "stem"),
        ("_99 a", "gap"), ("@nobody a", "class"), ("a? b", "letter"), ("!(a b) c", "but"),
        (" ".join(["a"] * 31), "long"),
        ("(a b|c d|e f|g h|i j)" * 5, "many"),
    ],
)  # fmt: skip
def test_broken_patterns_are_refused(text: str, kind: str) -> None:
    with pytest.raises(PatternError) as refused:
        parsed(text, _none)
    assert refused.value.kind == kind


def test_a_circle_of_classes_is_refused() -> None:
    with pytest.raises(PatternError) as refused:
        parsed("@a", lambda name: "@a b")
    assert refused.value.kind == "circle"


def test_words_are_folded_and_spelled() -> None:
    speller = Speller({"jss": ["je", "suis"]})
    words = speller.words("JSS blesséééée, aidez-moi !")
    assert [word.text for word in words] == [".", "je", "suis", "blese", ",", "aidez", "moi", ".", "."]


def test_french_verbs_have_their_forms() -> None:
    made = forms("étrangler", "fr", {})
    assert {"étrangle", "étranglent"} <= made["pres"] and "étranglait" in made["impf"] and "étrangler" in made["pp"]


def test_english_verbs_double() -> None:
    assert {"slapped", "slapping"} <= forms("slap", "en", {})["all"]


PLACES = st.builds(
    lambda letter, gap, optional: Place(frozenset() if gap else frozenset(letter), gap=gap, optional=optional),
    st.sampled_from("abc"), st.sampled_from([0, 0, 1, 2]), st.booleans(),
)  # fmt: skip
SEQUENCES = st.lists(PLACES, min_size=1, max_size=6).map(tuple).filter(lambda s: any(not p.optional for p in s))


def _plain(sequence: tuple[Place, ...], words: list[str], end: int) -> bool:
    """Whether a match ends at a word, by trying all ways."""

    def fits(place: int, at: int) -> bool:
        if place < 0:
            return True
        one = sequence[place]
        if one.optional and fits(place - 1, at):
            return True
        if at < 0:
            return False
        takes = words[at] in one.words or (one.gap and words[at] != "." and (one.gap > 1 or words[at] != ","))
        return bool(takes) and fits(place - 1, at - 1)

    return fits(len(sequence) - 1, end)


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d", ",", "."]), max_size=12)


@given(st.lists(SEQUENCES, min_size=1, max_size=4), TEXTS)
@settings(max_examples=300, deadline=None)
def test_the_matcher_finds_what_a_plain_one_finds(sequences: list[tuple[Place, ...]], words: list[str]) -> None:
    cut = [trimmed(sequence) for sequence in sequences]
    matcher = Matcher(cut, len(cut))
    state = matcher.start
    for at, word in enumerate(words):
        state = matcher.step(state, word)
        assert set(state.rows) == {number for number, one in enumerate(cut) if _plain(one, words, at)}
        for number in state.rows:
            assert 0 <= begins(cut[number], words, at) <= at + 1


@given(st.integers(0, 4), st.lists(st.sampled_from(["a", "b", "x"]), min_size=3, max_size=8))
def test_a_gap_is_as_wide_as_it_says(wide: int, words: list[str]) -> None:
    text = f"a _{wide} b" if wide else "a b"
    lexicon = Lexicon(Source(language="fr", rows=[Row(id="r", signal="arme", say=[text])]))
    found = Triage([lexicon]).of([" ".join(words)])
    near = any(words[i] == "a" and "b" in words[i + 1 : i + 2 + wide] for i in range(len(words)))
    assert bool(found.signals) is near


def test_a_stations_file_adds_replaces_and_switches_off(tmp_path: Path) -> None:
    (tmp_path / "lexicons").mkdir()
    (tmp_path / "lexicons" / "fr.toml").write_text(
        'off = ["choke.word", "arme.feux"]\n[[row]]\nid = "ours"\nsignal = "arme"\nsay = ["zigouillette"]\n'
        '[[row]]\nid = "bad"\nsignal = "arme"\nsay = ["(a|b"]\n[[row]]\nid = "odd"\nsignal = "armes"\nsay = ["a"]\n'
        '[[row]]\nid = "lost"\nsignal = "arme"\nsay = ["@weapn"]\n',
        "utf-8",
    )
    loaded = load(tmp_path)
    told = [str(problem) for problem in loaded.problems]
    assert len(told) == 4 and all("fr.toml" in line for line in told)
    for row, word in (("arme.feux", "arme.feu"), ("bad", ""), ("odd", "arme?"), ("lost", "weap")):
        assert any(row in line and word in line for line in told), (row, told)
    triage = Triage(loaded.lexicons)
    assert triage.of(["il a une zigouillette"], "fr").signals == ("arme",)


def test_a_file_that_is_no_toml_keeps_the_shipped_lexicon(tmp_path: Path) -> None:
    (tmp_path / "lexicons").mkdir()
    (tmp_path / "lexicons" / "fr.toml").write_text("[[row", "utf-8")
    loaded = load(tmp_path)
    assert len(loaded.problems) == 1 and Triage(loaded.lexicons).of(["il a un fusil"], "fr").signals == ("arme",)


def test_a_program_without_station_files_has_no_problem(tmp_path: Path) -> None:
    started = perf_counter()
    assert load(tmp_path).problems == ()
    assert perf_counter() - started < 10
