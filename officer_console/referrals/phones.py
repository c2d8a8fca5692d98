"""Telephone numbers as France writes them (ARCEP's numbering plan), checked and found in texts."""

from __future__ import annotations

import re
from typing import Final

_SPACES = " .\u00a0\u202f-"
_SHORT: Final = re.compile(r"1[5-8]|1(?:1[0-9]|9[0-9])|(?:10|3[0-9])\d\d|3\d{4}|11[68]\d{3}", re.ASCII)
"""Emergency (15, 17, 18; 112 to 119, 19x), short (10xx, 3xxx), SMS (3xxxx) and 116/118 numbers."""
_LONG: Final = re.compile(r"0[1-9]\d{8}|\+33[1-9]\d{8}|\+(?!33)[1-9]\d{6,14}", re.ASCII)
_SOME: Final = re.compile(rf"(?<![\w+/.:])(?:\+[1-9]|\d)(?:[{_SPACES}]?\d){{2,14}}(?![\w/:]|[.,]\d|-\d)", re.ASCII)
_LIKE_A_NUMBER: Final = re.compile(r"0[1-9]\d{8}|\+\d{8,15}|3\d{3}|116\d{3}", re.ASCII)
_GROUPS: Final = re.compile(r"3\d{3}|3\d[ \u00a0\u202f]\d\d", re.ASCII)


def digits(text: str) -> str:
    """`text` without spaces, points and hyphens."""
    return "".join(char for char in text if char not in _SPACES)


def is_phone(text: str) -> bool:
    """Whether `text` is one telephone number and nothing else; SMS numbers count."""
    bare = digits(text)
    return text == text.strip() and (_SHORT.fullmatch(bare) or _LONG.fullmatch(bare)) is not None


def found_in(text: str) -> list[str]:
    """The telephone numbers in a text, as they stand there: long ones, 116 xxx and 3xxx.

    Shorter ones are not looked for: "17" and "119" are more often ages, hours and counts.
    """
    return [match[0] for match in _SOME.finditer(text) if _is_one(match[0])]


def same_line(number: str) -> str:
    """One spelling for one line: "+33 1 80 52 33 76" and "01 80 52 33 76" are the same."""
    bare = digits(number)
    return "0" + bare[3:] if bare.startswith("+33") else bare


def _is_one(shown: str) -> bool:
    bare = digits(shown)
    if _LIKE_A_NUMBER.fullmatch(bare) is None:
        return False
    return len(bare) != len("3919") or _GROUPS.fullmatch(shown) is not None
