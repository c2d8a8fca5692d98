"""A client that stops reading is cut off, told so, and resumes where it was; meanwhile the others notice nothing."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from officer_console.model.envelope import MAX_BODY
from officer_console.protocol import codec
from officer_console.protocol.commands import Claim
from officer_console.protocol.frames import Bye, Done, Follow, Happened, Here, Stored, Welcome
from officer_console.relay import port as port_module
from officer_console.relay import sockets
from officer_console.relay import wire as wire_module
from officer_console.relay.service import running_relay

from .conftest import House, enrol_all
from .peers import DeskPeer, Station, Wire, found_desk, officer, random_id, relay_config

LINE: Final = 20
"""Frames that may wait for one client here."""
LONG: Final = "x" * (MAX_BODY - 2000)
"""A message of the largest bucket: the system's own buffers are full soon."""
TOO_MANY: Final = 400


@pytest.fixture
async def house(tmp_path: Path, station: Station) -> AsyncIterator[House]:
    members = enrol_all(station)
    config = relay_config(tmp_path, messages_burst=10_000, bytes_max=1 << 30)
    timing = msgspec.structs.replace(config.relay.timing, slow_client_events=LINE)
    config = msgspec.structs.replace(config, relay=msgspec.structs.replace(config.relay, timing=timing))
    async with running_relay(config, 0) as relay:
        await found_desk(relay, station, members["officer"])
        yield House(relay, station, members)


def narrow(house: House) -> socket.socket:
    """A connection whose end takes little at a time."""
    end = socket.socket()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    end.connect(("127.0.0.1", house.relay.port))
    return end


def open_narrow(house: House, path: str, **how: Any) -> Any:
    url = f"ws://{house.host}{path}"
    return connect(url, sock=narrow(house), compression=None, max_size=codec.MAX_DESK_OUT, max_queue=None, **how)


def stop_reading(ws: ClientConnection) -> None:
    ws.transport.pause_reading()


def read_on(ws: ClientConnection) -> None:
    ws.transport.resume_reading()


@asynccontextmanager
async def slow_console(house: House) -> AsyncIterator[DeskPeer]:
    """A lead's console that has logged in and caught up."""
    async with open_narrow(house, "/desk") as ws:
        peer = DeskPeer(house.station, house.station.lead, Wire(ws, codec.desk_out))
        assert isinstance(await peer.login(house.host), Welcome)
        await peer.wire.send(Follow(0))
        await peer.wire.until(Here)
        yield peer


async def all_to_the_end(wire: Wire, kind: type) -> tuple[list[Any], list[Any], int]:
    """Read on to the close: the frames of this kind, the goodbyes, the close code."""
    frames, byes = [], []
    with contextlib.suppress(ConnectionClosed):
        while True:
            frame = await wire.get()
            frames += [frame] if isinstance(frame, kind) else []
            byes += [frame] if isinstance(frame, Bye) else []
    assert wire.ws.close_code is not None
    return frames, byes, wire.ws.close_code


async def test_a_console_that_stops_reading(house: House) -> None:
    connected = house.relay.relay.context.connected
    visitor = house.visitor()
    async with asyncio.timeout(30), slow_console(house) as slow, house.console("officer") as other:
        (port,) = (each for each in connected.desks if each.kid == slow.keys.kid)
        stop_reading(slow.wire.ws)
        async with visitor.talking() as page:
            told = 0
            while not port.closing:
                await page.send(visitor.seal(LONG))
                await other.happened("said", visitor.cid)  # another console has it, though the slow one takes nothing
                told += 1
                assert told < TOO_MANY
            for n in range(3):
                await page.send(visitor.seal(f"{n}"))
                await other.happened("said", visitor.cid)
        read_on(slow.wire.ws)
        first, byes, code = await all_to_the_end(slow.wire, Happened)
        assert (len(byes), code) == (1, 1013)
        stored = [event.seq for event in await house.stored()]
        seen = [each.e.seq for each in first]
        assert 0 < len(seen) < len(stored)
        async with officer(house.url, house.station, house.station.lead, seen[-1]) as again:
            while seen[-1] < stored[-1]:
                seen.append((await again.wire.until(Happened)).e.seq)
        assert seen == stored


async def test_a_page_that_stops_reading(house: House) -> None:
    visitor = house.visitor()
    async with asyncio.timeout(30), house.console("officer") as desk:
        async with open_narrow(house, "/ws", origin=house.url) as ws:
            page = Wire(ws, codec.visitor_out)
            for frame in (visitor.hello, visitor.opening, visitor.seal("bonjour")):
                await page.send(frame)
            await desk.meet(visitor.cid)
            assert isinstance(await desk.do(Claim(visitor.cid, random_id())), Done)
            (port,) = house.relay.relay.context.connected.pages
            stop_reading(ws)
            said = 0
            while not port.closing:
                say = desk.say(visitor.cid, LONG)
                assert isinstance(await desk.do(say), Done)
                assert desk.histories[visitor.cid].accept(say.env, desk.keys.kid) is None
                said += 1
                assert said < TOO_MANY
            async with house.visitor().talking("bonjour", "encore"):  # meanwhile somebody else is answered
                pass
            read_on(ws)
            first, byes, code = await all_to_the_end(page, Stored)
        assert (len(byes), code) == (1, 1013)
        written = [event.seq for event in await house.stored() if event.kind == "said" and event.by == desk.keys.kid]
        seen = [each.seq for each in first]
        assert 0 < len(seen) < len(written) == said
        async with visitor.wire(resume_after=seen[-1]) as again:
            while not isinstance(frame := await again.until(Stored, Here), Here):
                seen.append(frame.seq)
        assert seen == written


async def test_a_client_that_takes_nothing_is_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection, and what it keeps of the relay's memory, do not last for as long as it likes."""
    monkeypatch.setattr(sockets, "STALL_S", 0.05)
    monkeypatch.setattr(port_module, "FLUSH_S", 0.05)
    monkeypatch.setattr(wire_module, "FLUSH_S", 0.05)
    connected = house.relay.relay.context.connected
    watch = asyncio.create_task(house.relay.relay._sockets.drop_stalled())
    visitor = house.visitor()
    async with asyncio.timeout(30), slow_console(house) as slow, house.console("officer") as other:
        stop_reading(slow.wire.ws)
        async with visitor.talking() as page:
            while any(port.kid == slow.keys.kid for port in connected.desks):
                await page.send(visitor.seal(LONG))
                await other.happened("said", visitor.cid)
        assert [port.kid for port in connected.desks] == [other.keys.kid], "who reads is not taken for slow"
        slow.wire.ws.transport.abort()
    watch.cancel()


async def test_a_console_that_reads_slowly_catches_up(house: House) -> None:
    """Far more than fits its line, at its own pace: nobody cuts off who takes what it is given."""
    visitor = house.visitor()
    async with asyncio.timeout(30), visitor.talking() as page:
        for _ in range(10):
            for _ in range(LINE):
                await page.send(visitor.seal("bonjour"))
            while house.relay.relay.context.registrar.require(visitor.cid).visitor_count < len(visitor.sent):
                await asyncio.sleep(0.005)
        async with slow_console(house) as slow:
            assert isinstance(await slow.do(Claim(visitor.cid, random_id())), Done)
