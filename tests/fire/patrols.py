"""`python -m tests.fire.patrols`: patrol requests all the way to a room while everything is killed (kill -9).

An officer's desk, the relay and `officer-console dispatch serve` are processes of their own, killed at random and
started again; the room's system misbehaves now and then. At the end the room must have one case for each request:
none lost, none doubled.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Final

import httpx
import msgspec
from rich.console import Console as Screen
from rich.progress import Progress

from officer_console.client.keychain import RelayPin
from officer_console.client.profile import account, key_store, new_profile, profiles
from officer_console.client.visitor import Visitor
from officer_console.config import load
from officer_console.dispatch.commands import CREDENTIAL
from officer_console.protocol.commands import Entry
from officer_console.vault.identity import Identity
from officer_console.vault.primitives import signing_public
from tests.dispatch.fake_room import OURS, ROOM, SECRET, FakeRoom, Hit, status
from tests.relay.peers import Keys, Station

from .patrol_console import Wanted, place_of
from .served import Served, served

LIVES_S: Final = (0.3, 1.6)
"""Seconds between two kills."""
LONGEST_S: Final = 600.0
"""Seconds after which what is missing is lost."""
MISBEHAVES: Final = ("slow", "close", status(500), status(503, "retry-after: 1"), status(429, "retry-after: 1"))
PASSPHRASE: Final = "correct horse battery staple"
_CONFIG: Final = """
[console]
state_dir = "{folder}/state"
[keys]
store = "file"
file = "{folder}/keys.sealed"
[dispatch]
data_dir = "{folder}/data"
url = "{room}"
secret_file = "{folder}/secret"
sender = "{sender}"
recipient = "{recipient}"
port = {port}
"""


class Result(msgspec.Struct):
    """What came of it. `asked`: requests that were on the officer's disk, however often; times in s."""

    requests: int
    cases: int = 0
    lost: int = 0
    doubled: int = 0
    kills: dict[str, int] = {}
    posts: int = 0
    took_s: float = 0.0

    @property
    def line(self) -> str:
        return f"lost {self.lost} doubled {self.doubled} of {self.requests}"


# ---- the three that are killed -----------------------------------------------------------------------------------


class Killed:
    """One process that is started, killed and started again. Its output is in `said`."""

    def __init__(self, name: str, command: list[str], said: Path, env: dict[str, str] | None = None) -> None:
        self.name = name
        self._command = command
        self._said = said
        self._env = {**os.environ, **(env or {})}
        self._process: Process | None = None

    async def start(self, line: bytes = b"") -> None:
        with self._said.open("ab") as out:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=out, stderr=out, env=self._env
            )
        assert self._process.stdin
        self._process.stdin.write(line)

    @property
    def ended(self) -> int | None:
        """How it ended by itself, if it did."""
        return self._process.returncode if self._process else None

    async def kill(self) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def done(self) -> int:
        assert self._process
        return await self._process.wait()


def dispatch_side(folder: Path, station: Station, keys: Keys, relay_url: str, room: FakeRoom) -> Killed:
    """`officer-console dispatch serve`, enrolled as by hand."""
    folder.mkdir(mode=0o700)
    file, port = folder / "config.toml", _free_port()
    file.write_text(_CONFIG.format(folder=folder, room=room.url, sender=OURS, recipient=ROOM, port=port))
    room.inbound = f"http://127.0.0.1:{port}/dispatch/inbound"
    secret = folder / "secret"
    secret.touch(0o600)
    secret.write_text(f"whsec_{_b64(SECRET)}\n")
    (folder / CREDENTIAL).write_text(PASSPHRASE)
    config = load(file)
    identity = Identity(keys.sig, keys.box, None, station.directory.genesis[:16])
    profile = new_profile(relay_url, identity, RelayPin(), station.directory)
    profiles(config).make_usual(profile)
    key_store(config, lambda new: PASSPHRASE).save(account(profile.genesis), identity)
    command = [sys.executable, "-m", "officer_console", "--language", "en", "--config", str(file), "dispatch", "serve"]
    return Killed("dispatch", command, folder / "said", {"CREDENTIALS_DIRECTORY": str(folder)})


def _b64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


# ---- the room ----------------------------------------------------------------------------------------------------


class Answering:
    """Acknowledges and accepts each message that the room has taken, until the dispatch side has heard it."""

    def __init__(self, room: FakeRoom, random: Random) -> None:
        self._room = room
        self._random = random
        self._heard: set[str] = set()
        room.usually = self._behave

    def _behave(self, hit: Hit) -> bytes | str:
        return self._random.choice(MISBEHAVES) if self._random.random() < 0.2 else status(200)

    async def run(self) -> None:
        while True:
            todo = [hit for id, hit in self._room.taken.items() if id not in self._heard]
            await asyncio.gather(*(self._answer(hit) for hit in todo[:16]))
            await asyncio.sleep(0.02)

    async def _answer(self, hit: Hit) -> None:
        answers = [
            ("integrated", self._room.ack(hit)),
            ("opened", self._room.ack(hit, "CONSULTE")),
            ("accepted", self._room.emsi(hit, "accepted")),
        ]
        self._random.shuffle(answers)
        with contextlib.suppress(httpx.TransportError):
            codes = [await self._room.send(each, id=f"{hit.id}-{name}") for name, each in answers]
            if all(200 <= code < 300 for code in codes):
                self._heard.add(hit.id)


# ---- the fire ----------------------------------------------------------------------------------------------------


class Fire:
    """Everything that can be killed, and who kills it."""

    def __init__(self, relay: Served, console: Killed, dispatch: Killed, wanted: Wanted, random: Random) -> None:
        self.kills: Counter[str] = Counter()
        self._relay, self._console, self._dispatch = relay, console, dispatch
        self._wanted = wanted
        self._random = random
        self.enough = False

    async def begin(self) -> None:
        await self._dispatch.start()
        await self._start_console()

    async def _start_console(self) -> None:
        wanted = msgspec.structs.replace(self._wanted, seed=self._random.randrange(2**32))
        await self._console.start(msgspec.json.encode(wanted) + b"\n")

    async def run(self) -> None:
        """Kill one after the other, and bring it back, until `enough`."""
        while not self.enough:
            await asyncio.sleep(self._random.uniform(*LIVES_S))
            for each in (self._console, self._dispatch):
                assert each.ended is None or each is self._console, "it ended by itself"
            name = self._random.choice(("relay", "console", "dispatch"))
            self.kills[name] += 1
            await getattr(self, f"again_{name}")()

    async def again_relay(self) -> None:
        await self._relay.kill()
        await asyncio.sleep(self._random.uniform(0, 0.4))
        await self._relay.start()
        await self._relay.ready()

    async def again_dispatch(self) -> None:
        await self._dispatch.kill()
        await asyncio.sleep(self._random.uniform(0, 0.4))
        await self._dispatch.start()

    async def again_console(self) -> None:
        await self._console.kill()
        await asyncio.sleep(self._random.uniform(0, 0.2))
        await self._start_console()


@asynccontextmanager
async def stage(folder: Path, requests: int, random: Random) -> AsyncIterator[tuple[Fire, FakeRoom, Killed, list[str]]]:
    """Relay, room, dispatch side and console, and as many conversations as requests."""
    station = Station(int(time.time()))
    officer = station.enrol("Noor", "officer")[0]
    keys = station.enrol("Salle 9", "dispatch")[0]
    room = FakeRoom()
    async with room.serving(), served(folder, station, officer) as relay:
        cids = await conversations(relay, station, requests)
        identity = Identity(officer.sig, officer.box, None, station.directory.genesis[:16])
        entries = [Entry(each.s, each.sig) for each in station.directory.entries]
        (folder / "desk").mkdir(mode=0o700)
        wanted = Wanted(relay.url, identity.text(), entries, str(folder / "desk"), cids, 0)
        console = Killed("console", [sys.executable, "-m", "tests.fire.patrol_console"], folder / "console.said")
        dispatch = dispatch_side(folder / "room", station, keys, relay.url, room)
        try:
            yield Fire(relay, console, dispatch, wanted, random), room, console, cids
        finally:
            await console.kill()
            await dispatch.kill()


async def conversations(relay: Served, station: Station, count: int) -> list[str]:
    cids = []
    for _ in range(count):
        async with Visitor(relay.url, signing_public(station.root)) as visitor:
            await visitor.stored(visitor.say("au secours"))
            cids.append(visitor.cid)
    return cids


async def burn(
    requests: int, seed: int, folder: Path, least_kills: int = 0, told: Callable[[int, int], None] = lambda *_: None
) -> Result:
    """The whole drill. It goes on until every request is a case, and at least so many were killed."""
    random = Random(seed)
    async with stage(folder, requests, random) as (fire, room, console, cids):
        begin = time.monotonic()
        answering = asyncio.create_task(Answering(room, random).run())
        await fire.begin()
        killing = asyncio.create_task(fire.run())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_S):
                while len(room.taken) < requests or fire.kills.total() < least_kills:
                    told(len(room.taken), fire.kills.total())
                    await asyncio.sleep(0.1)
                    if killing.done():
                        killing.result()
        fire.enough = True
        await killing
        await fire.again_console()  # it may have ended by itself
        with contextlib.suppress(TimeoutError):  # until the officer has read of all that the room has accepted
            async with asyncio.timeout(LONGEST_S):
                await console.done()
        await _quiet(answering)
        return judge(room, cids, fire.kills, time.monotonic() - begin)


async def _quiet(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def judge(room: FakeRoom, cids: list[str], kills: Counter[str], took_s: float) -> Result:
    """One case for each request: by the place that was asked for, the ids that the room saw."""
    seen: dict[str, set[tuple[str, str, bytes]]] = {cid: set() for cid in cids}
    for hit in room.hits:
        for cid in cids:
            if place_of(cid).encode() in hit.body:
                seen[cid].add((hit.id, hit.kind, hit.body))
    lost = sum(not found for found in seen.values())
    doubled = sum(len(found) > 1 for found in seen.values())
    cases = len({hit.case for hit in room.taken.values()})
    return Result(len(cids), cases, lost, doubled, dict(kills), len(room.hits), took_s)


def main() -> int:
    """Burn, and print the figures; 1 when a request was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m tests.fire.patrols", description=__doc__)
    parser.add_argument("--requests", type=int, default=200, metavar="N", help="patrol requests (200)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same number begins alike")
    parser.add_argument("--kills", type=int, default=60, metavar="N", help="go on until so many were killed (60)")
    args = parser.parse_args()
    screen = Screen()
    with tempfile.TemporaryDirectory() as folder, Progress(console=screen, transient=True) as progress:
        bar = progress.add_task("cases in the room", total=args.requests)

        def told(cases: int, kills: int) -> None:
            progress.update(bar, completed=cases, description=f"{kills} kills, {cases} cases")

        result = asyncio.run(burn(args.requests, args.seed, Path(folder), args.kills, told))
    killed = ", ".join(f"{name} {count}" for name, count in sorted(result.kills.items()))
    screen.print(f"{result.cases} cases, {result.posts} posts, killed: {killed}; {result.took_s:.0f} s")
    print(result.line)
    return 0 if not result.lost and not result.doubled and result.cases == result.requests else 1


if __name__ == "__main__":
    raise SystemExit(main())
