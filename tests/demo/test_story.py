"""The invented visitors: every story can be told, and understands what an officer would write."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from officer_console.demo.player import PATIENCE
from officer_console.demo.story import Story, folded, load_stories, load_topics, mentions
from officer_console.demo.visitors import dealt
from officer_console.model.bodies import About, Text
from officer_console.protocol import codec
from officer_console.vault.envelopes import pad

from .playing import Stage

STORIES = load_stories()
ASKED = {
    "fr": {
        "safety": ["Êtes-vous en sécurité ?", "Vous êtes à l'abri là où vous êtes ?"],
        "seen": ["Est-ce qu'il vous voit écrire ?", "Où est-il en ce moment ?", "Peut-il vous entendre ?"],
        "address": ["Quelle est votre adresse ?", "Où êtes-vous exactement ?", "A quel étage ? Vous êtes où ?"],
        "call": ["Puis-je vous appeler ?", "Peut-on se parler au téléphone ?", "Quel est votre numéro ?"],
        "number": ["Le 3919 est gratuit.", "Il y a une association près de chez vous.", "Faites le 17."],
        "blame": ["Pourquoi n'êtes-vous pas partie ?", "Vous auriez dû nous écrire avant."],
        "tell": ["Que se passe-t-il ?", "Vous pouvez m'expliquer ?"],
        "goodbye": ["Au revoir, prenez soin de vous.", "Bonne soirée."],
        "foreign": ["Hello, what is happening?"],
    },
    "en": {
        "safety": ["Are you safe right now?", "Are you alone?"],
        "seen": ["Can he see you?", "Where is he now?", "Can anybody hear you?"],
        "address": ["What is your address?", "Where are you?"],
        "call": ["Can I call you?", "What is your phone number?"],
        "number": ["There is a helpline, 3919.", "You can dial 17 at any time."],
        "blame": ["Why didn't you leave?", "You should have written before."],
        "tell": ["What happened?", "Can you tell me more?"],
        "goodbye": ["Goodbye, take care.", "Good night."],
        "foreign": ["Bonjour, je suis là pour vous."],
    },
}
QUESTIONS = [
    (story, topic, question)
    for story in STORIES
    for topic, questions in ASKED[story.language].items()
    for question in questions
]


def every_line(story: Story) -> list[str]:
    return [*story.opening, *story.nods, *story.unsure, *(line for rule in story.rules for line in rule.say)]


def test_there_are_enough_in_both_languages() -> None:
    assert len(load_stories("fr")) >= 10
    assert len(load_stories("en")) >= 6
    assert len(load_stories("fr")) + len(load_stories("en")) == len(STORIES)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_dangers_paces_and_ways_of_leaving_differ(language: str) -> None:
    stories = load_stories(language)
    assert {story.danger for story in stories} == {"now", "high", "some", "none"}
    assert max(story.pace for story in stories) > 2 * min(story.pace for story in stories)
    assert {rule.end for story in stories for rule in story.rules} == {"", "goodbye", "exit", "closed"}
    assert any(rule.lost for story in stories for rule in story.rules)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.title)
def test_every_line_fits_on_the_wire(story: Story) -> None:
    for line in every_line(story):
        assert line.strip() == line
        pad(codec.encode_bytes(Text(ts=0, b=line)))
    pad(codec.encode_bytes(About(ts=0, lang=story.language, postcode=story.postcode)))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.title)
def test_every_rule_can_come(story: Story) -> None:
    topics = load_topics(story.language)
    given_up = {rule.when: rule.after for rule in PATIENCE}
    for rule in story.rules:
        assert set(rule.topics) <= set(topics)
        assert (rule.when == "asked") == bool(rule.topics or rule.words)
        assert rule.after < given_up.get(rule.when, 3600)
        assert rule.say or rule.end
    assert {"silence", "released", "closed"} <= {rule.when for rule in story.rules}
    if any(rule.lost for rule in story.rules):
        assert any(rule.when == "back" for rule in story.rules), "she goes on when the network is back"


@pytest.mark.parametrize(
    ("story", "topic", "question"), QUESTIONS, ids=[f"{story.title}: {text}" for story, _topic, text in QUESTIONS]
)
def test_what_an_officer_asks_is_answered_to_the_point(story: Story, topic: str, question: str) -> None:
    stage = Stage(story)
    stage.taken()
    answers = stage.asks(question, within=150)
    fitting = [rule for rule in story.rules if topic in rule.topics]
    assert any(rule.say == [line for line in answers if line in rule.say] for rule in fitting)
    assert all(rule.say or stage.left == rule.end for rule in fitting)
    assert not set(answers) & {*story.nods, *story.unsure}


def test_words_are_compared_at_their_beginning_without_case_accents_and_apostrophes() -> None:
    assert folded("Où ÊTES-VOUS, aujourd'hui ? Œil") == " ou etes vous aujourd hui oeil "
    assert mentions("L'ADRESSE, s'il vous plaît", ["adresse"])
    assert mentions("il est en sécurité ?", ["sécurit"])
    assert not mentions("la barre est armée", ["arre", "rme"])
    assert mentions("l'armée", ["arme"])
    assert mentions("faites le 17 !", ["le 17 "])
    assert not mentions("en 1789, le 1789", ["17 ", "le 17 "])


def test_no_topic_is_found_inside_of_words() -> None:
    assert not mentions("l'alarme et le vacarme", load_topics("fr")["weapon"])
    assert not mentions("this is a scar", load_topics("en")["patrol"])


def test_the_deck_holds_everybody_once_and_turns_through_the_dangers() -> None:
    deck = dealt(STORIES, Random(1))
    assert Counter(story.title for story in deck) == Counter(story.title for story in STORIES)
    assert [story.danger for story in deck[:4]] == ["now", "some", "high", "none"]
    assert len({deck[0].language, deck[1].language}) == 2
    assert [story.language for story in deck[2:4]] == [story.language for story in deck[:2]]
    assert dealt(STORIES, Random(1)) == deck
    assert dealt(STORIES, Random(2)) != deck
