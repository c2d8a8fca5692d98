"""`python -m tests.fire.kill_relays`: a cluster's relays, and with three servers those too, are killed (kill -9) one
at a time while everybody writes. Who was connected to a relay that is gone comes back to another.

At the end nothing that was acknowledged may be lost, doubled or out of order, and everybody must have read the same.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Final

from rich.console import Console as Screen

from tests.nats import Servers
from tests.relay.peers import Station

from .cluster import Pair
from .kill_relay import CONSOLES, Fire, Result, passed, positive, table

GENTLY: Final = 0.3
"""Of so many relays one is stopped in order instead, as for an upgrade."""


async def burn(
    rounds: int, conversations: int, seed: int, servers: Servers, folder: Path, told: Callable[[str], None] = print
) -> Result:
    """The whole drill. `told` hears what is killed, and how long it took until everybody was back."""
    random = Random(seed)
    station = Station(int(time.time()))
    officers = [station.enrol(f"Officer {number}")[0] for number in range(1, CONSOLES)]
    pair = Pair(folder, servers)
    async with pair.running(station, *officers):
        fire = Fire(pair, station, officers, folder, random)
        async with fire.crowd(conversations):
            await fire.all_back()
            for number in range(rounds):
                what = await _kill_one(pair, fire, number, random)
                told(f"{what}: all are back within {fire.slowest:.1f} s; {fire.referee.acknowledged} acknowledged")
            await fire.hush()
            await fire.all(lambda client: client.quiet)
            clients = fire.clients()
            result = Result(rounds, clients=len(clients), slowest=fire.slowest)
            result.back = sum(client.quiet for client in clients)
            await pair.read()
            await fire.judge(result)
            return result


async def _kill_one(pair: Pair, fire: Fire, number: int, random: Random) -> str:
    """Kill one relay or server, wait until everybody is well again without it, and start it again."""
    await asyncio.sleep(random.uniform(0.5, 1.5))
    if len(pair.servers.nodes) > 1 and number % 2:
        node = random.choice(pair.servers.nodes)
        node.kill()
        await asyncio.sleep(random.uniform(0.0, 2.0))
        await fire.all_back()
        node.start()
        await pair.servers.ready_again()
        return f"server {node.name}"
    relay = pair.relays[number // 2 % len(pair.relays)] if len(pair.servers.nodes) > 1 else pair.relays[number % 2]
    gently = random.random() < GENTLY
    await (relay.stop() if gently else relay.kill())
    await fire.all_back()
    await relay.start()
    await relay.ready()
    return "a relay, stopped in order" if gently else "a relay"


def main() -> int:
    """Burn, and print the table; 1 when anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.fire.kill_relays", description=__doc__)
    parser.add_argument("--rounds", type=positive, default=20, metavar="N", help="how many kills (20)")
    parser.add_argument("--conversations", type=positive, default=30, metavar="N", help="visitors at a time (30)")
    parser.add_argument("--servers", type=int, choices=(1, 3), default=3, help="servers of NATS (3)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the same number kills at the same moments")
    args = parser.parse_args()
    screen = Screen()
    with tempfile.TemporaryDirectory() as folder:
        servers = Servers(Path(folder) / "nats", args.servers)
        servers.start()
        try:
            result = asyncio.run(burn(args.rounds, args.conversations, args.seed, servers, Path(folder), screen.print))
        finally:
            servers.stop()
    screen.print(table(result))
    for fault in (result.faults.lost + result.faults.doubled + result.faults.disordered)[:20]:
        screen.print(fault, markup=False)
    return 0 if passed(result) else 1


if __name__ == "__main__":
    raise SystemExit(main())
