"""A plot in a few lines of letters: one column for each number, the newest on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

EIGHTHS: Final = " ▁▂▃▄▅▆▇█"


def sparks(values: Sequence[int], width: int, height: int = 1) -> list[str]:
    """`height` lines of at most `width` cells. Where there are more numbers than cells, a column shows the largest of
    several. The largest of all reaches the top; anything above nought can be seen."""
    columns = _squeezed(values, max(1, width))
    top = max(columns, default=0)
    heights = [-(-value * height * 8 // top) if top else 0 for value in columns]
    return ["".join(EIGHTHS[min(8, max(0, each - 8 * line))] for each in heights) for line in reversed(range(height))]


def _squeezed(values: Sequence[int], width: int) -> list[int]:
    each = -(-len(values) // width) if values else 1
    first = len(values) % each
    begins = [0, *range(first, len(values), each)] if first else range(0, len(values), each)
    ends = [*begins[1:], len(values)]
    return [max(values[begin:end]) for begin, end in zip(begins, ends, strict=True)] if values else []
