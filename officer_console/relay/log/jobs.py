"""What an engine has begun and carries through, whatever becomes of who asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from officer_console.protocol.refusals import Refused

T = TypeVar("T")


class Jobs:
    """Nothing is begun any more once it is `closed`."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self.closed = False

    def require_open(self) -> None:
        """Raises Refused("storage") after the end."""
        if self.closed:
            raise Refused("storage")

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begin it; whoever waits for it shields it from his own end."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def settled(self) -> None:
        """Wait until all of them have ended, well or not."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever asked was told; if he is gone, nobody is
