"""The harm that proxy, disk and network do, on bare sockets and files."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from . import namespaces, small_disk
from .namespaces import Network
from .proxy import Passage, Proxy
from .small_disk import SmallDisk


class Echo:
    """Answers each byte with itself, and keeps what each of its connections has said, in the order of arrival."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, bytes]] = []
        self.open = 0
        self._count = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = self._count = self._count + 1
        self.open += 1
        try:
            while data := await reader.read(100):
                self.heard.append((number, data))
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            self.open -= 1
            await closed(writer)


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


@asynccontextmanager
async def proxied() -> AsyncIterator[tuple[Echo, Proxy]]:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    proxy = Proxy([server.sockets[0].getsockname()[1]], Random(1))
    async with server:
        async with proxy.running(0):
            yield echo, proxy
        while echo.open:
            await asyncio.sleep(0.01)


async def ask(proxy: Proxy, words: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(words)
    return reader, writer


async def test_in_fine_weather_it_passes_on() -> None:
    async with proxied() as (_, proxy), asyncio.timeout(5):
        reader, writer = await ask(proxy, b"one")
        assert await reader.readexactly(3) == b"one"
        await closed(writer)


async def test_it_cuts() -> None:
    async with proxied() as (echo, proxy), asyncio.timeout(5):
        reader, writer = await ask(proxy, b"one")
        await reader.readexactly(3)
        proxy.each(Passage.cut)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(1)
        await closed(writer)
        while echo.open:
            await asyncio.sleep(0.01)


async def test_it_delays_and_keeps_the_order() -> None:
    async with proxied() as (_, proxy), asyncio.timeout(5):
        proxy.weather.delay_s = (0.1, 0.2)
        begin = time.monotonic()
        reader, writer = await ask(proxy, b"1")
        for n in b"23456":
            await asyncio.sleep(0.01)
            writer.write(bytes([n]))
        assert await reader.readexactly(6) == b"123456"
        assert 0.2 <= time.monotonic() - begin < 1
        await closed(writer)


async def test_it_throttles() -> None:
    async with proxied() as (_, proxy), asyncio.timeout(10):
        proxy.weather.rate = 10_000
        begin = time.monotonic()
        reader, writer = await ask(proxy, bytes(5_000))
        await reader.readexactly(5_000)
        assert time.monotonic() - begin >= 0.5
        await closed(writer)


async def test_what_an_old_connection_had_on_its_way_comes_after_the_new_one_has_begun() -> None:
    async with proxied() as (echo, proxy), asyncio.timeout(5):
        reader, old = await ask(proxy, b"old 1")
        await reader.readexactly(5)
        proxy.each(Passage.hold)
        old.write(b"old 2")
        await asyncio.sleep(0.05)
        haunting = asyncio.create_task(proxy.haunt(0.3))
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(1)
        new, writer = await ask(proxy, b"new")
        assert await new.readexactly(3) == b"new"
        await haunting
        while len(echo.heard) < 3:
            await asyncio.sleep(0.01)
        assert echo.heard == [(1, b"old 1"), (2, b"new"), (1, b"old 2")]
        for each in (old, writer):
            await closed(each)


def test_a_small_disk_is_filled_to_the_last_byte_and_freed(tmp_path: Path) -> None:
    if why := small_disk.why_not():
        pytest.skip(why)
    with SmallDisk(tmp_path, 1) as disk:
        disk.fill()
        assert disk.room() == 0
        with pytest.raises(OSError, match="No space"):
            (tmp_path / "one").write_bytes(b"x")
        disk.free()
        (tmp_path / "one").write_bytes(b"x")


LISTENING = """
import socket
with socket.create_server(("{host}", 7000)) as server:
    while True:
        server.accept()[0].close()
"""


def test_a_cable_is_pulled_and_plugged() -> None:
    """A machine that is taken from one switch is there on the other, and comes back."""
    if why := namespaces.why_not():
        pytest.skip(why)
    with Network("a") as network:
        machine = network.machines["a"]
        listening = {
            switch: subprocess.Popen([*machine.before, sys.executable, "-c", LISTENING.format(host=machine.at[switch])])
            for switch in ("street", "front")
        }
        try:
            for switch in listening:
                until_reached(machine.at[switch])
            network.pull("a", "front")
            assert (reached(machine.at["street"]), reached(machine.at["front"])) == (True, False)
            network.plug("a", "front")
            until_reached(machine.at["front"])
        finally:
            for process in listening.values():
                process.kill()
                process.wait()


def reached(host: str) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((host, 7000), timeout=0.5):
        return True
    return False


def until_reached(host: str) -> None:
    until = time.monotonic() + 10
    while not reached(host):
        assert time.monotonic() < until
        time.sleep(0.02)
