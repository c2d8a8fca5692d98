"""One connection to a NATS cluster: requests to JetStream, appends with their answers, reading, following.

nats-py keeps the connection; what it would queue while there is none is refused instead, so that nobody waits for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from itertools import count
from typing import Any, Final, TypeVar

import msgspec
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from .address import Address
from .nats_client import CONNECT_S, PING_S, PINGS, RECONNECT_S, Mended

ASK_S: Final = 5.0
"""Seconds that JetStream has to answer a request."""
CONSUMER_S: Final = 1.5
"""Seconds that a cluster has to begin telling what is new: it may have given that to a server that has just died, and
asked again it takes another."""
FETCH_S: Final = 0.5
"""Seconds until a server begins to send records, and between two of them: asked again it is another server, and one
that has just been cut off takes questions for a while that it never gets."""
ACK_S: Final = 2.0
"""Seconds that an append has to be acknowledged before it is tried again."""
BEAT_S: Final = 0.5
"""Seconds between two signs of life of what is followed; after three that are missing it is followed anew."""
BATCH: Final = 500
"""Records that are asked for at a time."""
EXPECTED: Final = "Nats-Expected-Last-Subject-Sequence"
EXPECTED_LAST: Final = "Nats-Expected-Last-Sequence"
_WRONG_LAST: Final = frozenset({10070, 10071, 10164})
_BEFORE: Final = "Nats-Last-Sequence"
_NO_RESPONDERS, _NOT_FOUND, _CONTROL, _END = "503", "404", "100", "204"
log = logging.getLogger(__name__)


class Unreachable(Exception):
    """JetStream does not answer, or there is no connection."""


class WrongLast(Exception):
    """The subject does not end with the record that was expected; `last` is where it ends (0 when that is not told)."""

    def __init__(self, last: int) -> None:
        super().__init__(last)
        self.last = last


class ApiError(Exception):
    """JetStream refused. `code` is its own error code."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class Stored(msgspec.Struct, frozen=True):
    """One record as a stream has it."""

    seq: int
    subject: str
    data: bytes
    headers: Mapping[str, str] | None = None


class _Error(msgspec.Struct):
    err_code: int = 0
    description: str = ""


class _Ack(msgspec.Struct):
    seq: int = 0
    error: _Error | None = None


_ack: Final = msgspec.json.Decoder(_Ack)
T = TypeVar("T")
Take = Callable[[Sequence[Stored]], Awaitable[None] | None]


def _nothing() -> None: ...


class Link:
    """See the module."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._client = Mended()
        self._inbox = ""
        self._numbers = count(1)
        self._waiting: dict[str, asyncio.Future[Msg]] = {}
        self._several: dict[str, asyncio.Queue[Msg | None]] = {}

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    async def connect(self) -> None:
        """As long as it takes until a server answers. Raises OSError (TLS) or nats.errors.Error when one does not let
        us in."""
        unwelcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def said(error: Exception) -> None:
            if _is_final(error) and not unwelcome.done():
                unwelcome.set_exception(error)
            await _said(error)

        connecting = asyncio.create_task(self._connect(said))
        try:
            await asyncio.wait((connecting, unwelcome), return_when=asyncio.FIRST_COMPLETED)
            await (unwelcome if unwelcome.done() else connecting)
        finally:
            unwelcome.cancel()
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)

    async def _connect(self, said: Callable[[Exception], Awaitable[None]]) -> None:
        self._client = client = Mended()
        await client.connect(
            servers=list(self.address.servers),
            name="officer-console",
            user=self.address.user,
            password=self.address.password,
            tls=ssl.create_default_context() if self.address.tls else None,
            connect_timeout=CONNECT_S,
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT_S,
            ping_interval=PING_S,
            max_outstanding_pings=PINGS,
            reconnect_to_server_handler=client.another,
            pending_size=0,
            error_cb=said,
            disconnected_cb=self._lost,
        )
        self._inbox = self._client.new_inbox()
        await self._client.subscribe(f"{self._inbox}.*", cb=self._answered)

    def others(self) -> list[Address]:
        """The servers to which there is no connection, each by itself."""
        here = self._client.connected_url
        theirs = [uri for uri in self._client.servers if here is None or uri.netloc != here.netloc]
        return [msgspec.structs.replace(self.address, servers=(f"{uri.scheme}://{uri.netloc}",)) for uri in theirs]

    async def leave(self, to: Address) -> None:
        """Leave this server for one of the others."""
        await self._client.leave(to.servers[0].partition("://")[2])

    async def close(self) -> None:
        await self._lost()
        if not self._client.is_closed:
            await self._client.close()

    # ---- requests ----

    async def ask(self, api: str, body: object = None, within: float = ASK_S) -> dict[str, Any]:
        """One request to JetStream's API. Raises ApiError or Unreachable."""
        data = msgspec.json.encode(body) if body is not None else b""
        answer: dict[str, Any] = msgspec.json.decode((await self.request(f"$JS.API.{api}", data, None, within)).data)
        if error := answer.get("error"):
            raise ApiError(error.get("err_code", 0), error.get("description", ""))
        return answer

    async def append(self, subject: str, data: bytes, headers: dict[str, str], within: float = ACK_S) -> int:
        """Store a record; its seq. Raises WrongLast, ApiError or Unreachable."""
        ack = _ack.decode((await self.request(subject, data, headers, within)).data)
        if ack.error is None:
            return ack.seq
        if ack.error.err_code in _WRONG_LAST:
            last = ack.error.description.rpartition(" ")[2]
            raise WrongLast(int(last) if last.isdecimal() else 0)
        raise ApiError(ack.error.err_code, ack.error.description)

    async def request(self, subject: str, data: bytes, headers: dict[str, str] | None, within: float) -> Msg:
        """One question, one answer. Raises Unreachable."""
        name = str(next(self._numbers))
        future: asyncio.Future[Msg] = asyncio.get_running_loop().create_future()
        self._waiting[name] = future
        try:
            async with asyncio.timeout(within):
                await self._publish(subject, data, f"{self._inbox}.{name}", headers)
                answer = await future
        except TimeoutError:
            raise Unreachable from None
        finally:
            self._waiting.pop(name, None)
        if answer.headers and answer.headers.get("Status") == _NO_RESPONDERS:
            raise Unreachable
        return answer

    async def tell(self, subject: str, data: bytes) -> None:
        """Send to whoever listens; with no connection to nobody."""
        with contextlib.suppress(Unreachable):
            await self._publish(subject, data, "", None)

    async def hear(self, subject: str, heard: Callable[[bytes], None]) -> None:
        """Call `heard` with everything that is sent there from now on."""

        async def take(message: Msg) -> None:
            heard(message.data)

        await self._client.subscribe(subject, cb=take)

    # ---- reading ----

    async def fetch(self, stream: str, after: int, limit: int, subject: str = "") -> list[Stored]:
        """Records above `after` as one of the servers has them: the newest may be missing. Raises Unreachable."""
        want = {"seq": after + 1, "batch": min(limit, BATCH), "next_by_subj": subject or ">"}
        name = str(next(self._numbers))
        answers = self._several[name] = asyncio.Queue()
        found: list[Stored] = []
        try:
            where = f"$JS.API.DIRECT.GET.{stream}"
            await self._publish(where, msgspec.json.encode(want), f"{self._inbox}.{name}", None)
            while (record := _record(await _within(FETCH_S, answers.get()), found)) is not None:
                found.append(record)
        except TimeoutError:
            raise Unreachable from None
        finally:
            del self._several[name]
        return found

    async def follow(
        self,
        stream: str,
        after: Callable[[], int],
        take: Take,
        newest_of: str = "",
        there: Callable[[], None] = _nothing,
        begins: Callable[[], None] = _nothing,
    ) -> None:
        """Hand over all records above `after()`, in order and in batches, then what comes, until it breaks off.
        `newest_of`: subjects of which only the newest record counts; `begins` is called when a server has begun to tell
        them, `there` when all that there was has been handed over. Raises Unreachable, or ApiError when there is no
        such stream."""
        async with self._consumer(stream, after(), newest_of) as (arrivals, pending):
            begins()
            number = 0
            if not pending:
                there()
            while True:
                async with asyncio.timeout(3 * BEAT_S):
                    messages = [await arrivals.get()]
                while not arrivals.empty() and len(messages) < BATCH:
                    messages.append(arrivals.get_nowait())
                records, number = await self._sorted(messages, number)
                if records and (waiting := take(records)) is not None:
                    await waiting
                if number - len(records) < pending <= number:
                    there()

    async def _sorted(self, messages: Sequence[Msg], number: int) -> tuple[list[Stored], int]:
        """The records among what has arrived, and the number of the last; raises Unreachable when one is missing."""
        records = []
        for message in messages:
            if message.headers and message.headers.get("Status") == _CONTROL:
                if message.reply:
                    await self._publish(message.reply, b"", "", None)
                elif int(message.headers.get("Nats-Last-Consumer", number)) != number:
                    raise Unreachable
                continue
            tokens = message.reply.split(".")
            at = 5 if len(tokens) == 9 else 7  # noqa: PLR2004 - the longer form begins with domain and account
            number += 1
            if int(tokens[at + 1]) != number:
                raise Unreachable
            records.append(Stored(int(tokens[at]), message.subject, message.data, message.headers))
        return records, number

    @contextlib.asynccontextmanager
    async def _consumer(self, stream: str, after: int, newest_of: str) -> AsyncIterator[tuple[asyncio.Queue[Msg], int]]:
        where = self._client.new_inbox()
        arrivals: asyncio.Queue[Msg] = asyncio.Queue()
        subscription = await self._client.subscribe(where, cb=arrivals.put)
        start = (
            {"deliver_policy": "last_per_subject", "filter_subject": newest_of}
            if newest_of
            else {"deliver_policy": "by_start_sequence", "opt_start_seq": after + 1}
        )
        try:
            wanted = {"stream_name": stream, "config": _consumer(where) | start}
            made = await self.ask(f"CONSUMER.CREATE.{stream}", wanted, CONSUMER_S)
            try:
                yield arrivals, made.get("num_pending", 0)
            except TimeoutError:
                raise Unreachable from None
            finally:
                with contextlib.suppress(Unreachable, ApiError, NatsError):
                    await self.ask(f"CONSUMER.DELETE.{stream}.{made['name']}", within=BEAT_S)
        finally:
            with contextlib.suppress(NatsError):
                await subscription.unsubscribe()

    # ---- inside ----

    async def _publish(self, subject: str, data: bytes, reply: str, headers: dict[str, str] | None) -> None:
        if not self._client.is_connected:
            raise Unreachable
        try:
            await self._client.publish(subject, data, reply, headers)
        except (NatsError, OSError):
            raise Unreachable from None

    async def _answered(self, message: Msg) -> None:
        name = message.subject.rpartition(".")[2]
        if (future := self._waiting.pop(name, None)) and not future.done():
            future.set_result(message)
        elif several := self._several.get(name):
            several.put_nowait(message)

    async def _lost(self) -> None:
        """Who waits for an answer is told that there will be none."""
        for future in tuple(self._waiting.values()):
            if not future.done():
                future.set_exception(Unreachable())
        self._waiting.clear()
        for several in self._several.values():
            several.put_nowait(None)


async def _within(seconds: float, something: Awaitable[T]) -> T:
    async with asyncio.timeout(seconds):
        return await something


def _record(message: Msg | None, before: Sequence[Stored]) -> Stored | None:
    """A record of an answer of several, after those `before` it; None at their end. Raises Unreachable, also when the
    network has lost one between them (each names the seq of the one before it: NATS ADR-31)."""
    if message is None:
        raise Unreachable
    headers = message.headers or {}
    status = headers.get("Status", "")
    if status == _NO_RESPONDERS:
        raise Unreachable
    if status == _NOT_FOUND:
        return None
    if int(headers[_BEFORE]) != (before[-1].seq if before else 0):
        raise Unreachable
    if status == _END:
        return None
    return Stored(int(headers["Nats-Sequence"]), headers["Nats-Subject"], message.data, headers)


def _consumer(where: str) -> dict[str, Any]:
    """How a stream is followed: in order, from memory, forgotten by itself (times in ns)."""
    return {
        "deliver_subject": where,
        "ack_policy": "none",
        "max_deliver": 1,
        "mem_storage": True,
        "num_replicas": 1,
        "flow_control": True,
        "idle_heartbeat": int(BEAT_S * 1e9),
        "inactive_threshold": int(30e9),
    }


def _is_final(error: Exception) -> bool:
    """Whether trying again is of no use. nats-py tells by words alone that a login was refused."""
    return isinstance(error, ssl.SSLError) or (isinstance(error, NatsError) and "authorization" in str(error).lower())


async def _said(error: Exception) -> None:
    """What nats-py tells of its connections is seen anyway; anything else is a fault of our own."""
    if not isinstance(error, NatsError | OSError | asyncio.TimeoutError):
        log.error("what a cluster told could not be taken in: %s", type(error).__name__)
