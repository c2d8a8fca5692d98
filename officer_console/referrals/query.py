"""What an officer typed, understood: words, a department, a postcode. 20 µs a query."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from . import fold
from .departments import as_department, department_of
from .vocabulary import department_words, stop_words

LONGEST = 200
"""Characters of a query that are looked at."""
MOST_WORDS = 12
LEAST_OF_A_NUMBER = 4
"""Figures from which numbers side by side are tried as one telephone number."""


class Query(msgspec.Struct, frozen=True):
    """`words`: what is looked for, in their order; `typing`: whether the last one may go on."""

    words: tuple[str, ...]
    department: str = ""
    postcode: str = ""
    typing: bool = True

    @property
    def area(self) -> str:
        """The department that was typed, as such or by a postcode."""
        return self.department or department_of(self.postcode)


def understand(text: str, numbers: Sequence[str] = ()) -> Query:
    """`text` as a query. `numbers`: the known telephone numbers, so that "39 19" and "0 800 05" are found."""
    typed = _numbers_joined(fold.words(text[:LONGEST])[: 2 * MOST_WORDS], numbers)
    words: list[str] = []
    department = postcode = ""
    at = 0
    while at < len(typed):
        word = typed[at]
        number = as_department(typed[at + 1]) if word in department_words() and at + 1 < len(typed) else ""
        if number:
            department, at = number, at + 1
        elif _is_department(word, numbers):
            department = as_department(word)
        elif department_of(word) and word not in numbers:
            postcode = word
        else:
            words.append(word)
        at += 1
    telling = [word for word in words if word not in stop_words()] or words
    typing = not text[-1:].isspace()
    return Query(tuple(dict.fromkeys(telling))[:MOST_WORDS], department, postcode, typing)


def _is_department(word: str, numbers: Sequence[str]) -> bool:
    """ "75", "974" and "2a", but not "17" and "119", which are numbers to call."""
    return len(word) in (2, 3) and word[0].isdigit() and word not in numbers and bool(as_department(word))


def _numbers_joined(typed: list[str], numbers: Sequence[str]) -> list[str]:
    """ "39", "19" as "3919": as many as begin a known number."""
    joined: list[str] = []
    while typed:
        size = next((n for n in range(len(typed), 1, -1) if _begins_a_number(typed[:n], numbers)), 1)
        joined.append("".join(typed[:size]))
        typed = typed[size:]
    return joined


def _begins_a_number(parts: Sequence[str], numbers: Sequence[str]) -> bool:
    whole = "".join(parts)
    told = len(whole) >= LEAST_OF_A_NUMBER and all(map(str.isdigit, parts))
    return told and any(number.startswith(whole) for number in numbers)
