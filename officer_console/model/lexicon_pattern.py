"""The language in which a lexicon's patterns are written: words, not letters, so that matching is linear.

    frappe            this word                    frapp*        words that begin so (3 letters or more)
    (a|b c|@d)        one of these                 [a|b]         one of these or nothing
    _3                up to 3 words                ~3            up to 3 words or commas
    @name  @hit.past  a class of the file          !(a|b)        one word that is none of these
    ,  .              a pause, a sentence's end    %             (exceptions only) where the words were found

Nothing repeats without bound: a pattern has at most LONGEST places and becomes at most MOST sequences of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import product
from typing import Final, NamedTuple

from .lexicon_words import COMMA, END, plain

LONGEST: Final = 30
MOST: Final = 600
WIDEST_GAP: Final = 12
SHORTEST_STEM: Final = 3
DEEPEST: Final = 12

_lexemes = re.compile(r"\s*(?:([()\[\]|%,.!])|([_~])(\d+)|@([\w.]+)|([\w*]+|[\U0001f300-\U0001faff])|(\S))")


class PatternError(ValueError):
    """Why a pattern can't be used: `kind` is a key of REASONS, `detail` the part that is meant."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


class Place(NamedTuple):
    """One place of a sequence: the words it takes. `gap` is 1 for any word, 2 for any word or comma."""

    words: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()
    gap: int = 0
    but: frozenset[str] = frozenset()
    optional: bool = False


Sequence = tuple[Place, ...]
HERE: Final = Place(frozenset("%"))
Classes = Callable[[str], str | Iterable[str]]
"""Name of a class -> its pattern, or plain words. Raises KeyError."""


class _Parser:
    def __init__(self, text: str, classes: Classes, depth: int) -> None:
        written = text.replace("'", " ").replace("’", " ")
        self.items = [match for match in _lexemes.finditer(written) if match[0].strip()]
        self.at, self.classes, self.depth = 0, classes, depth
        if depth > DEEPEST:
            raise PatternError("circle", text)

    def peek(self) -> str:
        return self.items[self.at][1] or "" if self.at < len(self.items) else ")"

    def alternatives(self, closing: str) -> list[Sequence]:
        found = self.sequence()
        while self.peek() == "|":
            self.at += 1
            found += self.sequence()
        if closing and (self.at >= len(self.items) or self.peek() != closing):
            raise PatternError("bracket", closing)
        self.at += 1
        return _merged(found)

    def sequence(self) -> list[Sequence]:
        parts: list[list[Sequence]] = []
        while self.at < len(self.items) and self.peek() not in ("|", ")", "]"):
            parts.append(self.item())
        if not parts:
            raise PatternError("empty")
        return _product(parts)

    def item(self) -> list[Sequence]:
        match = self.items[self.at]
        self.at += 1
        mark, gap, wide, name, word, _other = match.groups()
        if mark:
            return self._marked(mark)
        if gap:
            return [_gap(int(wide), 1 if gap == "_" else 2)]
        if name:
            return self._class(name)
        if not word:
            raise PatternError("letter", match[0].strip())
        return [(_word(word),)]

    def _marked(self, mark: str) -> list[Sequence]:
        if mark == "(":
            return self.alternatives(")")
        if mark == "[":
            return _maybe(self.alternatives("]"))
        if mark == "!":
            return [(self._but(),)]
        if mark == "%":
            return [(HERE,)]
        if mark in (COMMA, END):
            return [(Place(frozenset(mark)),)]
        raise PatternError("bracket", mark)

    def _but(self) -> Place:
        places = [sequence for sequence in self.item() if len(sequence) == 1 and not sequence[0].gap]
        if len(places) != 1 or places[0][0].stems:
            raise PatternError("but")
        return Place(gap=1, but=places[0][0].words)

    def _class(self, name: str) -> list[Sequence]:
        try:
            meant = self.classes(name)
        except KeyError:
            raise PatternError("class", name) from None
        if isinstance(meant, str):
            return parsed(meant, self.classes, self.depth + 1)
        return [(Place(frozenset(map(plain, meant))),)]


def parsed(text: str, classes: Classes, depth: int = 0) -> list[Sequence]:
    """The sequences of places that a pattern stands for. Raises PatternError."""
    parser = _Parser(text, classes, depth)
    found = parser.alternatives("")
    if parser.at <= len(parser.items):
        raise PatternError("bracket", parser.items[parser.at - 1][0].strip())
    if any(len(sequence) > LONGEST for sequence in found):
        raise PatternError("long")
    return found


def _word(word: str) -> Place:
    stem = word.removesuffix("*")
    if "*" in stem or (stem != word and len(stem) < SHORTEST_STEM):
        raise PatternError("stem", word)
    return Place(stems=frozenset({plain(stem)})) if stem != word else Place(frozenset({plain(word)}))


def _gap(wide: int, kind: int) -> Sequence:
    if not 0 < wide <= WIDEST_GAP:
        raise PatternError("gap", str(wide))
    return (Place(gap=kind, optional=True),) * wide


def _maybe(found: list[Sequence]) -> list[Sequence]:
    """Nothing or one of these; a single place stays one place that may be left out."""
    single = [sequence[0]._replace(optional=True) for sequence in found if len(sequence) == 1]
    longer = [sequence for sequence in found if len(sequence) > 1]
    first = [(place,) for place in single[:1]] if single else [()]
    return [*first, *((place,) for place in single[1:]), *longer]


def _merged(found: list[Sequence]) -> list[Sequence]:
    """Alternatives of one plain place each as one place that takes all their words."""
    plain_ones = [one[0] for one in found if _is_plain(one)]
    others = [one for one in found if not _is_plain(one)]
    if not plain_ones:
        return list(dict.fromkeys(others))
    words = frozenset().union(*(place.words for place in plain_ones))
    stems = frozenset().union(*(place.stems for place in plain_ones))
    return [(Place(words, stems),), *dict.fromkeys(others)]


def _is_plain(sequence: Sequence) -> bool:
    return len(sequence) == 1 and not sequence[0].gap and not sequence[0].optional and sequence[0] != HERE


def _product(parts: list[list[Sequence]]) -> list[Sequence]:
    count = 1
    for part in parts:
        count *= len(part)
        if count > MOST:
            raise PatternError("many", str(MOST))
    return [sum(chosen, ()) for chosen in product(*parts)]


def trimmed(sequence: Sequence) -> Sequence:
    """Without what may be left out at both ends: it says nothing. Raises PatternError when nothing else is there."""
    must = [at for at, place in enumerate(sequence) if not place.optional]
    if not must:
        raise PatternError("empty")
    return sequence[must[0] : must[-1] + 1]
