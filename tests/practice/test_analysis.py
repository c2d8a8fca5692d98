"""What replies do: the graded ones, counted; the samples; what must never be confused."""

from __future__ import annotations

import time

import pytest

from officer_console.practice.analysis import ACTS, acts_lexicon, read
from officer_console.practice.fields import Act
from officer_console.practice.reach import NOTHING, samples
from tests.practice.score import graded, score, told


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_row_of_the_lexicons_is_refused(language: str) -> None:
    assert acts_lexicon(language).refused == ()


def test_the_graded_replies_are_judged_as_they_deserve(capsys: pytest.CaptureFixture[str]) -> None:
    replies = graded()
    assert len(replies) >= 150
    assert {reply.lang for reply in replies} == {"fr", "en"}
    whole, held = score(replies), score([reply for reply in replies if reply.held])
    with capsys.disabled():
        print(f"\n{told('graded replies', whole)}\n{told('held back', held)}")
    for found in (whole, held):
        assert len(found.false_praise) <= 0.02 * found.replies
        assert len(found.false_blame) <= 0.02 * found.replies
        assert len(found.missed_praise) <= 0.1 * found.praises
        assert len(found.missed_blame) <= 0.1 * found.blames


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_act_has_a_sample_that_does_it(language: str) -> None:
    known = samples(language)
    assert set(known) == {*ACTS, NOTHING}
    for act, text in known.items():
        acts = read(text, language).acts
        assert (not acts) if act == NOTHING else (act in acts), (act, acts)


def test_the_words_that_show_an_act_are_told_as_written() -> None:
    assert read("Bonsoir. Je vous PROMETS  qu'il sera puni.", "fr").words_of("promise") == "Je vous PROMETS"


def test_a_statement_asks_nothing() -> None:
    assert "safety_asked" not in read("Vous êtes en sécurité maintenant.", "fr").acts
    assert "safety_asked" in read("Vous êtes en sécurité ?", "fr").acts


@pytest.mark.parametrize(
    ("language", "text", "act", "does"),
    [
        ("fr", "Où est votre petite fille ?", "children_asked", True),
        ("fr", "Quand vous étiez petite fille, qu'est-ce qui s'est passé ?", "children_asked", False),
        ("fr", "Vous étiez encore une petite fille ?", "children_asked", False),
        ("fr", "Je demande des secours.", "patrol_told", True),
        ("fr", "J'appelle les pompiers.", "patrol_told", True),
        ("fr", "Êtes-vous d'accord pour que j'envoie une patrouille ?", "patrol_told", False),
        ("fr", "Je vous demande si la police est venue.", "patrol_told", False),
        ("fr", "Je note votre adresse.", "instruction", False),
        ("fr", "Notez cette adresse : notez-la bien.", "instruction", True),
        ("en", "I am asking for a patrol.", "patrol_told", True),
        ("en", "Shall I ask for a patrol?", "patrol_told", False),
    ],
)
def test_who_is_meant_and_what_is_only_proposed(language: str, text: str, act: Act, does: bool) -> None:
    assert (act in read(text, language).acts) is does


def test_questions_are_counted_but_for_short_tails() -> None:
    assert read("Êtes-vous seule ? Oui ou non ?", "fr").questions == 1
    assert read("Êtes-vous seule ? Est-il armé ?", "fr").questions == 2


@pytest.mark.parametrize("text", ["", " ", "???", "\x1b[2J\u202e", "a" * 16_000, "pourquoi " * 1700, "(" * 9000])
def test_no_reply_is_slow_or_breaks(text: str) -> None:
    read("Bonsoir.", "fr")
    began = time.perf_counter()
    read(text, "fr")
    assert time.perf_counter() - began < 0.5
