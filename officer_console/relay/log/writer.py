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
from collections.abc import Callable, Sequence
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
    """Runs jobs on its own connection. A job checks before it writes: a Refused or Conflict undoes nothing.

    `committed` is called on the event loop with the results of each batch once it is on disk, before those who
    wait for the jobs go on; `before` before each commit, on the thread. `what` is written, for who reads that it can't
    be.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        committed: Callable[[list[Any]], None],
        before: Callable[[], None] = lambda: None,
        what: str = "log",
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._committed = committed
        self._before = before
        self._what = what
        self._gathered: list[_Waiting] = []
        self._jobs: queue.SimpleQueue[list[_Waiting] | None] = queue.SimpleQueue()
        self.healthy = True
        self._closed = False
        self._owed: set[After] = set()
        self._connection = connect()
        self._thread = threading.Thread(target=self._run, name=f"{what}-writer", daemon=True)
        self._thread.start()

    async def do(self, job: Job[T], after: After | None = None) -> T:
        """Run a job; returns when it is on disk, and `after`, outside the transaction, has run too.

        Raises what the job raised, or Refused("storage"). Cancelling the caller does not take the job back.
        """
        if self._closed:
            raise Refused("storage")
        future: asyncio.Future[T] = self._loop.create_future()
        if not self._gathered:  # waking a thread is dear: once for all that one turn of the event loop brings
            self._loop.call_soon(self._hand_over)
        self._gathered.append(_Waiting(job, after, future))
        return await future

    async def close(self) -> None:
        """Finish the jobs that were given, then close."""
        self._closed = True
        self._hand_over()
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._connection.close()

    def _hand_over(self) -> None:
        gathered, self._gathered = self._gathered, []
        if gathered:
            self._jobs.put(gathered)

    # ---- on the thread ----

    def _run(self) -> None:
        while self._work():  # apart, so that nothing of a batch is kept while the next one is waited for
            pass

    def _work(self) -> bool:
        batch, open_ = self._take()
        if batch:
            results = self._commit(batch)
            answers = self._follow_up(batch, results)
            with contextlib.suppress(RuntimeError):  # the event loop was closed without closing the log
                self._loop.call_soon_threadsafe(self._resolve, batch, results, answers)
        return open_

    def _take(self) -> tuple[list[_Waiting], bool]:
        """All that waits, up to MAX_BATCH or a little more, and whether more may come."""
        batch: list[_Waiting] = []
        given = self._jobs.get()
        while given is not None:
            batch += given
            if len(batch) >= MAX_BATCH:
                return batch, True
            try:
                given = self._jobs.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: Sequence[_Waiting]) -> list[Any]:
        try:
            results = self._transaction(batch)
        except Exception as error:  # whatever a job ran into: the thread must live, and its neighbours get their due
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            if len(batch) > 1:
                return [self._commit([each])[0] for each in batch]
            self._fell_ill(error)
            return [Refused("storage")]
        self.healthy = True
        return results

    def _transaction(self, batch: Sequence[_Waiting]) -> list[Any]:
        self._connection.execute("BEGIN IMMEDIATE")
        results = [self._one(waiting.job) for waiting in batch]
        self._before()
        self._connection.execute("COMMIT")
        return results

    def _one(self, job: Job[Any]) -> Any:
        try:
            return job(self._connection)
        except (Refused, Conflict) as refusal:
            return refusal

    def _fell_ill(self, error: Exception) -> None:
        if self.healthy:  # said once, not for each who tries
            log.error("the %s can't be written: %s", self._what, type(error).__name__)
        self.healthy = False

    def _follow_up(self, batch: Sequence[_Waiting], results: Sequence[Any]) -> list[Any]:
        """What each is told: its result, unless what had to follow the transaction failed."""
        given = zip(batch, results, strict=True)
        asked = {waiting.after for waiting, result in given if waiting.after and not isinstance(result, Exception)}
        failed = self._owed = {after for after in asked | self._owed if not self._done(after)}
        return [
            Refused("storage") if waiting.after in failed and not isinstance(result, Exception) else result
            for waiting, result in zip(batch, results, strict=True)
        ]

    def _done(self, after: After) -> bool:
        try:
            after(self._connection)
        except Exception as error:
            self._fell_ill(error)
            return False
        return True

    # ---- on the event loop ----

    def _resolve(self, batch: Sequence[_Waiting], results: Sequence[Any], answers: Sequence[Any]) -> None:
        self._committed([result for result in results if not isinstance(result, Exception)])
        for (_, _, future), answer in zip(batch, answers, strict=True):
            if future.done():  # its caller was cancelled
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
