"""Plots made of letters: columns over time, and bars side by side. Pure text, a list of lines; no colour is needed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from rich.cells import cell_len, set_cell_size

from officer_console.figure_words import number
from officer_console.model.shown_figures import HIDDEN, LEAST, Shown


class Letters(NamedTuple):
    """`rising`: an eighth to a full cell from below; `running`: from the left; `few`: a number that is hidden;
    `corner`, `floor`, `wall`: the axes. Where a terminal has few letters each cell is full or empty."""

    rising: str
    running: str
    few: str
    corner: str
    floor: str
    wall: str


BLOCKS: Final = Letters("▁▂▃▄▅▆▇█", "▏▎▍▌▋▊▉█", "·", "└", "─", "│")
ASCII: Final = Letters("#", "#", ".", "+", "-", "|")
POOR: Final = frozenset({"linux", "vt100", "vt102", "vt220", "dumb"})
"""Values of TERM of terminals without eighths of blocks."""
ROUND: Final = (10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
"""What a scale ends with, times a power of ten."""
WIDEST: Final = 3
"""Cells from one column to the next, at most."""
GAP: Final = 2
"""Cells between a label and its bar."""


def letters_for(term: str, encoding: str) -> Letters:
    """What a terminal can show, by TERM and by how text is encoded for it."""
    utf = encoding.lower().replace("-", "") == "utf8"
    return BLOCKS if utf and term not in POOR else ASCII


class Plot(NamedTuple):
    """What is drawn: a number for each place, and what the place is called. `scale`: what the lines stand for, from
    below, when the numbers are steps of it from 1 on; else the greatest number is written. `top`: the greatest number
    that can be; 0: as high as the numbers are."""

    values: Sequence[Shown]
    labels: Sequence[str]
    scale: Sequence[str] = ()
    top: int = 0


def columns(plot: Plot, height: int, width: int, letters: Letters = BLOCKS) -> list[str]:
    """A column for each number, `height` lines high, labels below where there is room; at most `width` cells wide, as
    long as a cell is there for each."""
    top = len(plot.scale) or plot.top or ceiling(max(plot.values, default=0))
    marks = _marks(top, height, plot.scale)
    margin = max(map(cell_len, marks))
    pitch = min(WIDEST, max(1, (width - margin - 2) // max(1, len(plot.values))))
    bar = max(1, pitch - 1)
    gap = " " * (pitch - bar)
    lines = [
        f"{_right(mark, margin)} {letters.wall}"
        + gap.join(_cell(value, top, height, line, letters) * bar for value in plot.values)
        for line, mark in zip(range(height - 1, -1, -1), marks, strict=True)
    ]
    floor = letters.floor * (len(plot.values) * pitch - len(gap))
    below = f"{' ' * margin} {letters.corner}{floor}", f"{' ' * margin}  {_below(plot.labels, pitch)}"
    return [line.rstrip() for line in (*lines, *below)]


def bars(rows: Sequence[tuple[str, Shown]], width: int, letters: Letters = BLOCKS) -> list[str]:
    """A bar for each row: label, bar, number. `width`: cells that a line takes at most."""
    most = max((shown for _label, shown in rows), default=0)
    told = max((len(number(shown)) for _label, shown in rows), default=0)
    label = min(max((cell_len(label) for label, _shown in rows), default=0), 2 * width // 3)
    room = max(1, width - label - told - 2 * GAP)
    return [
        f"{_fitted(name, label)}{' ' * GAP}{f'{_bar(shown, most, room, letters)} {number(shown)}'.lstrip()}"
        for name, shown in rows
    ]


def ceiling(most: int) -> int:
    """The least round number that is not below it (ROUND times a power of ten); LEAST at least."""
    power = 1
    while True:
        for factor in ROUND:
            if factor * power // ROUND[0] >= max(most, LEAST):
                return factor * power // ROUND[0]
        power *= 10


def varies(values: Sequence[Shown]) -> bool:
    """Whether any value is another than the one before: then a plot says more than a number."""
    return any(before != after for before, after in pairwise(values))


def _marks(top: int, height: int, scale: Sequence[str]) -> list[str]:
    """What stands beside the lines, from above."""
    if not scale:
        return [str(top), *[""] * (height - 1)]
    at = {(step * height) // len(scale): words for step, words in reversed([*enumerate(scale)])}
    return [at.get(line, "") for line in range(height - 1, -1, -1)]


def _below(labels: Sequence[str], pitch: int) -> str:
    """The labels under their columns; as many are left out as is needed, in even steps."""
    room = max(map(cell_len, labels), default=0) + 1
    every = max(1, -(-room // pitch))
    return "".join(set_cell_size(label, every * pitch) for label in labels[::every])


def _cell(value: Shown, top: int, height: int, line: int, letters: Letters) -> str:
    if value == HIDDEN:
        return letters.few if line == 0 else " "
    steps = len(letters.rising)
    filled = -(-max(0, value) * height * steps // top) - line * steps
    return letters.rising[min(filled, steps) - 1] if filled > 0 else " "


def _bar(shown: Shown, most: int, room: int, letters: Letters) -> str:
    if shown <= 0:
        return letters.few if shown == HIDDEN else ""
    steps = len(letters.running)
    eighths = max(1, shown * room * steps // most)
    full, rest = divmod(eighths, steps)
    return letters.running[-1] * full + (letters.running[rest - 1] if rest else "")


def _fitted(text: str, width: int) -> str:
    return set_cell_size(text, width) if cell_len(text) <= width else f"{set_cell_size(text, width - 1)}…"


def _right(text: str, width: int) -> str:
    return " " * max(0, width - cell_len(text)) + text
