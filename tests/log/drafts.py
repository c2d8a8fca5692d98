"""Drafts for logs, and how to look at what followers get."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from officer_console.model.envelope import Envelope
from officer_console.model.events import Claimed, Draft, Erased, Event, Opened, Said
from officer_console.relay.log.interface import Opening

OPENING = Opening("box of a", "token of a")


def said(cid: str, id_: str, words: str = "") -> Draft:
    return Draft(cid, id_, "v", Said(Envelope("h", "n", words or f"{cid} {id_}")))


def opened(cid: str, h: str = "header") -> Draft:
    return Draft(cid, "open", "v", Opened(h))


def random_text(size: int) -> str:
    """A text that stands nowhere else."""
    return os.urandom(size // 2).hex()


def claimed(cid: str, by: str) -> Draft:
    return Draft(cid, f"claim {by}", by, Claimed())


def erased(cid: str, id_: str = "gone", by: str = "v") -> Draft:
    return Draft(cid, id_, by, Erased())


class Follower:
    """Collects what it is told, until it is stopped."""

    def __init__(self, log: Any, after: int = 0) -> None:
        self.events: list[Event] = []
        self._changed = asyncio.Condition()
        self._task = asyncio.create_task(self._follow(log, after))

    async def _follow(self, log: Any, after: int) -> None:
        async for batch in log.follow(after):
            assert batch, "an empty batch is no news"
            async with self._changed:
                self.events += batch
                self._changed.notify_all()

    async def until(self, seq: int) -> list[Event]:
        """What it got, once it has got this far."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self.events and self.events[-1].seq >= seq)
        return self.events

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
