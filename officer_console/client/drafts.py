"""What officers have begun to write: one draft for each conversation, sealed on disk soon after the last key press."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Final

from .disk import Disk

WAIT_S: Final = 0.3
"""Seconds from a change to its being on disk, at most (and the time the disk takes)."""


class Drafts:
    """Changes are gathered and written in a thread: the disk never makes a key press wait.

    A write that fails is tried again at the next change and at `close`. What is written is always the draft as it is
    then, so a late write never brings back what was sent meanwhile.
    """

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._texts = disk.drafts()
        self._unwritten: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._writer: asyncio.Task[None] | None = None

    def get(self, cid: str) -> str:
        return self._texts.get(cid, "")

    def keep(self, cid: str, text: str) -> None:
        """Keep a draft; it is on disk soon."""
        if text == self.get(cid):
            return
        self._texts[cid] = text
        self._unwritten.add(cid)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WAIT_S, self._start)

    @contextlib.contextmanager
    def replacing(self, cid: str, text: str) -> Iterator[None]:
        """The block writes this draft together with something else; when it fails, the draft stays as it was."""
        before = self.get(cid)
        self._texts[cid] = text
        try:
            yield
        except BaseException:
            self._texts[cid] = before
            self._unwritten.add(cid)  # a write in between has taken the other one
            raise

    async def close(self) -> None:
        """Write what is not written. Raises OSError."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._writer is not None:
            await asyncio.shield(self._writer)
        self._write(self._unwritten)

    def _start(self) -> None:
        self._timer = None
        self._writer = asyncio.create_task(self._write_soon(self._writer))

    async def _write_soon(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        batch, self._unwritten = self._unwritten, set()
        try:
            await asyncio.to_thread(self._write, batch)
        except OSError:
            self._unwritten |= batch

    def _write(self, batch: set[str]) -> None:
        if not batch:
            return
        with self._disk.change() as change:
            for cid in batch:
                change.draft(cid, self.get(cid))
