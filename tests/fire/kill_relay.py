"""`python -m tests.fire.kill_relay`: the relay is killed (kill -9) again and again while everybody writes.

Visitors and consoles are the real clients and come back by themselves. At the end nothing that was acknowledged may be
lost, doubled or out of order, and everybody must have read the same.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec
from rich.console import Console as Screen
from rich.progress import Progress
from rich.table import Table

from officer_console.client.keychain import Keychain, RelayPin
from officer_console.model.envelope import VISITOR
from officer_console.model.rules import may_read
from officer_console.protocol.refusals import Refused
from officer_console.vault.primitives import signing_public
from tests.relay.peers import Keys, Station

from .crowd import Console, Line, Witness
from .reading import transcripts
from .referee import Faults, Referee, compare
from .served import Served, enrolled, served

MOMENTS: Final = ("writing", "returning", "starting", "writing", "returning")
"""What goes on when the relay is killed: the clients write; they are just coming back; it has hardly begun."""
MOMENT_S: Final = {"writing": (0.1, 1.2), "returning": (0.0, 0.8), "starting": (0.0, 0.9)}
BACK_S: Final = 60.0
"""Seconds after which whoever is not back will not come."""
SHORT_LIVES: Final = 8
"""One visitor in so many erases everything after a while, and another comes."""
CONSOLES: Final = 3


class Result(msgspec.Struct):
    """What came of it. Times in s."""

    rounds: int
    events: int = 0
    acknowledged: int = 0
    refused_orders: int = 0
    refused_words: int = 0
    faults: Faults = msgspec.field(default_factory=Faults)
    clients: int = 0
    back: int = 0
    slowest: float = 0.0


class Fire:
    """The relay, the crowd around it, and who watches both."""

    def __init__(self, relay: Served, station: Station, officers: list[Keys], folder: Path, random: Random) -> None:
        roles = {keys.kid: "officer" for keys in officers} | {station.lead.kid: "lead"}
        self.referee = Referee(roles)
        self.relay = relay
        self.station = station
        self.random = random
        self.visitors: list[Witness] = []
        self._folder = folder
        self._officers = [station.lead, *officers]
        self.consoles = [self._console(keys, "desk") for keys in self._officers]
        self.slowest = 0.0
        self._writing: list[asyncio.Task[None]] = []

    def _console(self, keys: Keys, name: str) -> Console:
        folder = self._folder / f"{name} of {keys.kid}"
        return Console(enrolled(self.station, keys, self.relay.url), folder, self.referee, Random(self.random.random()))

    # ---- the crowd ----

    @contextlib.asynccontextmanager
    async def crowd(self, conversations: int) -> AsyncIterator[None]:
        """Everybody is there and writes, until `hush`."""
        async with contextlib.AsyncExitStack() as stack:
            for console in self.consoles:
                await stack.enter_async_context(console)
                self._begin(console.live())
            for number in range(conversations):
                self._begin(self._seat(stack, Random(self.random.random()), short=number % SHORT_LIVES == 0))
            yield

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self._writing.append(asyncio.create_task(work))

    async def _seat(self, stack: contextlib.AsyncExitStack, random: Random, *, short: bool) -> None:
        """One visitor, or one after the other."""
        root = signing_public(self.station.root)
        while True:
            visitor = await stack.enter_async_context(Witness(self.relay.url, root, self.referee))
            self.visitors.append(visitor)
            with contextlib.suppress(Refused):  # her conversation has ended, and not by her: it is counted as lost
                await visitor.live(random, random.randint(3, 40) if short else 10**9)

    async def hush(self) -> None:
        """Nobody writes any more; what was begun is carried through."""
        for task in self._writing:
            task.cancel()
        ended = await asyncio.gather(*self._writing, return_exceptions=True)
        for problem in ended:
            if isinstance(problem, Exception):
                raise problem

    def clients(self) -> list[Witness | Console]:
        """Everybody who has to come back."""
        return [visitor for visitor in self.visitors if visitor.over != "erased"] + self.consoles

    # ---- the fire ----

    async def round(self, moment: str) -> None:
        """Start the relay, kill it at this moment, and wait until everybody has noticed."""
        await self.relay.start()
        if moment != "starting":
            await self.relay.ready()
        if moment == "writing":
            await self.all_back()
        await asyncio.sleep(self.random.uniform(*MOMENT_S[moment]))
        for task in self._writing:
            if task.done():
                task.result()  # who can't write any more has run into something that must be seen
        await self.relay.kill()
        await self.all(lambda client: not client.online)

    async def all_back(self) -> None:
        """Wait until everybody is connected again."""
        begin = time.monotonic()
        await self.all(lambda client: client.online)
        self.slowest = max(self.slowest, time.monotonic() - begin)

    async def all(self, fits: Callable[[Any], bool]) -> None:
        """Wait until something holds of everybody, but not for ever."""
        await asyncio.gather(*(_holds(client, fits) for client in self.clients()))

    # ---- the judgement ----

    async def judge(self, result: Result) -> None:
        """Read the log and everybody's view; the relay must run still, for histories that are fetched."""
        log = self.relay.log()
        result.events, result.acknowledged = len(log), self.referee.acknowledged
        result.refused_orders, result.refused_words = self.referee.refused
        result.faults.take(self.referee.judge(log))
        true = transcripts(self.relay.boxes(), self._chain(), log)
        for visitor in self.visitors:
            if visitor.over != "erased":
                result.faults.take(self._pages(visitor, true.get(visitor.cid, [])))
        for console in self.consoles:
            result.faults.take(await _screen(console, true, as_written=True))
        for console in [self._console(keys, "again") for keys in self._officers]:
            async with console:
                await _holds(console, lambda client: client.online)
                result.faults.take(await _screen(console, true))

    def _chain(self) -> Keychain:
        """Keys with which every conversation can be read."""
        who = enrolled(self.station, self.station.lead, self.relay.url)
        chain = Keychain(who.identity, who.directory, RelayPin())
        chain.keys.add(self.station.desk_key.kid, self.station.desk_priv)
        return chain

    def _pages(self, visitor: Witness, true: list[Line]) -> Faults:
        name = f"page of {visitor.cid}"
        faults = compare(name, true, visitor.transcript())
        faults.take(compare(f"{name}, her words", visitor.said, [text for _, by, text in true if by == VISITOR]))
        faults.lost += [f"{name}: {strange}" for strange in visitor.strange]
        if visitor.over:
            faults.lost.append(f"{name} ended: {visitor.over}")
        return faults


async def _screen(console: Console, true: dict[str, list[Line]], *, as_written: bool = False) -> Faults:
    """What a console shows of all that it may read. `as_written`: own lines stand where they were written, which is
    before whatever the relay took in meanwhile; then each author's lines must be in order."""
    faults, desk = Faults(), console.desk
    for cid, lines in true.items():
        name, conversation = f"screen of {desk.me}, {cid}", desk.queue.get(cid)
        if conversation is None:
            faults.lost.append(f"{name}: not there")
        elif may_read(conversation, desk.me, desk.role):
            desk.open(cid)
            await _holds(console, lambda _, cid=cid: not desk.talk.loading(cid))
            seen = console.transcript(cid)
            faults.take(compare(name, lines, sorted(seen) if as_written else seen))
            for me in (True, False):
                one = [line for line in seen if (line[1] == desk.me) is me]
                faults.take(compare(f"{name}, {'own' if me else 'others'}", sorted(one), one))
    return faults


async def _holds(client: Witness | Console, fits: Callable[[Any], bool]) -> None:
    """Wait until something holds of a client, or her conversation is over, or it has been too long."""
    with contextlib.suppress(TimeoutError, Refused):
        async with asyncio.timeout(BACK_S):
            await client.until(lambda *_: fits(client))


async def burn(
    rounds: int, conversations: int, seed: int, folder: Path, told: Callable[[Fire, str], None] = lambda *_: None
) -> Result:
    """The whole drill, in a folder of its own; `told` is called before each round."""
    random = Random(seed)
    station = Station(int(time.time()))
    officers = [station.enrol(f"Officer {number}")[0] for number in range(1, CONSOLES)]
    async with served(folder, station, *officers) as relay:
        fire = Fire(relay, station, officers, folder, random)
        async with fire.crowd(conversations):
            await fire.all_back()
            await relay.kill()
            for moment in _moments(rounds - 1, random):
                told(fire, moment)
                await fire.round(moment)
            return await _aftermath(fire, rounds)


def _moments(count: int, random: Random) -> Iterable[str]:
    all_kinds = MOMENTS * (count // len(MOMENTS) + 1)
    return random.sample(all_kinds[:count], count)


async def _aftermath(fire: Fire, rounds: int) -> Result:
    await fire.relay.start()
    await fire.relay.ready()
    await fire.all_back()
    await fire.hush()
    await fire.all(lambda client: client.quiet)
    clients = fire.clients()
    back = sum(client.quiet for client in clients)
    result = Result(rounds, clients=len(clients), back=back, slowest=fire.slowest)
    await fire.judge(result)
    return result


def passed(result: Result) -> bool:
    """Whether nothing was lost, doubled or out of order, and everybody has come back."""
    return not result.faults and result.back == result.clients


def table(result: Result) -> Table:
    """The figures."""
    faults = result.faults
    rows = {
        "kills": result.rounds,
        "events in the log": result.events,
        "acknowledged": result.acknowledged,
        "refused claims and the like": result.refused_orders,
        "refused messages": result.refused_words,
        "lost": len(faults.lost),
        "doubled": len(faults.doubled),
        "out of order": len(faults.disordered),
        "clients that came back": f"{result.back} of {result.clients}",
        "longest time to come back": f"{result.slowest:.1f} s",
    }
    drawn = Table("", "", show_header=False)
    for name, value in rows.items():
        drawn.add_row(name, str(value))
    return drawn


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def main() -> int:
    """Burn, and print the table; 1 when anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fire.kill_relay", description=__doc__)
    parser.add_argument("--rounds", type=positive, default=100, metavar="N", help="how many kills (100)")
    parser.add_argument("--conversations", type=positive, default=30, metavar="N", help="visitors at a time (30)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same number kills at the same moments")
    args = parser.parse_args()
    screen = Screen()
    with tempfile.TemporaryDirectory() as folder, Progress(console=screen, transient=True) as progress:
        bar = progress.add_task("kill -9", total=args.rounds)

        def told(fire: Fire, moment: str) -> None:
            progress.update(bar, advance=1, description=f"{moment}: {fire.referee.acknowledged} acknowledged")

        result = asyncio.run(burn(args.rounds, args.conversations, args.seed, Path(folder), told))
    screen.print(table(result))
    for fault in (result.faults.lost + result.faults.doubled + result.faults.disordered)[:20]:
        screen.print(fault, markup=False)
    return 0 if passed(result) else 1


if __name__ == "__main__":
    raise SystemExit(main())
