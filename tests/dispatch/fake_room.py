"""A room's system for tests: a real HTTP server that misbehaves on command, and answers through the inbound endpoint.

It speaks raw bytes, so that it can answer anything; like a real one it takes a message that it has already only once.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import httpx
import msgspec

from officer_console.dispatch.messages import answers
from officer_console.dispatch.messages.names import Parties, Stamp
from officer_console.dispatch.webhook import NotSigned, sign, verify

SECRET = bytes(range(32))
ROOM = "fr.police.cic"
OURS = "fr.police.pvss"
WAIT_S = 20


class Hit(NamedTuple):
    """One request as it came. `id` is the webhook's; `at` seconds of the loop."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def id(self) -> str:
        return self.headers.get("webhook-id", "")

    @property
    def message(self) -> dict[str, Any]:
        """What is inside the envelope."""
        content = msgspec.json.decode(self.body)["content"][0]
        inside: dict[str, Any] = content["jsonContent"]["embeddedJsonContent"]["message"]
        return inside

    @property
    def kind(self) -> str:
        return str(msgspec.json.decode(self.body)["distributionKind"])

    @property
    def distribution(self) -> str:
        return str(msgspec.json.decode(self.body)["distributionID"])

    @property
    def case(self) -> str:
        return str(self.message["createCase"]["caseId"])


Behaviour = bytes | str | Callable[[Hit], bytes | str]
"""Raw bytes to answer with, or "slow" (no answer), "close" (hangs up), or what decides."""


def status(code: int, *headers: str, body: bytes = b"") -> bytes:
    """An HTTP answer."""
    lines = [f"HTTP/1.1 {code} Whatever", f"content-length: {len(body)}", "connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class FakeRoom:
    """See the module. `ways` are the behaviours of the next answers; after them `usually`. `hits` is all that came,
    `taken` the first of each id that was answered with 2xx."""

    def __init__(self, secret: bytes = SECRET, exercise: bool = False) -> None:
        self.ways: deque[Behaviour] = deque()
        self.usually: Behaviour = status(200)
        self.hits: list[Hit] = []
        self.taken: dict[str, Hit] = {}
        self.secret = secret
        self.unsigned = 0
        self.url = ""
        self.inbound = ""
        self.parties = Parties(ROOM, OURS, exercise)
        self._came = asyncio.Event()
        self._over = asyncio.Event()
        self._answers = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._port = 0

    # ---- what comes ----

    @contextlib.asynccontextmanager
    async def serving(self, context: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[FakeRoom]:
        self._port = port
        await self.up(context)
        try:
            yield self
        finally:
            self.down()

    async def up(self, context: ssl.SSLContext | None = None) -> None:
        """Listen (again)."""
        self._over.clear()
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", self._port, ssl=context)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self._port}/cases"

    def down(self) -> None:
        """Listen no more, and cut every connection."""
        self._over.set()
        if self._server:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()

    async def until(self, fits: Callable[[], object]) -> None:
        """Wait for more hits until it fits."""
        async with asyncio.timeout(WAIT_S):
            while not fits():
                self._came.clear()
                await self._came.wait()

    def kinds(self) -> list[str]:
        """Of the messages taken, in order."""
        return [hit.kind for hit in self.taken.values()]

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._answer(await _read(reader), writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, hit: Hit, writer: asyncio.StreamWriter) -> None:
        self.hits.append(hit)
        way = self.ways.popleft() if self.ways else self.usually
        way = way(hit) if callable(way) else way
        if way != "close" and not self._signed(hit):
            way = status(401)
        if isinstance(way, bytes) and way.startswith(b"HTTP/1.1 2"):
            self.taken.setdefault(hit.id, hit)
        self._came.set()
        if way == "slow":
            await self._over.wait()
        elif isinstance(way, bytes):
            writer.write(way)
            await writer.drain()

    def _signed(self, hit: Hit) -> bool:
        try:
            verify(hit.headers, hit.body, [self.secret], int(time.time()))
        except NotSigned:
            self.unsigned += 1
            return False
        return True

    # ---- what it tells ----

    async def send(
        self,
        body: bytes,
        *,
        id: str = "",
        at: int | None = None,
        secret: bytes = b"",
        headers: dict[str, str] | None = None,
    ) -> int:
        """Post an answer; gives the status."""
        self._answers += 1
        at = int(time.time()) if at is None else at
        signed = sign([secret or self.secret], id or f"answer-{self._answers}", at, body)
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(self.inbound, content=body, headers=headers if headers is not None else signed)
        assert answer.content == b""
        return answer.status_code

    def ack(self, hit: Hit, step: str = "INTEGRE") -> bytes:
        return _dump(answers.ack(self.parties, self._stamp(), hit.distribution, step))

    def refusal(self, hit: Hit) -> bytes:
        return _dump(answers.refusal(self.parties, self._stamp(), hit.distribution))

    def error(self, hit: Hit, cause: str, code: tuple[int, str] = answers.INVALID) -> bytes:
        return _dump(answers.error(self.parties, self._stamp(), hit.distribution, cause, code))

    def emsi(self, hit: Hit, state: str, unit: str = "", words: str = "") -> bytes:
        return _dump(answers.emsi(self.parties, self._stamp(), state, hit.case, unit, words))

    def _stamp(self) -> Stamp:
        self._answers += 1
        return Stamp(f"a{self._answers}", time.time_ns() // 1_000_000)


async def _read(reader: asyncio.StreamReader) -> Hit:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Hit(first.split(" ")[1], headers, body, asyncio.get_running_loop().time())


def _dump(message: Any) -> bytes:
    return msgspec.json.encode(message)
