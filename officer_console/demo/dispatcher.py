"""The demo's simulated dispatch room: a real room with a board, and a script at it instead of a person.

Every request is sealed to two members of the dispatch role: to this one, and to the board that a person can open with
`demo --board`. Only one of them tells the officers anything: the person's while it is connected, which the relay tells
everybody; this one while it is alone. When the person goes, the script takes each case on from where it stands.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from officer_console.client.enrolling import Enrolled
from officer_console.config import Dispatch
from officer_console.dispatch.board import Act, Board, NotPossible, OnBoard
from officer_console.dispatch.room import Room, RoomKeys
from officer_console.dispatch.service import Membership, make_room, open_store
from officer_console.model.patrol import ORDER, PatrolState

SCRIPT: Final[tuple[tuple[float, Act, PatrolState], ...]] = (
    (2.0, Act.OPEN, PatrolState.OPENED),
    (4.0, Act.ACCEPT, PatrolState.ACCEPTED),
    (5.5, Act.ASK, PatrolState.ACCEPTED),
    (7.0, Act.ASSIGN, PatrolState.ASSIGNED),
    (10.0, Act.ON_THE_WAY, PatrolState.ON_THE_WAY),
    (60.0, Act.ON_SCENE, PatrolState.ON_SCENE),
    (90.0, Act.CLOSE, PatrolState.CLOSED),
)
"""Seconds after the request, what is done then, and the state after it."""
CALLS_BACK_S: Final = 3.0
"""Seconds after a cancelling until the case is closed."""
TAKES_S: Final = 5.0
"""Seconds after a request that a visitor be called back until it is taken."""
SPREAD: Final = (0.8, 1.25)
"""By how much one case is faster or slower than another."""
ASKS: Final = 0.4
"""How often something is asked."""
UNITS: Final = ("TV 12", "TV 31", "BAC 2", "PS 7", "TN 04", "Echo 5")
QUESTIONS: Final = {
    "fr": ("Quel étage, et quel nom sur la porte ?", "Est-il encore sur place ?", "Y a-t-il un chien ?"),
    "en": ("Which floor, and which name is on the door?", "Is he still there?", "Is there a dog?"),
}
LOOK_S: Final = 0.5
"""Seconds between two looks at who is there: who comes and goes is no news of a case, and wakes nobody."""


class Step(NamedTuple):
    """`after` so many seconds, `act`, with these `words`."""

    after: float
    act: Act
    words: str = ""


def plan(case: OnBoard, random: Random) -> list[Step]:
    """What is still to do with a case from now on, in order. The same random numbers give the same."""
    if case.finished:
        return []
    speed, asks = random.uniform(*SPREAD), random.random() < ASKS
    unit, questions = random.choice(UNITS), QUESTIONS[case.case.newest.language if case.case.newest else "fr"]
    question = random.choice(questions)
    if case.case.cancelled:
        return [Step(CALLS_BACK_S * speed, Act.CLOSE)]
    words = {Act.ASSIGN: unit, Act.ASK: question}
    left = [each for each in SCRIPT if ORDER[each[2]] > ORDER[case.state] and (asks or each[1] is not Act.ASK)]
    begun = max((at for at, _act, state in SCRIPT if ORDER[state] <= ORDER[case.state]), default=0.0)
    return [Step((at - begun) * speed, act, words.get(act, "")) for at, act, _state in left]


class Simulated:
    """Plays the dispatcher at a board. `clock` in s; `random` decides who is fast and what is asked."""

    def __init__(self, room: Room, board: Board, random: Random, clock: Callable[[], float]) -> None:
        self._room, self._board = room, board
        self._random = random
        self._clock = clock
        self._plans: dict[tuple[str, bool], deque[Step]] = {}  # of a case, cancelled or not; with when each is due
        self._takes: dict[str, float] = {}  # when each call back is taken
        self._stirred = asyncio.Event()

    async def run(self) -> None:
        """For ever."""
        end = self._room.subscribe(self._stirred.set)
        try:
            while True:
                self._stirred.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._played()):
                        await self._stirred.wait()
        finally:
            end()

    def play(self, alone: bool) -> float | None:
        """Do what is due, or nothing unless `alone`; gives the seconds until something is, None for never."""
        if not alone:
            self._plans.clear()
            self._takes.clear()
            return None
        due = [at for case in self._board.cases(self._room) if (at := self._look(case)) is not None]
        due += self._take()
        return max(0.0, min(due) - self._clock()) if due else None

    def _played(self) -> float:
        try:
            wait = self.play(self._board.answers)
        except OSError:  # the disk is full: perhaps not for ever
            return LOOK_S
        return LOOK_S if wait is None else min(wait, LOOK_S)

    def _look(self, case: OnBoard) -> float | None:
        """See to one case; gives when its next step is due."""
        self._board.acknowledge(self._room, case.id)
        steps = self._plans.get((case.id, case.case.cancelled))
        if steps is None:
            now = self._clock()
            steps = deque(step._replace(after=now + step.after) for step in plan(case, self._random))
            self._plans[case.id, case.case.cancelled] = steps
        while steps and steps[0].after <= self._clock():
            self._do(case.id, steps.popleft())
        return steps[0].after if steps else None

    def _take(self) -> list[float]:
        """See to the call backs; gives when the others are due."""
        asked = [each.id for each in self._room.callbacks() if each.state == "asked" and each.request]
        self._takes = {id: self._takes.get(id) or self._soon() for id in asked}
        for id in [id for id, at in self._takes.items() if at <= self._clock()]:
            self._room.answer_callback(id, "taken")
            del self._takes[id]
        return list(self._takes.values())

    def _soon(self) -> float:
        return self._clock() + TAKES_S * self._random.uniform(*SPREAD)

    def _do(self, case_id: str, step: Step) -> None:
        for act, words in ((Act.OPEN, ""), (step.act, step.words)):  # what came meanwhile is opened first
            with contextlib.suppress(NotPossible):
                self._board.act(self._room, case_id, act, words)


@asynccontextmanager
async def simulated_room(enrolled: Enrolled, folder: Path, random: Random) -> AsyncIterator[None]:
    """The simulated room at work, its data in `folder`, until the block ends."""
    mine = Membership(enrolled.relay_url, room_keys(enrolled), folder)
    with contextlib.closing(open_store(mine)) as store:
        board = Board(store, lambda: not set(room.link.rooms) - {enrolled.identity.kid})
        room: Room = make_room(Dispatch(exercise=True), mine, store, board)
        player = Simulated(room, board, random, asyncio.get_running_loop().time)
        async with asyncio.TaskGroup() as group:
            working = [group.create_task(room.run()), group.create_task(player.run())]
            yield
            for task in working:
                task.cancel()


def room_keys(enrolled: Enrolled) -> RoomKeys:
    """The keys of somebody who was enrolled here."""
    return RoomKeys(enrolled.identity, enrolled.directory, enrolled.relay)
