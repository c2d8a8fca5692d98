"""Several sessions at once: whether who was in most danger was taken first, as far as her words had told it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from .chronicle import Chronicle
from .feedback import Remark, worded
from .judging import Verdict
from .rules import rules

MOST_AT_ONCE: Final = 4
"""Sessions that can be practised at once."""
RANK: Final = {"none": 0, "amber": 1, "red": 2}


class Together(NamedTuple):
    """One of several: its conversation, when she arrived (ms of practice), and what happened in it."""

    cid: str
    arrives: int
    chronicle: Chronicle

    @property
    def taken(self) -> int | None:
        """When it was taken first, ms of practice."""
        at = self.chronicle.claimed_at
        return None if at is None else self.arrives + at

    def waits(self, now: int) -> bool:
        """Whether she was there, and nobody had her."""
        taken, left = self.taken, self.chronicle.left_at
        gone = left is not None and self.arrives + left <= now
        return self.arrives <= now and (taken is None or taken > now) and not gone

    def rank(self, now: int) -> int:
        """How urgent it was by what she had told: nothing before a message that shows a signal."""
        told = {id for id, at in self.chronicle.said.items() if self.arrives + at <= now}
        session = self.chronicle.plot.session
        shown = any(not told.isdisjoint(signal.messages) for signal in session.signals)
        return RANK[session.truth.urgency] if shown else 0


def priorities(all_: Sequence[Together], language: str) -> Iterator[tuple[str, Remark]]:
    """What is told of the order in which several were taken."""
    rule = next(rule for rule in rules().rules if rule.watch == "together")
    for one in all_:
        spoken = one.chronicle.plot.session.head.language
        yield from ((one.cid, remark) for remark in worded(rule, _of(one, all_), spoken, language))


def _of(one: Together, all_: Sequence[Together]) -> Iterator[Verdict]:
    if one.taken is None:
        return
    now = one.taken
    waiting = [other for other in all_ if other is not one and other.waits(now)]
    worst = max(waiting, key=lambda other: other.rank(now), default=None)
    if worst is None:
        return
    if worst.rank(now) > one.rank(now):
        yield Verdict(now - one.arrives, "bad", worst.chronicle.plot.session.head.title)
    elif worst.rank(now) < one.rank(now):
        yield Verdict(now - one.arrives, "good")
