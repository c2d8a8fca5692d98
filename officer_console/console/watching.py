"""Reads along with everybody who waits or is mine, and tells the desk what urgency their words propose.

Only where proposing is on. It takes a little time in each turn, so that a key never waits for it; what it has read it
does not keep.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import Final

from officer_console.client.api import Desk
from officer_console.console.proposals import Proposals, Triage
from officer_console.model.conversation import State

SLICE_S: Final = 0.004
"""Seconds of one turn."""


class Watching:
    """`work` is called each EVERY_S seconds."""

    EVERY_S: Final = 0.1

    def __init__(self, desk: Desk, triage: Triage) -> None:
        self._desk = desk
        self._proposals = Proposals(desk, triage, tuple, lambda told: None)  # faults are told where signals are shown
        self._wanted: dict[str, None] = {}

    def begin(self) -> None:
        """Read what it takes, and with everybody who waits already."""
        self._desk.signals.read_along()
        self._proposals.begin(lambda: None)
        self.changed(conversation.cid for conversation in self._desk.queue.waiting())

    def changed(self, cids: Iterable[str]) -> None:
        """Something is new in these conversations."""
        self._wanted |= dict.fromkeys(cids)

    def work(self) -> None:
        """Look at some of them."""
        if self._proposals.reading or self._proposals.problem:
            return
        end = perf_counter() + SLICE_S
        while self._wanted and perf_counter() < end:
            self._look_at(next(iter(self._wanted)))
        self._proposals.forget()

    def _look_at(self, cid: str) -> None:
        del self._wanted[cid]
        conversation = self._desk.queue.get(cid)
        if conversation is None or conversation.state not in (State.WAITING, State.HELD):
            return
        level = self._proposals.urgency(cid)
        if level != "none":
            self._desk.signals.propose(cid, level)
