"""What the library as a whole must hold: languages, topics, difficulty, and numbers that are in the directory."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from officer_console.practice import library
from officer_console.practice.format import Remarked
from officer_console.practice.reading import read_file
from officer_console.practice.session import Session
from officer_console.referrals.directory import load_directory
from officer_console.referrals.home import Home
from officer_console.referrals.phones import same_line

TOPICS = frozenset({
    "bathroom", "partner-returning", "rape-yesterday", "rape-long-ago", "minor", "harassment-at-work", "witness",
    "forced-marriage", "disabled-person", "lgbt", "migrant", "man-victim", "author", "suicidal", "tester", "insults",
    "address-in-pieces", "patrol-arrives", "patrol-late", "lost-connection", "return-after-days",
})  # fmt: skip
SESSIONS = [read_file(file) for file in sorted(library.shipped_dir().glob("*.jsonl"))]
NOWHERE = Home(Path("/nonexistent"), Path("/nonexistent"))
_numbers = re.compile(
    r"(?<![\d:])(?:0 ?\d(?:[ .]?\d{2,3}){3,4}|3\d{3}|11[2-9](?: \d{3})?)(?!\d|[ ]?(?:h|m|an|°|000)\b)"
).findall


def _of(language: str) -> list[Session]:
    return [session for session in SESSIONS if session.head.language == language]


def test_there_are_sixteen_in_french_and_eight_in_english() -> None:
    assert len(_of("fr")) >= 16
    assert len(_of("en")) >= 8


def test_every_topic_is_there_in_french() -> None:
    assert {topic for session in _of("fr") for topic in session.head.topics} >= TOPICS


def test_a_good_half_of_them_is_there_in_english() -> None:
    assert len({topic for session in _of("en") for topic in session.head.topics} & TOPICS) >= 12


def test_every_difficulty_is_there_in_both_languages() -> None:
    for language in ("fr", "en"):
        assert {session.head.difficulty for session in _of(language)} == {1, 2, 3}


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.head.id)
class TestEach:
    """Of every session."""

    def test_warns_of_its_content_and_tells_the_truth(self, session: Session) -> None:
        assert session.head.warning
        assert session.truth.gist
        assert session.truth.outcomes
        assert session.deeds

    def test_can_end_well_and_badly(self, session: Session) -> None:
        values = [end.value for end in session.ends]
        assert 2 <= len(values) <= 4
        assert max(values) > 0 > min(values)

    def test_reacts_to_harm_to_silence_and_to_being_left(self, session: Session) -> None:
        acts = {act for cue in session.cues for act in cue.when.does}
        assert acts >= {"blame", "promise"}
        assert any(cue.when.silence for cue in session.cues)
        assert any(cue.when.stands == ["closed"] for cue in session.cues)

    def test_a_trainer_says_something(self, session: Session) -> None:
        assert any(isinstance(line, Remarked) for line in session.record)

    def test_numbers_told_are_in_the_directory(self, session: Session) -> None:
        known = load_directory(NOWHERE, []).numbers()
        told = {number for reply in session.replies() for number in _numbers(reply.text)}
        assert {number for number in told if same_line(number) not in known} == set()
