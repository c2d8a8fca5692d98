"""The dispatch side dies (kill -9) at any moment and begins again: one case at the room, everything told once."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import random
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from officer_console.client.enrolling import Enrolled
from officer_console.client.keychain import RelayPin
from officer_console.client.profile import account, key_store, new_profile, profiles
from officer_console.config import load
from officer_console.dispatch.commands import CREDENTIAL
from officer_console.dispatch.store import Store
from officer_console.model.patrol import PatrolState

from .desk import FAST, MARKER, REQUEST, Scene, identity_of, scene, states
from .fake_room import status

PASSPHRASE = "correct horse battery"
PATIENT = msgspec.structs.replace(FAST, tries_for=10)
"""A try is never given up because this machine is slow: that would be told as trouble."""
CONFIG = """
[console]
state_dir = "{folder}/enrolled"
[keys]
store = "file"
file = "{folder}/keys"
[dispatch]
data_dir = "{folder}/dispatch"
url = "{url}"
secret_file = "{folder}/secrets"
port = {port}
exercise = {exercise}
[log]
level = "debug"
"""


# ---- killed at every commit, in this process ----


class Killed(BaseException):
    """The process is gone."""


@contextlib.contextmanager
def killed_at(commit: int, before: bool) -> Iterator[list[bool]]:
    """The disk takes `commit` more changes; then, before or after the next one, the process dies. Gives a list that has
    something in it once that has happened."""
    dead: list[bool] = []
    real, left = Store.change, [commit]

    @contextlib.contextmanager
    def change(self: Store) -> Iterator[None]:
        if dead:
            raise Killed
        outermost = self._depth == 0
        with real(self):
            yield
            if outermost and left[0] == 0 and before:
                dead.append(True)
                self._then.clear()
                raise Killed
            if outermost:
                then, self._then = self._then, []
        if outermost:
            left[0] -= 1
            if left[0] < 0:
                dead.append(True)
                raise Killed
            for each in then:
                each()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "change", change)
        yield dead


async def a_case(it: Scene) -> None:
    """A request, an update, and the room's answers, as far as they get."""
    await it.officer.ask()
    await it.officer.ask(msgspec.structs.replace(REQUEST, weapon="un couteau"))


async def answered(it: Scene) -> None:
    """The room tells what it has to tell until it is taken, as rooms do."""
    await it.room.until(lambda: len(it.room.taken) == 2)
    first, second = it.room.taken.values()
    bodies = [it.room.ack(first), it.room.ack(second), it.room.emsi(first, "assigned", "TV 12")]
    for number, body in enumerate(bodies):
        with contextlib.suppress(httpx.TransportError):
            await it.room.send(body, id=f"answer-of-the-room-{number}")


async def dies(it: Scene, commit: int, before: bool) -> bool:
    """One life that ends at this commit; False when there were not so many."""
    with killed_at(commit, before) as dead, contextlib.suppress(BaseExceptionGroup, Killed):
        async with it.dispatch(PATIENT) as running:
            answers = asyncio.create_task(answered(it))
            try:
                async with asyncio.timeout(10):
                    while not dead and not (answers.done() and not running.room.link.unsent):
                        await asyncio.sleep(0.01)
            finally:
                answers.cancel()
    return bool(dead)


async def everything_once(it: Scene) -> None:
    """A life that is not disturbed; then the room has one case of two messages, and each thing was told once."""
    async with it.dispatch(PATIENT) as running:
        await it.officer.told(lambda told: states(told).count("sent") == 2)
        await answered(it)
        await it.officer.told(lambda told: len(told) >= 5)
        async with asyncio.timeout(5):
            while running.room.link.unsent:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
    assert it.room.kinds() == ["Report", "Update"] and len({hit.case for hit in it.room.taken.values()}) == 1
    by_id = {hit.id: hit.body for hit in it.room.hits}
    assert len(by_id) == 2 and all(by_id[hit.id] == hit.body for hit in it.room.hits), "always the same bytes"
    counted = Counter((each.state, each.re) for each in it.officer.so_far())
    ids = [asked.id for asked in it.officer.cases()[0].asked]
    assert counted == Counter(
        [("sent", ids[0]), ("sent", ids[1]), ("delivered", ids[0]), ("delivered", ids[1]), ("assigned", ids[0])]
    )
    assert it.officer.cases()[0].state is PatrolState.ASSIGNED


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_killed_at_every_commit(tmp_path: Path, before: bool) -> None:
    commit, alive = 0, True
    while alive:
        (folder := tmp_path / str(commit)).mkdir()
        async with scene(folder) as it:
            await a_case(it)
            alive = await dies(it, commit, before)
            await everything_once(it)
        commit += 1
    assert commit > 10


@pytest.mark.parametrize("seed", range(3))
async def test_killed_again_and_again(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    async with scene(tmp_path) as it:
        it.room.ways.extend(status(chance.choice([200, 500, 503])) for _ in range(6))
        await a_case(it)
        for _ in range(8):
            await dies(it, chance.randrange(4), chance.random() < 0.5)
        told = {each.state for each in it.officer.so_far()}
        assert told <= {"trouble", "sent", "delivered", "assigned"}
        await troubled_once(it)


async def troubled_once(it: Scene) -> None:
    async with it.dispatch(PATIENT):
        await it.officer.told(lambda told: states(told).count("sent") == 2)
        await answered(it)
        await it.officer.told(lambda told: "assigned" in states(told))
    told = [(each.state, each.re) for each in it.officer.so_far() if each.state != "trouble"]
    assert len(told) == len(set(told)) and it.room.kinds() == ["Report", "Update"]
    assert len({hit.id for hit in it.room.hits}) == 2


# ---- killed as a process ----


class Served:
    """`officer-console dispatch serve` as a process of its own, in the scene's folder."""

    def __init__(self, it: Scene, *, exercise: bool = False) -> None:
        self.folder = it.folder
        self.said = it.folder / "dispatch.out"
        self.it = it
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.file = it.folder / "config.toml"
        self.file.write_text(
            CONFIG.format(folder=it.folder, url=it.room.url, port=self.port, exercise=str(exercise).lower())
        )
        (secrets := it.folder / "secrets").touch(0o600)
        secrets.write_text(f"whsec_{_base64(it.room.secret)}\n")
        (credentials := it.folder / "credentials").mkdir(mode=0o700)
        (credentials / CREDENTIAL).write_text(PASSPHRASE + "\n")
        it.room.inbound = f"http://127.0.0.1:{self.port}/dispatch/inbound"
        self.process: Process | None = None

    async def enrol(self, keys: Any = None) -> None:
        """Keep the room's keys as `enrol` does."""
        config, it = load(self.file), self.it
        keys = keys or it.keys
        member = Enrolled(identity_of(it.station, keys), it.station.directory, RelayPin(), it.relay_url)
        profile = new_profile(it.relay_url, member.identity, member.relay, member.directory)
        store = key_store(config, lambda new: PASSPHRASE)
        await asyncio.to_thread(store.save, account(profile.genesis), member.identity)
        profiles(config).make_usual(profile)

    async def start(self, **environment: str) -> str:
        """Begin; gives the line that it prints, "" when it does not come so far."""
        variables = os.environ | {"CREDENTIALS_DIRECTORY": str(self.folder / "credentials")} | environment
        with self.said.open("ab") as out:
            command = [sys.executable, "-m", "officer_console", "--language", "en", "--config", str(self.file)]
            self.process = await asyncio.create_subprocess_exec(
                *command, "dispatch", "serve", stdin=asyncio.subprocess.DEVNULL, stdout=PIPE, stderr=out, env=variables
            )
        assert self.process.stdout
        async with asyncio.timeout(30):
            return (await self.process.stdout.readline()).decode().strip()

    async def end(self, number: signal.Signals) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
        async with asyncio.timeout(10):
            return await self.process.wait()

    def files(self) -> bytes:
        data = (self.folder / "dispatch").rglob("*")
        return self.said.read_bytes() + b"".join(file.read_bytes() for file in data if file.is_file())


def _base64(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


@asynccontextmanager
async def served(it: Scene, **options: Any) -> AsyncIterator[Served]:
    mine = Served(it, **options)
    try:
        yield mine
    finally:
        if mine.process is not None:
            await mine.end(signal.SIGKILL)


async def test_kill_9_at_any_moment(tmp_path: Path) -> None:
    """The real command, killed at moments of chance while the room's system has its troubles."""
    chance = random.Random(7)
    async with scene(tmp_path) as it, served(it) as mine:
        await mine.enrol()
        it.room.usually = lambda hit: status(chance.choice([200, 500]))
        for _ in range(4):
            await it.officer.ask()
            assert await mine.start()
            await asyncio.sleep(chance.random() * 0.5)
            assert await mine.end(signal.SIGKILL) == -signal.SIGKILL
        it.room.usually = status(200)
        line = await mine.start()
        assert line == f"The dispatch side listens on {it.room.inbound}; stop it with Ctrl+C."
        await it.officer.told(lambda told: states(told).count("sent") == 4)
        assert it.room.kinds() == ["Report", "Update", "Update", "Update"]
        for hit in list(it.room.taken.values()):
            assert await it.room.send(it.room.ack(hit)) == 204
            assert await it.room.send(it.room.ack(hit)) == 204
        await it.officer.told(lambda told: states(told).count("delivered") == 4)
        assert await mine.end(signal.SIGTERM) == 0
        told = [(each.state, each.re) for each in it.officer.so_far() if each.state != "trouble"]
        assert len(told) == len(set(told)) == 8
        assert b"taken over" in mine.files() and MARKER.encode() not in mine.files() and b"Lead" not in mine.files()
