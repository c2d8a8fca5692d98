"""Text to rows of so many cells. Pure; the text is displayable already (`model/text.py`).

200 characters cost about 3 µs, or 50 µs when one of them is not as wide as a letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from rich.cells import cell_len, get_character_cell_size, set_cell_size

Span = tuple[int, int]
"""Where a row begins and ends in the text."""

NARROWEST: Final = 4
"""Rows are never cut narrower: a wide character must have room."""
_SECOND_HALF: Final = "\0"
_NARROW = "\n -~\u00a0-\u02ff\u0391-\u0482\u048a-\u052f\u05d0-\u05ea\u0620-\u064a\u2010-\u2027\u202f\u2039\u203a\u20ac"
_not_narrow = re.compile(f"[^{_NARROW}]").search


def wrap(text: str, width: int) -> list[Span]:
    """The rows of `text`: broken at spaces, long words where the row ends. At least one row."""
    if not _not_narrow(text):
        return _spans(text, width)
    cells, places = _in_cells(text)
    return [(places[start], places[end]) for start, end in _spans(cells, width)]


def guess_height(text: str, width: int) -> int:
    """About how many rows `wrap` gives, at a tenth of its cost."""
    return 1 + len(text) // max(width, NARROWEST) + text.count("\n")


def fit(text: str, cells: int) -> str:
    """`text` in exactly so many cells, with "…" where it is cut."""
    if cell_len(text) <= cells:
        return set_cell_size(text, cells)
    return set_cell_size(set_cell_size(text, cells - 1).rstrip() + "…", cells) if cells > 0 else ""


def _spans(text: str, width: int) -> list[Span]:
    return [match.span(match.lastindex or 0) for match in _rows(max(width, NARROWEST))(text)] or [(0, 0)]


@cache
def _rows(width: int) -> Callable[[str], Iterator[re.Match[str]]]:
    """Finds rows: a line's end or words that fit, else as much of a word as fits, never half a character.

    The newline alone has an empty group, so that a match's last group is always the row.
    """
    words = f"([^\n]{{1,{width}}})(?: +\n?|\n|\\Z)"
    piece = f"([^\n]{{{width}}}(?!{_SECOND_HALF})|[^\n]{{{width - 1}}})"
    return re.compile(f"{words}|{piece}|()\n").finditer


def _in_cells(text: str) -> tuple[str, list[int]]:
    """`text` with one character for each cell, and for each of them (and the end) its place in `text`."""
    cells: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        size = 1 if char == "\n" else get_character_cell_size(char)
        cells.append((char + _SECOND_HALF)[:size])
        places += [place] * size
    return "".join(cells), [*places, len(text)]
