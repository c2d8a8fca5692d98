"""What is raised and what is not: one case for each mechanism, the development sets, and any text at all."""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from officer_console import cli
from officer_console.model.signals import SIGNALS
from officer_console.model.triage import Triage, urgency

from .score import HERE, judged, read, score, triage

DEV = tuple(HERE / f"dev_{lang}.jsonl" for lang in ("fr", "en"))
DEV2 = {"dev2_fr_1": (0.96, 0.05), "dev2_fr_2": (0.87, 0.075), "dev2_en_1": (0.94, 0.05), "dev2_en_2": (0.89, 0.035)}
"""Further development sets, full of hints and of traps: least recall of red, greatest share of false red."""
HELD = tuple(HERE / f"held_{lang}.jsonl" for lang in ("fr", "en"))


@cache
def ready() -> Triage:
    return triage()


CASES = [line.split("|") for line in (HERE / "mechanisms.txt").read_text("utf-8").splitlines() if line]
"""Language, signal, whether it is raised, the words: negation, roles, times, figures of speech, spelling, witnesses."""


@pytest.mark.parametrize(("lang", "signal", "raised", "text"), CASES)
def test_who_does_what_when_and_whether(lang: str, signal: str, raised: str, text: str) -> None:
    assert (signal in ready().of([text], lang).signals) is (raised == "yes")


def test_a_correction_takes_a_weapon_back() -> None:
    said = ["il a un couteau dans la main", "non pardon pas un couteau c'est la télécommande"]
    assert "arme" in ready().of(said[:1], "fr").signals
    assert "arme" not in ready().of(said, "fr").signals


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ((), "none"), (("coups",), "amber"), (("en_cours",), "red"), (("arme",), "amber"),
        (("arme", "separation"), "red"),
        (("suicide_victime", "suicide_auteur"), "amber"), (("suicide_auteur", "menace_mort"), "red"),
        (("coups", "sexuel", "enfants", "arme"), "amber"),
    ],
)  # fmt: skip
def test_urgency_follows_the_rule(signals: tuple[str, ...], expected: str) -> None:
    assert urgency(signals) == expected


def test_an_unknown_language_is_looked_up_in_all() -> None:
    assert ready().of(["he has a gun", "il me frappe"], "").signals == ("arme", "coups")


@pytest.mark.parametrize("file", DEV, ids=lambda file: file.stem)
def test_the_development_set_meets_the_aims(file: Path) -> None:
    total = score(judged([file], ready()))
    assert total.red.recall >= 0.95 and total.false_red < 0.05
    assert {name: count.f1 for name, count in total.signals.items() if count.f1 < 0.85} == {}


@pytest.mark.parametrize("name", DEV2)
def test_the_harder_development_sets_do_not_get_worse_than_measured(name: str) -> None:
    total = score(judged([HERE / f"{name}.jsonl"], ready()))
    recall, false_red = DEV2[name]
    assert total.red.recall >= recall and total.false_red <= false_red


def test_the_held_sets_do_not_get_worse_than_measured() -> None:
    """Measured on 2026-11-26: red recall 0.828, false red 0.069. The aims are 0.95 and 0.05: not reached yet."""
    total = score(judged(HELD, ready()))
    assert total.red.recall >= 0.82 and total.false_red <= 0.07


def test_what_is_said_plainly_is_found() -> None:
    """Each line of plain.txt: language, signal, whether it is raised, the words."""
    lines = [line.split("|") for line in (HERE / "plain.txt").read_text("utf-8").splitlines()]
    wrong = [line for line in lines if (line[1] in ready().of([line[3]], line[0]).signals) is not (line[2] == "yes")]
    assert len(lines) > 1500 and wrong == []


@pytest.mark.parametrize("file", DEV, ids=lambda file: file.stem)
def test_a_further_message_lowers_nothing_unless_it_takes_back(file: Path) -> None:
    order = ("none", "amber", "red")
    for case in read(file):
        if "correction" in case.note or case.urgency == "none":
            continue
        said = [ready().of(case.messages[:count], case.lang).urgency for count in range(len(case.messages) + 1)]
        assert said == sorted(said, key=order.index), case.id


@pytest.mark.parametrize("file", DEV, ids=lambda file: file.stem)
def test_words_are_told_exactly_and_sessions_give_the_same(file: Path) -> None:
    for case in read(file):
        session = ready().session(case.lang)
        for message in case.messages:
            session.add(message)
        result = session.result()
        assert result == ready().of(case.messages, case.lang)
        for one in result.because:
            assert one.words and case.messages[one.message][one.start : one.end] == one.words
        assert {one.signal for one in result.because} == set(result.signals) <= set(SIGNALS)


SOME = "il me frappe tue non pas un couteau fusil . , je veux mourir l'a étranglée viol ex mdr là ??? jss 😂"
WORDS = st.sampled_from([*SOME.split(), "\n"])


TEXTS = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=15).map(" ".join))


@given(st.lists(TEXTS, max_size=4), st.sampled_from(["fr", "en", "", "xx"]))
@settings(max_examples=200, deadline=None)
def test_any_text_gives_words_that_are_in_it(messages: list[str], lang: str) -> None:
    for one in ready().of(messages, lang).because:
        assert messages[one.message][one.start : one.end] == one.words


@pytest.mark.parametrize("part", ["me tue ", "un couteau ", "aaaa", "(", "il est là ", "pas ", "é", ". ", "x "])
def test_a_hostile_message_is_soon_read(part: str) -> None:
    text = (part * 16_000)[:16_000]
    assert min(_seconds(text) for _turn in range(5)) < 0.05


def test_a_message_of_ten_times_the_words_takes_about_ten_times_as_long() -> None:
    """Of words never met, and of words that begin what could be found: nothing grows faster than the text."""
    chance = random.Random(5)
    known = [word for case in read(DEV[0]) for text in case.messages for word in text.split()]

    def text(count: int) -> str:
        odd = ("".join(chance.choices("aeiourstlnm", k=8)) for _word in range(count))
        return " ".join(word for pair in zip(odd, chance.choices(known, k=count), strict=True) for word in pair)

    short, long = (min(_seconds(text(count)) for _turn in range(3)) for count in (150, 1_500))
    assert long < 25 * short and long < 1


def _seconds(text: str) -> float:
    """What it costs the processor, whatever else the machine does."""
    started = process_time()
    ready().of([text], "fr")
    return process_time() - started


def test_the_command_prints_one_line_for_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "talks.jsonl"
    file.write_text('{"id": "a", "lang": "fr", "messages": ["il a un fusil", "mon ex"]}\n{"id": 3}\n', "utf-8")
    config = tmp_path / "config.toml"
    config.write_text("", "utf-8")
    assert cli.main(["triage", str(file), "--config", str(config), "--language", "en"]) == 1
    told = capsys.readouterr()
    assert json.loads(told.out) == {
        "id": "a", "signals": ["arme", "separation"], "urgency": "red",
        "because": [
            {"signal": "arme", "words": "fusil", "message": 0},
            {"signal": "separation", "words": "mon ex", "message": 1},
        ],
    }  # fmt: skip
    assert "line 2" in told.err
