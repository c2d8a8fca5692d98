"""The whole desk in numbers, as a shift lead sees it: kept event by event, so that ten thousand conversations cost
nothing when the screen is painted. Times in ms of the relay's clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from sortedcontainers import SortedList

from .conversation import URGENCY, Conversation, State
from .envelope import RELAY, VISITOR
from .events import Event, Said
from .queue import GONE

BIN_MS: Final = 300_000
BINS: Final = 72
"""Six hours, five minutes at a time."""
OUT_OF_QUEUE: Final = frozenset({None, State.OPENING, State.CLOSED})
"""States from which whoever waits arrives."""
Key = tuple[int, ...]


class Ranked:
    """Some conversations in an order of their own. One change costs O(log n)."""

    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}
        self._order: SortedList[tuple[Key, str]] = SortedList()

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[str]:
        return (cid for _key, cid in self._order)

    def put(self, cid: str, key: Key | None) -> None:
        """Where a conversation stands from now on; None: nowhere."""
        old = self._keys.get(cid)
        if old == key:
            return
        if old is not None:
            self._order.remove((old, cid))
            del self._keys[cid]
        if key is not None:
            self._order.add((key, cid))
            self._keys[cid] = key

    @property
    def first(self) -> Key | None:
        """The key of the first one."""
        return self._order[0][0] if self._order else None


class Overview:
    """A fold of all events. `waits` those who wait and can still read an answer, the longest first; `urgent` those who
    wait or are held and are urgent: who waits first, the gravest first; `patrols` those with an open request, the
    oldest first; `unanswered` those that an officer has left without a word, the longest first."""

    def __init__(self) -> None:
        self.waits, self.urgent, self.patrols, self.unanswered = Ranked(), Ranked(), Ranked(), Ranked()
        self._counts: Counter[State] = Counter()
        self._states: dict[str, State] = {}
        self._last_answer: dict[str, int] = {}
        self._arrived: Counter[int] = Counter()
        self._most: dict[int, int] = {}  # bin -> how many waited in it at most
        self._ends: dict[int, int] = {}  # bin -> how many waited after its last event

    def apply(self, event: Event, after: Conversation) -> None:
        """Fold one event in; `after` is the conversation after it."""
        c, before = after, self._states.get(after.cid)
        waited = self._counts[State.WAITING]
        if before is not c.state:
            self._count(c, before)
        here = c.state is State.WAITING and c.visitor not in GONE
        self.waits.put(c.cid, (c.waiting_since,) if here else None)
        self.urgent.put(c.cid, _urgency(c))
        self.patrols.put(c.cid, (c.patrol.asked[0].at,) if c.patrol else None)
        self.unanswered.put(c.cid, (c.unanswered_since,) if c.unanswered_since else None)
        if isinstance(event.what, Said) and event.by not in (VISITOR, RELAY):
            self._last_answer[event.by] = event.at
        self._note(event.at, waited, arrived=c.state is State.WAITING and before in OUT_OF_QUEUE)

    def count(self, state: State) -> int:
        """How many conversations are in this state."""
        return self._counts[state]

    @property
    def longest_since(self) -> int:
        """Since when who has waited longest waits; 0 when nobody does."""
        return self.waits.first[0] if self.waits.first else 0

    @property
    def waits_urgently(self) -> str:
        """The gravest urgency among those who wait: "red", "amber" or ""."""
        first = self.urgent.first
        return URGENCY[-first[1]] if first and not first[0] else ""

    @property
    def unanswered_since(self) -> int:
        """Since when the officer's word is missing that has been missing longest; 0 when none is."""
        return self.unanswered.first[0] if self.unanswered.first else 0

    def last_answer(self, kid: str) -> int:
        """When an officer last wrote to a visitor; 0: not as far as is known."""
        return self._last_answer.get(kid, 0)

    def arrivals(self, now: int) -> list[int]:
        """How many began to wait, for each of the last BINS spans; the last one is still running."""
        return [self._arrived[number] for number in _bins(now)]

    def waiting(self, now: int) -> list[int]:
        """How many waited at most, for each of the last BINS spans."""
        numbers = _bins(now)
        known = max((number for number in self._ends if number < numbers[0]), default=None)
        count = 0 if known is None else self._ends[known]
        told = []
        for number in numbers:
            told.append(self._most.get(number, count))
            count = self._ends.get(number, count)
        return told

    def _count(self, after: Conversation, before: State | None) -> None:
        if before is not None:
            self._counts[before] -= 1
        self._counts[after.state] += 1
        self._states[after.cid] = after.state

    def _note(self, at: int, waited: int, *, arrived: bool) -> None:
        number, count = at // BIN_MS, self._counts[State.WAITING]
        self._arrived[number] += arrived
        self._most[number] = max(self._most.get(number, waited), count)
        self._ends[number] = count
        if len(self._ends) > 2 * BINS:
            self._forget()

    def _forget(self) -> None:
        old = sorted(self._ends)[:-BINS]
        for number in old:
            del self._ends[number], self._most[number], self._arrived[number]


def _urgency(c: Conversation) -> Key | None:
    if not c.urgency or c.state not in (State.WAITING, State.HELD):
        return None
    held = c.state is State.HELD
    return int(held), -URGENCY.index(c.urgency), c.held_since if held else c.waiting_since


def _bins(now: int) -> range:
    last = now // BIN_MS
    return range(last - BINS + 1, last + 1)
