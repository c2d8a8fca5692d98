"""Stories of people who do not exist: what each writes, and what she does when something happens. Data only.

A story is a file in stories/, the words by which an officer's message is understood are in topics.toml.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

HERE: Final = Path(__file__).parent
Danger = Literal["now", "high", "some", "none"]
End = Literal["", "goodbye", "exit", "closed"]
When = Literal["asked", "waiting", "claimed", "silence", "released", "closed", "back"]
Seconds = Annotated[int, Meta(ge=0, le=3600)]
Words = Annotated[str, Meta(min_length=1, max_length=600)]
Topics = Mapping[str, list[str]]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When something happens: she writes `say`, then loses her network for `lost` seconds, then leaves (`end`).

    "asked": the officer wrote about one of `topics`, or one of `words`. Else `after` seconds of what still lasts:
    "waiting" for the first officer, "claimed" by one, "silence" on both sides while he has the conversation,
    "released" by him, "closed" by him, "back" on the network.
    """

    when: When = "asked"
    topics: list[str] = []
    words: list[str] = []
    after: Seconds = 0
    say: list[Words] = []
    lost: Seconds = 0
    end: End = ""


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One person. `pace`: letters a second she types; `think`: seconds before she begins a line, from and to.

    When no rule fits: `nods` answer what the officer tells, `unsure` what he asks; each in order, then again.
    """

    title: str
    language: Literal["fr", "en"]
    danger: Danger
    pace: Annotated[float, Meta(gt=0, le=30)]
    think: tuple[float, float]
    opening: Annotated[list[Words], Meta(min_length=1)]
    nods: Annotated[list[Words], Meta(min_length=1)]
    unsure: Annotated[list[Words], Meta(min_length=1)]
    rules: list[Rule]
    postcode: str = ""


def load_stories(language: str = "") -> list[Story]:
    """All stories, or those of one language, in the order of their files' names."""
    files = sorted((HERE / "stories").glob("*.toml"))
    stories = [msgspec.convert(tomllib.loads(file.read_text("utf-8")), Story) for file in files]
    return [story for story in stories if language in ("", story.language)]


def load_topics(language: str) -> Topics:
    """Topic -> stems of words in this language."""
    return dict(tomllib.loads((HERE / "topics.toml").read_text("utf-8"))[language])


def folded(text: str) -> str:
    """Words and numbers only: no capitals, no accents; one space before each and after the last."""
    apart = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(["", *re.findall(r"[a-z0-9]+", plain), ""])


def mentions(text: str, stems: Iterable[str]) -> bool:
    """Whether a word, or a row of words, begins like one of the stems; a stem with a space behind is a whole word."""
    words = folded(text)
    return any(f"{folded(stem).rstrip()}{' ' * stem.endswith(' ')}" in words for stem in stems)
