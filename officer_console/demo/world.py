"""Everything of the demo but the console: relay, practice desk, visitors, dispatch room. Run as a process of its own
beside it.

`python -m officer_console.demo.world` reads one JSON line with what is wanted, writes one with what there is (with the
officer's keys: it goes to the console through a pipe and nowhere else), and ends when its standard input does, which
the system sees to however its parent ends; if something failed, another line says what. The keys of the board that
`demo --board` opens lie in the demo's folder, which nobody else can read.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import msgspec

from officer_console.client.enrolling import Enrolled, found_desk
from officer_console.client.keychain import RelayPin, as_frames
from officer_console.client.open_desk import wall_clock
from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.locale import set_language
from officer_console.paths import private_dir
from officer_console.protocol.commands import Entry
from officer_console.protocol.founding import parse_founding_code
from officer_console.relay.service import Running, running_relay
from officer_console.vault.chain import Directory
from officer_console.vault.files import replace_file
from officer_console.vault.identity import Identity

from .dispatcher import simulated_room
from .members import enrol_here
from .story import load_stories
from .visitors import Crowd

DESK_NAME = "DÉMO / DEMO"
OFFICER_NAME = "Camille (démo)"
ROOM_NAME = "Salle / Room"
BOARD_NAME = "Tableau / Board"
BOARD_FILE = "board.json"
"""What `demo --board` needs, in the demo's folder."""
UNANSWERED_MAX = 100_000
"""More than the visitors of one demo can leave unanswered: it may run for days, and nobody has to answer."""


class Wanted(msgspec.Struct, frozen=True):
    """What the demo is asked for. `language` "" tells stories in both."""

    folder: str
    port: int
    visitors: int
    seed: int | None
    language: str
    words: str = "en"  # language of messages to the person who runs it


class There(msgspec.Struct, frozen=True):
    """What there is, or why there is nothing."""

    page: str = ""
    keys: str = ""
    relay: RelayPin = RelayPin()
    entries: list[Entry] = []
    problem: str = ""

    def enrolled(self) -> Enrolled:
        """Whose keys these are: the officer of the demo, or who sits at its board."""
        identity = Identity.parse(self.keys)
        return Enrolled(identity, Directory.verify(self.entries, identity.genesis16), self.relay, self.page)


@contextlib.asynccontextmanager
async def world(wanted: Wanted) -> AsyncIterator[There]:
    """Relay, practice desk, dispatch room and visitors, until the block ends. Raises UserError, when the port is taken
    for instance."""
    config, folder = relay_config(wanted), Path(wanted.folder)
    Path(config.relay.data_dir).mkdir(mode=0o700)
    async with running_relay(config, wanted.port) as relay:
        lead, room, board = await _people(relay)
        replace_file(folder / BOARD_FILE, msgspec.json.encode(_there(board)))
        stories = load_stories(wanted.language)
        crowd = Crowd(relay.url, lead.directory.root, stories, wanted.visitors, Random(wanted.seed))
        async with simulated_room(room, private_dir(folder / "room"), _random(wanted.seed)), _writing(crowd):
            yield _there(lead)
        if crowd.failure:
            raise UserError(crowd.failure)


async def _people(relay: Running) -> tuple[Enrolled, Enrolled, Enrolled]:
    """The officer, who is the shift lead too, the simulated room, and the board for a person."""
    now = wall_clock() // 1000
    code = parse_founding_code(relay.founding_code())
    lead = (await found_desk(code, OFFICER_NAME, DESK_NAME, now, use="practice")).lead
    room, lead = await enrol_here(lead, ROOM_NAME, "dispatch", now)
    board, lead = await enrol_here(lead, BOARD_NAME, "dispatch", now)
    return lead, room, board


@contextlib.asynccontextmanager
async def _writing(crowd: Crowd) -> AsyncIterator[None]:
    writing = asyncio.create_task(crowd.run())
    try:
        yield
    finally:
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writing


def _there(member: Enrolled) -> There:
    return There(member.relay_url, member.identity.text(), member.relay, as_frames(member.directory.entries))


def _random(seed: int | None) -> Random:
    """Of the room's own: how many visitors there are does not change what it does."""
    return Random() if seed is None else Random(f"room {seed}")


def relay_config(wanted: Wanted) -> Config:
    """The demo's relay: in its folder, for its visitors, at the port that was asked for."""
    base = Config()
    limits = msgspec.structs.replace(base.relay.limits, unanswered_max=UNANSWERED_MAX)
    relay = msgspec.structs.replace(base.relay, data_dir=str(Path(wanted.folder) / "relay"), limits=limits)
    if wanted.port:
        url = f"http://127.0.0.1:{wanted.port}"
        relay = msgspec.structs.replace(relay, port=wanted.port, public_url=url)
    return msgspec.structs.replace(base, relay=relay)


async def _serve(wanted: Wanted) -> None:
    try:
        async with world(wanted) as there:
            _tell(there)
            await _end_of(sys.stdin.fileno())
    except UserError as error:
        _tell(There(problem=str(error)))


async def _end_of(pipe: int) -> None:
    """Wait until nobody holds the pipe's other end."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()

    def look() -> None:
        if not os.read(pipe, 1024):
            ended.set()

    loop.add_reader(pipe, look)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(pipe)


def _tell(there: There) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(there) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    """The child process."""
    logging.disable()  # of its own errors it tells the kind alone, when the screen is free
    line = sys.stdin.buffer.readline()
    if not line:
        return  # its parent is gone already
    wanted = msgspec.json.decode(line, type=Wanted)
    set_language(wanted.words)
    try:
        asyncio.run(_serve(wanted))
    finally:
        shutil.rmtree(wanted.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
