"""Finding words whatever their accents and case: "coeur" finds "Cœur", "etes" finds "êtes". Pure."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from itertools import accumulate

from officer_console.console.widgets.wrapping import Span

_SPELT = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "’": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " "}
"""What decomposition (NFKD) leaves as it is."""


class _Folded(dict[int, str]):
    """Code point -> how it is compared; filled as code points are met."""

    def __missing__(self, code: int) -> str:
        parts = unicodedata.normalize("NFKD", _SPELT.get(chr(code).lower(), chr(code))).casefold()
        return self.setdefault(code, "".join(part for part in parts if not unicodedata.combining(part)))


_FOLDED = _Folded()


def fold(text: str) -> str:
    """How `text` is compared."""
    return text.lower() if text.isascii() else text.translate(_FOLDED)


def find(text: str, folded: str, needle: str) -> list[Span]:
    """Where `needle` (folded, not empty) stands in `text`; `folded` is the fold of `text`."""
    starts = _starts(folded, needle)
    if not starts or text.isascii():
        return [(start, start + len(needle)) for start in starts]
    ends = list(accumulate(len(_FOLDED[ord(char)]) for char in text))
    last = len(needle) - 1
    return [(bisect_right(ends, start), bisect_right(ends, start + last) + 1) for start in starts]


def _starts(folded: str, needle: str) -> list[int]:
    starts, at = [], folded.find(needle)
    while at >= 0:
        starts.append(at)
        at = folded.find(needle, at + len(needle))
    return starts
