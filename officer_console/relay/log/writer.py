"""One thread that writes to SQLite, with group commit: whatever waits when it is free goes into one transaction.

Cost: one fsync a batch, not one an event; a batch is what arrived during the fsync before it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from officer_console.protocol.refusals import Refused

from .interface import Conflict

T = TypeVar("T")
Job = Callable[[sqlite3.Connection], T]
After = Callable[[sqlite3.Connection], None]
MAX_BATCH = 1000
log = logging.getLogger(__name__)


class _Waiting(NamedTuple):
    job: Job[Any]
    after: After | None
    future: asyncio.Future[Any]


class Writer:
    """Runs jobs on its own connection. A job checks before it writes: what it raises undoes nothing of its batch.

    `committed` is called on the event loop with the results of each batch once it is on disk, before those who
    wait for the jobs go on.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], committed: Callable[[list[Any]], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._committed = committed
        self._jobs: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self.healthy = True
        self._connection = connect()
        self._thread = threading.Thread(target=self._run, name="log-writer", daemon=True)
        self._thread.start()

    async def do(self, job: Job[T], after: After | None = None) -> T:
        """Run a job; returns when it is on disk, and `after`, outside the transaction, has run too.

        Raises what the job raised, or Refused("storage").
        """
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Waiting(job, after, future))
        return await future  # cancelling the caller cancels the future, not the job

    async def close(self) -> None:
        """Finish the jobs that were given, then close."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._connection.close()

    def _run(self) -> None:
        open_ = True
        while open_:
            batch, open_ = self._take()
            if batch:
                results = self._commit(batch)
                answers = [self._follow_up(*pair) for pair in zip(batch, results, strict=True)]
                self._loop.call_soon_threadsafe(self._resolve, batch, results, answers)

    def _take(self) -> tuple[list[_Waiting], bool]:
        batch = []
        item = self._jobs.get()
        while item is not None:
            batch.append(item)
            if len(batch) == MAX_BATCH:
                return batch, True
            try:
                item = self._jobs.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: list[_Waiting]) -> list[Any]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            results = [self._one(waiting.job) for waiting in batch]
            self._connection.execute("COMMIT")
            self.healthy = True
            return results
        except sqlite3.Error as error:
            # the name alone: a message could carry the path of a visitor's data
            self.healthy = False
            log.error("the log can't be written: %s", type(error).__name__)
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            return [Refused("storage") for _ in batch]

    def _follow_up(self, waiting: _Waiting, result: Any) -> Any:
        if waiting.after is None or isinstance(result, Exception):
            return result
        try:
            waiting.after(self._connection)
        except sqlite3.Error:
            return Refused("storage")
        return result

    def _one(self, job: Job[Any]) -> Any:
        try:
            return job(self._connection)
        except (Refused, Conflict) as refusal:
            return refusal

    def _resolve(self, batch: list[_Waiting], results: list[Any], answers: list[Any]) -> None:
        self._committed([result for result in results if not isinstance(result, Exception)])
        for (_, _, future), result in zip(batch, answers, strict=True):
            if future.cancelled():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
                future.exception()  # seen, even if the caller is gone
            else:
                future.set_result(result)
