"""The crowd around a stage, and who watches both: visitors and consoles with the real client code, and a referee."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from officer_console.client.keychain import Keychain, RelayPin
from officer_console.client.open_desk import wall_clock
from officer_console.model.envelope import VISITOR
from officer_console.model.rules import may_read
from officer_console.protocol.refusals import Refused
from officer_console.vault.primitives import signing_public
from tests.relay.peers import Keys, Station

from .console_child import ConsoleChild
from .crowd import Console, Line, Pace, Witness
from .reading import transcripts
from .referee import Faults, Referee, compare
from .served import enrolled
from .stage import Stage
from .waits import Waits

BACK_S: Final = 60.0
"""Seconds after which whoever is not back will not come."""
SHORT_LIVES: Final = 8
"""One visitor in so many erases everything after a while, or goes, and another comes."""
ARRIVE_S: Final = 0.004
"""Seconds between two visitors who arrive."""
READ: Final = 40
"""Conversations that are read on a console's screen, at most: chosen by chance."""
Anybody = Witness | Console | ConsoleChild


class People(msgspec.Struct, frozen=True):
    """Who is there: visitors at a time; consoles in this process, the shift lead's among them; and consoles that are
    processes of their own."""

    visitors: int = 20
    consoles: int = 3
    children: int = 0
    pace: Pace = Pace()


class Time:
    """What visitors and consoles take for the time, in ms: `step_s` seconds beside the true one."""

    def __init__(self) -> None:
        self.step_s = 0

    def __call__(self) -> int:
        return wall_clock() + self.step_s * 1000


class Fire:
    """See the module."""

    def __init__(self, stage: Stage, station: Station, people: People, folder: Path, random: Random) -> None:
        self.stage = stage
        self.station = station
        self.people = people
        self.random = random
        self.waits = Waits()
        self._folder = folder
        self.time = Time()
        staff = [station.enrol(f"Officer {number}")[0] for number in range(1, people.consoles + people.children)]
        self.staff = [station.lead, *staff]
        self.referee = Referee({keys.kid: "officer" for keys in staff} | {station.lead.kid: "lead"})
        self.visitors: list[Witness] = []
        self.consoles: list[Console] = []
        self.children: list[ConsoleChild] = []
        self._writing: list[asyncio.Task[None]] = []

    # ---- the crowd ----

    @contextlib.asynccontextmanager
    async def crowd(self) -> AsyncIterator[None]:
        """Everybody is there and writes, until `hush`."""
        async with contextlib.AsyncExitStack() as stack:
            for keys in self.staff[: self.people.consoles]:
                self.consoles.append(await stack.enter_async_context(self._console(keys, "desk")))
                self._begin(self.consoles[-1].live(self.people.pace))
            for keys in self.staff[self.people.consoles :]:
                self.children.append(await self._child(keys))
                stack.push_async_callback(self.children[-1].kill)
            for number in range(self.people.visitors):
                self._begin(self._seat(stack, Random(self.random.random()), short=number % SHORT_LIVES == 0))
                await asyncio.sleep(ARRIVE_S)
            watching = asyncio.create_task(self.waits.watch(self.clients))
            stack.callback(watching.cancel)
            yield

    def _console(self, keys: Keys, name: str) -> Console:
        who = enrolled(self.station, keys, self.stage.url)
        random = Random(self.random.random())
        return Console(who, self._folder_of(keys, name), self.referee, random, self.waits, self.time)

    async def _child(self, keys: Keys) -> ConsoleChild:
        who, folder = enrolled(self.station, keys, self.stage.url), self._folder_of(keys, "desk")
        child = ConsoleChild(who, folder, self.referee, Random(self.random.random()), self.people.pace)
        await child.start()
        return child

    def _folder_of(self, keys: Keys, name: str) -> Path:
        return self._folder / f"{name} of {keys.kid}"

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._writing.append(asyncio.create_task(work))

    async def _seat(self, stack: contextlib.AsyncExitStack, random: Random, *, short: bool) -> None:
        """One visitor, or one after the other."""
        root = signing_public(self.station.root)
        while True:
            visitor = Witness(self.stage.url, root, self.referee, self.waits, self.time)
            self.visitors.append(await stack.enter_async_context(visitor))
            with contextlib.suppress(Refused):  # her conversation has ended, and not by her: it is counted as lost
                await visitor.live(random, random.randint(3, 40) if short else 10**9, self.people.pace)

    async def hush(self) -> None:
        """Nobody writes any more; what was begun is carried through."""
        for task in self._writing:
            task.cancel()
        await asyncio.gather(*(child.hush() for child in self.children))
        ended = await asyncio.gather(*self._writing, return_exceptions=True)
        for problem in ended:
            if isinstance(problem, Exception):
                raise problem

    def still_write(self) -> None:
        """Raises what whoever can't write any more has run into: that must be seen."""
        for task in self._writing:
            if task.done():
                task.result()

    def clients(self) -> list[Anybody]:
        """Everybody who has to come back."""
        here = [visitor for visitor in self.visitors if visitor.over not in ("erased", "left")]
        return [*here, *self.consoles, *self.children]

    # ---- how they are ----

    async def well(self) -> float:
        """Wait until everybody is connected and all is stored that was written until now; how long it took, in s."""
        begin = time.monotonic()
        marks = [(client, client.mark()) for client in self.clients()]
        await asyncio.gather(*(_holds(client, mark) for client, mark in marks))
        return time.monotonic() - begin

    async def all_quiet(self) -> tuple[int, int]:
        """Wait until nobody waits for anything; how many there are of `clients`, and how many got there. Whose
        conversation is over meanwhile has got there: what was begun is carried through."""
        clients = self.clients()
        await asyncio.gather(*(_holds(client, lambda client=client: client.quiet) for client in clients))
        self.waits.look(clients)
        for client in clients:
            for since in client.waits_for():
                self.waits.ended(since)
        missing = [client for client in self.clients() if client in clients and not client.quiet]
        return len(clients), len(clients) - len(missing)

    # ---- the judgement ----

    async def judge(self) -> Faults:
        """Read the log and everybody's view; the relays must run still, for histories that are fetched."""
        await self.stage.read()
        log = self.stage.log()
        faults = self.referee.judge(log)
        true = transcripts(self.stage.boxes(), self._chain(), log)
        await self._all_read(log[-1].seq, true)
        for visitor in self.visitors:
            if visitor.over != "erased":
                faults.take(_page(visitor, true.get(visitor.cid, [])))
        for seen in await asyncio.gather(*(self._screen(each, true, as_written=True) for each in self.consoles)):
            faults.take(seen)
        for child in self.children:
            await child.kill()
        for keys in self._who_reads_again():
            faults.take(await self._read_anew(keys, true))
        return faults

    async def _all_read(self, last: int, true: dict[str, list[Line]]) -> None:
        """Wait until what is stored has reached who reads it."""
        reading = [_holds(console, lambda console=console: console.desk.queue.seq >= last) for console in self.consoles]
        for visitor in self.visitors:
            if not visitor.over and (lines := true.get(visitor.cid)):
                newest = lines[-1][0]
                reading.append(_holds(visitor, lambda v=visitor, newest=newest: v.newest >= newest))
        await asyncio.gather(*reading)

    def _who_reads_again(self) -> list[Keys]:
        """New consoles: those of a few who have one here, and in the same folder whoever's was a process."""
        return self.staff[:3] + self.staff[self.people.consoles :]

    async def _read_anew(self, keys: Keys, true: dict[str, list[Line]]) -> Faults:
        child = any(child.folder == self._folder_of(keys, "desk") for child in self.children)
        async with self._console(keys, "desk" if child else "again") as console:
            await _holds(console, lambda: console.online)
            return await self._screen(console, true)

    def _chain(self) -> Keychain:
        """Keys with which every conversation can be read."""
        who = enrolled(self.station, self.station.lead, self.stage.url)
        chain = Keychain(who.identity, who.directory, RelayPin())
        chain.keys.add(self.station.desk_key.kid, self.station.desk_priv)
        return chain

    async def _screen(self, console: Console, true: dict[str, list[Line]], *, as_written: bool = False) -> Faults:
        """What a console shows of what it may read."""
        faults, desk = Faults(), console.desk
        readable = []
        for cid in true:
            conversation = desk.queue.get(cid)
            if conversation is None:
                faults.lost.append(f"screen of {desk.me}, {cid}: not there")
            elif may_read(conversation, desk.me, desk.role):
                readable.append(cid)
        for cid in self.random.sample(readable, min(READ, len(readable))):
            faults.take(await _lines(console, cid, true[cid], as_written=as_written))
        return faults


async def _lines(console: Console, cid: str, lines: list[Line], *, as_written: bool) -> Faults:
    """`as_written`: own lines stand where they were written, which is before whatever the relay took in meanwhile; then
    each author's lines must be in order."""
    name, desk = f"screen of {console.desk.me}, {cid}", console.desk
    desk.open(cid)
    await _holds(console, lambda: not desk.talk.loading(cid))
    seen = console.transcript(cid)
    faults = compare(name, lines, sorted(seen) if as_written else seen)
    for me in (True, False):
        one = [line for line in seen if (line[1] == desk.me) is me]
        faults.take(compare(f"{name}, {'own' if me else 'others'}", sorted(one), one))
    return faults


def _page(visitor: Witness, true: list[Line]) -> Faults:
    """What a visitor sees of her conversation; she who has left sees nothing of what came later."""
    name, seen = f"page of {visitor.cid}", visitor.transcript()
    left = visitor.over == "left"
    faults = compare(name, true[: len(seen)] if left else true, seen)
    faults.take(compare(f"{name}, her words", visitor.said, [text for _, by, text in true if by == VISITOR]))
    faults.lost += [f"{name}: {strange}" for strange in visitor.strange]
    if visitor.over and not left:
        faults.lost.append(f"{name} ended: {visitor.over}")
    return faults


async def _holds(client: Anybody, fits: Callable[[], bool]) -> None:
    """Wait until something holds of a client, or her conversation is over, or it has been too long."""
    with contextlib.suppress(TimeoutError, Refused):
        async with asyncio.timeout(BACK_S):
            await client.until(lambda *_: fits())
