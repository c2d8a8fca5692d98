"""The attempts as a list with a cursor: in which order, which are shown, chosen, marked, new. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from officer_console.locale import N_
from officer_console.model.text import one_line
from officer_console.practice.folder import Broken
from officer_console.practice.review import Review

MOST_MARKED: Final = 2
Entry = Review | Broken


class Order(StrEnum):
    """What the list is ordered by."""

    NEWEST = N_("newest first")
    TRAINEE = N_("by trainee")
    SESSION = N_("by session")
    SCORE = N_("lowest score first")


RANKS: Final[Mapping[Order, Callable[[Review], Any]]] = {
    Order.NEWEST: lambda one: -one.head.at,
    Order.TRAINEE: lambda one: (one.head.by.casefold(), one.head.at),
    Order.SESSION: lambda one: (one.head.session, one.head.by.casefold(), one.head.at),
    Order.SCORE: lambda one: one.judged.overall,
}


class Roll:
    """Nothing that arrives moves the cursor off its entry; files that are no attempts stand at the end."""

    def __init__(self, words: str = "") -> None:
        self.order, self.words = Order.NEWEST, words
        self.reviews: tuple[Review, ...] = ()
        self.shown: tuple[Entry, ...] = ()
        self.marked: tuple[str, ...] = ()
        """Files of the marked ones, the first marked first."""
        self.new: frozenset[str] = frozenset()
        """Files that came while the board is open, and were not under the cursor yet."""
        self._broken: tuple[Broken, ...] = ()
        self._chosen = ""
        self._was_at = 0
        self._begun = False

    @property
    def at(self) -> int:
        """Where the cursor is."""
        return next((n for n, one in enumerate(self.shown) if one.file == self._chosen), self._was_at)

    @property
    def chosen(self) -> Entry | None:
        """What is under the cursor."""
        return self.shown[self.at] if self.at < len(self.shown) else None

    @property
    def review(self) -> Review | None:
        """The attempt under the cursor."""
        return self.chosen if isinstance(self.chosen, Review) else None

    def put(self, reviews: Sequence[Review], broken: Sequence[Broken]) -> list[Review]:
        """These are all from now on; the oldest first. Gives those that have come since the last time."""
        known = {one.file for one in self.reviews}
        come = [one for one in reviews if one.file not in known] if self._begun else []
        self.reviews, self._broken, self._begun = tuple(reviews), tuple(broken), True
        there = {one.file for one in reviews}
        self.marked = tuple(file for file in self.marked if file in there)
        self.new = (self.new | {one.file for one in come}) & there
        self._sort()
        return come

    def choose(self, at: int) -> None:
        """Put the cursor there."""
        if 0 <= at < len(self.shown):
            self._was_at, self._chosen = at, self.shown[at].file
            self.new -= {self._chosen}

    def arrange(self, order: Order | None = None, words: str | None = None) -> None:
        """Another order, other words that all that is shown must have; None: as it is."""
        self.order = self.order if order is None else order
        self.words = self.words if words is None else words
        self._sort()

    def next_order(self) -> Order:
        """The order that comes after this one."""
        orders: list[Order] = [*Order]
        return orders[(orders.index(self.order) + 1) % len(orders)]

    def mark(self) -> None:
        """Mark the attempt under the cursor, or take its mark away; of three the first loses its own."""
        review = self.review
        if review is None:
            return
        others = tuple(file for file in self.marked if file != review.file)
        self.marked = others if review.file in self.marked else (*others, review.file)[-MOST_MARKED:]

    def pair(self) -> tuple[Review, Review] | None:
        """What is compared: see keys.COMPARE. The older one first."""
        by_file = {one.file: one for one in self.reviews}
        wanted = [by_file[file] for file in self.marked]
        if len(wanted) < MOST_MARKED and self.review and self.review not in wanted:
            wanted.append(self.review)
        if len(wanted) == 1 and (before := self.before(wanted[0])):
            wanted.append(before)
        wanted.sort(key=lambda one: one.head.at)
        return (wanted[0], wanted[1]) if len(wanted) == MOST_MARKED else None

    def before(self, review: Review) -> Review | None:
        """The trainee's attempt of the same session before this one."""
        same = [one for one in self.of(review.head.by) if one.head.session == review.head.session]
        at = same.index(review)
        return same[at - 1] if at else None

    def of(self, by: str) -> list[Review]:
        """The attempts of one trainee, the oldest first."""
        return [one for one in self.reviews if one.head.by == by]

    @property
    def trainees(self) -> list[str]:
        """Their names, by the alphabet."""
        return sorted({one.head.by for one in self.reviews}, key=str.casefold)

    def _sort(self) -> None:
        found = [one for one in self.reviews if self._has_words(one)]
        at = self.at
        self.shown = (*sorted(found, key=RANKS[self.order]), *(() if self.words else self._broken))
        if not any(one.file == self._chosen for one in self.shown):
            self._chosen = ""
            self.choose(max(0, min(at, len(self.shown) - 1)))
        self._was_at = self.at

    def _has_words(self, review: Review) -> bool:
        title = review.session.head.title if review.session else ""
        told = one_line(f"{review.head.by} {review.head.session} {title}", 400).casefold()
        return all(word in told for word in self.words.casefold().split())
