"""Figures made of blocks, as large as there is room for. Pure."""

from __future__ import annotations

from typing import Final

ROWS: Final = 5
GLYPHS: Final = {
    "0": ("███", "█ █", "█ █", "█ █", "███"),
    "1": (" █ ", "██ ", " █ ", " █ ", "███"),
    "2": ("███", "  █", "███", "█  ", "███"),
    "3": ("███", "  █", "███", "  █", "███"),
    "4": ("█ █", "█ █", "███", "  █", "  █"),
    "5": ("███", "█  ", "███", "  █", "███"),
    "6": ("███", "█  ", "███", "█ █", "███"),
    "7": ("███", "  █", "  █", "  █", "  █"),
    "8": ("███", "█ █", "███", "█ █", "███"),
    "9": ("███", "█ █", "███", "  █", "███"),
    ":": (" ", "█", " ", "█", " "),
    "h": ("█  ", "█  ", "███", "█ █", "█ █"),
    "–": ("   ", "   ", "███", "   ", "   "),
}
"""Three pixels wide and five high."""


def big(text: str, width: int, height: int) -> list[str]:
    """`text`, of the letters of GLYPHS, as large as fits into so many cells; as it is where it does not fit at all."""
    glyphs = [GLYPHS[letter] for letter in text if letter in GLYPHS]
    pixels = sum(len(glyph[0]) + 1 for glyph in glyphs) - 1
    if pixels < 1 or height < ROWS or width < pixels:
        return [text]
    across = width // pixels
    down = min(height // ROWS, across)
    across = min(across, 2 * down)  # a cell is about twice as high as wide
    lines = [" ".join(glyph[row] for glyph in glyphs) for row in range(ROWS)]
    return ["".join(pixel * across for pixel in line) for line in lines for _again in range(down)]
