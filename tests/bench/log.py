"""Each log engine beside a bare program that stores the same bytes in the same way, alternating, in one run.

CONVERSATIONS append side by side, each waiting for its acknowledgement before the next; the engine's own follower runs
beside, as in a relay.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.errors import APIError

from officer_console.model.envelope import Envelope
from officer_console.model.events import Draft, Said
from officer_console.relay.log.address import parse
from officer_console.relay.log.interface import Log
from officer_console.relay.log.jetstream import JetStreamLog
from officer_console.relay.log.making import connected
from officer_console.relay.log.nats_link import EXPECTED
from officer_console.relay.log.nats_streams import Streams
from officer_console.relay.log.records import encode
from officer_console.relay.log.sqlite import SqliteLog
from officer_console.relay.log.sqlite_file import connect
from tests.nats import Servers

from .echo import fast_loop
from .report import Figure, figure, progress

CONVERSATIONS: Final = 100
ROUNDS: Final = 5
ROUND_S: Final = 2.0
WORDS: Final = "x" * 700
"""As long as a sealed message of the smallest size, as text."""
LEAST: Final = {"sqlite": 0.5, "single": 0.6, "cluster": 0.6}
AGAIN: Final = 2
STILL_UNDER_WAY: Final = 10164
"""JetStream's code for a subject whose last record it has acknowledged a moment ago, and not yet put away: a cluster
says so now and then, and is asked again by ours and by the bare program."""
_runs: Final = count(1)
Append = Callable[[str, int, int], Awaitable[int]]
"""(conversation, number, last seq of the conversation) -> seq, once it is stored."""
Pair = Callable[[], contextlib.AbstractAsyncContextManager[tuple[Append, Append]]]
"""Makes an engine of ours and a bare program."""


def run() -> list[Figure]:
    """Measure."""
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        return runner.run(_measure())


async def _measure() -> list[Figure]:
    pairs: dict[str, Pair] = {"sqlite": _sqlite, "single": lambda: _nats(1), "cluster": lambda: _nats(3)}
    return [one for name, pair in pairs.items() for one in await _patiently(name, pair)]


async def _patiently(name: str, pair: Pair) -> list[Figure]:
    """Measure one engine. A cluster that is too slow fails the bare program: both are measured again, and at last there
    is no figure."""
    for again in range(AGAIN + 1):
        progress(f"the log alone: {name}{', again' * bool(again)}")
        try:
            return [await _compared(name, pair)]
        except* NatsError as error:
            progress(f"NATS failed the bare program: {error.exceptions[0]}")
    return []


async def _compared(name: str, pair: Pair) -> Figure:
    async with pair() as (ours, bare):
        rates: tuple[list[float], list[float]] = ([], [])
        for number in range(ROUNDS + 1):
            for append, each in ((bare, rates[1]), (ours, rates[0])):
                rate = await _rate(append)
                if number:  # the first round warms up
                    each.append(rate)
        mine, theirs = map(median, rates)
        return figure(f"log.{name}", mine, theirs, "appends/s", (">=", LEAST[name]))


async def _rate(append: Append) -> float:
    end = time.perf_counter() + ROUND_S
    run = next(_runs)

    async def conversation(cid: str) -> int:
        last = number = 0
        while time.perf_counter() < end:
            last = await append(cid, number, last)
            number += 1
        return number

    async with asyncio.TaskGroup() as tasks:
        counts = [tasks.create_task(conversation(f"r{run}c{n}")) for n in range(CONVERSATIONS)]
    return sum(each.result() for each in counts) / ROUND_S


def _draft(cid: str, number: int) -> Draft:
    return Draft(cid, f"v.{number}", "v", Said(Envelope(f'{{"cid":"{cid}","n":{number}}}', "n" * 16, WORDS)))


def _appending(log: Log) -> Append:
    async def append(cid: str, number: int, last: int) -> int:
        return (await log.append(_draft(cid, number), last)).seq

    return append


# ---- SQLite --------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _sqlite() -> AsyncIterator[tuple[Append, Append]]:
    with tempfile.TemporaryDirectory() as folder:
        log = SqliteLog(Path(folder), lambda: 0)
        bare = GroupCommit(Path(folder) / "bare.db")
        yield _appending(log), bare.append
        bare.close()
        await log.close()


class GroupCommit:
    """The least that a durable group commit needs: a thread that inserts what has arrived, and commits."""

    def __init__(self, file: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._db = connect(file)
        self._db.execute("CREATE TABLE events (seq INTEGER PRIMARY KEY, cid TEXT, what BLOB)")
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    async def append(self, cid: str, number: int, last: int) -> int:
        future: asyncio.Future[int] = self._loop.create_future()
        self._jobs.put((cid, encode(_draft(cid, number), 0), future))
        return await future

    def close(self) -> None:
        self._jobs.put(None)
        self._thread.join()
        self._db.close()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            batch = [job]
            with contextlib.suppress(queue.Empty):
                while (job := self._jobs.get_nowait()) is not None:
                    batch.append(job)
            self._db.execute("BEGIN IMMEDIATE")
            seqs = [self._insert(cid, what) for cid, what, _ in batch]
            self._db.execute("COMMIT")
            self._loop.call_soon_threadsafe(_tell, [future for _, _, future in batch], seqs)
            if job is None:
                return

    def _insert(self, cid: str, what: bytes) -> int:
        seq: int | None = self._db.execute("INSERT INTO events (cid, what) VALUES (?, ?)", (cid, what)).lastrowid
        assert seq is not None
        return seq


def _tell(futures: list[asyncio.Future[int]], seqs: list[int]) -> None:
    for future, seq in zip(futures, seqs, strict=True):
        future.set_result(seq)


# ---- JetStream -----------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _nats(servers: int) -> AsyncIterator[tuple[Append, Append]]:
    """Ours and nats-py's own publish, each over a connection and a stream of its own with the same settings."""
    with tempfile.TemporaryDirectory() as folder:
        running = Servers(Path(folder) / "nats", servers)
        running.start()
        try:
            for name in ("ours", "bare"):
                address = parse(running.url(name))
                async with connected(address) as link:
                    await Streams(address, running.copies).make(link)
            log = JetStreamLog(Path(folder), parse(running.url("ours")), running.copies, lambda: 0)
            await log.start()
            client = Client()
            await client.connect([f"nats://{host}" for host in running.hosts.split(",")])
            try:
                yield _appending(log), _publishing(client.jetstream())
            finally:
                await client.close()
                await log.close()
        finally:
            running.stop()


def _publishing(js: JetStreamContext) -> Append:
    async def append(cid: str, number: int, last: int) -> int:
        data = encode(_draft(cid, number), 0)
        while True:
            try:
                return (await js.publish(f"bare.events.{cid}", data, headers={EXPECTED: str(last)})).seq
            except APIError as error:
                if error.err_code != STILL_UNDER_WAY:
                    raise

    return append
