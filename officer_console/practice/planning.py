"""What she is about to do: lines of the record and steps of branches as moments to come, with her typing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import Final

import msgspec

from .fields import Ms
from .format import Branch, Ended, Left, Person, Recorded, Returned, Said, Shared
from .moments import Comes, Ends, Enters, Goes, Moment, Out, Shares, Types, Writes
from .plot import Group, Hers, Plot, reply_key
from .steps import Finish, Goto, Leave, Return, Say, Share, Step, Turn, Type, Wait

SHORTEST_TYPING: Final = 600
LONGEST_TYPING: Final = 30_000
LEAP: Final = 300_000
"""A longer absence passes in a moment."""
LEAPT: Final = 5_000
"""What is left of such an absence."""
JITTER: Final = 0.12
"""How much sooner or later than in the record she answers, at most."""


class Chance:
    """Random numbers that are the same for the same seed and the same count of numbers drawn before."""

    def __init__(self, seed: int, drawn: int) -> None:
        self.seed, self.drawn = seed, drawn

    def draw(self) -> float:
        """From 0 up to 1."""
        self.drawn += 1
        return Random(f"{self.seed} {self.drawn}").random()


class Planner:
    """Makes moments to come, one after the other, from `free` on; `told` are groups that it has told."""

    def __init__(self, plot: Plot, chance: Chance, free: int, cause: str, told: frozenset[str]) -> None:
        self.plot, self.chance, self.free, self.cause = plot, chance, free, cause
        self.told = set(told)
        self.person: Person = plot.session.head.visitor
        self.moments: list[Moment] = []
        self._left_at = self._leapt = 0

    def add(self, at: int, what: Out) -> None:
        """One moment, not before the one before it."""
        self.free = max(at, self.free)
        self.moments.append(Moment(self.free, what, self.cause))

    # ---- groups of the record ----

    def group(self, group: Group, since: int, exact: bool = False) -> None:
        """What follows something that happened at `since`; once."""
        if group.key in self.told:
            return
        self.told.add(group.key)
        pace = 1.0 if exact else 1 + JITTER * (2 * self.chance.draw() - 1)
        self._leapt = 0
        for after, line in group.lines:
            self._line(since + round(after * pace) - self._leapt, line)

    def _line(self, at: int, line: Hers) -> None:
        match line:
            case Said():
                self.write(at, line.id, line.text)
            case Shared():
                self.add(at, Shares(line.id, line.lat, line.lon, line.acc))
            case Left():
                self._left_at = at
                self.add(at, Goes(line.how))
            case Returned():
                self._return(at - self._left_at)
            case Ended():
                self.add(at, Ends(line.end))

    def _return(self, absence: int) -> None:
        leap = leap_of(absence)
        self._leapt += leap
        self.add(self.free + absence - leap, Comes(leap))

    # ---- steps of a branch ----

    def branch(self, branch: Branch) -> None:
        """All steps; then she follows the record again unless she stays."""
        self.add(self.free, Enters(branch.id))
        for step in branch.steps:
            self._step(step)
        if not branch.stay and not isinstance(branch.steps[-1], Goto):
            self.add(self.free, Enters("record"))

    def _step(self, step: Step) -> None:
        match step:
            case Say():
                self.write(self.free + step.after, step.id, step.text, step.hesitate)
            case Type():
                self.add(self.free + step.after, Types(True))
                self.add(self.free + step.ms, Types(False))
            case Wait():
                self.free += step.ms
            case Share():
                self.add(self.free + step.after, Shares(step.id, step.lat, step.lon, step.acc))
            case Leave():
                self.add(self.free + step.after, Goes(step.how))
            case Return():
                self._return(step.after)
            case Turn():
                self.group(self.plot.groups[reply_key(step.reply)], self.free + step.after)
            case Goto():
                self._goto(step.branch)
            case Finish():
                self.add(self.free + step.after, Ends(step.end))

    def _goto(self, name: str) -> None:
        if name == "record":
            self.add(self.free, Enters(name))
        else:
            self.branch(self.plot.session.branch(name))

    # ---- writing ----

    def write(self, at: Ms, id: str, text: str, hesitate: bool = False) -> None:
        """She is seen typing, perhaps stops and begins again, and sends the line."""
        takes = min(max(int(1000 * len(text) / self.person.pace), SHORTEST_TYPING), LONGEST_TYPING)
        at = max(at, self.free + SHORTEST_TYPING) if at else at  # her first line was typed before she was there
        began = max(self.free, at - takes)
        self.add(began, Types(True))
        if hesitate or 100 * self.chance.draw() < self.person.hesitates:
            third = (at - began) // 3
            self.add(began + third, Types(False))
            self.add(began + 2 * third, Types(True))
        self.add(at, Writes(id, text))


def leap_of(absence: int) -> int:
    """How much of an absence passes in a moment, ms."""
    return absence - LEAPT if absence > LEAP else 0


def leaping(record: Iterable[Recorded]) -> Iterator[tuple[int, Recorded]]:
    """The lines of a record, each with its moment when long absences have passed in a moment, as in a sitting."""
    leapt, away = 0, list[Recorded]()
    for line in record:
        if isinstance(line, Returned) and away:
            leap = leap_of(line.at - away[0].at)
            yield from _moved(away, leapt, line.at - leap)
            leapt, away = leapt + leap, []
        elif isinstance(line, Left):
            yield from _moved(away, leapt)
            away = []
        if away or isinstance(line, Left):
            away.append(line)
        else:
            yield line.at - leapt, line
    yield from _moved(away, leapt)


def _moved(lines: Iterable[Recorded], by: int, latest: int = 2**62) -> Iterator[tuple[int, Recorded]]:
    return ((min(line.at, latest) - by, line) for line in lines)


def in_order(plan: Iterable[Moment], more: Iterable[Moment]) -> tuple[Moment, ...]:
    """Two plans as one; what was planned first comes first at the same moment."""
    return tuple(sorted([*plan, *more], key=lambda moment: moment.at))


def hers(plan: Iterable[Moment]) -> Iterator[Moment]:
    """What of a plan she says or does."""
    return (moment for moment in plan if isinstance(moment.what, Writes | Shares | Goes | Comes | Types))


def last_of(plan: Iterable[Moment], now: int) -> int:
    """When she has done what is planned."""
    return max((moment.at for moment in hers(plan)), default=now)


def encoded(moments: Iterable[Moment]) -> bytes:
    """Moments as JSON Lines."""
    return b"".join(msgspec.json.encode(moment) + b"\n" for moment in moments)
