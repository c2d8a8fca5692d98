"""Two attempts beside each other: scores, figures, and the moments in which they differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .debrief import Debrief, Score
from .feedback import Remark
from .review import told_in


class Beside(NamedTuple):
    """A competence in both; None: nothing asked for it."""

    name: str
    one: int | None
    other: int | None


class Figures(NamedTuple):
    """A figure of both, and of the record of the first one's session."""

    name: str
    one: str
    other: str
    record: str


class Difference(NamedTuple):
    """What is told by one rule, where it is not the same."""

    one: tuple[Remark, ...]
    other: tuple[Remark, ...]

    @property
    def at(self) -> int:
        """The first moment of either."""
        return min(remark.at for remark in (*self.one, *self.other))


class Comparison(NamedTuple):
    """`alike`: rules by which the same is told of both."""

    scores: tuple[Beside, ...]
    figures: tuple[Figures, ...]
    differences: tuple[Difference, ...]
    alike: int


def compare(one: Debrief, other: Debrief) -> Comparison:
    """Beside each other; of two sessions too."""
    rules = dict.fromkeys(remark.rule for debrief in (one, other) for remark in told_in(debrief))
    pairs = [Difference(_of(one, rule), _of(other, rule)) for rule in rules]
    differences = [pair for pair in pairs if _kinds(pair.one) != _kinds(pair.other)]
    figures = zip(one.figures, other.figures, strict=True)
    return Comparison(
        tuple(_scores(one, other)),
        tuple(Figures(mine.name, mine.mine, his.mine, mine.record) for mine, his in figures),
        tuple(sorted(differences, key=lambda each: each.at)),
        len(pairs) - len(differences),
    )


def _scores(one: Debrief, other: Debrief) -> Iterator[Beside]:
    first, second = _by_competence(one), _by_competence(other)
    for competence in {**first, **second}:
        mine, his = first.get(competence), second.get(competence)
        name = mine.name if mine else second[competence].name
        yield Beside(name, mine.value if mine else None, his.value if his else None)


def _by_competence(debrief: Debrief) -> dict[str, Score]:
    return {score.competence: score for score in debrief.scores}


def _of(debrief: Debrief, rule: str) -> tuple[Remark, ...]:
    return tuple(remark for remark in told_in(debrief) if remark.rule == rule)


def _kinds(remarks: tuple[Remark, ...]) -> list[str]:
    return [remark.kind for remark in remarks]
