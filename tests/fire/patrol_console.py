"""`python -m tests.fire.patrol_console`: an officer's desk without a screen, to be killed.

Reads one JSON line (`Wanted`) with keys and conversations, then asks for a patrol in each conversation that has none,
over the real desk: outbox on disk, countdown, link. Writes `asked <cid>` once a request is on disk, and `done` when the
room has accepted all.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from random import Random
from typing import Final

import msgspec

from officer_console.client.api import LinkPhase
from officer_console.client.desk import OfficerDesk
from officer_console.client.enrolling import Enrolled
from officer_console.client.keychain import RelayPin
from officer_console.client.open_desk import desk_of
from officer_console.model.patrol import COMING, PatrolRequest
from officer_console.protocol.commands import Entry
from officer_console.protocol.refusals import Refused
from officer_console.vault.chain import Directory
from officer_console.vault.identity import Identity

GRACES_MS: Final = (0, 0, 30, 120)
PAUSE_S: Final = (0.005, 0.06)
"""Seconds between two requests."""


class Wanted(msgspec.Struct):
    """Whose desk, its folder, and the conversations."""

    url: str
    keys: str
    entries: list[Entry]
    folder: str
    cids: list[str]
    seed: int


def place_of(cid: str) -> str:
    """The place of a conversation's request: by it the referee knows it again."""
    return f"rue {cid}"


async def _ask(desk: OfficerDesk, wanted: Wanted, random: Random) -> None:
    """Ask where nothing has been asked, until the room has accepted everywhere."""
    while not all((patrol := desk.patrols.of(cid)) and patrol.state in COMING for cid in wanted.cids):
        for cid in wanted.cids:
            # What another life of this console has asked is known once the log is here.
            if desk.link.phase is LinkPhase.ONLINE and desk.patrols.of(cid) is None:
                with contextlib.suppress(Refused):
                    desk.patrols.request(cid, PatrolRequest(place=place_of(cid)), random.choice(GRACES_MS))
                    print(f"asked {cid}", flush=True)
            await asyncio.sleep(random.uniform(*PAUSE_S) if desk.patrols.of(cid) is None else 0)
        await asyncio.sleep(PAUSE_S[1])
    print("done", flush=True)


async def _run(wanted: Wanted) -> None:
    identity = Identity.parse(wanted.keys)
    enrolled = Enrolled(identity, Directory.verify(wanted.entries, identity.genesis16), RelayPin(), wanted.url)
    desk = desk_of(enrolled, Path(wanted.folder))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(desk.run())
        await _ask(desk, wanted, Random(wanted.seed))
        running.cancel()


def main() -> None:
    """The child process."""
    asyncio.run(_run(msgspec.json.decode(sys.stdin.buffer.readline(), type=Wanted)))


if __name__ == "__main__":
    main()
