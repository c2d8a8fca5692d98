"""How quick the console is, beside a bare Textual app of four widgets in the same terminal, in the same run.

`start` and the keys are timed with a desk in memory, so that they are about the screens. `start_connected` is the
whole way: client, keys, login at a real relay, and the conversation opened; only the key store is left out.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from random import Random
from typing import Final

import msgspec
from textual.widget import Widget

from tests.bench.console_apps import CONVERSATIONS, FIRST_WORDS, READY
from tests.bench.report import Figure, absolute, figure, quantile
from tests.bench.terminal import COLUMNS, LINES, Terminal

APPS: Final = "tests.bench.console_apps"
STARTS: Final = 8
KEYS, BLOCKS, LINE_KEYS = 60, 3, 20
OPENINGS: Final = 7
RATIO_AIM, OPEN_AIM_MS = 1.5, 100.0
MS: Final = 1000
TAKE_NEXT, CLEAR_LINE = "\x1bOQ", "\x15"
LETTERS: Final = [chr(code) for code in (*range(0x100, 0x180), *range(0x400, 0x460))]
"""Letters that nothing else on the screens has."""


def run() -> list[Figure]:
    """All figures of the console; takes about a minute."""
    return [*starts(), key_to_echo(), *asyncio.run(openings())]


def starts() -> list[Figure]:
    """From starting the process to the first row of the queue on the screen; medians, in ms."""
    alone, connected, bare = [], [], []
    for _turn in range(STARTS):
        with Terminal(APPS, "bare") as terminal:
            bare.append(terminal.until_shown(READY))
        with Terminal(APPS, "alone") as terminal:
            alone.append(terminal.until_shown(FIRST_WORDS))
        with _world() as folder, Terminal(APPS, "duty", str(folder)) as terminal:
            connected.append(terminal.until_shown(FIRST_WORDS))
    middle = statistics.median(bare)
    return [
        _beside("console.start", statistics.median(alone), middle),
        _beside("console.start_connected", statistics.median(connected), middle),
    ]


def key_to_echo() -> Figure:
    """From a key to its letter on the screen, with 10,000 conversations and 200 events a second; p95, in ms."""
    random, ours, bare = Random(1), [], []
    for _block in range(BLOCKS):
        with Terminal(APPS, "busy") as terminal:
            terminal.until_shown("Waiting", "Take next")
            terminal.type(TAKE_NEXT)
            terminal.until_shown("WRITING HERE")
            ours += _keys(terminal, random)
        with Terminal(APPS, "bare") as terminal:
            terminal.until_shown(READY)
            bare += _keys(terminal, random)
    return _beside("console.key_to_echo_p95", quantile(ours, 0.95), quantile(bare, 0.95))


def _keys(terminal: Terminal, random: Random) -> list[float]:
    terminal.watch(1)
    times = []
    for number in range(KEYS):
        if number % LINE_KEYS == 0:
            terminal.type(CLEAR_LINE)
            terminal.watch(0.2)
        times.append(terminal.echo(LETTERS[number]))
        terminal.watch(random.uniform(0.02, 0.08))  # at any moment of a frame
    return times


async def openings() -> list[Figure]:
    """From asking for a list of 10,000 to the painted screen; the slowest of several, in ms."""
    from textual.app import App, ComposeResult

    from officer_console.console.colours import textual_theme
    from officer_console.console.widgets.queue_pane import QueuePane
    from officer_console.console.widgets.transcript_pane import TranscriptPane
    from officer_console.themes import SAFE
    from tests.console.fake_desk import FakeDesk

    class Panes(App[None]):
        CSS = "Screen { layout: horizontal; } QueuePane { width: 44; } TranscriptPane { width: 1fr; }"

        def __init__(self) -> None:
            super().__init__()
            self.register_theme(textual_theme(SAFE))
            self.theme = SAFE.name

        def compose(self) -> ComposeResult:
            yield QueuePane()
            yield TranscriptPane()

    desk = FakeDesk()
    desk.fill(CONVERSATIONS)
    cid = desk.claims.take_next()
    assert cid
    desk.talk.fill_lines(cid, CONVERSATIONS)
    queue, transcript = [], []
    for _turn in range(OPENINGS):
        app = Panes()
        async with app.run_test(size=(COLUMNS, LINES)):
            one, other = app.query_one(QueuePane), app.query_one(TranscriptPane)
            async with _painted(one, queue):
                one.show(desk)
            async with _painted(other, transcript):
                other.show(desk, cid)
    return [
        absolute("console.open_queue", max(queue) * MS, "ms", OPEN_AIM_MS),
        absolute("console.open_transcript", max(transcript) * MS, "ms", OPEN_AIM_MS),
    ]


@contextlib.asynccontextmanager
async def _painted(widget: Widget, times: list[float]) -> AsyncIterator[None]:
    """Time what is done in the block, and the painting that it asks for."""
    painted = asyncio.Event()
    begin = time.perf_counter()
    yield
    widget.call_after_refresh(painted.set)
    await painted.wait()
    times.append(time.perf_counter() - begin)


def _beside(id: str, ours: float, bare: float) -> Figure:
    return figure(id, ours * MS, bare * MS, "ms", ("<=", RATIO_AIM))


@contextlib.contextmanager
def _world() -> Iterator[Path]:
    """A folder with the keys of an officer whose relay runs, and with one visitor in the queue."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted = {"folder": str(folder), "port": 0, "visitors": 0, "seed": 1, "language": "fr"}
        with subprocess.Popen(
            [sys.executable, "-m", "officer_console.demo.world"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            assert child.stdin and child.stdout
            child.stdin.write(msgspec.json.encode(wanted) + b"\n")
            child.stdin.flush()
            there = child.stdout.readline()
            if not there:
                raise RuntimeError("the relay of the demo did not start")
            (folder / "there.json").write_bytes(there)
            asyncio.run(_one_visitor(there))
            yield folder
            child.stdin.close()


async def _one_visitor(there: bytes) -> None:
    from officer_console.client.visitor import Visitor
    from officer_console.demo.world import There

    known = msgspec.json.decode(there, type=There)
    async with Visitor(known.page, known.enrolled().directory.root) as visitor:
        await visitor.stored(visitor.say(FIRST_WORDS))
