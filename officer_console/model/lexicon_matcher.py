"""All sequences of a lexicon at once over words: one bit for each place, one step for each word, whatever the text.

The step is the "extended Shift-And" of Navarro and Raffinot (Flexible Pattern Matching in Strings, 2002, ch. 4): shift,
mask by the word, fill places that may be left out. Steps met before are remembered as the edges of an automaton, so
that usual text costs 0.1 µs a word; a new step costs 5 µs for 10,000 places. There is no way back, so no text is slow.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as Items
from typing import Final

from .lexicon_pattern import Place, Sequence
from .lexicon_words import COMMA, END

STATES: Final = 20_000
EDGES: Final = 200_000
"""States and edges remembered; then all are forgotten, and learnt again: at most about 60 MB."""


class State:
    """What is under way after some words: `rows` are the numbers of the sequences complete here, `guards` a bit for
    each of those that guard."""

    __slots__ = ("bits", "edges", "guards", "rows")

    def __init__(self, bits: int, rows: tuple[int, ...], guards: int) -> None:
        self.bits = bits
        self.rows = rows
        self.guards = guards
        self.edges: dict[str, State] = {}


class Matcher:
    """Sequences by their number: the first `rows` are looked for, the others guard. Each must begin with a place
    that can't be left out."""

    def __init__(self, sequences: Items[Sequence], rows: int) -> None:
        self._rows = rows
        self._words: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._but: dict[str, int] = {}
        self._any = self._comma = self._first = self._last = 0
        self._optional = self._before = self._final = 0
        self._ends: dict[int, int] = {}
        self._lay(sequences)
        self._known: dict[str, int] = {}
        self._forget()

    def _forget(self) -> None:
        self._states: dict[int, State] = {}
        self._edges = 0
        self._known.clear()
        self.start = State(0, (), 0)

    def _lay(self, sequences: Items[Sequence]) -> None:
        at = 0
        for number, sequence in enumerate(sequences):
            self._first |= 1 << at
            for offset, place in enumerate(sequence):
                bit = 1 << (at + offset)
                self._place(place.words, place.stems, place.but, place.gap, bit)
                if place.optional:
                    self._optional |= bit
                    self._before |= 0 if sequence[offset - 1].optional else bit >> 1
                    last = offset + 1 == len(sequence) or not sequence[offset + 1].optional
                    self._last |= bit if last else 0
            at += len(sequence)
            self._final |= 1 << (at - 1)
            self._ends[at - 1] = number

    def _place(self, words: Iterable[str], stems: Iterable[str], but: Iterable[str], gap: int, bit: int) -> None:
        self._any |= bit if gap else 0
        self._comma |= bit if gap > 1 else 0
        for table, keys in ((self._words, words), (self._stems, stems), (self._but, but)):
            for key in keys:
                table[key] = table.get(key, 0) | bit

    def _mask(self, word: str) -> int:
        own = self._words.get(word, 0)
        if word == END:
            return own
        if word == COMMA:
            return own | self._comma
        for length in range(2, len(word) + 1):
            own |= self._stems.get(word[:length], 0)
        return own | (self._any & ~self._but.get(word, 0))

    def step(self, state: State, word: str) -> State:
        """The state after one more word."""
        following = state.edges.get(word)
        if following is None:
            following = state.edges[word] = self._made(state.bits, word)
        return following

    def _made(self, bits: int, word: str) -> State:
        if len(self._states) >= STATES or self._edges >= EDGES:
            self._forget()
        self._edges += 1
        mask = self._known.get(word)
        if mask is None:
            mask = self._known[word] = self._mask(word)
        bits = ((bits << 1) | self._first) & mask
        filled = bits | self._last
        bits |= self._optional & (~(filled - self._before) ^ filled)
        state = self._states.get(bits)
        if state is None:
            state = self._states[bits] = self._complete(bits)
        return state

    def _complete(self, bits: int) -> State:
        rows, guards, ends = [], 0, bits & self._final
        while ends:
            low = ends & -ends
            ends ^= low
            number = self._ends[low.bit_length() - 1]
            if number < self._rows:
                rows.append(number)
            else:
                guards |= 1 << (number - self._rows)
        return State(bits, tuple(rows), guards)


def begins(sequence: Sequence, words: Items[str], end: int) -> int:
    """Where the nearest match of one sequence begins that ends with the word at `end`. Bounded by its length."""
    reached: dict[int, None] = {end: None}
    for place in reversed(sequence):
        further: dict[int, None] = dict.fromkeys(reached) if place.optional else {}
        for at in reached:
            if at >= 0 and _takes(place, words[at]):
                further[at - 1] = None
        reached = further
    return max(reached, default=end) + 1


def _takes(place: Place, word: str) -> bool:
    if place.gap:
        return word != END and word not in place.but and (place.gap > 1 or word != COMMA)
    return word in place.words or any(word.startswith(stem) for stem in place.stems)
