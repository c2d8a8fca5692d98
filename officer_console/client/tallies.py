"""What only this console can count, told to the relay so that it fits no conversation: each alone, late by chance.

A count names no conversation and no officer, stands in a closed list, and waits for some minutes of chance of its own,
so that neither its time nor its neighbours lead to the close that it came from. It is kept on disk, sealed, until the
relay has it; with an id of its own it counts once however often it is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec

from officer_console.model.figures import may_be_told
from officer_console.protocol.commands import Command, Tally
from officer_console.protocol.desk_session import Answered

from .drafts import Drafts
from .sender import LATER

DELAY_S: Final = (60, 1800)
"""Seconds of chance between what is counted and its being told."""
AGAIN_S: Final = 60.0
"""Seconds until a count is told again that the relay could not take."""
OLD_MS: Final = 6 * 24 * 3_600_000
"""A count that is older is dropped: the relay knows its id for seven days only, and would count it twice."""
MOST: Final = 300
"""Counts that are kept; the oldest go first. They fit into one draft."""
KEPT: Final = "tallies"
"""What they are kept under, among the drafts: no conversation has this name."""
Counts = list[tuple[str, str]]
"""Measures and values of figures.TOLD_BY_CONSOLES."""
Carry = Callable[[Command, Callable[[Answered], None]], bool]


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """One count. `due` and `at` in ms of this machine's clock; `of`: the id of the event that must be in the log before
    it counts, "" once it is."""

    id: str
    measure: str
    value: str
    at: int
    due: int
    of: str = ""


_decoder: Final = msgspec.json.Decoder(list[Kept])


class Tallies:
    """See the module. `carry` gives a command to the link, False when there is none; `clock` in ms; `new_id()` an id by
    chance; `between(a, b)` a whole number by chance."""

    def __init__(
        self, drafts: Drafts, carry: Carry, clock: Callable[[], int], new_id: Callable[[], str],
        between: Callable[[int, int], int],
    ) -> None:  # fmt: skip
        self._drafts = drafts
        self._carry = carry
        self._clock = clock
        self._new_id = new_id
        self._between = between
        self._linked = False
        self._on_way = ""
        self._timer: asyncio.TimerHandle | None = None
        self._kept = self._load()

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, counts: Counts, of: str = "") -> None:
        """Count these; with `of`, once the event of this id is in the log."""
        now = self._clock()
        for measure, value in counts:
            due = now + self._between(*DELAY_S) * 1000
            self._kept.append(Kept(self._new_id(), measure, value, now, due, of))
        self._keep(self._kept[-MOST:])
        self._plan()

    def stored(self, event_id: str) -> None:
        """An event of ours is in the log: what waited for it counts."""
        if any(each.of == event_id for each in self._kept):
            self._keep([msgspec.structs.replace(e, of="") if e.of == event_id else e for e in self._kept])
            self._plan()

    def linked(self, linked: bool) -> None:
        """There is a link, or no more: then nothing is known of what was on its way."""
        self._linked, self._on_way = linked, ""
        self._plan()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _load(self) -> list[Kept]:
        try:
            kept = _decoder.decode(self._drafts.get(KEPT) or "[]")
        except msgspec.DecodeError:  # cut or altered: figures are not worth more than that
            return []
        return [each for each in self._fresh(kept) if may_be_told(each.measure, each.value)]

    def _fresh(self, kept: list[Kept]) -> list[Kept]:
        now = self._clock()
        return [each for each in kept if now - each.at < OLD_MS]

    def _keep(self, kept: list[Kept]) -> None:
        self._kept = kept
        self._drafts.keep(KEPT, msgspec.json.encode(kept).decode() if kept else "")

    def _plan(self, at_least_s: float = 0.0) -> None:
        """Wake when the next one is due."""
        self.close()
        dues = [each.due for each in self._kept if not each.of]
        if self._linked and not self._on_way and dues:
            wait_s = max(at_least_s, (min(dues) - self._clock()) / 1000)
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._tell)

    def _tell(self) -> None:
        """Tell the one that is due first."""
        self._timer = None
        now, fresh = self._clock(), self._fresh(self._kept)
        if len(fresh) < len(self._kept):
            self._keep(fresh)
        due = min((each for each in fresh if not each.of), key=lambda each: each.due, default=None)
        if due is None or due.due > now or not self._carry(_command(due), self._answered):
            return self._plan(1.0)
        self._on_way = due.id

    def _answered(self, answer: Answered) -> None:
        done, self._on_way = self._on_way, ""
        if answer.code in LATER:
            return self._plan(AGAIN_S)
        self._keep([each for each in self._kept if each.id != done])  # what it will never take is dropped
        self._plan()


def _command(kept: Kept) -> Tally:
    return Tally(kept.id, kept.measure, kept.value)
