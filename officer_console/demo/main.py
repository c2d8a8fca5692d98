"""`officer-console demo`."""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from officer_console.config import Config
from officer_console.errors import UserError
from officer_console.locale import LANGUAGES, _, language
from officer_console.paths import private_dir

from .dispatcher import room_keys
from .folder import lives, own_folder, running
from .world import BOARD_FILE, There, Wanted

Child = subprocess.Popen[bytes]
ENDINGS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl+C, being asked to end, the terminal being closed."""
START_S: Final = 30
"""Seconds the child process may take to end."""


def run(args: argparse.Namespace, config: Config) -> int:
    """See the package. Raises UserError when the port is taken, when there is no terminal, and when something failed
    meanwhile; KeyboardInterrupt when asked to end before the screen is there."""
    if args.board:
        return _board(config)
    for number in ENDINGS:
        signal.signal(number, signal.default_int_handler)
    with own_folder() as (folder, lock):
        stories = args.language if args.language in LANGUAGES else ""
        wanted = Wanted(str(folder), args.port, args.visitors, args.seed, stories, language())
        if args.no_console:
            return _without_console(wanted, lock)
        return _with_console(wanted, lock, config, folder)


def _without_console(wanted: Wanted, lock: int) -> int:
    with _world_beside(wanted, lock) as (there, child), contextlib.suppress(KeyboardInterrupt):
        desk = there.page.replace("http", "ws", 1) + "/desk"
        print(json.dumps({"page": there.page, "desk": desk, "ready": True}), flush=True)
        child.wait()
    return 0


def _with_console(wanted: Wanted, lock: int, config: Config, folder: Path) -> int:
    from officer_console.console.main import need_terminal, show

    need_terminal()
    with _world_beside(wanted, lock) as (there, _child):
        from officer_console.client.open_desk import desk_of

        own = folder / "console"
        own.mkdir(mode=0o700)
        return show(desk_of(there.enrolled(), own), config, page=there.page)


def _board(config: Config) -> int:
    """The board of the demo that runs, for a person in a second terminal."""
    from officer_console.console.board.main import show
    from officer_console.console.main import need_terminal
    from officer_console.dispatch.service import Membership

    need_terminal()
    folder = running(BOARD_FILE)
    if folder is None:
        raise UserError(_("No demo of yours is running. Start “officer-console demo” in another terminal first."))
    enrolled = msgspec.json.decode((folder / BOARD_FILE).read_bytes(), type=There).enrolled()
    mine = Membership(enrolled.relay_url, room_keys(enrolled), private_dir(folder / "board"))
    exercise = msgspec.structs.replace(config.dispatch, exercise=True)
    try:
        return show(mine, msgspec.structs.replace(config, dispatch=exercise))
    finally:
        if not lives(folder):  # the demo has ended before its board, and could not remove what was open here
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _world_beside(wanted: Wanted, lock: int) -> Iterator[tuple[There, Child]]:
    """The world in a process of its own: the console keeps its event loop, and the world ends when we do, however.
    At the end, raises UserError when something in it failed."""
    with _start(lock) as child:
        assert child.stdin and child.stdout
        try:
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(msgspec.json.encode(wanted) + b"\n")
                child.stdin.flush()
            yield _read(child.stdout.readline()), child
        finally:
            _end(child)
        if told := child.stdout.readline():
            _read(told)
        if child.returncode:
            raise UserError(_("The demo's relay ended by itself; what was written is gone. Start the demo again."))


def _start(lock: int) -> Child:
    """What asks us to end never reaches the child: it ends in order when its standard input does, so after us."""
    command = [sys.executable, "-m", "officer_console.demo.world"]
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDINGS)
    try:
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, pass_fds=[lock])
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(child: Child) -> None:
    assert child.stdin
    with contextlib.suppress(BrokenPipeError):
        child.stdin.close()
    try:
        child.wait(START_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _read(line: bytes) -> There:
    if not line:
        raise UserError(_("The demo's relay could not start."))
    there = msgspec.json.decode(line, type=There)
    if there.problem:
        raise UserError(there.problem)
    return there
