"""What an unknown word was meant to be: an elision written as one word, a word as it sounds, a word with one slip.

Only words that a lexicon names are guessed, and only for words that it doesn't name; so a guess can find, never hide.
Slips are looked up among the words' own forms with one letter left out, made once: a guess costs 10 µs, whatever the
number of words known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from .lexicon_words import plain

_HEARD: Final = 4
"""Letters of the shortest word that is guessed by its sound."""
_SLIP: Final = 6
"""Letters of the shortest word in which one slip is borne; in shorter ones a slip makes another word."""
_LONGEST: Final = 18
_SWAPPED: Final = 2
_REST: Final = 4
"""Letters of the shortest word after an elision."""
_VOWELS: Final = frozenset("aeiouyh")


class Sounds:
    """Rules written -> heard; a dot in what is written is the word's end. The longest that fits goes first."""

    def __init__(self, rules: Mapping[str, str]) -> None:
        self._heard = {one: heard for one, heard in rules.items()}
        ordered = sorted(self._heard, key=len, reverse=True)
        self._sub = re.compile("|".join(re.escape(one[:-1]) + "$" if one[-1] == "." else one for one in ordered)).sub
        self._ends = {one[:-1]: heard for one, heard in self._heard.items() if one[-1] == "."}

    def of(self, word: str) -> str:
        """How a word sounds."""
        return self._sub(lambda match: self._one(match, len(word)), word)

    def _one(self, match: re.Match[str], length: int) -> str:
        written = match[0]
        if match.end() == length and written in self._ends:
            return self._ends[written]
        return self._heard.get(written, written)


class Typos:
    """Guesses among the words of one lexicon. `right`: words that are no slips of these. `elided`: letter -> the word
    it is short for before a consonant."""

    def __init__(
        self, right: Iterable[str], known: Iterable[str], sounds: Mapping[str, str], elided: Mapping[str, str]
    ) -> None:
        self._known = frozenset(known)
        self._right = self._known.union(map(plain, right))
        self._sounds = Sounds(sounds) if sounds else None
        self._elided = elided
        self._by_sound: dict[str, str] = {}
        self._short: dict[str, str] = {}
        for word in sorted(self._known):
            if self._sounds and len(word) >= _HEARD:
                self._by_sound.setdefault(self._sounds.of(word), word)
            if _SLIP <= len(word) <= _LONGEST:
                for less in _less(word):
                    self._short.setdefault(less, word)

    def meant(self, word: str) -> tuple[str, ...]:
        """The word or words that are meant; the word itself when there is nothing to guess."""
        if word in self._right or not word.isalpha():
            return (word,)
        return self._parted(word) or self._heard(word) or self._slipped(word) or (word,)

    def _parted(self, word: str) -> tuple[str, ...]:
        first, rest = word[0], word[1:]
        if first not in self._elided or len(rest) < _REST or rest not in self._known:
            return ()
        return (first if rest[0] in _VOWELS else self._elided[first], rest)

    def _heard(self, word: str) -> tuple[str, ...]:
        if self._sounds is None or not _HEARD <= len(word) <= _LONGEST:
            return ()
        found = self._by_sound.get(self._sounds.of(word))
        return (found,) if found and found[0] in _alike(word[0]) else ()

    def _slipped(self, word: str) -> tuple[str, ...]:
        if not _SLIP <= len(word) <= _LONGEST:
            return ()
        for candidate in self._near(word):
            if candidate[0] == word[0] and _one_slip(candidate, word):
                return (candidate,)
        return ()

    def _near(self, word: str) -> Iterator[str]:
        if word in self._short:
            yield self._short[word]
        for less in _less(word):
            if less in self._known and len(less) >= _SLIP:
                yield less
            if less in self._short:
                yield self._short[less]


def _alike(letter: str) -> str:
    """First letters that sound alike: a word that begins otherwise is another."""
    return {"k": "kcq", "c": "cks", "q": "qkc", "f": "fp", "s": "sc", "i": "iyh", "y": "yi"}.get(letter, letter + "h")


def _less(word: str) -> Iterator[str]:
    return (word[:at] + word[at + 1 :] for at in range(1, len(word)))


def _one_slip(one: str, other: str) -> bool:
    """Whether a letter more, a letter less, another letter, or two that changed places make one word of the other."""
    if len(one) != len(other):
        return True
    apart = [at for at, (left, right) in enumerate(zip(one, other, strict=True)) if left != right]
    first, last = apart[0], apart[-1]
    if first == last:
        return True
    return len(apart) == last - first + 1 <= _SWAPPED and one[first] == other[last] and one[last] == other[first]
