"""Everything of the demo but the console: relay, founded desk, visitors. Run as a process of its own beside it.

`python -m officer_console.demo.world` reads one JSON line with what is wanted, writes one with what there is (with the
officer's keys: it goes to the console through a pipe and nowhere else), and ends when its standard input does, which
the system sees to however its parent ends; if something failed, another line says what.
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
from officer_console.protocol.founding import parse_founding_code
from officer_console.protocol.frames import Entry
from officer_console.relay.service import running_relay
from officer_console.vault.chain import Directory
from officer_console.vault.identity import Identity

from .story import load_stories
from .visitors import Crowd

DESK_NAME = "DÉMO / DEMO"
OFFICER_NAME = "Camille (démo)"
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
        """The officer of the demo."""
        identity = Identity.parse(self.keys)
        return Enrolled(identity, Directory.verify(self.entries, identity.genesis16), self.relay, self.page)


@contextlib.asynccontextmanager
async def world(wanted: Wanted) -> AsyncIterator[There]:
    """Relay, desk and visitors, until the block ends. Raises UserError, when the port is taken for instance."""
    config = relay_config(wanted)
    Path(config.relay.data_dir).mkdir(mode=0o700)
    async with running_relay(config, wanted.port) as relay:
        code = parse_founding_code(relay.founding_code())
        desk = await found_desk(code, OFFICER_NAME, DESK_NAME, wall_clock() // 1000)
        lead = desk.lead
        stories = load_stories(wanted.language)
        crowd = Crowd(relay.url, lead.directory.root, stories, wanted.visitors, Random(wanted.seed))
        writing = asyncio.create_task(crowd.run())
        try:
            yield There(relay.url, lead.identity.text(), lead.relay, as_frames(lead.directory.entries))
        finally:
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing
        if crowd.failure:
            raise UserError(crowd.failure)


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
