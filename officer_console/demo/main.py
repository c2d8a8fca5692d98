"""`officer-console demo`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.locale import _, language

from .world import There, Wanted, world

START_S = 30
"""Seconds the child process may take to be ready."""


def run(args: argparse.Namespace, config: Config) -> int:
    """See the module. Raises UserError when the port is taken."""
    folder = Path(tempfile.mkdtemp(prefix="officer-console-demo-"))
    wanted = Wanted(str(folder), args.port, args.visitors, args.seed, args.language or "", language())
    try:
        if args.no_console:
            return asyncio.run(_without_console(wanted))
        return _with_console(wanted, config, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _without_console(wanted: Wanted) -> int:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with world(wanted) as there:
        desk = there.page.replace("http", "ws", 1) + "/desk"
        print(json.dumps({"page": there.page, "desk": desk, "ready": True}), flush=True)
        await ended.wait()
    return 0


def _with_console(wanted: Wanted, config: Config, folder: Path) -> int:
    from officer_console.console.main import need_terminal, show

    need_terminal()
    with _world_beside(wanted) as there:
        from officer_console.client.open_desk import desk_of

        own = folder / "console"
        own.mkdir(mode=0o700)
        return show(desk_of(there.enrolled(), own), config, page=there.page)


@contextlib.contextmanager
def _world_beside(wanted: Wanted) -> Iterator[There]:
    """The world in a process of its own: the console keeps its event loop, and the world ends when we do, however."""
    command = [sys.executable, "-m", "officer_console.demo.world"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=False) as child:
        assert child.stdin and child.stdout
        try:
            child.stdin.write(msgspec.json.encode(wanted) + b"\n")
            child.stdin.flush()
            yield _read(child.stdout.readline())
        finally:
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
            try:
                child.wait(START_S)
            except subprocess.TimeoutExpired:
                child.kill()


def _read(line: bytes) -> There:
    if not line:
        raise UserError(_("The demo's relay could not start."))
    there = msgspec.json.decode(line, type=There)
    if there.problem:
        raise UserError(there.problem)
    return there
