"""A lexicon: rows of patterns, each raising a signal, put together into matchers; broken rows are left out and told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from .lexicon_forms import TIMES, Forms, forms
from .lexicon_matcher import Matcher
from .lexicon_pattern import HERE, PatternError, Place, Ways, can_be_left_out, mirrored, parsed, trimmed
from .lexicon_pattern import Sequence as Places
from .lexicon_typos import Typos
from .lexicon_words import Speller, plain


class Row(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Patterns (`say`) that raise one `signal`, set a `mark`, or take back signals raised before (`cancels`).

    `unless` names guards, or is a pattern with `%`, or "#mark" (in the same message) or "##mark" (in any). `needs`
    lists marks of which one must be there. `even` names guards of the signal that this row doesn't have.

    `weight` is what the row says for its signal: 1 raises it alone; less is a hint, raised with others of at least 1
    together, in whatever messages; below 0 speaks against it.
    """

    id: str
    say: list[str]
    signal: str = ""
    mark: str = ""
    cancels: list[str] = []
    unless: list[str] = []
    even: list[str] = []
    needs: list[str] = []
    weight: float = 1.0


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What a lexicon is written as. `spelling`: written word -> words; `verbs`: class -> infinitives;
    `irregular`: infinitive -> time -> forms; `classes`: name -> pattern; `guards`: name -> patterns with `%`;
    `defaults`: signal -> guards and marks that all its rows have; `sounds` and `elided`: see Typos; `keep`: words that
    are right as they are, no slips of others."""

    language: str
    spelling: dict[str, str] = {}
    verbs: dict[str, str] = {}
    irregular: dict[str, dict[str, str]] = {}
    classes: dict[str, str] = {}
    guards: dict[str, list[str]] = {}
    defaults: dict[str, list[str]] = {}
    sounds: dict[str, str] = {}
    elided: dict[str, str] = {}
    keep: str = ""
    rows: list[Row] = []


class Refused(msgspec.Struct, frozen=True):
    """One part of a source that can't be used: which row, class or guard, why (a PatternError's kind), what of it."""

    row: str
    kind: str
    detail: str = ""
    known: tuple[str, ...] = ()


class Rule(msgspec.Struct, frozen=True):
    """A row as it is looked at when its words were found: guards as bits, marks by name."""

    row: Row
    before: int = 0
    after: int = 0
    both: tuple[tuple[int, int], ...] = ()
    not_here: frozenset[str] = frozenset()
    not_said: frozenset[str] = frozenset()
    needs_here: frozenset[str] = frozenset()
    needs_said: frozenset[str] = frozenset()


class Lexicon:
    """One language's rows, ready: `speller` makes words, `forward` finds rows and what guards them from before,
    `backward` what guards them from after. Costs about a second to make, once."""

    def __init__(self, source: Source) -> None:
        self.language = source.language
        maker = _Maker(source)
        rules = [rule for row in source.rows if (rule := maker.rule(row))]
        self.refused: tuple[Refused, ...] = tuple(maker.refused)
        self.rules: tuple[Rule, ...] = tuple(rules[number] for number in maker.owners)
        self.sequences: tuple[Places, ...] = tuple(maker.sequences)
        self.speller = _speller(source, maker)
        self.forward = Matcher([*maker.sequences, *maker.before], len(maker.sequences))
        self.backward = Matcher([mirrored(places) for places in maker.after], 0)


class _Maker:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.refused: list[Refused] = []
        self.sequences: list[Places] = []
        self.owners: list[int] = []
        self.before: dict[Places, int] = {}
        self.after: dict[Places, int] = {}
        self._classes: dict[str, tuple[Places, ...]] = {}
        self._open: set[str] = set()
        self._guards: dict[str, list[tuple[int, int]]] = {}
        self._count = 0

    def rule(self, row: Row) -> Rule | None:
        """A row made ready; None, with the reason told, when any part of it can't be used."""
        try:
            found = [trimmed(places) for text in row.say for places in parsed(text, self.meant)]
            guards = self._conditions(row)
        except PatternError as error:
            self.refused.append(Refused(row.id, error.kind, error.detail, self._near(error)))
            return None
        except RecursionError:
            self.refused.append(Refused(row.id, "deep"))
            return None
        unique = list(dict.fromkeys(found))
        self.sequences += unique
        self.owners += [self._count] * len(unique)
        self._count += 1
        return guards

    def _conditions(self, row: Row) -> Rule:
        usual = self.source.defaults.get(row.signal, []) if row.signal else []
        named = [one for one in (*usual, *row.unless) if one not in row.even]
        pairs = [pair for one in named if not one.startswith("#") for pair in self._guard(one)]
        return Rule(
            row,
            _bits(before for before, after in pairs if not after),
            _bits(after for before, after in pairs if not before),
            tuple(dict.fromkeys((before, after) for before, after in pairs if before and after)),
            _marks(named, here=True), _marks(named, here=False),
            _marks(row.needs, here=True), _marks(row.needs, here=False),
        )  # fmt: skip

    def _guard(self, name: str) -> list[tuple[int, int]]:
        """Bits of a guard: (before, after), 0 where it says nothing."""
        if name in self._guards:
            return self._guards[name]
        if "%" not in name and name not in self.source.guards:
            raise PatternError("guard", name)
        texts = [name] if "%" in name else self.source.guards[name]
        pairs = [self._sides(places, text) for text in texts for places in parsed(text, self.meant)]
        self._guards[name] = pairs
        return pairs

    def _sides(self, places: Places, text: str) -> tuple[int, int]:
        if places.count(HERE) != 1:
            raise PatternError("here", text)
        middle = places.index(HERE)
        before, after = places[:middle], places[middle + 1 :]
        first = next((at for at, item in enumerate(before) if not can_be_left_out(item)), len(before))
        last = next((at for at, item in enumerate(reversed(after)) if not can_be_left_out(item)), len(after))
        before, after = before[first:], after[: len(after) - last]
        if not before and not after:
            raise PatternError("empty")
        return _bit(self.before, before), _bit(self.after, after)

    def meant(self, name: str) -> tuple[Places, ...]:
        """What a class stands for. Raises KeyError; PatternError when it names itself."""
        if name in self._open:
            raise PatternError("circle", name)
        if name not in self._classes:
            self._open.add(name)
            try:
                self._classes[name] = self._meant(name)
            finally:
                self._open.discard(name)
        return self._classes[name]

    def _meant(self, name: str) -> tuple[Places, ...]:
        verbs, _dot, times = name.partition(".")
        if verbs not in self.source.verbs:
            return parsed(self.source.classes[name], self.meant)
        made = [self._forms(verb) for verb in self.source.verbs[verbs].split()]
        wanted = (times or "all").split("_")
        if not TIMES.issuperset(wanted):
            raise KeyError(name)
        words = frozenset(plain(word) for one in made for time in wanted for word in one.get(time, ()))
        return ((Place(words),),)

    def _forms(self, verb: str) -> Forms:
        try:
            return forms(verb, self.source.language, self.source.irregular)
        except KeyError:
            raise PatternError("verb", verb) from None

    def _near(self, error: PatternError) -> tuple[str, ...]:
        known = {"class": (*self.source.classes, *self.source.verbs), "guard": tuple(self.source.guards)}
        return known.get(error.kind, ())


def _speller(source: Source, maker: _Maker) -> Speller:
    places = [place for places in (*maker.sequences, *maker.before, *maker.after) for place in _leaves(places)]
    stems = tuple({stem for place in places for stem in place.stems})
    typos = Typos(source.keep.split(), {word for place in places for word in place.words}, source.sounds, source.elided)
    spellings = {one: words.split() for one, words in source.spelling.items()}
    return Speller(spellings, lambda word: (word,) if word.startswith(stems) else typos.meant(word))


def _leaves(sequence: Places) -> Iterator[Place]:
    for item in sequence:
        if isinstance(item, Place):
            yield item
        elif isinstance(item, Ways):
            for way in item.ways:
                yield from _leaves(way)


def _bit(table: dict[Places, int], places: Places) -> int:
    return 1 << table.setdefault(places, len(table)) if places else 0


def _bits(bits: Iterable[int]) -> int:
    found = 0
    for bit in bits:
        found |= bit
    return found


def _marks(names: Iterable[str], *, here: bool) -> frozenset[str]:
    marks = (name for name in names if name.startswith("#") and name.startswith("##") is not here)
    return frozenset(mark.lstrip("#") for mark in marks)


def merged(base: Source, own: Source, off: Iterable[str]) -> Source:
    """A lexicon with a station's own over it: its rows replace those of the same id, `off` leaves rows out."""
    out = {*off, *(row.id for row in own.rows)}
    kept = [row for row in base.rows if row.id not in out]
    tables: dict[str, Mapping[str, object]] = {
        name: {**getattr(base, name), **getattr(own, name)}
        for name in ("spelling", "verbs", "irregular", "classes", "guards", "defaults", "sounds", "elided")
    }
    keep = f"{base.keep} {own.keep}"
    return msgspec.convert({"language": base.language, "keep": keep, **tables, "rows": [*kept, *own.rows]}, Source)


def by_language(lexicons: Iterable[Lexicon]) -> Mapping[str, Sequence[Lexicon]]:
    """Language -> the lexicons to use; "" is for all others: every lexicon."""
    every = list(lexicons)
    return {"": every} | {one.language: [one] for one in every}
