"""One search over rows, replies and places: short codes, then words of names and topics, then of texts.

0.5 ms a key over 60,000 places and 500 replies, 1.6 ms at the 95th percentile (tests/bench/referrals.py).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from officer_console.locale import _

from . import fold, vocabulary
from .directory import Directory
from .entries import Referral
from .find_places import find_places
from .hits import ANY, Filters, Hit
from .index import Field, Index, Match
from .phones import digits, same_line
from .place_store import PlaceStore
from .query import Query, understand
from .replies import Reply

MOST: Final = 20
SPARE: Final = 8
"""Fetched over what is asked for, so that a sure hit is there to stand before uncertain ones."""
CONFIDENCE: Final = {"high": 1.0, "medium": 0.95, "low": 0.6}
OTHER_LANGUAGE: Final = 0.7
OTHER_SIGNALS: Final = 0.6
THESE_SIGNALS: Final = 1.25
LOCAL: Final = 1.3
REFERRAL: Final = 1.15
"""Factors of an entry's score: how sure it is, and how well it fits the conversation."""
CODE_TIER, ALL_TIER, SOME_TIER = 3, 2, 1
EXACT_CODE: Final = 2.0
GENERAL: Final = "all_victims"
URGENCY: Final = {"red": 0, "amber": 1, "any": 2}


class Search:
    """The index over everything; built once, asked often."""

    def __init__(self, directory: Directory, replies: Mapping[str, Reply], places: PlaceStore | None = None) -> None:
        self._directory = directory
        self._places = places
        self._entries: list[Referral | Reply] = [*directory, *replies.values()]
        self._index = Index((number, _words_of(entry)) for number, entry in enumerate(self._entries))
        self._numbers = sorted(
            {digits(number) for row in directory for number in row.numbers} | set(directory.numbers())
        )
        self._codes = sorted((reply.code, reply) for reply in replies.values())

    def search(self, text: str, filters: Filters = ANY, most: int = MOST) -> list[Hit]:
        """At most `most` hits, best first; what fits the conversation when nothing is typed."""
        query = understand(text, self._numbers)
        if not (query.words or query.area):
            return self._browse(filters)[:most]
        hits = [*self._by_code(query, filters), *self._by_words(query, filters, most + SPARE)]
        hits += find_places(self._places, query, filters)
        unique: dict[tuple[str, str], Hit] = {}
        for hit in sorted(hits, key=lambda hit: (-hit.tier, -hit.score)):
            unique.setdefault((hit.kind, hit.id), hit)
        return self._low_never_first(list(unique.values()))[:most]

    def _by_code(self, query: Query, filters: Filters) -> Iterator[Hit]:
        if len(query.words) != 1 or query.area:
            return
        typed = query.words[0]
        for row in self._directory:
            if typed in map(digits, row.numbers):
                yield Hit(row, _("number {number}").format(number=typed), CODE_TIER, EXACT_CODE - row.low)
        for code, reply in self._codes:
            if code.startswith(typed) and _speaks(reply, filters):
                why = _("short code {code}").format(code=code)
                yield Hit(reply, why, CODE_TIER, (EXACT_CODE if typed == code else 0) - len(code) / 100)

    def _by_words(self, query: Query, filters: Filters, most: int) -> Iterator[Hit]:
        found = self._matching(query)
        scored = ((self._rank(number, query, filters, found[number]), -number) for number in found)
        for (tier, score), minus in heapq.nlargest(most, scored):
            if tier:
                yield Hit(self._entries[-minus], _why(found[-minus]), tier, score)

    def _matching(self, query: Query) -> dict[int, dict[str, Match]]:
        """The entries that answer a word, with all that they answer."""
        found: dict[int, dict[str, Match]] = {}
        for at, word in enumerate(query.words):
            unfinished = query.typing and at == len(query.words) - 1
            for number, match in self._index.matches(word, unfinished=unfinished).items():
                found.setdefault(number, {})[word] = match
        return found

    def _rank(self, number: int, query: Query, filters: Filters, matches: Mapping[str, Match]) -> tuple[int, float]:
        """Tier and score; tier 0: it answers less than half of the words, or does not fit the conversation."""
        factor = _fit(self._entries[number], query.area, filters)
        if not factor or 2 * len(matches) < len(query.words):
            return 0, 0.0
        tier = ALL_TIER if len(matches) == len(query.words) else SOME_TIER
        return tier, sum(match.score for match in matches.values()) * factor

    def _browse(self, filters: Filters) -> list[Hit]:
        """With nothing typed: the replies that fit, red ones first, then the rows that the signals lead to."""
        topics = _topics(filters.signals)
        hits = [
            Hit(entry, _("fits the conversation"), SOME_TIER, -float(_place_in_list(entry)))
            for entry in self._entries
            if _fit(entry, filters.area, filters) and _fits_signals(entry, topics) and not _is_low(entry)
        ]
        return sorted(hits, key=lambda hit: -hit.score)

    def _low_never_first(self, hits: list[Hit]) -> list[Hit]:
        """A row of low confidence stands behind a surer hit, at need behind one about the same that was not found."""
        if not hits or not hits[0].low:
            return hits
        surer = next((hit for hit in hits if not hit.low), None) or self._instead(hits[0])
        return [surer, *(hit for hit in hits if hit is not surer)] if surer else hits

    def _instead(self, low: Hit) -> Hit | None:
        topics = set(low.entry.topics) if isinstance(low.entry, Referral) else set()
        sure = [row for row in self._directory if not row.low]
        best = max(sure, key=lambda row: (len(topics & {*row.topics}), GENERAL in row.audiences), default=None)
        why = _("about the same, and more certain")
        return Hit(best, why, low.tier, low.score) if best else None


def _words_of(entry: Referral | Reply) -> Mapping[Field, Sequence[str]]:
    return _referral_words(entry) if isinstance(entry, Referral) else _reply_words(entry)


def _referral_words(row: Referral) -> Mapping[Field, Sequence[str]]:
    numbers = [spelt for number in row.numbers for spelt in (digits(number), same_line(number))]
    site = fold.words(" ".join((row.web, row.chat)).replace("https", "").replace("www", ""))
    tags = [word for name in row.topics for word in vocabulary.words_of("topic", name)]
    tags += [word for name in row.audiences for word in vocabulary.words_of("audience", name)]
    tags += [*vocabulary.words_of("kind", row.kind), *(["gratuit", "free"] if row.cost == "free" else [])]
    names = (row.name, row.id, *row.also, *row.called.values())
    return {
        "name": [*fold.words(" ".join(names)), fold.folded(row.id).replace(" ", ""), *numbers],
        "tag": tags,
        "content": [*fold.words(" ".join(row.note.values())), *site, *fold.words(" ".join(row.territory))],
    }


def _reply_words(reply: Reply) -> Mapping[Field, Sequence[str]]:
    tags = [word for name in reply.what for word in vocabulary.words_of_matter(name)]
    tags += [word for name in reply.who for word in vocabulary.words_of("audience", name)]
    tags += vocabulary.words_of("moment", reply.moment)
    return {
        "name": [reply.code, *fold.words(" ".join((*reply.title.values(), reply.id)))],
        "tag": tags,
        "content": fold.words(" ".join(reply.text.values())),
    }


def _fit(entry: Referral | Reply, area: str, filters: Filters) -> float:
    """How well an entry fits the conversation, 1 when nothing speaks for or against it; 0: it is left out."""
    if isinstance(entry, Reply):
        if not _speaks(entry, filters):
            return 0.0
        return _signal_factor({*entry.what} & {*vocabulary.signals()}, {*filters.signals})
    area = area or filters.area
    if entry.territory and area and area not in entry.territory:
        return 0.0
    factor = REFERRAL * CONFIDENCE[entry.confidence] * (LOCAL if entry.territory and area else 1.0)
    factor *= OTHER_LANGUAGE if filters.language and filters.language not in entry.languages else 1.0
    return factor * (THESE_SIGNALS if {*entry.topics} & _topics(filters.signals) else 1.0)


def _speaks(reply: Reply, filters: Filters) -> bool:
    return not filters.language or filters.language in reply.text


def _signal_factor(wanted: set[str], confirmed: set[str]) -> float:
    if not wanted or not confirmed:
        return 1.0
    return THESE_SIGNALS if wanted & confirmed else OTHER_SIGNALS


def _topics(signals: Sequence[str]) -> set[str]:
    return {topic for signal in signals for topic in vocabulary.topics_of(signal)}


def _fits_signals(entry: Referral | Reply, topics: set[str]) -> bool:
    if isinstance(entry, Reply):
        return not topics or not entry.what or bool({*entry.what} & topics)
    return bool({*entry.topics} & topics)


def _place_in_list(entry: Referral | Reply) -> int:
    return URGENCY[entry.urgency] if isinstance(entry, Reply) else len(URGENCY)


def _is_low(entry: Referral | Reply) -> bool:
    return isinstance(entry, Referral) and entry.low


def _why(matches: Mapping[str, Match]) -> str:
    """The words that were found, by the best place where one of them is."""
    words = ", ".join(match.word for match in matches.values())
    fields = {match.field for match in matches.values()}
    if "name" in fields:
        return _("in the name: {words}").format(words=words)
    told = _("about: {words}") if "tag" in fields else _("in the text: {words}")
    return told.format(words=words)
