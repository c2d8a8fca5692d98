"""`python -m tests.fire.claims`: consoles at two relays of a cluster claim the same conversations in the same moment.

Each conversation must have exactly one winner: one claim in the log, one console that was told that it is his, and
everybody else told who he is.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Final

import msgspec
from rich.console import Console as Screen
from rich.table import Table

from officer_console.model.events import Event
from officer_console.protocol.commands import Claim
from officer_console.protocol.frames import Done, NoCmd
from tests.nats import Servers
from tests.relay.peers import DeskPeer, Station, VisitorPeer, officer, random_id

from .cluster import Pair

CONSOLES: Final = 20
AT_ONCE: Final = 20
"""Visitors who open at a time."""


class Result(msgspec.Struct):
    """`winners` counts conversations with exactly one; `faults` has a plain sentence for each other one."""

    conversations: int
    claims: int
    winners: int = 0
    seconds: float = 0.0
    faults: list[str] = msgspec.field(default_factory=list)


async def race(conversations: int, consoles: int, seed: int, servers: Servers, folder: Path) -> Result:
    """Open conversations, claim each by every console, and judge."""
    random = Random(seed)
    station = Station(int(time.time()))
    officers = [station.lead, *(station.enrol(f"Officer {n}")[0] for n in range(1, consoles))]
    pair = Pair(folder, servers)
    async with pair.running(station, *officers), AsyncExitStack() as stack:
        urls = [relay.own_url for relay in pair.relays]
        cids = await _open(conversations, urls, pair.url, station)
        desks = [
            await stack.enter_async_context(officer(urls[n % len(urls)], station, keys, after=None))
            for n, keys in enumerate(officers)
        ]
        begin = time.monotonic()
        answers = await asyncio.gather(*(_claim_all(desk, cids, Random(random.random())) for desk in desks))
        result = Result(conversations, conversations * consoles, seconds=time.monotonic() - begin)
        await pair.read()
        by_desk = {desk.keys.kid: answer for desk, answer in zip(desks, answers, strict=True)}
        judge(result, cids, by_desk, pair.log())
        return result


async def _open(count: int, urls: list[str], origin: str, station: Station) -> list[str]:
    """So many conversations that wait, through both relays."""
    cids: list[str] = []

    async def one(number: int) -> None:
        visitor = VisitorPeer(urls[number % len(urls)], station)
        visitor.origin = origin
        async with visitor.talking("bonjour"):
            cids.append(visitor.cid)

    for first in range(0, count, AT_ONCE):
        await asyncio.gather(*(one(number) for number in range(first, min(first + AT_ONCE, count))))
    return cids


async def _claim_all(desk: DeskPeer, cids: list[str], random: Random) -> dict[str, Done | NoCmd]:
    """Claim all without waiting, in an order that is nearly everybody's; the answers by conversation."""
    order = sorted(range(len(cids)), key=lambda number: number + random.uniform(0, 4))

    async def give() -> None:
        for number in order:
            cid = cids[number]
            command = desk.command(Claim(cid, random_id()))
            desk.asked[desk.given] = cid
            await desk.wire.send(command)

    giving = asyncio.create_task(give())
    answers: dict[str, Done | NoCmd] = {}
    while len(answers) < len(cids):
        answer = await desk.wire.until(Done, NoCmd)
        answers[desk.asked[answer.c]] = answer
    await giving
    return answers


def judge(result: Result, cids: list[str], answers: dict[str, dict[str, Done | NoCmd]], log: list[Event]) -> None:
    """Hold what each console was told (by kid, by conversation) against the log."""
    claimed: dict[str, list[str]] = {cid: [] for cid in cids}
    for event in log:
        if event.kind == "claimed":
            claimed[event.cid].append(event.by)
    for cid in cids:
        won = [kid for kid, each in answers.items() if isinstance(each[cid], Done)]
        told = {each[cid].who for each in answers.values() if isinstance(each[cid], NoCmd)}
        codes = {each[cid].code for each in answers.values() if isinstance(each[cid], NoCmd)}
        if won == claimed[cid] and len(won) == 1 and told == set(won) and codes == {"taken"}:
            result.winners += 1
        else:
            result.faults.append(f"{cid}: {won} won, the log has {claimed[cid]}, the others heard {codes} of {told}")


def positive(text: str) -> int:
    """A number that is at least one."""
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def main() -> int:
    """Race, and print the table; 1 when any conversation had not exactly one winner."""
    parser = argparse.ArgumentParser(prog="python -m tests.fire.claims", description=__doc__)
    parser.add_argument("--claims", type=positive, default=10_000, metavar="N", help="claims in all (10000)")
    parser.add_argument("--servers", type=int, choices=(1, 3), default=3, help="servers of NATS (3)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same number claims in the same order")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder) / "nats", args.servers)
        servers.start()
        try:
            result = asyncio.run(race(args.claims // CONSOLES, CONSOLES, args.seed, servers, Path(folder)))
        finally:
            servers.stop()
    _print(result, as_json=args.json)
    return 0 if result.winners == result.conversations else 1


def _print(result: Result, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(msgspec.structs.asdict(result)))
        return
    drawn = Table("", "", show_header=False)
    for name, value in {
        "conversations": result.conversations,
        "claims": result.claims,
        "with exactly one winner": result.winners,
        "claims a second": round(result.claims / result.seconds),
    }.items():
        drawn.add_row(name, str(value))
    Screen().print(drawn)
    for fault in result.faults[:20]:
        Screen().print(fault, markup=False)


if __name__ == "__main__":
    raise SystemExit(main())
