"""A session as it is run: the lines of its file by what they are. Made by reading.py only, and checked there."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from .format import (
    Branch,
    Cue,
    Deed,
    End,
    Fact,
    Head,
    PatrolTold,
    Recorded,
    Replied,
    Said,
    Shared,
    TrueSignal,
    Truth,
)
from .steps import Say, Share


class Session(msgspec.Struct, frozen=True):
    """One session. `record` in the order of its moments; cues in the order of the file."""

    head: Head
    truth: Truth
    signals: tuple[TrueSignal, ...] = ()
    facts: tuple[Fact, ...] = ()
    deeds: tuple[Deed, ...] = ()
    ends: tuple[End, ...] = ()
    cues: tuple[Cue, ...] = ()
    branches: tuple[Branch, ...] = ()
    record: tuple[Recorded, ...] = ()

    @property
    def id(self) -> str:
        return self.head.id

    @property
    def length(self) -> int:
        """When the last line of the record happens, ms."""
        return self.record[-1].at if self.record else 0

    def branch(self, id: str) -> Branch:
        return next(each for each in self.branches if each.id == id)

    def end(self, id: str) -> End | None:
        return next((each for each in self.ends if each.id == id), None)

    def messages(self) -> Iterator[str]:
        """Ids of all that she can say or share, in the record and in branches."""
        yield from (line.id for line in self.record if isinstance(line, Said | Shared))
        yield from (step.id for branch in self.branches for step in branch.steps if isinstance(step, Say | Share))

    def words(self) -> dict[str, str]:
        """Message -> its text ("" of a place)."""
        said = [line for line in self.record if isinstance(line, Said | Shared)]
        steps = [step for branch in self.branches for step in branch.steps if isinstance(step, Say | Share)]
        return {each.id: getattr(each, "text", "") for each in (*said, *steps)}

    def replies(self) -> Iterator[Replied]:
        """What the officer of the record wrote."""
        return (line for line in self.record if isinstance(line, Replied))

    def room(self) -> Iterator[PatrolTold]:
        """What the dispatch room told in the record."""
        return (line for line in self.record if isinstance(line, PatrolTold))
