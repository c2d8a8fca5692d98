"""The words for what rows and replies are about: valid names, and how officers type them (data/words.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, Literal

import msgspec

from . import fold

PLACES: Final[tuple[Literal["place", "place_also"], ...]] = ("place", "place_also")
"""The groups of words for kinds of places: those that mean nothing else, then the others."""
Group = Literal["audience", "topic", "kind", "moment", "place", "place_also", "other"]


class Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a danger signal is typed, and the topics of the directory that it leads to."""

    words: str
    topics: tuple[str, ...]


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    audience: Mapping[str, str]
    topic: Mapping[str, str]
    signal: Mapping[str, Signal]
    kind: Mapping[str, str]
    moment: Mapping[str, str]
    place: Mapping[str, str]
    place_also: Mapping[str, str]
    other: Mapping[str, str]


@cache
def _data() -> _Data:
    data = files(__package__).joinpath("data", "words.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(data), _Data)


def names(group: Group) -> frozenset[str]:
    """The valid names of a group."""
    return frozenset(getattr(_data(), group))


@cache
def words_of(group: Group, name: str) -> tuple[str, ...]:
    """The folded words by which one of a group is found, its own name among them."""
    table: Mapping[str, str] = getattr(_data(), group)
    return tuple(dict.fromkeys(fold.words(f"{table.get(name, '')} {name.replace('_', ' ')}")))


def signals() -> Mapping[str, Signal]:
    """The danger signals by their ids (danger.md §6)."""
    return _data().signal


@cache
def topics_of(signal: str) -> frozenset[str]:
    """What a signal leads to: itself and its topics. A topic leads to itself."""
    known = _data().signal.get(signal)
    return frozenset((signal, *known.topics)) if known else frozenset([signal])


@cache
def matters() -> frozenset[str]:
    """What a reply's `what` can name: signals and topics."""
    return frozenset(_data().signal) | names("topic")


@cache
def words_of_matter(name: str) -> tuple[str, ...]:
    """The words of a signal or a topic."""
    signal = _data().signal.get(name)
    mine = tuple(fold.words(f"{signal.words} {name.replace('_', ' ')}")) if signal else ()
    return tuple(dict.fromkeys((*mine, *(words_of("topic", name) if name in _data().topic else ()))))


@cache
def stop_words() -> frozenset[str]:
    """Words that say nothing about what is looked for."""
    return frozenset(fold.words(_data().other["stop"]))


@cache
def department_words() -> frozenset[str]:
    """What stands before the number of a department."""
    return frozenset(fold.words(_data().other["department"]))
