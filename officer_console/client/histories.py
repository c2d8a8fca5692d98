"""Asks the relay for the words of conversations that became readable, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from officer_console.model.events import Event
from officer_console.protocol.frames import Past

AT_ONCE: Final = 8
"""Histories on their way at the same time."""
AGAIN_S: Final = 1.0
"""Seconds before one is asked for again that the relay could not give."""


class Histories:
    """`ask(cid)` sends the question. Each conversation is asked for once until `forget`."""

    def __init__(self, ask: Callable[[str], None]) -> None:
        self._ask = ask
        self._linked = False
        self._wanted: dict[str, None] = {}
        self._coming: dict[str, list[Event]] = {}
        self._answered: set[str] = set()
        self._resting: dict[str, None] = {}

    def want(self, cid: str, *, urgent: bool = False) -> None:
        """Ask for a conversation; an urgent one is asked for at once."""
        if cid in self._coming or cid in self._answered or cid in self._resting:
            return
        self._wanted[cid] = None
        if urgent and self._linked:
            self._send(cid)
        self._next()

    def part(self, frame: Past) -> list[Event] | None:
        """Take a part of an answer; the whole of it when this was the last one. Unasked ones are dropped."""
        events = self._coming.get(frame.cid)
        if events is None:
            return None
        events.extend(frame.events)
        if not frame.last:
            return None
        self.end(frame.cid)
        return events

    def end(self, cid: str) -> None:
        """The answer is here whole, or there will be none."""
        if self._coming.pop(cid, None) is not None:
            self._answered.add(cid)
        self._next()

    def refused(self, cid: str) -> None:
        """The relay can't give it now: without it nothing of the conversation can be read, so it is asked for again."""
        if self._coming.pop(cid, None) is not None:
            if not self._resting:
                asyncio.get_running_loop().call_later(AGAIN_S, self._wake)
            self._resting[cid] = None
        self._next()

    def _wake(self) -> None:
        self._wanted |= self._resting
        self._resting.clear()
        self._next()

    def forget(self, cid: str) -> None:
        """What was answered is out of date: who may read the conversation has changed."""
        self._wanted.pop(cid, None)
        self._answered.discard(cid)
        self._resting.pop(cid, None)

    def loading(self, cid: str) -> bool:
        return cid in self._wanted or cid in self._coming or cid in self._resting

    def linked(self, linked: bool) -> None:
        """There is a link, or no more; unanswered questions are asked again."""
        self._linked = linked
        self._wanted = dict.fromkeys((*self._coming, *self._wanted))
        self._coming.clear()
        self._next()

    def _next(self) -> None:
        while self._linked and self._wanted and len(self._coming) < AT_ONCE:
            self._send(next(iter(self._wanted)))

    def _send(self, cid: str) -> None:
        del self._wanted[cid]
        self._coming[cid] = []
        self._ask(cid)
