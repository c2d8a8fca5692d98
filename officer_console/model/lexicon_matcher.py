"""All sequences of a lexicon at once over words: one automaton, one step for each word, whatever the text.

Every place of every sequence is a position, and knows which positions may follow it (Glushkov's automaton: The abstract
theory of automata, 1961). A step keeps, of what may follow, what takes the word: a few set operations. Steps met before
are remembered as the edges of a deterministic automaton, under one key for all words that fit the same positions, so
that usual text costs 0.1 µs a word; a new step costs some 10 µs. There is no way back, so no text is slow.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as Items
from itertools import pairwise
from typing import Final, NamedTuple

from .lexicon_pattern import Place, Sequence, Wide
from .lexicon_words import COMMA, END

STATES: Final = 8_000
EDGES: Final = 200_000
"""States and edges remembered; then all are forgotten, and learnt again: at most some 45 MB each."""
WORDS: Final = 50_000
_NONE: Final[frozenset[int]] = frozenset()


class Found(NamedTuple):
    """A row's sequence that is complete: the row's number, and the position of its last word."""

    row: int
    position: int


class State:
    """What is under way after some words: the sequences complete here (`rows`), a bit for each of those that guard,
    the `kind` of the last word, and the positions that may be next, without those that follow on a start."""

    __slots__ = ("edges", "follow", "guards", "kind", "rows")

    def __init__(self, kind: Kind, rows: tuple[Found, ...], guards: int, follow: frozenset[int]) -> None:
        self.kind = kind
        self.rows = rows
        self.guards = guards
        self.follow = follow
        self.edges: dict[int, State] = {}


class _Part(NamedTuple):
    """A part of an automaton: whether it may be left out, and the positions that it begins and ends with."""

    nothing: bool
    first: tuple[int, ...]
    last: tuple[int, ...]


class Kind(NamedTuple):
    """What words of one kind fit: their key, positions that name them, gaps that take them, sequences of this word
    alone, and what may follow on it as the first."""

    key: int
    named: frozenset[int]
    gaps: frozenset[int]
    ends: frozenset[int]
    after: frozenset[int]


class Matcher:
    """Sequences by their number: the first `rows` are looked for, the others guard."""

    def __init__(self, sequences: Items[Sequence], rows: int) -> None:
        self._rows = rows
        self._places: list[Place] = []
        self._follow: list[set[int]] = []
        self._ends: dict[int, int] = {}
        self._pairs: dict[tuple[int, int], frozenset[int]] = {}
        starts: set[int] = set()
        for number, sequence in enumerate(sequences):
            part = self._sequence(sequence)
            starts.update(part.first)
            self._ends.update(dict.fromkeys(part.last, number))
        self._starts = frozenset(starts)
        self._last = frozenset(self._ends)
        self._next = list(map(frozenset, self._follow))
        self._words: dict[str, set[int]] = {}
        self._stems: dict[str, set[int]] = {}
        self._but: dict[str, set[int]] = {}
        self._index()
        self._before: list[list[int]] = [[] for _place in self._places]
        for position, following in enumerate(self._follow):
            for after in following:
                self._before[after].append(position)
        self._kinds: dict[str, Kind] = {}
        self._known: dict[tuple[frozenset[int], frozenset[int]], Kind] = {}
        self._forget()

    def _forget(self) -> None:
        self._states: dict[tuple[frozenset[int], int], State] = {}
        self._edges = 0
        self._pairs.clear()
        self.start = State(Kind(-1, _NONE, _NONE, _NONE, _NONE), (), 0, _NONE)

    def _place(self, place: Place) -> int:
        self._places.append(place)
        self._follow.append(set())
        return len(self._places) - 1

    def _sequence(self, sequence: Sequence) -> _Part:
        nothing = True
        first: tuple[int, ...] = ()
        last: tuple[int, ...] = ()
        for item in sequence:
            if isinstance(item, Place):
                at = self._place(item)
                part = _Part(False, (at,), (at,))
            elif isinstance(item, Wide):
                part = self._wide(item)
            else:
                ways = [self._sequence(way) for way in item.ways]
                part = _Part(
                    item.optional or any(way.nothing for way in ways),
                    tuple(one for way in ways for one in way.first), tuple(one for way in ways for one in way.last),
                )  # fmt: skip
            for one in last:
                self._follow[one].update(part.first)
            first = (*first, *part.first) if nothing else first
            last = (*last, *part.last) if part.nothing else part.last
            nothing = nothing and part.nothing
        return _Part(nothing, first, last)

    def _wide(self, wide: Wide) -> _Part:
        chain = [self._place(Place(gap=wide.kind)) for _word in range(wide.most)]
        for one, other in pairwise(chain):
            self._follow[one].add(other)
        return _Part(True, (chain[0],), tuple(chain))

    def _index(self) -> None:
        for position, place in enumerate(self._places):
            for table, keys in ((self._words, place.words), (self._stems, place.stems), (self._but, place.but)):
                for key in keys:
                    table.setdefault(key, set()).add(position)
        gaps = {kind: {at for at, place in enumerate(self._places) if place.gap == kind} for kind in (1, 2)}
        self._pauses = frozenset(gaps[2])
        self._any = frozenset(gaps[1] | gaps[2])
        self._lengths = sorted({len(stem) for stem in self._stems})

    def kind(self, word: str) -> Kind:
        """What a word fits; the same for all words that fit the same positions."""
        known = self._kinds.get(word)
        if known is None:
            if len(self._kinds) >= WORDS:
                self._kinds.clear()
            known = self._kinds[word] = self._made_kind(word)
        return known

    def _made_kind(self, word: str) -> Kind:
        named = set(self._words.get(word, ()))
        if word not in (END, COMMA):
            for length in self._lengths:
                if length <= len(word):
                    named |= self._stems.get(word[:length], set())
        gaps = _NONE if word == END else self._pauses if word == COMMA else self._any
        if word in self._but:
            gaps = gaps - self._but[word]
        found = (frozenset(named), gaps)
        kind = self._known.get(found)
        if kind is None:
            start = self._starts & found[0] | self._starts & gaps
            kind = self._known[found] = Kind(len(self._known), *found, start & self._last, self._after(start))
        return kind

    def step(self, state: State, kind: Kind) -> State:
        """The state after one more word, of this kind."""
        following = state.edges.get(kind.key)
        if following is None:
            following = state.edges[kind.key] = self._made(state, kind)
        return following

    def _made(self, state: State, kind: Kind) -> State:
        if len(self._states) >= STATES or self._edges >= EDGES:
            self._forget()
        self._edges += 1
        pair = (state.kind.key, kind.key)
        fresh = self._pairs.get(pair)
        if fresh is None:
            fresh = self._pairs[pair] = state.kind.after & kind.named | state.kind.after & kind.gaps
        now = fresh | state.follow & kind.named | state.follow & kind.gaps
        key = (now, kind.key)
        known = self._states.get(key)
        if known is None:
            known = self._states[key] = self._complete(now, kind)
        return known

    def _complete(self, now: frozenset[int], kind: Kind) -> State:
        rows, guards = [], 0
        for position in now & self._last | kind.ends:
            number = self._ends[position]
            if number < self._rows:
                rows.append(Found(number, position))
            else:
                guards |= 1 << (number - self._rows)
        return State(kind, tuple(rows), guards, self._after(now))

    def _after(self, positions: frozenset[int]) -> frozenset[int]:
        return _NONE.union(*map(self._next.__getitem__, positions))

    def begins(self, found: Found, words: Items[str], end: int) -> int:
        """Where the nearest match begins that ends with the word at `end`. Bounded by its length."""
        reached: Iterable[int] = (found.position,)
        at = end
        while self._starts.isdisjoint(reached):
            at -= 1
            reached = {
                before
                for position in reached
                for before in self._before[position]
                if _takes(self._places[before], words[at])
            }
        return at


def _takes(place: Place, word: str) -> bool:
    if place.gap:
        return word != END and word not in place.but and (place.gap > 1 or word != COMMA)
    return word in place.words or any(word.startswith(stem) for stem in place.stems)
