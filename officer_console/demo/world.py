"""Everything of the demo but the console: relay, founded desk, visitors. Run as a process of its own beside it.

`python -m officer_console.demo.world` reads one JSON line with what is wanted, writes one with what there is (with the
officer's keys: it goes to the console through a pipe and nowhere else), and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import signal
import sys
import threading
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
    random = Random(wanted.seed)
    folder = Path(wanted.folder) / "relay"
    folder.mkdir(mode=0o700)
    base = Config()
    relay_config = msgspec.structs.replace(base.relay, data_dir=str(folder))
    if wanted.port:
        url = f"http://127.0.0.1:{wanted.port}"
        relay_config = msgspec.structs.replace(relay_config, port=wanted.port, public_url=url)
    config = msgspec.structs.replace(base, relay=relay_config)
    async with running_relay(config, wanted.port) as relay:
        code = parse_founding_code(relay.founding_code())
        desk = await found_desk(code, OFFICER_NAME, DESK_NAME, wall_clock() // 1000)
        lead = desk.lead
        crowd = Crowd(relay.url, lead.directory.root, load_stories(wanted.language), wanted.visitors, random)
        writing = asyncio.create_task(crowd.run())
        try:
            yield There(relay.url, lead.identity.text(), lead.relay, as_frames(lead.directory.entries))
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)


async def _serve(wanted: Wanted) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def watch() -> None:
        while sys.stdin.buffer.read(1024):
            pass
        with contextlib.suppress(RuntimeError):  # the loop may have ended first
            loop.call_soon_threadsafe(ended.set)

    try:
        async with world(wanted) as there:
            _tell(there)
            threading.Thread(target=watch, daemon=True).start()
            await ended.wait()
    except UserError as error:
        _tell(There(problem=str(error)))


def _tell(there: There) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(there) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    """The child process."""
    logging.disable()  # its standard error is the officer's terminal
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # they go to the console too; the end of its pipe ends this in order
    wanted = msgspec.json.decode(sys.stdin.buffer.readline(), type=Wanted)
    set_language("fr" if wanted.words == "fr" else "en")
    try:
        asyncio.run(_serve(wanted))
    finally:
        shutil.rmtree(wanted.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
