"""Tasks that must not die silently: those of one connection, and those of the relay."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from officer_console.protocol.refusals import Refused

from .quiet import told

PAUSE_S = 1.0
log = logging.getLogger(__name__)


class Crew:
    """The tasks of one connection. `failed` is called with what one of them raises."""

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin a task; it ends with the crew at the latest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def dismiss(self) -> None:
        """End all tasks, and wait until they have ended."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._failed(error)


async def keep_running(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run something that never ends by itself; when it fails, say so and begin again."""
    while True:
        try:
            await work()
        except Refused:  # the log has told already that the disk takes or gives nothing
            pass
        except Exception as error:
            log.error("%s failed and begins again: %s", name, told(error))
        await asyncio.sleep(PAUSE_S)
