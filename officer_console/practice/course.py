"""How somebody gets on: the scores of attempts one after the other, over all and by competence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from .board import Judged
from .rules import rules

OVERALL: Final = ""
"""The id of the course over all competences."""


class Course(NamedTuple):
    """One competence ("" for all together): its score in each attempt, the oldest first; None: not asked for, or not
    known."""

    competence: str
    name: str
    values: tuple[int | None, ...]

    @property
    def known(self) -> tuple[int, ...]:
        """The scores that there are."""
        return tuple(value for value in self.values if value is not None)

    @property
    def gained(self) -> int | None:
        """From the first score to the last; None with fewer than two."""
        known = self.known
        return known[-1] - known[0] if len(known) > 1 else None


def courses(found: Sequence[Judged], language: str, overall: str) -> list[Course]:
    """The course over all, called `overall`, then one for each competence that counted in any of them."""
    names = {name: texts.get(language) or texts["en"] for name, texts in rules().competences.items()}
    whole = Course(OVERALL, overall, tuple(one.overall for one in found))
    parts = [Course(name, words, tuple(one.scores.get(name) for one in found)) for name, words in names.items()]
    return [whole, *(part for part in parts if part.known)]


def newest(found: Sequence[Judged], competence: str) -> int | None:
    """The last score there is in a competence, or over all."""
    values = (one.overall if competence == OVERALL else one.scores.get(competence) for one in reversed(found))
    return next((value for value in values if value is not None), None)
