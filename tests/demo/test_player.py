"""How a person of the demo reacts to what happens, without clock or network."""

from __future__ import annotations

import pytest

from officer_console.demo.player import PATIENCE, Say, State, Type
from officer_console.demo.story import Rule, load_stories

from .playing import Stage, told


def test_the_first_line_is_there_at_once_and_the_others_are_typed() -> None:
    stage = Stage(told(opening=["bonjour", "il est derriere la porte"]))
    assert stage.log == [(0, Say("bonjour"))]
    assert stage.wait(20) == ["il est derriere la porte"]
    times = {action: at for at, action in stage.log}
    assert times[Say("il est derriere la porte")] - times[Type(True)] >= 2400
    assert times[Type(True)] >= 1000


def test_the_same_seed_and_events_give_the_same_night() -> None:
    def played(seed: int) -> list[object]:
        log: list[object] = []
        for story in load_stories("fr"):
            stage = Stage(story, seed)
            stage.taken()
            stage.asks("Bonjour, où êtes-vous ?")
            stage.wait(300)
            log += stage.log
        return log

    assert played(1) == played(1)
    assert played(1) != played(2)


def test_two_things_in_one_message_are_answered_and_no_more() -> None:
    rules = [
        Rule(topics=["address"], say=["ici"]),
        Rule(topics=["seen"], say=["non"]),
        Rule(words=["vite"], say=["oui"]),
    ]
    stage = Stage(told(*rules))
    stage.taken()
    assert stage.asks("Votre adresse, vite ! Vous entend-il ?") == ["ici", "non"]
    assert stage.asks("vite") == ["oui"]


def test_messages_that_come_while_she_reads_are_answered_together() -> None:
    stage = Stage(told(Rule(topics=["address"], say=["ici"])))
    stage.taken()
    stage.player.heard("Bonjour, je suis là.", 0)
    assert stage.asks("Quelle est votre adresse ?") == ["ici"]


def test_what_is_asked_again_is_said_again_and_what_is_told_is_nodded_at() -> None:
    stage = Stage(told(Rule(topics=["address"], say=["14 rue des lilas", "vite"])))
    stage.taken()
    assert stage.asks("Votre adresse ?") == ["14 rue des lilas", "vite"]
    assert stage.asks("Quelle adresse déjà ?") == ["14 rue des lilas"]
    assert stage.asks("J'ai noté l'adresse.") == ["ok"]
    assert stage.asks("Je reste là.") == ["d'accord"]
    assert stage.asks("Fait-il beau ?") == ["je sais pas"]


def test_silence_counts_from_the_last_word_or_key_of_either_side() -> None:
    stage = Stage(told(Rule("silence", after=60, say=["vous êtes là ?"])))
    assert stage.wait(100) == []  # nobody has taken her yet
    stage.taken()
    assert stage.wait(55) == []
    stage.player.sees_typing(stage.now)
    assert stage.wait(55) == []
    assert stage.asks("Oui.", within=40) == ["ok"]
    assert stage.wait(15) == []
    assert stage.wait(40) == ["vous êtes là ?"]


def test_put_back_she_says_something_and_waits_for_another() -> None:
    stage = Stage(told(Rule("released", after=3, say=["qui va me répondre ?"]), Rule("silence", after=5, say=["allo"])))
    stage.taken()
    stage.stands("waiting")
    assert stage.wait(60) == ["qui va me répondre ?"]
    stage.taken()
    assert stage.wait(20) == ["allo"]


def test_after_a_close_she_does_not_say_what_she_was_about_to() -> None:
    stage = Stage(told(Rule(topics=["address"], say=["ici"]), Rule("closed", after=4, end="goodbye")))
    stage.taken()
    stage.player.heard("Votre adresse ?", 0)
    stage.wait(2.5)
    stage.stands("closed")
    assert stage.wait(30) == []
    assert stage.log[-2][1] == Type(False)
    assert stage.left == "goodbye"


def test_after_a_close_she_can_remember_something_and_talk_on() -> None:
    again = [Rule("closed", after=70, say=["encore une chose"]), Rule(words=["oui"], say=["merci"], end="goodbye")]
    stage = Stage(told(*again))
    stage.taken()
    stage.stands("closed")
    assert stage.wait(60) == []
    assert stage.wait(30) == ["encore une chose"]
    stage.stands("waiting")
    stage.taken()
    assert stage.asks("Oui, c'est possible.") == ["merci"]
    assert stage.left == "goodbye"


def test_the_network_is_lost_and_she_goes_on_when_it_is_back() -> None:
    rules = [Rule(topics=["address"], say=["dans le train"], lost=30), Rule("back", after=1, say=["c'est revenu"])]
    stage = Stage(told(*rules))
    stage.taken()
    assert stage.asks("Votre adresse ?", within=20) == ["dans le train"]
    (lost_at, there), *_ = stage.network
    assert not there
    stage.stands("closed")  # it must come back all the same
    stage.stands("held")
    assert stage.wait(60) == ["c'est revenu"]
    assert stage.network == [(lost_at, False), (lost_at + 30_000, True)]


def test_what_was_done_while_her_network_was_lost_does_not_keep_her_from_going_on() -> None:
    rules = [Rule("claimed", say=["ça coupe"], lost=20), Rule("back", after=2, say=["c'est revenu"])]
    stage = Stage(told(*rules, Rule("released", say=["qui est là ?"])))
    stage.taken()
    assert stage.wait(25) == ["ça coupe"]
    stage.stands("waiting")
    assert sorted(stage.wait(30)) == ["c'est revenu", "qui est là ?"]


@pytest.mark.parametrize("state", ["waiting", "held", "closed"])
def test_nobody_stays_for_ever(state: State) -> None:
    for story in [told(), *load_stories()]:
        stage = Stage(story)
        stage.stands(state)
        stage.wait(max(rule.after for rule in PATIENCE) * 2 + 600)
        assert stage.left


@pytest.mark.parametrize("end", ["goodbye", "exit", "closed"])
def test_nothing_follows_when_she_has_left(end: str) -> None:
    leaving = Rule(words=["va"], say=["au revoir"], end=end)  # type: ignore[arg-type]
    stage = Stage(told(leaving, Rule(words=["va"], say=["encore"])))
    stage.taken()
    assert stage.asks("va") == ["au revoir"]
    assert stage.left == end
