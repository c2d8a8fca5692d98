"""The relay's own WebSocket connections: framing, parts of messages, signs of life."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from officer_console.model.events import Event
from officer_console.protocol import codec
from officer_console.protocol.frames import Desk, Hello
from officer_console.relay import sockets
from officer_console.relay.service import running_relay
from officer_console.relay.wire import MOST_UNREAD, framed
from tests.bench.light import Light, LightWire, dial
from tests.bench.light import framed as masked

from .conftest import House, enrol_all
from .peers import Station, found_desk, relay_config

MOST_AT_ONCE: Final = 1 << 18
"""Bytes that an event loop reads at a time, at most."""
HELLO: Final = codec.padded(Hello(1))


@pytest.fixture
async def house(tmp_path: Path, station: Station) -> AsyncIterator[House]:
    """A relay whose heart beats twenty times a second."""
    members = enrol_all(station)
    config = relay_config(tmp_path, messages_burst=1000)
    timing = msgspec.structs.replace(config.relay.timing, heartbeat_s=0.05)
    config = msgspec.structs.replace(config, relay=msgspec.structs.replace(config.relay, timing=timing))
    async with running_relay(config, 0) as relay:
        await found_desk(relay, station, members["officer"])
        yield House(relay, station, members)


def page_url(house: House) -> str:
    return house.url.replace("http", "ws") + "/ws"


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_frame_of_any_size_is_as_the_library_reads_it(size: int) -> None:
    reader = StreamReader()
    reader.feed_data(framed("x" * size))
    parsing = Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as parsed:
        next(parsing)
    frame: Frame = parsed.value.value
    assert (frame.opcode, frame.fin, bytes(frame.data)) == (Opcode.TEXT, True, b"x" * size)


async def test_a_frame_in_parts_with_a_ping_between_is_one(house: House) -> None:
    async with asyncio.timeout(10), connect(page_url(house), origin=house.url, compression=None) as ws:  # type: ignore[arg-type]
        first, second = HELLO[:5].encode(), HELLO[5:].encode()
        pieces = [Frame(Opcode.TEXT, first, fin=False), Frame(Opcode.PING, b"?"), Frame(Opcode.CONT, second)]
        ws.transport.write(b"".join(each.serialize(mask=True, extensions=[]) for each in pieces))
        assert isinstance(codec.visitor_out(await ws.recv()), Desk)


async def test_what_waits_to_be_read_is_bounded_and_read_to_the_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page says more than the relay keeps: it is taken from the network when there is room."""
    log, slow = house.relay.relay.context.log, asyncio.Event()
    append = log.append

    async def slowly(*args: Any) -> Event:
        await slow.wait()
        return await append(*args)

    visitor = house.visitor()
    async with asyncio.timeout(20), visitor.talking("bonjour") as page:
        (port,) = house.relay.relay.context.connected.pages
        monkeypatch.setattr(log, "append", slowly)
        for n in range(600):  # more than an event loop reads at a time
            page.ws.transport.write(masked(codec.padded(visitor.seal(f"{n}"))))
        while port.wire._reading:
            await asyncio.sleep(0.005)
        assert port.wire._unread < MOST_UNREAD + MOST_AT_ONCE
        slow.set()
        while house.relay.relay.context.registrar.require(visitor.cid).visitor_count < len(visitor.sent):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(("frame", "code"), [(Frame(Opcode.TEXT, b"\xff"), 1007), (Frame(Opcode.CONT, b"x"), 1002)])
async def test_what_no_client_may_send_ends_it(house: House, frame: Frame, code: int) -> None:
    async with asyncio.timeout(10), connect(page_url(house), origin=house.url, compression=None) as ws:  # type: ignore[arg-type]
        ws.transport.write(frame.serialize(mask=True, extensions=[]))
        with pytest.raises(ConnectionClosed):
            while True:
                await ws.recv()
        assert ws.close_code == code


async def test_who_shows_no_sign_of_life_is_given_up_and_nobody_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "DEAD_AFTER_S", 0.2)
    alive = LightWire(codec.visitor_out)
    lively = await alive.dial(page_url(house), house.url)
    silent = await dial(page_url(house), lambda text: None, house.url)
    monkeypatch.setattr(Light, "_take", _answers_nobody_but(lively))
    for each in (lively, silent):
        each.send(masked(HELLO))
    async with asyncio.timeout(10):
        while not silent.ended:
            await asyncio.sleep(0.01)
        assert isinstance(await alive.until(Desk), Desk)
    assert not lively.ended
    lively.close()


def _answers_nobody_but(lively: Light) -> object:
    take = Light._take

    def taken(self: Light, opcode: int, payload: bytes) -> None:
        if self is lively:
            take(self, opcode, payload)

    return taken
