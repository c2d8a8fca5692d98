"""A real chat server with a message archive, under the same load: Prosody, where it is installed.

Pairs of clients over its WebSocket (RFC 7395), one message on its way in each pair, as long as a sealed one; a message
counts once it is with the other. Prosody archives each message twice, and does not wait for the disk.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from statistics import median
from typing import Final

from . import growth
from .crowd import closed
from .echo import fast_loop
from .light import Light, close_all, dial, framed, side_by_side
from .report import Figure, figure, free_port, progress

PAIRS: Final = 100
ROUNDS: Final = 2
SECONDS: Final = 3.0
TIMES: Final = 10.0
WORDS: Final = "x" * 700
"""As long as a sealed message of the smallest size, as text."""
READY_S: Final = 20.0
STORES: Final = ("file", "sqlite")
_CONFIG: Final = """
run_as_root = true
data_path = "{folder}/data"
pidfile = "{folder}/prosody.pid"
log = {{ error = "{folder}/log" }}
interfaces = {{ "127.0.0.1" }}
http_interfaces = {{ "127.0.0.1" }}
http_ports = {{ {port} }}
https_ports = {{ }}
c2s_ports = {{ }}
c2s_direct_tls_ports = {{ }}
s2s_ports = {{ }}
modules_disabled = {{ "s2s", "tls" }}
modules_enabled = {{ "saslauth", "websocket", "mam" }}
authentication = "internal_plain"
allow_unencrypted_plain_auth = true
consider_websocket_secure = true
c2s_require_encryption = false
default_archive_policy = true
storage = {{ archive = "{store}" }}
sql = {{ driver = "SQLite3", database = "{folder}/archive.sqlite" }}
VirtualHost "localhost"
"""
_OPEN: Final = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>'
_AUTH: Final = '<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">{}</auth>'
_BIND: Final = (
    '<iq xmlns="jabber:client" type="set" id="b"><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind">'
    "<resource>r</resource></bind></iq>"
)
_MESSAGE: Final = (
    '<message xmlns="jabber:client" to="{to}@localhost/r" type="chat" id="{n}"><body>' + WORDS + "</body></message>"
)


def run() -> list[Figure]:
    """The relay beside each kind of archive, in one run; nothing where there is no Prosody."""
    if shutil.which("prosody") is None:
        progress("prosody is not installed: not measured")
        return []
    with asyncio.Runner(loop_factory=fast_loop()) as runner:
        return runner.run(_measure())


async def _measure() -> list[Figure]:
    rates: dict[str, list[float]] = {store: [] for store in STORES}
    ours = []
    for number in range(ROUNDS):
        progress(f"prosody and the relay, {number + 1} of {ROUNDS}")
        ours.append(await _ours())
        for store in STORES:
            rates[store].append(await _theirs(store))
    mine = median(ours)
    return [
        figure(f"prosody.{store}", mine, median(each), "messages/s", (">=", TIMES)) for store, each in rates.items()
    ]


async def _ours() -> float:
    async with growth.crowd(0, growth.OFFICERS) as (_relay, crowd):
        await crowd.grow(PAIRS)
        crowd.prepare(growth.SEALED)
        return await closed(crowd.pairs, PAIRS, SECONDS)


class _Client:
    """One who is logged in. `other` gets what it says."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.light: Light | None = None
        self._texts: asyncio.Queue[bytes] = asyncio.Queue()
        self.frame = b""

    async def log_in(self, url: str) -> None:
        self.light = await dial(url, self._texts.put_nowait, protocol="xmpp")
        secret = base64.b64encode(f"\0{self.name}\0secret".encode()).decode()
        await self._ask(_OPEN, b"mechanism")
        await self._ask(_AUTH.format(secret), b"<success")
        await self._ask(_OPEN, b"bind")
        await self._ask(_BIND, b"result")

    async def _ask(self, text: str, answer: bytes) -> None:
        assert self.light is not None
        self.light.send(framed(text))
        async with asyncio.timeout(READY_S):
            while answer not in await self._texts.get():
                pass


async def _theirs(store: str) -> float:
    async with _pairs(store) as pairs:
        return await _closed(pairs, SECONDS)


async def _closed(pairs: list[tuple[_Client, _Client]], seconds: float) -> float:
    begin = time.perf_counter()
    count = 0

    def answers(speaker: _Client) -> None:
        def take(text: bytes) -> None:
            nonlocal count
            if b"<message" in text and time.perf_counter() - begin < seconds:
                count += 1
                assert speaker.light is not None
                speaker.light.send(speaker.frame)

        assert speaker.light is not None
        speaker.light.take = take

    for one, other in pairs:
        answers(one)
        answers(other)
        assert one.light is not None
        one.light.send(one.frame)
    await asyncio.sleep(seconds + 0.5)
    return count / seconds


@contextlib.asynccontextmanager
async def _pairs(store: str) -> AsyncIterator[list[tuple[_Client, _Client]]]:
    with tempfile.TemporaryDirectory() as folder:
        names = [(f"a{i}", f"b{i}") for i in range(PAIRS)]
        with _server(Path(folder), store, [name for pair in names for name in pair]) as port:
            pairs = [(_Client(a), _Client(b)) for a, b in names]
            clients = [client for pair in pairs for client in pair]
            await side_by_side(each.log_in(f"ws://localhost:{port}/xmpp-websocket") for each in clients)
            for one, other in pairs:
                one.frame = framed(_MESSAGE.format(to=other.name, n=0))
                other.frame = framed(_MESSAGE.format(to=one.name, n=0))
            yield pairs
            close_all(each.light for each in clients if each.light)


@contextlib.contextmanager
def _server(folder: Path, store: str, names: list[str]) -> Iterator[int]:
    port = free_port()
    accounts = folder / "data" / "localhost" / "accounts"
    accounts.mkdir(parents=True)
    for name in names:
        (accounts / f"{name}.dat").write_text('return { ["password"] = "secret"; };\n')
    config = folder / "prosody.cfg.lua"
    config.write_text(_CONFIG.format(folder=folder, port=port, store={"file": "internal", "sqlite": "sql"}[store]))
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(["prosody", "-F", "--config", str(config)], stdout=out, stderr=out)
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + READY_S
    while True:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/xmpp-websocket", timeout=1):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            assert time.monotonic() < until, "prosody does not answer"
            time.sleep(0.05)
