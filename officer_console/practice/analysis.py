"""What a reply of an officer does: acts, found by lexicons (acts/fr.toml, acts/en.toml), with the words that show them.

Rules of language, no judgement: nothing here knows the situation. A reply costs about 0.3 ms.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, cast, get_args

import msgspec

from officer_console.model.lexicon import Lexicon, Row, Source
from officer_console.model.triage import Session

from .fields import Act

ACTS: Final[tuple[Act, ...]] = get_args(Act)
HARMS: Final[frozenset[Act]] = frozenset({"blame", "pressure", "doubt", "promise"})
"""Acts that do harm."""
ASKING: Final = frozenset(act for act in ACTS if act.endswith("_asked")) - {"consent_asked"} | {"open_question"}
"""Acts that count in sentences that ask."""
MOST_WORDS: Final = 45
"""A longer reply is too long to be read at once in danger."""
SHORT_QUESTION: Final = 3
"""A question of so few words ("d'accord ?", "oui ou non ?") belongs to the one before."""
_SOFT: Final[frozenset[Act]] = frozenset({"open_question", "consent_asked", "validation"})
"""Acts that a sentence which does harm never does."""
_ASKS: Final = "asks"
_sentences = re.compile(r"[^.!?…\n]+[.!?…\n]*").findall
_words = re.compile(r"[^\W_]+").findall


class Shown(msgspec.Struct, frozen=True):
    """An act, and the words of the reply that show it ("": its form does)."""

    act: Act
    words: str = ""


class Reading(msgspec.Struct, frozen=True):
    """What a reply does, each act once, in the order of ACTS; `hits`: keys of the scenario's patterns found in it."""

    shown: tuple[Shown, ...] = ()
    questions: int = 0
    length: int = 0
    hits: frozenset[str] = frozenset()

    @property
    def acts(self) -> frozenset[Act]:
        return frozenset(one.act for one in self.shown)

    @property
    def harms(self) -> bool:
        """Whether it does harm."""
        return not HARMS.isdisjoint(self.acts)

    def words_of(self, act: Act) -> str:
        """The words that show an act."""
        return next((one.words for one in self.shown if one.act == act), "")


def source(language: str, rows: Sequence[Row] = ()) -> Source:
    """The language's spellings, verbs and classes with `rows`."""
    return msgspec.structs.replace(_shipped(language), rows=list(rows))


@cache
def _shipped(language: str) -> Source:
    text = resources.files("officer_console.practice").joinpath("acts", f"{language}.toml").read_text("utf-8")
    data = tomllib.loads(text)
    rows = data.pop("row")
    return msgspec.convert({**data, "rows": [_marked(row) for row in rows]}, Source)


def _marked(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row that sets a mark raises it as a signal: here each sentence stands alone."""
    return {
        **{name: value for name, value in row.items() if name != "mark"},
        "signal": row.get("mark", row.get("signal")),
    }


@cache
def acts_lexicon(language: str) -> Lexicon:
    """The acts of a language. Takes about 0.3 s, once."""
    return Lexicon(_shipped(language))


def read(text: str, language: str, patterns: Lexicon | None = None) -> Reading:
    """What a reply does; `patterns`: a scenario's own, looked for in the whole reply."""
    found: dict[Act, str] = {}
    asked: list[str] = []
    for sentence in sentences(text):
        asked += _read_sentence(sentence, language, found)
    questions = len(asked)
    if questions and "open_question" not in found:
        found["closed_question"] = asked[0]
    if questions > 1:
        found["several_questions"] = asked[1]
    shown = tuple(Shown(act, found[act]) for act in ACTS if act in found)
    hits = frozenset(signal for signal, _words in raised(patterns, text)) if patterns else frozenset()
    return Reading(shown, questions, len(_words(text)), hits)


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its end."""
    return [sentence.strip() for sentence in _sentences(text) if _words(sentence)]


def _read_sentence(sentence: str, language: str, found: dict[Act, str]) -> list[str]:
    """Adds what one sentence does; gives the questions in it."""
    told = dict(reversed([*raised(acts_lexicon(language), sentence)]))
    asks = "?" in sentence or _ASKS in told
    acts = {_act(signal): words for signal, words in told.items() if _counts(signal, asks)}
    if not HARMS.isdisjoint(acts):
        acts = {act: words for act, words in acts.items() if act not in _SOFT}
    for act, words in acts.items():
        found.setdefault(act, words)
    asking = not ASKING.isdisjoint(acts)
    counts = asking or ("?" in sentence and len(_words(sentence)) > SHORT_QUESTION)
    return [sentence] if asks and counts else []


def _counts(signal: str, asks: bool) -> bool:
    """Whether a row counts in this sentence. A signal that ends in "?" is of sentences that ask, in "." of others."""
    if signal == _ASKS or (not asks and signal in ASKING):
        return False
    return asks if signal.endswith("?") else not (asks and signal.endswith("."))


def _act(signal: str) -> Act:
    return cast(Act, signal.rstrip("?."))


def raised(lexicon: Lexicon, text: str) -> Iterator[tuple[str, str]]:
    """What the rows of a lexicon find: their signal, and the words."""
    session = Session([lexicon])
    session.add(text)
    for one in session.result().because:
        yield one.signal, one.words
