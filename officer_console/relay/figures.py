"""The figures of a running relay: counts events as they are learnt, takes what consoles tell, and answers shift leads.

Each relay counts every event of the log it follows into a file of its own. Where several relays share one log, each has
all that events tell; what a console tells is with the relay that it told.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Final, Protocol

from officer_console.model.conversation import Conversation
from officer_console.model.events import Event
from officer_console.model.figures import Counting, Key, hour_of, may_be_told
from officer_console.model.shown_figures import Report, report
from officer_console.protocol.refusals import Refused

from .calendar import Calendar, day_of
from .figures_store import Counts
from .limits import Buckets
from .log.interface import Clock

PACE_S: Final = 1.0
"""Seconds over which counts are gathered before they are written; after a kill they are counted again from the log."""
PATIENCE_S: Final = 2.0
"""Seconds that an erasure waits, at most, until what is to be erased has been counted."""
IDS_D: Final = 7
"""Days for which the id of what a console told is known; a console tells nothing again that is older."""
DAY_H: Final = 24
YEAR_D: Final = 366
BURST, PER_S = 60, 0.1
"""Of what one console may tell."""
LONGEST_D: Final = 400
"""Days that a shift lead can ask for at once."""


class Store(Protocol):
    """What keeps the figures: `FiguresStore`, which documents every method."""

    seq: int
    ahead: frozenset[int]

    async def add(self, counts: Counter[Key], seq: int, ahead: set[int]) -> None: ...
    async def tally(self, id: str, key: Key, day: int) -> None: ...
    async def forget(self, hour: int, day: int) -> None: ...
    async def counts(self, start: int, end: int) -> Counts: ...
    async def close(self) -> None: ...


class Figures:
    """See the module. `learnt_to()` gives the seq up to which the relay has learnt every event; `years` for which
    figures are kept; `told` bounds what a console may tell."""

    def __init__(
        self, store: Store, learnt_to: Callable[[], int], clock: Clock, calendar: Calendar, years: int, told: Buckets
    ) -> None:
        self._store = store
        self._learnt_to = learnt_to
        self._clock = clock
        self._calendar = calendar
        self._keep_h = years * YEAR_D * DAY_H
        self._told = told
        self._counting = Counting()
        self._new: Counter[Key] = Counter()
        self._seq, self._ahead = store.seq, set(store.ahead)
        self._something = asyncio.Event()
        self._turn = asyncio.Lock()
        self._tidied = 0

    def start(self, head: int) -> None:
        """The log ends at `head`. One that was put back to an older state goes on there, and so do the figures."""
        if self._seq > head:
            self._seq, self._ahead = head, set()

    # ---- counting ----

    def learnt(self, event: Event, before: Conversation | None, after: Conversation) -> None:
        """Count an event, unless it was counted before this relay was started."""
        keys = self._counting.learn(event, before, after)
        if keys and event.seq > self._seq and event.seq not in self._ahead:
            self._new.update(keys)
            self._ahead.add(event.seq)
            self._something.set()

    async def settle(self) -> None:
        """Before something is erased: what has been counted is on disk. It never waits longer than PATIENCE_S, and
        never fails: an erasure goes before a figure."""
        if self._new or self._turn.locked():
            writing = asyncio.create_task(self._write())
            await asyncio.wait({writing}, timeout=PATIENCE_S)

    async def run(self) -> None:
        """Write what was counted, again and again."""
        while True:
            await self._tidy()
            await self._something.wait()
            await asyncio.sleep(PACE_S)
            await self.flush()

    async def flush(self) -> None:
        """Write what was counted. Raises Refused("storage"); then it is written the next time."""
        async with self._turn:
            self._something.clear()
            if not self._new:
                return
            batch, self._new = self._new, Counter()
            self._seq = max(self._seq, self._learnt_to())
            self._ahead = {seq for seq in self._ahead if seq > self._seq}
            try:
                await self._store.add(batch, self._seq, self._ahead)
            except Refused:
                self._new.update(batch)
                self._something.set()
                raise

    async def close(self) -> None:
        """Write what was counted, then release the file."""
        await self._write()
        await self._store.close()

    async def _write(self) -> None:
        with suppress(Refused):  # the store has told it, and it is written later
            await self.flush()

    async def _tidy(self) -> None:
        now = hour_of(self._clock())
        if now // DAY_H != self._tidied:
            await self._store.forget(now - self._keep_h, now // DAY_H - IDS_D)
            self._tidied = now // DAY_H

    # ---- consoles ----

    async def tell(self, kid: str, id: str, measure: str, value: str) -> None:
        """A console tells one count; told again under the same id it is counted once. Nothing of it but the count and
        the id is kept, and the id for IDS_D. Raises Refused."""
        if not may_be_told(measure, value):
            raise Refused("malformed")
        if not self._told.take(kid):
            raise Refused("rate")
        hour = hour_of(self._clock())
        await self._store.tally(id, (hour, measure, value), hour // DAY_H)

    async def report(self, first: str, last: str) -> Report:
        """The figures of some days, as they may be shown. Raises Refused("malformed") for days that are none."""
        start, end = _day(first), _day(last)
        if not 0 <= (end - start).days < LONGEST_D:
            raise Refused("malformed")
        await self._write()
        counts = await self._store.counts(*self._calendar.hours(start, end))
        return report(counts, self._calendar.days(start, end), self._calendar.place)


def _day(text: str) -> date:
    try:
        return day_of(text)
    except ValueError:
        raise Refused("malformed") from None
