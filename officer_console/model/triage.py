"""Danger signals in what a visitor wrote, each with the exact words that raised it, and a proposed urgency.

It highlights and proposes: an officer decides. Nothing here reads a clock, a file, or anything but the words.
A conversation costs about 0.1 ms; a console keeps a `Session` and pays for the new message alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from .lexicon import Lexicon, Rule, by_language
from .lexicon_matcher import Found
from .lexicon_words import Word
from .signals import SIGNALS

Urgency = Literal["red", "amber", "none"]
GRAVE: Final = (
    frozenset({"arme"}), frozenset({"etranglement"}), frozenset({"menace_mort"}), frozenset({"separation"}),
    frozenset({"suicide_victime", "suicide_auteur"}),
)  # fmt: skip
"""Any two of these make red; the victim's and the author's suicide count once."""
NOW: Final = "en_cours"
QUOTED: Final = 3
"""Places of one message that are told for one signal."""
TRIED: Final = 400
"""Matches of one message that are looked at; a sentence has a dozen."""
ENOUGH: Final = 0.999
"""Weight above which a signal is raised: 1, whatever tenths add up to in binary."""
_AROUND: Final = ' .!?…\n,;:()"«»'
ALL: Final = "all"
"""What a row that cancels names to take back every signal."""


class Because(msgspec.Struct, frozen=True):
    """Why a signal was raised: the words as written, in which message (from 0), from where to where in it."""

    signal: str
    words: str
    message: int
    start: int
    end: int


class Result(msgspec.Struct, frozen=True):
    """Signals in the order of SIGNALS, the proposed urgency, and every reason in the order of reading."""

    signals: tuple[str, ...]
    urgency: Urgency
    because: tuple[Because, ...]


class _Hit(NamedTuple):
    rule: Rule
    message: int
    start: int
    end: int
    words: str


def urgency(signals: Iterable[str]) -> Urgency:
    """The rule of danger.md: red for danger now or two grave signals, amber for any signal."""
    raised = frozenset(signals)
    if NOW in raised or sum(not raised.isdisjoint(group) for group in GRAVE) > 1:
        return "red"
    return "amber" if raised else "none"


class Session:
    """One conversation's messages as they come; `add` costs what the message costs."""

    def __init__(self, lexicons: Sequence[Lexicon]) -> None:
        self._lexicons = lexicons
        self._hits: list[_Hit] = []
        self._said: dict[str, set[int]] = {}
        self._raised: set[str] = set()
        self._count = 0

    def add(self, message: str) -> None:
        """One more message of the visitor, of any text."""
        for lexicon in self._lexicons:
            for hit in _hits(lexicon, message, self._count):
                self._take(hit)
        self._count += 1
        self._raised.update(self._enough())

    def _take(self, hit: _Hit) -> None:
        row = hit.rule.row
        if row.mark:
            self._said.setdefault(row.mark, set()).add(hit.message)
        if row.cancels:
            lost = {*row.cancels}
            self._hits = [one for one in self._hits if not _taken_back(one, hit, lost)]
            self._raised = set() if ALL in lost else self._raised - lost
        if row.signal:
            self._hits.append(hit)

    def _enough(self) -> Iterator[str]:
        """Signals of which the rows found weigh 1 together. What was raised once stays: a story told afterwards makes
        no danger smaller."""
        rows = {hit.rule.row.id: hit.rule.row for hit in self._hits if self._holds(hit)}
        weights: dict[str, float] = {}
        for row in rows.values():
            weights[row.signal] = weights.get(row.signal, 0) + row.weight
        return (signal for signal, weight in weights.items() if weight > ENOUGH)

    def result(self) -> Result:
        """What is known so far."""
        because = tuple(self._because())
        raised = {one.signal for one in because}
        return Result(tuple(one for one in SIGNALS if one in raised), urgency(raised), because)

    def _because(self) -> Iterator[Because]:
        told: dict[tuple[str, int], list[_Hit]] = {}
        for hit in self._hits:
            row = hit.rule.row
            if row.signal in self._raised and row.weight > 0 and self._holds(hit):
                told.setdefault((row.signal, hit.message), []).append(hit)
        for (signal, message), hits in told.items():
            for hit in _apart(hits):
                yield Because(signal, hit.words, message, hit.start, hit.end)

    def _holds(self, hit: _Hit) -> bool:
        rule, said = hit.rule, self._said
        if any(hit.message in said.get(mark, ()) for mark in rule.not_here) or not rule.not_said.isdisjoint(said):
            return False
        if not rule.needs_here and not rule.needs_said:
            return True
        here = any(hit.message in said.get(mark, ()) for mark in rule.needs_here)
        return here or not rule.needs_said.isdisjoint(said)


def _taken_back(one: _Hit, by: _Hit, lost: set[str]) -> bool:
    earlier = (one.message, one.end) <= (by.message, by.end)
    return earlier and (ALL in lost or one.rule.row.signal in lost)


def _apart(hits: list[_Hit]) -> list[_Hit]:
    """The first places that don't overlap, the longest words of each."""
    chosen: list[_Hit] = []
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if len(chosen) < QUOTED and (not chosen or hit.start >= chosen[-1].end):
            chosen.append(hit)
    return chosen


def _hits(lexicon: Lexicon, message: str, number: int) -> Iterator[_Hit]:
    """What the rows find in one message, in the order of reading."""
    words = lexicon.speller.words(message)
    step, state, kind = lexicon.forward.step, lexicon.forward.start, lexicon.forward.kind
    shields: list[int] = []
    found: list[tuple[Found, int]] = []
    for at, word in enumerate(words):
        state = step(state, kind(word.text))
        shields.append(state.guards)
        if state.rows:
            found.extend((one, at) for one in state.rows)
    if not found:
        return
    behind = _behind(lexicon, words)
    texts = [word.text for word in words]
    for one, end in found[:TRIED]:
        begin = lexicon.forward.begins(one, texts, end)
        rule = lexicon.rules[one.row]
        if not _guarded(rule, shields[begin - 1] if begin else 0, behind[end + 1]):
            yield _hit(rule, number, message, words, (begin, end))


def _behind(lexicon: Lexicon, words: list[Word]) -> list[int]:
    """For each word the guards that begin with it, read from the end; one more after the last."""
    step, state, kind = lexicon.backward.step, lexicon.backward.start, lexicon.backward.kind
    shields = [0] * (len(words) + 1)
    for at in range(len(words) - 1, -1, -1):
        state = step(state, kind(words[at].text))
        shields[at] = state.guards
    return shields


def _guarded(rule: Rule, before: int, behind: int) -> bool:
    if rule.before & before or rule.after & behind:
        return True
    return any(one & before and other & behind for one, other in rule.both)


def _hit(rule: Rule, number: int, message: str, words: list[Word], span: tuple[int, int]) -> _Hit:
    inside = [word for word in words[span[0] : span[1] + 1] if word.end > word.start]
    start, end = (inside[0].start, inside[-1].end) if inside else (0, 0)
    while end > start and message[end - 1] in _AROUND:
        end -= 1
    while start < end and message[start] in _AROUND:
        start += 1
    return _Hit(rule, number, start, end, message[start:end])


class Triage:
    """Lexicons in use: those of a conversation's language, all of them when it is not known."""

    def __init__(self, lexicons: Iterable[Lexicon]) -> None:
        self._by_language = by_language(lexicons)

    def session(self, lang: str = "") -> Session:
        """A conversation with no message yet; `lang` as in "fr" or "fr-FR"."""
        return Session(self._by_language.get(lang[:2].lower(), self._by_language[""]))

    def of(self, messages: Iterable[str], lang: str = "") -> Result:
        """What a whole conversation gives."""
        session = self.session(lang)
        for message in messages:
            session.add(message)
        return session.result()
