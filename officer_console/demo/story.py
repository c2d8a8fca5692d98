"""Invented visitors: what each writes, and how she reacts to what the officer does. Pure: no clock, no socket.

A story is data (stories/*.toml). Rules are tried in order; each speaks once, the first that fits is taken.
"""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path
from random import Random
from typing import Final, Literal

import msgspec

FOLDER: Final = Path(__file__).parent / "stories"
When = Literal["words", "any", "silence"]
End = Literal["", "goodbye", "exit", "closed", "network"]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the officer writes one of `words` (accents don't count), writes `any`thing, or is silent for `after` s:
    she says `say`, then leaves as `end` says ("network": is lost for a while and comes back)."""

    when: When
    say: list[str] = []
    words: list[str] = []
    after: int = 90
    end: End = ""


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One visitor. `pace`: letters a second she types."""

    title: str
    language: Literal["fr", "en"]
    postcode: str
    pace: float
    opening: list[str]
    rules: list[Rule]


class Act(msgspec.Struct, frozen=True):
    """What she does next."""

    say: tuple[str, ...] = ()
    end: End = ""


def load_stories(language: str = "") -> list[Story]:
    """All stories, or those of one language, in a fixed order."""
    files = sorted(FOLDER.glob("*.toml"))
    stories = [msgspec.convert(tomllib.loads(file.read_text("utf-8")), Story) for file in files]
    return [story for story in stories if language in ("", story.language)]


class Teller:
    """One visitor on her way through her story."""

    def __init__(self, story: Story) -> None:
        self._left = list(story.rules)

    def hear(self, text: str) -> Act:
        """The officer wrote."""
        plain = fold(text)
        for rule in self._left:
            spoken = rule.when == "words" and any(fold(word) in plain for word in rule.words)
            if spoken or rule.when == "any":
                return self._take(rule)
        return Act()

    @property
    def patience(self) -> int | None:
        """Seconds of silence after which she does something by herself; None: she just waits."""
        return next((rule.after for rule in self._left if rule.when == "silence"), None)

    def wait(self) -> Act:
        """The officer was silent for as long as her patience lasts."""
        rule = next((rule for rule in self._left if rule.when == "silence"), None)
        return self._take(rule) if rule else Act()

    def _take(self, rule: Rule) -> Act:
        self._left.remove(rule)
        return Act(tuple(rule.say), rule.end)


def fold(text: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def typing_time(text: str, pace: float, random: Random) -> float:
    """Seconds that writing this takes her, with some hesitation."""
    return len(text) / pace * random.uniform(0.8, 1.3) + random.uniform(0.4, 2.5)
