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
from officer_console.model.lexicon_matcher import Matcher
from officer_console.model.lexicon_pattern import (
    Item,
    PatternError,
    Place,
    Sequence,
    Ways,
    Wide,
    mirrored,
    parsed,
    says_nothing,
    trimmed,
)
from officer_console.model.lexicon_typos import Typos
from officer_console.model.lexicon_words import Speller
from officer_console.model.triage import Triage


def _none(name: str) -> str:
    raise KeyError(name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(a|b", "bracket"), ("a)", "bracket"), ("a | ", "empty"), ("", "empty"), ("fr*", "stem"), ("a*b", "stem"),
        ("_99 a", "gap"), ("@nobody a", "class"), ("a? b", "letter"), ("!(a b) c", "but"),
        (" ".join(["a"] * 41), "long"), ("(" + "|".join(f"w{n} x" for n in range(2_001)) + ")", "many"),
    ],
)  # fmt: skip
def test_broken_patterns_are_refused(text: str, kind: str) -> None:
    with pytest.raises(PatternError) as refused:
        parsed(text, _none)
    assert refused.value.kind == kind


def test_a_circle_of_classes_is_refused() -> None:
    rows = [Row(id="r", signal="arme", say=["@a"]), Row(id="s", signal="arme", say=["@c"])]
    lexicon = Lexicon(Source(language="fr", classes={"a": "b @d", "d": "@a", "c": "word"}, rows=rows))
    assert [(one.row, one.kind) for one in lexicon.refused] == [("r", "circle")]


def test_words_are_folded_and_spelled() -> None:
    speller = Speller({"jss": ["je", "suis"]})
    words = speller.words("JSS blesséééée, aidez-moi !")
    assert [word.text for word in words] == [".", "je", "suis", "blese", ",", "aidez", "moi", ".", "."]


def test_french_verbs_have_their_forms() -> None:
    made = forms("étrangler", "fr", {})
    assert {"étrangle", "étranglent"} <= made["pres"] and "étranglait" in made["impf"] and "étrangler" in made["pp"]


def test_english_verbs_double() -> None:
    assert {"slapped", "slapping"} <= forms("slap", "en", {})["all"]


def test_nested_too_deep_is_refused() -> None:
    deep = "(" * 5_000 + "a" + ")" * 5_000
    lexicon = Lexicon(Source(language="fr", rows=[Row(id="r", signal="arme", say=[deep])]))
    assert [(one.row, one.kind) for one in lexicon.refused] == [("r", "deep")]


PLAIN = st.builds(lambda letter: Place(frozenset(letter)), st.sampled_from("abc"))
PLACES = st.one_of(PLAIN, PLAIN, st.sampled_from([Place(gap=1), Place(gap=2), Place(gap=1, but=frozenset("b"))]))
WIDE = st.builds(Wide, st.integers(1, 3), st.sampled_from([1, 2]))


def _ways(items: st.SearchStrategy[Item]) -> st.SearchStrategy[Item]:
    inside = st.lists(items, min_size=1, max_size=3).map(tuple)
    return st.builds(Ways, st.lists(inside, min_size=1, max_size=3).map(tuple), st.booleans())


ITEMS = st.recursive(st.one_of(PLACES, WIDE), _ways, max_leaves=5)
SEQUENCES = st.lists(ITEMS, min_size=1, max_size=4).map(tuple).filter(lambda sequence: not says_nothing(sequence))


def _begins(sequence: Sequence, words: list[str], ends: frozenset[int]) -> frozenset[int]:
    """Where matches begin that end before one of `ends`, by trying all ways."""
    for item in reversed(sequence):
        if isinstance(item, Place):
            ends = frozenset(at - 1 for at in ends if at > 0 and _fits(item, words[at - 1]))
        elif isinstance(item, Wide):
            for _word in range(item.most):
                ends |= frozenset(at - 1 for at in ends if at > 0 and _fits(Place(gap=item.kind), words[at - 1]))
        else:
            found = frozenset().union(*(_begins(way, words, ends) for way in item.ways))
            ends = found | ends if item.optional else found
    return ends


def _fits(place: Place, word: str) -> bool:
    free = place.gap and word != "." and (place.gap > 1 or word != ",") and word not in place.but
    return word in place.words or bool(free)


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d", ",", "."]), max_size=10)


@given(st.lists(SEQUENCES, min_size=1, max_size=4), TEXTS)
@settings(max_examples=300, deadline=None)
def test_the_matcher_finds_what_a_plain_one_finds(sequences: list[Sequence], words: list[str]) -> None:
    cut = [trimmed(sequence) for sequence in sequences]
    matcher = Matcher(cut, len(cut))
    state = matcher.start
    for at, word in enumerate(words):
        state = matcher.step(state, matcher.kind(word))
        begun = [_begins(one, words, frozenset({at + 1})) for one in cut]
        assert {found.row for found in state.rows} == {number for number, found in enumerate(begun) if found}
        for found in state.rows:
            assert matcher.begins(found, words, at) in begun[found.row]


@given(SEQUENCES, TEXTS)
@settings(max_examples=200, deadline=None)
def test_read_from_the_end_it_is_the_same(sequence: Sequence, words: list[str]) -> None:
    cut = trimmed(sequence)
    whole = frozenset({len(words)})
    assert (0 in _begins(cut, words, whole)) is (0 in _begins(mirrored(cut), words[::-1], whole))


KNOWN = ("frappe", "etrangle", "couteau", "quitte", "menace", "essence", "mange")
SOUNDS = {"qu": "k", "eau": "o", "au": "o", "ce": "se", "an": "2", "en": "2", "e.": "", "er.": "e"}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lessence", ["l", "essence"]), ("jfrappe", ["je", "frappe"]), ("etrengle", ["etrangle"]),
        ("kitte", ["quitte"]),
        ("coutau", ["couteau"]), ("etrnagle", ["etrangle"]), ("etranglle", ["etrangle"]), ("manger", ["manger"]),
        ("orange", ["orange"]), ("gateau", ["gateau"]), ("12", ["12"]),
    ],
)  # fmt: skip
def test_slips_and_sounds_are_guessed_and_right_words_left(written: str, meant: list[str]) -> None:
    typos = Typos(["gateau", "manger"], KNOWN, SOUNDS, {"l": "le", "j": "je"})
    assert list(typos.meant(written)) == meant


def _hinting(*weights: float) -> Triage:
    rows = [
        Row(id=f"r{at}", signal="arme", say=[word], weight=weight)
        for at, (word, weight) in enumerate(zip("abc", weights, strict=False))
    ]
    return Triage([Lexicon(Source(language="fr", rows=rows))])


@pytest.mark.parametrize(
    ("weights", "messages", "raised"),
    [
        ((0.6, 0.4), ["a"], False), ((0.6, 0.4), ["a", "b"], True), ((0.6, 0.4), ["a a a"], False),
        ((1, -0.5), ["a b"], False), ((1, -0.5), ["a", "b"], True), ((0.6, 0.4, -0.5), ["a b c"], False),
    ],
)  # fmt: skip
def test_hints_add_up_each_once_and_what_was_raised_stays(
    weights: tuple[float, ...], messages: list[str], raised: bool
) -> None:
    assert bool(_hinting(*weights).of(messages).signals) is raised


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
