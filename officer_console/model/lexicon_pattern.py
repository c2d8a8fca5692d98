"""The language in which a lexicon's patterns are written: words, not letters, so that matching is linear.

    frappe            this word                    frapp*        words that begin so (3 letters or more)
    (a|b c|@d)        one of these                 [a|b]         one of these or nothing
    _3                up to 3 words                ~3            up to 3 words or commas
    @name  @hit.past  a class of the file          !(a|b)        one word that is none of these
    ,  .              a pause, a sentence's end    %             (exceptions only) where the words were found

Nothing repeats without bound: what a pattern finds is at most LONGEST words long, and it has at most MOST places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from .lexicon_words import COMMA, END, plain

LONGEST: Final = 40
MOST: Final = 4000
WIDEST_GAP: Final = 12
SHORTEST_STEM: Final = 3

_lexemes = re.compile(r"\s*(?:([()\[\]|%,.!])|([_~])(\d+)|@([\w.]+)|([\w*]+|[\U0001f300-\U0001faff])|(\S))")


class PatternError(ValueError):
    """Why a pattern can't be used: `kind` is a key of REASONS, `detail` the part that is meant."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


class Place(NamedTuple):
    """One word: those it takes. `gap` is 1 for any word that is none of `but`, 2 for any word or comma."""

    words: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    gap: int = 0
    but: frozenset[str] = frozenset()


class Wide(NamedTuple):
    """Up to `most` words of the gap's kind, or none."""

    most: int
    kind: int


class Ways(NamedTuple):
    """One of several sequences; nothing, too, when `optional`."""

    ways: tuple[tuple[Item, ...], ...]
    optional: bool = False


Item = Place | Wide | Ways
Sequence = tuple[Item, ...]
HERE: Final = Place(frozenset("%"))
Classes = Callable[[str], tuple[Sequence, ...]]
"""Name of a class -> the sequences that it stands for. Raises KeyError."""


class _Parser:
    def __init__(self, text: str, classes: Classes) -> None:
        written = text.replace("'", " ").replace("’", " ")
        self.items = [match for match in _lexemes.finditer(written) if match[0].strip()]
        self.at, self.classes = 0, classes

    def peek(self) -> str:
        return self.items[self.at][1] or "" if self.at < len(self.items) else ")"

    def alternatives(self, closing: str) -> tuple[Sequence, ...]:
        found = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            found.append(self.sequence())
        if closing and (self.at >= len(self.items) or self.peek() != closing):
            raise PatternError("bracket", closing)
        self.at += 1
        return _merged(found)

    def sequence(self) -> Sequence:
        parts: list[Item] = []
        while self.at < len(self.items) and self.peek() not in ("|", ")", "]"):
            parts += self.item()
        if not parts:
            raise PatternError("empty")
        return tuple(parts)

    def item(self) -> Sequence:
        match = self.items[self.at]
        self.at += 1
        mark, gap, wide, name, word, _other = match.groups()
        if mark:
            return self._marked(mark)
        if gap:
            return (_gap(int(wide), 1 if gap == "_" else 2),)
        if name:
            return self._class(name)
        if not word:
            raise PatternError("letter", match[0].strip())
        return (_word(word),)

    def _marked(self, mark: str) -> Sequence:
        if mark == "(":
            return _one_of(self.alternatives(")"))
        if mark == "[":
            return (Ways(self.alternatives("]"), optional=True),)
        if mark == "!":
            return (self._but(),)
        if mark == "%":
            return (HERE,)
        if mark in (COMMA, END):
            return (Place(frozenset(mark)),)
        raise PatternError("bracket", mark)

    def _but(self) -> Place:
        found = self.item()
        if len(found) != 1 or not isinstance(found[0], Place) or found[0].stems or found[0].gap:
            raise PatternError("but")
        return Place(gap=1, but=found[0].words)

    def _class(self, name: str) -> Sequence:
        try:
            return _one_of(self.classes(name))
        except KeyError:
            raise PatternError("class", name) from None


def parsed(text: str, classes: Classes) -> tuple[Sequence, ...]:
    """The sequences that a pattern stands for. Raises PatternError."""
    parser = _Parser(text, classes)
    found = parser.alternatives("")
    if parser.at <= len(parser.items):
        raise PatternError("bracket", parser.items[parser.at - 1][0].strip())
    if any(longest(sequence) > LONGEST for sequence in found):
        raise PatternError("long")
    if sum(map(places, found)) > MOST:
        raise PatternError("many", str(MOST))
    return found


def longest(sequence: Sequence) -> int:
    """Words of the longest text that a sequence finds."""
    return sum(
        1 if isinstance(item, Place) else item.most if isinstance(item, Wide) else max(map(longest, item.ways))
        for item in sequence
    )


def places(sequence: Sequence) -> int:
    """How many places a sequence has, its branches counted."""
    return sum(
        1 if isinstance(item, Place) else item.most if isinstance(item, Wide) else sum(map(places, item.ways))
        for item in sequence
    )


def can_be_left_out(item: Item) -> bool:
    """Whether a text fits without any word for it."""
    return isinstance(item, Wide) or (isinstance(item, Ways) and (item.optional or any(map(says_nothing, item.ways))))


def says_nothing(sequence: Sequence) -> bool:
    """Whether all of a sequence may be left out."""
    return all(map(can_be_left_out, sequence))


def mirrored(sequence: Sequence) -> Sequence:
    """The same read from its end."""
    return tuple(
        Ways(tuple(map(mirrored, item.ways)), item.optional) if isinstance(item, Ways) else item
        for item in reversed(sequence)
    )


@lru_cache(50_000)
def _word(word: str) -> Place:
    stem = word.removesuffix("*")
    if "*" in stem or (stem != word and len(stem) < SHORTEST_STEM):
        raise PatternError("stem", word)
    return Place(stems=frozenset({plain(stem)})) if stem != word else Place(frozenset({plain(word)}))


def _gap(wide: int, kind: int) -> Wide:
    if not 0 < wide <= WIDEST_GAP:
        raise PatternError("gap", str(wide))
    return Wide(wide, kind)


def _one_of(found: tuple[Sequence, ...]) -> Sequence:
    return found[0] if len(found) == 1 else (Ways(found),)


def _merged(found: Iterable[Sequence]) -> tuple[Sequence, ...]:
    """Alternatives of one plain place each as one place that takes all their words."""
    words: set[str] = set()
    stems: set[str] = set()
    others: dict[Sequence, None] = {}
    for sequence in found:
        first = sequence[0]
        if len(sequence) == 1 and isinstance(first, Place) and not first.gap and first != HERE:
            words |= first.words
            stems |= first.stems
        elif len(sequence) == 1 and isinstance(first, Ways) and not first.optional:
            others |= dict.fromkeys(first.ways)
        else:
            others[sequence] = None
    plain_one = ((Place(frozenset(words), frozenset(stems)),),) if words or stems else ()
    return (*plain_one, *others)


def trimmed(sequence: Sequence) -> Sequence:
    """Without what may be left out at both ends: it says nothing. Raises PatternError when nothing else is there."""
    must = [at for at, item in enumerate(sequence) if not can_be_left_out(item)]
    if not must:
        raise PatternError("empty")
    return sequence[must[0] : must[-1] + 1]
