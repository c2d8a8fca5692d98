"""`python -m tests.cluster`: three servers of NATS and two relays behind a proxy, on this machine, until Ctrl+C.

Prints the page's address and the code that founds the desk. All of it is in a folder that is deleted at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
from pathlib import Path

from tests.fire.cluster import Pair
from tests.nats import Servers


async def run(folder: Path, servers: Servers, relays: int) -> None:
    """Until it is cancelled."""
    pair = Pair(folder, servers, relays)
    async with pair.unfounded() as code:
        print(f"page     {pair.url}")
        for relay in pair.relays:
            print(f"relay    {relay.own_url}/healthz   process {relay.pid}")
        for node in servers.nodes:
            print(f"server   127.0.0.1:{node.port}   process {node.pid}")
        print(f"found it with: officer-console enrol {code}\nkill what you like; Ctrl+C ends it all", flush=True)
        await asyncio.Event().wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster", description=__doc__)
    parser.add_argument("--relays", type=int, default=2, metavar="N", help="how many relays (2)")
    parser.add_argument("--servers", type=int, choices=(1, 3), default=3, help="servers of NATS (3)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(KeyboardInterrupt):
        servers = Servers(Path(folder) / "nats", args.servers)
        try:
            servers.start()
            asyncio.run(run(Path(folder), servers, args.relays))
        finally:
            servers.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
