"""Imported places that answer a query: by words, department and postcode, or the ones meant for a postcode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from officer_console.locale import _

from . import fold, vocabulary
from .hits import Filters, Hit
from .nearest import Near, nearest_places
from .place_store import PlaceStore, kind_token
from .places import KINDS, Kind, Place
from .query import Query

WORD_SCORE: Final = 20.0
NEAR_SCORE: Final = 60.0
ALL_TIER: Final = 2
LEAST_LETTERS: Final = 2
"""One letter typed begins every third word of 60,000 places: that says nothing, and is asked for at every start."""
OF_EACH_KIND: Final = 1
OF_ONE_KIND: Final = 5
MOST_SPELLINGS: Final = 8


def find_places(store: PlaceStore | None, query: Query, filters: Filters) -> list[Hit]:
    """The places that answer all words of a query; without a town or a postcode, in the conversation's department."""
    if store is None:
        return []
    last = query.words[-1] if query.typing and query.words else ""
    named = {word: kind for word in query.words if (kind := kind_of(word, "place", unfinished=word == last))}
    kinds = named | {
        word: kind
        for word in query.words
        if word not in named and (kind := kind_of(word, "place_also", unfinished=word == last))
    }
    rest = [word for word in query.words if word not in kinds]
    postcode = query.postcode or ("" if query.department else filters.postcode)
    if postcode and not rest:
        best = NEAR_SCORE if named or query.area else WORD_SCORE
        return _meant(store, postcode, list(dict.fromkeys(kinds.values())), best)
    return list(_by_words(store, query, kinds, rest, filters))


def kind_of(word: str, group: Literal["place", "place_also"], *, unfinished: bool = False) -> Kind | None:
    """The kind of place that a word stands for; long ones with a typo, and without their end when `unfinished`."""
    for kind in KINDS:
        if word in vocabulary.words_of(group, kind):
            return kind
    if len(word) <= fold.LEAST_FOR_TYPO:
        return None
    alike = fold.begins_with_typo if unfinished else fold.one_typo
    for kind in KINDS:
        if any(alike(other, word) for other in vocabulary.words_of(group, kind)):
            return kind
    return None


def _meant(store: PlaceStore, postcode: str, kinds: list[Kind], best: float) -> list[Hit]:
    most = OF_ONE_KIND if len(kinds) == 1 else OF_EACH_KIND
    found = [near for kind in kinds or KINDS for near in nearest_places(store, postcode, kind, most)]
    return [Hit(near.place, why_near(near, postcode), ALL_TIER, best - at) for at, near in enumerate(found)]


def why_near(near: Near, postcode: str) -> str:
    """Why this place is told for this postcode."""
    if near.why == "competent":
        return _("competent for {postcode}").format(postcode=postcode)
    if near.why == "near" and near.km is not None:
        return _("{km} km from {postcode}").format(km=f"{near.km:g}", postcode=postcode)
    return _("in department {number}").format(number=near.place.department)


def _by_words(
    store: PlaceStore, query: Query, kinds: dict[str, Kind], rest: list[str], filters: Filters
) -> Iterator[Hit]:
    area = query.area or filters.area
    if not (rest or area) or any(len(word) < LEAST_LETTERS for word in rest):
        return
    parts = [f'"{kind_token(kind)}"' for kind in dict.fromkeys(kinds.values())]
    for word in rest:
        unfinished = query.typing and word == query.words[-1]
        spellings = _spellings(store, word, unfinished)
        if not spellings:
            return
        parts.append(f"({' OR '.join(spellings)})")
    there = [f'"zzdept{area.lower()}"'] if area else []
    places = store.matching(" AND ".join([*parts, *there]))
    if not places and there and not query.area:
        places = store.matching(" AND ".join(parts))
    for place in places:
        there_first = NEAR_SCORE if kinds and query.area else 0.0
        yield Hit(place, _why(place), ALL_TIER, there_first + _score(place, rest, len(query.words)))


def _spellings(store: PlaceStore, word: str, unfinished: bool) -> list[str]:
    """The tokens that stand for a word, as FTS5 writes them."""
    if store.has_word(word, prefix=unfinished):
        return [f'"{word}"{"*" if unfinished else ""}']
    return [f'"{near}"' for near in store.words_near(word)[:MOST_SPELLINGS]]


def _score(place: Place, rest: list[str], words: int) -> float:
    """All words answered, best when they are the town's; long names with many other words come later."""
    town = fold.words(place.town)
    exact = sum(1 for word in rest if word in town)
    return WORD_SCORE * words + 10 * exact - len(place.name) / 20


def _why(place: Place) -> str:
    told = _("{kind} in {town}") if place.town else "{kind}"
    return told.format(kind=_(KINDS[place.kind]), town=place.town)
