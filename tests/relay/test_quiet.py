"""No address of a visitor anywhere: not in the log at its most talkative, not in a file, not in a figure."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from websockets.asyncio.client import connect

from officer_console.config import Log
from officer_console.protocol.commands import Claim
from officer_console.protocol.frames import Done, Erase, Here, Leave, No, Stored
from officer_console.relay.quiet import QuietFormatter, set_up, told
from officer_console.vault.base64url import b64
from tests.fire.served import Served, founding_code, served
from tests.nats import Servers, contents

from .peers import Station, VisitorPeer, officer, random_id

FROM: Final = "127.77.66.55"
"""Where this visitor comes from: an address that nothing else here has."""
TRACES: Final = (FROM.encode(), b"127.77.66", bytes(map(int, FROM.split("."))), b"7f4d4237", b"2135769655")
"""The address as text, its network, its bytes, as hex digits and as a number."""


class FarVisitor(VisitorPeer):
    """A visitor who connects from FROM."""

    def connect(self) -> Any:
        at: Any = {"origin": self.url, "local_addr": (FROM, 0)}
        return connect(self.url.replace("http", "ws") + "/ws", compression=None, **at)


@asynccontextmanager
async def far_http(url: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.AsyncHTTPTransport(local_address=FROM)
    async with httpx.AsyncClient(base_url=url, transport=transport, trust_env=False) as client:
        yield client


async def misbehave(visitor: FarVisitor, url: str) -> None:
    """Every way to be refused or to break off."""
    for raw in ("bonjour", b"\0", "x" * 200_000, '{"t":"hello","v":9}', "é" * 20_000):
        async with visitor.connect() as ws:
            with contextlib.suppress(Exception):
                await ws.send(raw)
                await asyncio.wait_for(ws.recv(), 5)
                await ws.recv()
    for origin in (None, "https://evil.example"):
        with pytest.raises(Exception, match="403"):
            await connect(url.replace("http", "ws") + "/ws", origin=origin, local_addr=(FROM, 0))  # type: ignore[arg-type]
    for junk in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]), local_addr=(FROM, 0))
        writer.write(junk)
        await asyncio.wait_for(reader.read(1), 5)
        writer.transport.abort()
    async with visitor.connect() as ws:
        await ws.send('{"t":"hello","v":1}')
        ws.transport.abort()


async def whole_conversation(visitor: FarVisitor, url: str, station: Station) -> None:
    async with officer(url, station, station.lead) as lead, far_http(url) as http:
        for path in ("/", "/metrics", "/healthz", "/nowhere"):
            await http.get(path)
        async with visitor.talking("bonjour") as page:
            await lead.meet(visitor.cid)
            assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
            assert isinstance(await lead.do(lead.say(visitor.cid, "je suis là")), Done)
            await page.until(Stored)
            await page.send(visitor.seal_live())
            page.ws.transport.abort()
        async with visitor.wire(resume_after=0) as page:
            await page.until(Here)
            await page.send(Leave("exit"))
            await http.post("/bye", json={"cid": visitor.cid, "vt": b64(visitor.vt), "how": "exit"})
            await http.post("/bye", content=b"\xff")


def traces_in(raw: bytes, traces: tuple[bytes, ...] = TRACES) -> list[bytes]:
    return [trace for trace in traces if trace in raw]


async def everything(url: str, station: Station) -> FarVisitor:
    """All that can happen to visitors from FROM; one of them."""
    visitor, second = FarVisitor(url, station), FarVisitor(url, station)
    await whole_conversation(visitor, url, station)
    await misbehave(visitor, url)
    async with second.talking("efface-moi") as page:
        await page.send(Erase(second.cid))
        await page.closed()
    return visitor


async def figures_of(url: str) -> bytes:
    async with far_http(url) as http:
        return (await http.get("/metrics")).content


def require_nothing(visitor: FarVisitor, figures: bytes, files: bytes, said: bytes) -> None:
    assert traces_in(figures) == traces_in(files) == traces_in(said) == []
    # The same search finds what is there, and the log was talkative.
    assert traces_in(files, (visitor.cid.encode(),)) and traces_in(figures, (b"officer_console_refused",))
    assert traces_in(said, (b"uvicorn.error: Invalid HTTP request received.",))
    assert visitor.cid.encode() not in said and b64(visitor.vt).encode() not in said


async def test_where_she_comes_from_is_written_nowhere(tmp_path: Path, station: Station) -> None:
    async with asyncio.timeout(40), served(tmp_path, station, level="debug") as relay:
        visitor = await everything(relay.url, station)
        figures = await figures_of(relay.url)
        running = contents([relay.data])
        await relay.stop()
        require_nothing(visitor, figures, running + contents([relay.data]), relay.said.read_bytes())


async def lose_the_servers(relay: Served, servers: Servers, station: Station) -> None:
    """Somebody is in the middle of a talk, somebody begins one; then all is well again."""
    visitor, newcomer = FarVisitor(relay.url, station), FarVisitor(relay.url, station)
    async with visitor.talking("un") as page:
        servers.nodes[0].kill()
        await page.send(visitor.seal("deux"))
        assert (await page.until(No)).code == "storage"
        async with newcomer.wire() as other:
            await other.send(newcomer.opening)
            assert (await other.until(No)).code == "storage"
        await asyncio.to_thread(servers.start)
        await relay.ready()


async def test_nor_by_a_cluster_that_is_lost_meanwhile(tmp_path: Path, station: Station) -> None:
    servers = Servers(tmp_path / "nats", 1, more="debug: true")
    relay = Served(tmp_path, "debug", more=f'log = "{servers.url()}"\ncopies = 1')
    try:
        servers.start()
        code = founding_code(await relay.init())
        await relay.start()
        async with asyncio.timeout(60):
            await relay.ready()
            await relay.found_with(code, station)
            visitor = await everything(relay.url, station)
            await lose_the_servers(relay, servers, station)
            figures = await figures_of(relay.url)
            await relay.stop()
        require_nothing(visitor, figures, contents([relay.data, servers.folder]), relay.said.read_bytes())
        assert b"the cluster stores nothing" in relay.said.read_bytes()
    finally:
        await relay.kill()
        servers.stop()


# ---- the formatter -------------------------------------------------------------------------------------------------

ADDRESSES: Final = (
    "127.77.66.55", "127.77.66.55:51234", "('127.77.66.55', 51234)", "('2001:db8::1', 51234, 0, 0)",
    "2001:db8:0:1:1:1:1:1", "2001:db8::1", "[2001:db8::1]:51234", "fe80::1", "fe80::1%eth0", "::1",
    "::ffff:127.77.66.55", "laddr=('127.0.0.1', 8440), raddr=('127.77.66.55', 51234)",
)  # fmt: skip
ORDINARY: Final = ("at 12:34:56", "version 1.2.3", "line 12: nothing", "module.name: text", "10:20", "std::vector")


def line(text: str, as_json: bool = False, **more: Any) -> str:
    record = logging.LogRecord("officer_console.x", logging.WARNING, "", 1, text, (), **({"exc_info": None} | more))
    return QuietFormatter(as_json).format(record)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("as_json", [False, True])
def test_addresses_are_struck_out(address: str, as_json: bool) -> None:
    whole = line(f"socket.send() raised for {address} here", as_json)
    assert logging.Formatter().format(logging.makeLogRecord({"msg": address})) == address, "others keep it"
    text = json.loads(whole)["text"] if as_json else whole.partition("officer_console.x: ")[2]
    assert not any(piece in text for piece in ("77.66", "db8", "fe80", "51234", "::"))
    assert text.startswith("socket.send() raised for ") and text.endswith(" here")


@pytest.mark.parametrize("text", ORDINARY)
def test_other_words_are_left_alone(text: str) -> None:
    assert line(text).endswith(f" WARNING officer_console.x: {text}")


def broken(secret: str) -> BaseException:
    try:
        raise ValueError(secret)
    except ValueError as error:
        return error


def test_of_an_error_kind_and_place_are_told_and_nothing_else() -> None:
    error = broken("il est derrière la porte")
    text = line("a task failed\nwith il est derrière la porte", exc_info=(type(error), error, error.__traceback__))
    assert text.splitlines() == [text]
    assert "derrière" not in text
    assert "[ValueError in tests.relay.test_quiet.broken, line " in text
    assert told(None) == "NoneType"


def test_libraries_speak_only_of_what_went_wrong() -> None:
    root = logging.getLogger()
    before = (root.level, root.handlers[:])
    try:
        set_up(Log(level="debug"))
        assert root.level == logging.DEBUG
        for name in ("uvicorn.error", "uvicorn.asgi", "websockets.server", "asyncio", "starlette.routing"):
            assert logging.getLogger(name).getEffectiveLevel() == logging.WARNING
        assert [type(handler.formatter) for handler in root.handlers] == [QuietFormatter]
    finally:
        root.setLevel(before[0])
        root.handlers[:] = before[1]
