"""The proxy that stands in front of relays: one address, and whoever is behind it answers. It can do harm on order."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from random import Random
from typing import Final, NamedTuple

LOOK_S: Final = 2.0
"""Seconds between two looks whether a relay is well, as the kit's proxy has it."""
ANSWER_S: Final = 5.0
"""Seconds that a relay has to say that it is."""
BACKLOG: Final = 4096
"""Connections that wait to be taken. Whoever finds no place there is not told, and tries again after 1, 3 and 7 s: a
crowd that comes back would wait for the proxy, not for a relay."""
PIECE, LINE = 4096, 64
"""Bytes that are passed on at a time, and how many such pieces are on their way at most."""


def _none() -> None:
    return None


class Where(NamedTuple):
    """A relay's address."""

    host: str
    port: int


class Weather:
    """What the wires are like: seconds of delay, from and to; bytes a second in each direction of each connection (0:
    as many as come); whether they are still (nothing arrives, and nobody is told)."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.fine()

    def fine(self) -> None:
        """As they come."""
        self.delay_s = (0.0, 0.0)
        self.rate = 0
        self.still = False

    @property
    def calm(self) -> bool:
        return self.delay_s == (0.0, 0.0) and not self.rate and not self.still

    def delay(self) -> float:
        return self._random.uniform(*self.delay_s)


class Passage:
    """One connection through the proxy, in two directions."""

    def __init__(self, weather: Weather, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self._weather = weather
        self._near, self._far = near, far
        self._held: list[bytes] | None = None
        self._delivered = asyncio.Event()
        self._delivered.set()

    async def run(self, near: asyncio.StreamReader, far: asyncio.StreamReader) -> None:
        """Until one of the two ends; then both have ended."""
        pumps = [asyncio.create_task(self._up(near)), asyncio.create_task(self._pump(far, self._near))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            await self._delivered.wait()
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            await _closed(self._far)

    def cut(self) -> None:
        """Both ends lose it at once, and what is on its way is gone."""
        self._near.transport.abort()
        self._far.transport.abort()

    def hold(self) -> None:
        """From now on what the client sends stays on its way."""
        self._held = []

    async def haunt(self, late_s: float) -> None:
        """The client loses it now; the relay does not, and has what was held so many seconds later."""
        self._delivered.clear()
        self._near.transport.abort()
        await asyncio.sleep(late_s)
        with contextlib.suppress(OSError):
            self._far.write(b"".join(self._held or []))
            await self._far.drain()
        self._delivered.set()

    async def _up(self, reader: asyncio.StreamReader) -> None:
        """Client to relay."""
        await self._pump(reader, self._far, lambda: self._held)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, held: Callable[[], list[bytes] | None] = _none
    ) -> None:
        line: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(LINE)
        giving = asyncio.create_task(self._give(line, writer))
        due = 0.0
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(PIECE):
                    if (kept := held()) is not None:
                        kept.append(data)
                    elif not self._weather.still:
                        due = max(due, time.monotonic() + self._weather.delay())  # in a stream nothing overtakes
                        await line.put((due, data))
            await line.put((due, b""))
            await giving
        finally:
            giving.cancel()
            await asyncio.gather(giving, return_exceptions=True)

    async def _give(self, line: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        while True:
            due, data = await line.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not data:
                return
            if rate := self._weather.rate:
                await asyncio.sleep(len(data) / rate)
            with contextlib.suppress(OSError):
                writer.write(data)
                await writer.drain()


class Proxy:
    """Passes connections on to backends (ports on this machine, or addresses) in turn, over those that do not answer,
    and over those that say that they are not well."""

    def __init__(self, backends: Iterable[int | Where], random: Random | None = None) -> None:
        self._backends = [Where("127.0.0.1", each) if isinstance(each, int) else each for each in backends]
        self._well = set(self._backends)
        self._turn = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.weather = Weather(random or Random())
        self.passages: set[Passage] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def running(self, port: int) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=BACKLOG)
        self.port = server.sockets[0].getsockname()[1]
        looking = [asyncio.create_task(self._look(each)) for each in self._backends if len(self._backends) > 1]
        try:
            yield
        finally:
            server.close()
            for task in (*self._tasks, *looking):
                task.cancel()
            await asyncio.gather(*self._tasks, *looking, return_exceptions=True)

    # ---- harm ----

    def each(self, do: Callable[[Passage], None]) -> None:
        """To every connection that there is."""
        for passage in tuple(self.passages):
            do(passage)

    async def haunt(self, late_s: float) -> None:
        """See Passage.haunt, for every connection."""
        await asyncio.gather(*(passage.haunt(late_s) for passage in tuple(self.passages)))

    # ---- passing on ----

    async def _look(self, where: Where) -> None:
        while True:
            (self._well.add if await _is_well(where) else self._well.discard)(where)
            await asyncio.sleep(LOOK_S)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._passed_on(reader, writer)
        finally:
            self._tasks.discard(task)
            await _closed(writer)

    async def _passed_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for where in self._in_turn():
            with contextlib.suppress(OSError):
                there, back = await asyncio.open_connection(*where)
                await self._through(Passage(self.weather, writer, back), reader, there)
                return

    def _in_turn(self) -> list[Where]:
        """Those that are well; none: all of them, for they may be."""
        self._turn += 1
        start = self._turn % len(self._backends)
        turn = self._backends[start:] + self._backends[:start]
        return [where for where in turn if where in self._well] or turn

    async def _through(self, passage: Passage, near: asyncio.StreamReader, far: asyncio.StreamReader) -> None:
        self.passages.add(passage)
        try:
            await passage.run(near, far)
        finally:
            self.passages.discard(passage)


async def _closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _is_well(where: Where) -> bool:
    """Whether /healthz says 200."""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await asyncio.open_connection(*where)
            try:
                writer.write(b"GET /healthz HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n")
                return (await reader.readline()).startswith(b"HTTP/1.1 200")
            finally:
                writer.close()
    return False
