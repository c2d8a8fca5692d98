"""A desk with two shift leads, an officer and a wallboard, for tests of what leads do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from officer_console.client.visitor import Visitor
from officer_console.model.bodies import About
from officer_console.relay.service import Running
from officer_console.vault.directory import certify_lead
from officer_console.vault.primitives import signing_public
from tests.fire.served import enrolled
from tests.relay.peers import Keys, Station, founded_relay

from .test_desk import WAIT_S, Watched, on_duty


def another_lead(station: Station, name: str) -> Keys:
    """A second shift lead, certified by the root key."""
    keys = Keys(name)
    entry = certify_lead(station.directory, station.root, keys.applicant, station.now)
    station.directory = station.directory.extend([entry])
    return keys


class Post:
    """A running relay and its people, by name: "lead", "robin" (a lead too), "ana", "karim", "trainer", "wall"."""

    def __init__(self, relay: Running, station: Station, people: dict[str, Keys], folder: Path) -> None:
        self.relay, self.station, self.people, self._folder = relay, station, people, folder

    def kid(self, name: str) -> str:
        return self.people[name].kid

    @asynccontextmanager
    async def consoles(self, *names: str) -> AsyncIterator[list[Watched]]:
        async with AsyncExitStack() as stack:
            members = (enrolled(self.station, self.people[name], self.relay.url) for name in names)
            yield [
                await stack.enter_async_context(on_duty(member, self._folder / name))
                for name, member in zip(names, members, strict=True)
            ]

    def visitor(self) -> Visitor:
        return Visitor(self.relay.url, signing_public(self.station.root), about=About(ts=0, lang="fr"))


@asynccontextmanager
async def post(folder: Path, wait_s: float = WAIT_S) -> AsyncIterator[Post]:
    station = Station(int(time.time()))
    people = {
        "lead": station.lead,
        "robin": another_lead(station, "Robin"),
        "ana": station.enrol("Ana")[0],
        "karim": station.enrol("Karim")[0],
        "trainer": station.enrol("Trainer", "trainer")[0],
        "wall": station.enrol("The wall", "wall")[0],
    }
    holders = [people[name] for name in ("robin", "ana", "karim")]
    async with asyncio.timeout(wait_s), founded_relay(folder, station, *holders) as relay:
        yield Post(relay, station, people, folder)


async def held(mine: Watched, visitor: Visitor, words: str) -> str:
    """The visitor has written, and the officer has taken and read it."""
    desk = mine.desk
    await visitor.stored(visitor.say(words))
    await mine.until(lambda: desk.queue.get(visitor.cid) and desk.queue.waiting_size)
    desk.claims.claim(visitor.cid)
    desk.open(visitor.cid)
    await mine.until(lambda: any(words in line.text for line in desk.talk.lines(visitor.cid)))
    await mine.until(lambda: not desk.link.unsent)
    return visitor.cid
