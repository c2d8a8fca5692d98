"""The rules of feedback, one by one, against the truth of a small session."""

from __future__ import annotations

import pytest

from officer_console.model.patrol import PatrolRequest, dump_request
from officer_console.practice.feedback import Remark, remarks
from officer_console.practice.moments import Confirms, Gives, Sends, Stands
from officer_console.practice.plot import Plot
from officer_console.practice.rules import rules
from officer_console.practice.sitting import Sitting, run_out
from tests.practice.made import changed, plot

SAFE, WHERE = "Pouvez-vous écrire sans danger ?", "À quelle adresse êtes-vous ?"
BYE = "Vous pouvez revenir écrire ici demain. Au revoir."


def sat(*script: tuple[float, object], of: Plot | None = None, end: bool = True) -> dict[str, list[Remark]]:
    """What is told of these doings, by rule."""
    sitting = Sitting(of or plot(), 1)
    for at, did in ((5, Stands("claimed")), *script):
        if isinstance(did, str):
            sitting.reply(int(at * 1000), did)
        else:
            sitting.do(int(at * 1000), did)  # type: ignore[arg-type]
    if end:
        run_out(sitting, 7_200_000)
    found: dict[str, list[Remark]] = {}
    for remark in remarks(sitting.chronicle(), "en"):
        found.setdefault(remark.rule, []).append(remark)
    return found


def kind(found: dict[str, list[Remark]], rule: str) -> str:
    """What is told of a rule: good, bad, missed; "" for nothing."""
    return found[rule][0].kind if rule in found else ""


def asks(**fields: str) -> Sends:
    return Sends(dump_request(PatrolRequest(**fields)))  # type: ignore[arg-type]


def test_every_rule_is_worded_in_both_languages() -> None:
    for rule in rules().rules:
        for texts in (rule.why, rule.good, rule.bad, rule.missed, rule.better):
            assert not texts or set(texts) == {"fr", "en"}, rule.id
        assert rule.bad or rule.missed
        assert rule.competence in rules().competences


@pytest.mark.parametrize(("at", "told"), [(30, "good"), (75, "bad")])
def test_the_first_answer(at: float, told: str) -> None:
    assert kind(sat((at, SAFE), end=False), "first-answer") == told


def test_a_gap_is_told_with_its_seconds() -> None:
    found = sat((20, SAFE), (200, WHERE))
    assert found["no-gap"][0].kind == "bad"
    assert found["no-gap"][0].at == 200_000
    seconds = int(found["no-gap"][0].text.split()[0])
    assert 168 <= seconds <= 172


@pytest.mark.parametrize(
    ("first", "told"), [(SAFE, "good"), ("Depuis quand êtes-vous mariés ?", "bad"), (WHERE, ""), ("Bonsoir.", "")]
)
def test_safety_comes_first(first: str, told: str) -> None:
    assert kind(sat((20, first), end=False), "safety-first") == told


def test_signals_against_the_truth() -> None:
    found = sat((20, SAFE), (25, Confirms("en_cours", "v1")), (30, Confirms("arme", "v1")))
    assert kind(found, "signal-seen") == "good"
    assert kind(found, "signal-wrong") == "bad"
    assert kind(sat((20, SAFE)), "signal-seen") == "bad"


def test_a_patrol_in_time_late_and_never() -> None:
    assert kind(sat((20, WHERE), (60, asks(place="3 rue X"))), "patrol-in-time") == "good"
    assert kind(sat((20, WHERE), (100, BYE), (180, asks(place="3 rue X"))), "patrol-in-time") == "bad"
    assert kind(sat((20, SAFE)), "patrol-in-time") == "missed"


def test_a_patrol_against_the_truth() -> None:
    wrong = plot(lines=changed("truth", patrol="wrong"))
    assert kind(sat((20, WHERE), (60, asks(place="3 rue X")), of=wrong), "patrol-wrong") == "bad"
    assert kind(sat((20, WHERE), of=wrong), "patrol-wrong") == "good"


def test_the_facts_that_she_told_are_in_the_request() -> None:
    assert kind(sat((20, WHERE), (60, asks(place="3, RUE x"))), "patrol-facts") == "bad"
    assert kind(sat((20, WHERE), (60, asks(place="au 3 RUE X, Lyon"))), "patrol-facts") == "good"
    assert kind(sat((20, SAFE), (60, asks(where="?"))), "patrol-facts") == ""


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("no-blame", "Pourquoi vous n'êtes pas partie ?"),
        ("no-pressure", "Vous devez porter plainte."),
        ("no-doubt", "Vous exagérez."),
        ("no-promise", "Je vous promets qu'il ne vous arrivera rien."),
        ("one-question", "Est-il armé ? Êtes-vous blessée ?"),
        ("plain-words", "Le parquet décidera."),
        ("short", "Je reste avec vous, et " * 20),
    ],
)
def test_what_must_not_be_is_told_at_once_with_why(rule: str, text: str) -> None:
    found = sat((20, text), end=False)
    assert kind(found, rule) == "bad"
    assert found[rule][0].why
    assert found[rule][0].at == 20_000


def test_a_better_wording_is_in_the_language_of_the_session() -> None:
    found = sat((20, "Vous exagérez."), end=False)
    assert found["no-doubt"][0].better == "Je vous crois. Merci de me le dire."
    assert found["no-doubt"][0].why.startswith("To be believed")


@pytest.mark.parametrize(
    ("rule", "text"), [("validates", "Je vous crois."), ("stays", "Je reste avec vous."), ("safety-asked", SAFE)]
)
def test_what_is_well_done_is_told(rule: str, text: str) -> None:
    assert kind(sat((20, text), end=False), rule) == "good"
    assert kind(sat((20, "Bonsoir."), (40, "Voilà."), (60, "Bien.")), rule) in ("missed", "bad")


def test_open_questions_and_consent_are_not_asked_for_in_danger_now() -> None:
    assert "consent" not in sat((20, SAFE))
    amber = plot(lines=changed("truth", urgency="amber"))
    assert kind(sat((20, SAFE), of=amber), "consent") == "missed"
    assert kind(sat((20, "Êtes-vous d'accord pour que je note ?"), of=amber), "consent") == "good"
    assert kind(sat((20, "Qu'est-ce qui s'est passé ?"), of=amber), "open-questions") == "good"


def test_referrals() -> None:
    found = sat((20, SAFE), (25, Gives("3919")), (30, Gives("119")), (35, Gives("3919")))
    assert [one.kind for one in found["referral-fits"]] == ["good", "bad"]
    assert kind(found, "referral-once") == "bad"
    assert kind(sat((20, SAFE), (40, Stands("closed", "patrol"))), "referral-fits") == "missed"


def test_the_end_of_a_conversation() -> None:
    well = sat((20, SAFE), (40, BYE), (50, Stands("closed", "patrol")))
    assert [kind(well, rule) for rule in ("goodbye", "next-step", "outcome")] == ["good"] * 3
    badly = sat((20, SAFE), (50, Stands("closed", "abuse")))
    assert [kind(badly, rule) for rule in ("goodbye", "next-step", "outcome")] == ["bad"] * 3


def test_the_deeds_of_the_session() -> None:
    assert kind(sat((20, SAFE), end=False), "deed:d-safe") == "good"
    assert kind(sat((20, "Bonsoir."), (70, SAFE), end=False), "deed:d-safe") == "missed"
    assert kind(sat((20, "Bonsoir."), end=False), "deed:d-safe") == ""


def test_how_it_ended_counts() -> None:
    assert kind(sat((20, SAFE)), "end") == "bad"


def test_a_rule_is_told_no_oftener_than_it_says() -> None:
    found = sat(*((20 + 5 * n, "Est-il armé ? Êtes-vous blessée ?") for n in range(9)), end=False)
    assert len(found["one-question"]) == 4
