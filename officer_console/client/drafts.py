"""What officers have begun to write: one draft for each conversation, sealed on disk soon after the last key press."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from typing import Final

from officer_console.errors import reason

from .disk import Disk

WAIT_S: Final = 0.3
"""Seconds from a change to its being on disk, at most (and the time the disk takes)."""
AGAIN_S: Final = 3.0
"""Seconds until a disk that took nothing is tried again."""


class Drafts:
    """Changes are gathered and written in a thread: the disk never makes a key press wait.

    A write that fails is tried again and again, and at `close`; `problem` says why it fails, or is "", and `changed` is
    called when that is another. What is written is always the draft as it is then, so a late write never brings back
    what was sent meanwhile.
    """

    def __init__(self, disk: Disk, changed: Callable[[], None] = lambda: None) -> None:
        self.problem = ""
        self._disk = disk
        self._changed = changed
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
        self._write_in(WAIT_S)

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
        self._wait_no_more()
        if self._writer is not None:
            await asyncio.shield(self._writer)
        self._wait_no_more()  # a write that failed just now wants to be tried again
        self._write(self._unwritten)

    def _write_in(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._start)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _start(self) -> None:
        self._timer = None
        self._writer = asyncio.create_task(self._write_soon(self._writer))

    async def _write_soon(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await before
        batch, self._unwritten = self._unwritten, set()
        try:
            await asyncio.to_thread(self._write, batch)
            self._tell("")
        except OSError as error:
            self._unwritten |= batch
            self._tell(reason(error))
            self._write_in(AGAIN_S)

    def _tell(self, problem: str) -> None:
        if problem != self.problem:
            self.problem = problem
            self._changed()

    def _write(self, batch: set[str]) -> None:
        if not batch:
            return
        with self._disk.change() as change:
            for cid in batch:
                change.draft(cid, self.get(cid))
