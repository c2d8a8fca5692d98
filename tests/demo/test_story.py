"""The invented visitors: every story can be told, and reacts to what an officer would write."""

from __future__ import annotations

from random import Random

import pytest

from officer_console.demo.story import Act, Rule, Story, Teller, fold, load_stories, typing_time
from officer_console.model.bodies import Text
from officer_console.protocol import codec
from officer_console.vault.envelopes import pad

STORIES = load_stories()
QUESTIONS = {
    "fr": [
        "Bonjour, êtes-vous en sécurité ?",
        "Quelle est votre adresse ?",
        "Vous pouvez appeler le 3919.",
        "Au revoir.",
    ],
    "en": ["Hello, are you safe right now?", "What is your address?", "You can call 3919.", "Take care, bye."],
}


def told(*rules: Rule) -> Teller:
    return Teller(Story("t", "fr", "", 5, ["bonjour"], list(rules)))


def test_there_are_enough_in_both_languages() -> None:
    assert len(STORIES) >= 8
    assert len(load_stories("fr")) >= 5
    assert len(load_stories("en")) >= 3
    assert load_stories("fr") + load_stories("en") == sorted(STORIES, key=lambda story: story.language != "fr")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.title)
def test_a_story_reacts_ends_and_fits_on_the_wire(story: Story) -> None:
    teller = Teller(story)
    acts = [teller.hear(question) for question in QUESTIONS[story.language]]
    assert any(act.say for act in acts)
    lines = [*story.opening, *(line for rule in story.rules for line in rule.say)]
    assert all(line.strip() == line and line for line in lines)
    for line in lines:
        pad(codec.encode_bytes(Text(ts=0, b=line)))


def test_the_first_rule_that_fits_speaks_once() -> None:
    teller = told(Rule("words", ["un"], ["sécurité"]), Rule("words", ["deux"], ["securite"]))
    heard = [teller.hear("Êtes-vous en SÉCURITÉ ?") for _ in range(3)]
    assert heard == [Act(("un",)), Act(("deux",)), Act()]


def test_anything_is_answered_when_no_words_fit() -> None:
    teller = told(Rule("any", ["oui"]), Rule("words", ["ici"], ["adresse"]))
    assert teller.hear("bonjour") == Act(("oui",))
    assert teller.hear("votre adresse ?") == Act(("ici",))


def test_silence_is_borne_for_as_long_as_it_says() -> None:
    teller = told(Rule("silence", ["vous êtes là ?"], after=60), Rule("silence", after=120, end="closed"))
    assert teller.patience == 60
    assert teller.wait() == Act(("vous êtes là ?",))
    assert teller.patience == 120
    assert teller.wait() == Act((), "closed")
    assert teller.patience is None
    assert teller.wait() == Act()


def test_words_are_compared_without_case_and_accents() -> None:
    assert fold("Où ÊTES-VOUS ?") == "ou etes-vous ?"


def test_typing_takes_its_time_and_the_same_seed_the_same() -> None:
    slow, fast = typing_time("bonjour" * 10, 3, Random(1)), typing_time("bonjour" * 10, 12, Random(1))
    assert slow > fast > 0
    assert slow == typing_time("bonjour" * 10, 3, Random(1))
