"""The lead's view with 10,000 conversations, 200 officers and 200 events a second: how long a key takes to be painted,
beside a bare Textual app of four widgets in the same terminal, in turns of the same run; and how much of one core it
takes while nobody touches a key."""

from __future__ import annotations

import time
from random import Random
from typing import Final

from tests.bench.console import APPS, LETTERS, MS
from tests.bench.console_apps import READY
from tests.bench.report import Figure, absolute, figure, quantile
from tests.bench.terminal import Terminal

KEYS, BLOCKS = 60, 3
WATCH_S: Final = 10.0
RATIO_AIM, CPU_AIM = 1.5, 50.0
CURSOR: Final = "▶"
"""What is drawn when the cursor has moved, and not otherwise."""
DOWN, UP = "\x1b[B", "\x1b[A"


def run() -> list[Figure]:
    """All figures; takes about a minute."""
    random, ours, bare, shares = Random(1), [], [], []
    for _block in range(BLOCKS):
        with Terminal(APPS, "lead") as terminal:
            terminal.until_shown("CHOOSING HERE", "Officer 000", "Arrivals")
            terminal.watch(1)
            ours += [_step(terminal, random, number) for number in range(KEYS)]
            shares.append(_share(terminal))
        with Terminal(APPS, "bare") as terminal:
            terminal.until_shown(READY)
            terminal.watch(1)
            bare += [_letter(terminal, random, number) for number in range(KEYS)]
    return [
        figure("lead.key_to_paint_p95", quantile(ours, 0.95) * MS, quantile(bare, 0.95) * MS, "ms", ("<=", RATIO_AIM)),
        figure("lead.key_to_paint_p50", quantile(ours, 0.5) * MS, quantile(bare, 0.5) * MS, "ms", ("<=", RATIO_AIM)),
        absolute("lead.cpu_of_one_core", max(shares) * 100, "%", CPU_AIM),
    ]


def _step(terminal: Terminal, random: Random, number: int) -> float:
    """Move the cursor, down thirty rows and up again."""
    taken = terminal.press(DOWN if number < KEYS // 2 else UP, CURSOR)
    terminal.watch(random.uniform(0.02, 0.08))  # at any moment of a frame
    return taken


def _letter(terminal: Terminal, random: Random, number: int) -> float:
    taken = terminal.echo(LETTERS[number])
    terminal.watch(random.uniform(0.02, 0.08))
    return taken


def _share(terminal: Terminal) -> float:
    """What of one core it uses."""
    before, begin = terminal.cpu_s(), time.perf_counter()
    terminal.watch(WATCH_S)
    return (terminal.cpu_s() - before) / (time.perf_counter() - begin)
