"""What becomes of conversations when time runs out: the relay puts back who was left alone, and ends old offers.

Left alone: taken, and not a word has been written to her by who holds it now (`answer_return_s`), or his consoles are
gone (`gone_return_s`). Somebody who is silent in the middle of a talk keeps it: she has told him things, he may be
speaking with the room, and a stranger in his place would break the promise of one interlocutor. His console and the
shift lead's warn, and the lead decides.

Only the relay's clock counts. What is due next stands in a heap, so that a second costs nothing however many wait; it
is rebuilt from the fold, so that a restart forgets no timer. An officer is gone when no relay has a console of his:
from when that is seen here, after a restart from the start, and in any case from the last word in the conversation.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
from collections.abc import Iterator
from typing import Final, NamedTuple

from officer_console.model.conversation import Conversation, State
from officer_console.model.envelope import RELAY
from officer_console.model.events import Declined, Draft, Released
from officer_console.model.timers import Timers
from officer_console.protocol.refusals import Refused

from .log.interface import Clock
from .registrar import Registrar
from .roster import Roster

LOOK_S: Final = 1.0
"""Seconds after which the clock is looked at again: it may have been put right meanwhile."""
AGAIN_MS: Final = 1000
"""Milliseconds after which what could not be stored is tried again."""
AT_ONCE: Final = 64
"""Events on their way to the disk at a time."""


class Deed(NamedTuple):
    """What the relay does at `due` (ms); `id` is that of the event, the same for every relay."""

    due: int
    id: str
    what: Released | Declined


class Tending:
    """See the module. Does nothing before `begin`."""

    def __init__(self, registrar: Registrar, roster: Roster, timers: Timers, clock: Clock) -> None:
        self._registrar = registrar
        self._roster = roster
        self._timers = timers
        self._clock = clock
        self._gone: dict[str, int] = {}  # officers who hold something and have no console anywhere: since when
        self._heap: list[tuple[int, str]] = []
        self._planned: dict[str, int] = {}  # conversation -> when it is looked at
        self._woken = asyncio.Event()

    def begin(self) -> None:
        """The log has been folded: plan what is due, and from now on at each event."""
        self._registrar.learnt = self.plan
        for conversation in tuple(self._registrar.queue.everything()):
            self.plan(conversation)

    def plan(self, conversation: Conversation) -> None:
        """Look at a conversation when the first of its timers runs out. O(log n)."""
        deed = self.first_of(conversation)
        if deed is None:
            self._planned.pop(conversation.cid, None)
        else:
            self._look_at(deed.due, conversation.cid)

    def first_of(self, conversation: Conversation) -> Deed | None:
        """What happens to a conversation first if nobody does anything."""
        return min(self._deeds(conversation), default=None, key=lambda deed: deed.due)

    async def run(self) -> None:
        """Do what is due, for ever."""
        while True:
            self._woken.clear()
            self.look_around()
            while due := self._due():
                await asyncio.gather(*map(self._tend, due))
            wait = (self._heap[0][0] - self._clock()) / 1000 if self._heap else LOOK_S
            with contextlib.suppress(TimeoutError):
                # not wait_for: before Python 3.12 it loses a cancellation, and the relay never stops
                async with asyncio.timeout(min(max(wait, 0), LOOK_S)):
                    await self._woken.wait()

    def look_around(self) -> None:
        """Who holds something and is gone. Costs what there are officers, not conversations."""
        there = {each.kid for each in self._roster.officers() if each.linked}
        queue, now = self._registrar.queue, self._clock()
        gone = {kid: self._gone.get(kid, now) for kid in queue.holders() if kid not in there}
        news, self._gone = gone.keys() - self._gone.keys(), gone
        for kid in news:
            for conversation in queue.held_by(kid):
                self.plan(conversation)

    # ---- parts of the above ----

    def _deeds(self, c: Conversation) -> Iterator[Deed]:
        if c.state is not State.HELD:
            return
        back = f"relay.back.{c.held_seq}"
        if c.left_alone:
            yield Deed(c.unanswered_since + self._timers.answer_return_s * 1000, back, Released("unanswered"))
        gone = self._gone.get(c.holder)
        if gone is not None and self._roster.gone_since(c.holder) is not None:  # he may be back since
            since = max(gone, c.held_since, c.last_desk_at)
            yield Deed(since + self._timers.gone_return_s * 1000, back, Released("gone"))
        if c.offer:
            yield Deed(c.offer.at + self._timers.offer_s * 1000, f"relay.late.{c.offer.id}", Declined())

    def _look_at(self, due: int, cid: str) -> None:
        """An earlier time stands; when it comes, the later one is found."""
        planned = self._planned.get(cid)
        if planned is not None and planned <= due:
            return
        self._planned[cid] = due
        heapq.heappush(self._heap, (due, cid))
        if self._heap[0] == (due, cid):
            self._woken.set()

    def _due(self) -> list[str]:
        """The next conversations whose time has come."""
        now = self._clock()
        due: list[str] = []
        while self._heap and self._heap[0][0] <= now and len(due) < AT_ONCE:
            at, cid = heapq.heappop(self._heap)
            if self._planned.get(cid) == at:
                del self._planned[cid]
                due.append(cid)
        return due

    async def _tend(self, cid: str) -> None:
        conversation = self._registrar.queue.get(cid)
        deed = self.first_of(conversation) if conversation else None
        if deed is None:
            return
        if deed.due > self._clock():
            return self._look_at(deed.due, cid)
        draft = Draft(cid, deed.id, RELAY, deed.what)
        with contextlib.suppress(Refused):  # erased meanwhile, or the disk is full
            await self._registrar.submit(draft, RELAY, still=lambda now: self._stands(deed, now))
        if (later := self._registrar.queue.get(cid)) and (next_ := self.first_of(later)):
            self._look_at(max(next_.due, self._clock() + AGAIN_MS), cid)

    def _stands(self, deed: Deed, conversation: Conversation) -> bool:
        """Whether it is still to be done, as the conversation is when it comes to appending."""
        return any(each == deed and each.due <= self._clock() for each in self._deeds(conversation))
