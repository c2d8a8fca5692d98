"""What was found in the conversation for the field one is in, or what can be chosen there."""

from __future__ import annotations

from typing import Final, NamedTuple

from textual.content import Content
from textual.widgets import Static

from officer_console.console.patrol_words import nature, placed
from officer_console.console.times import of_day
from officer_console.console.widgets.patrol_fields import BY_NAME, Form, offers, value
from officer_console.locale import _
from officer_console.model.known import Found, Known
from officer_console.model.patrol import NATURES, PatrolRequest
from officer_console.model.text import one_line

SHOWN: Final = 4
"""Rows there is room for, and numbers to put them in by."""
WORDS: Final = 120


class Offer(NamedTuple):
    """What would be put into which field."""

    name: str
    text: str


class PatrolOffers(Static):
    """The latest first; the one that stands in the field has a mark. Hidden while there is nothing to choose. For a
    field without any, the places are shown: that there is more than one must be seen."""

    def __init__(self) -> None:
        super().__init__(id="offers")
        self._field = ""
        self._found: tuple[Found, ...] = ()
        self._current = -1

    def show(self, known: Known | None, request: PatrolRequest, name: str) -> None:
        """For the field `name` of this request."""
        self._field, self._found = name, ()
        for candidate in [name, "place"]:
            if known and candidate and not self._found:
                self._field, self._found = candidate, offers(known, request, candidate)
        texts = [found.text for found in self._found]
        current = value(request, self._field) if self._found else ""
        self._current = texts.index(current) if current in texts else -1
        rows = _natures(request.nature) if name == "nature" else self._rows()
        self.display = bool(rows)
        self.update(Content("\n").join(rows))

    def numbered(self, number: int) -> Offer | None:
        """The one beside this number, from 1."""
        return self._at(self._first + number - 1)

    def next(self, by: int) -> Offer | None:
        """The one after (+1) or before (-1) the one that stands in the field, round at the ends."""
        count = len(self._found)
        if self._current < 0 or not count:
            return self._at(0 if by > 0 else count - 1)
        return self._at((self._current + by) % count)

    @property
    def _first(self) -> int:
        return max(0, min(self._current - 1, len(self._found) - SHOWN))

    def _at(self, index: int) -> Offer | None:
        return Offer(self._field, self._found[index].text) if 0 <= index < len(self._found) else None

    def _rows(self) -> list[Content]:
        if not self._found:
            return []
        label = _(BY_NAME[self._field].label).rstrip(" *")
        rows = [Content.styled(_("Found in the conversation: {field}").format(field=label), "$muted")]
        for n, found in enumerate(self._found[self._first : self._first + SHOWN], 1):
            mark = "●" if self._first + n - 1 == self._current else " "
            words = placed(found.text) if BY_NAME[self._field].form is Form.POINT else found.text
            told = " ".join(filter(None, [of_day(found.at) if found.at else "", one_line(words, WORDS)]))
            rows.append(Content.assemble(f"{mark} ", (f"Alt+{n}", "bold $accent"), f" {told}"))
        return rows


def _natures(code: str) -> list[Content]:
    """The kinds of facts around the one that is chosen."""
    at = NATURES.index(code)
    first = max(0, min(at - 1, len(NATURES) - SHOWN))
    rows = [Content.styled(_("{n} of {count}").format(n=at + 1, count=len(NATURES)), "$muted")]
    for each in NATURES[first : first + SHOWN]:
        here = each == code
        rows.append(Content.styled(f"{'●' if here else ' '} {nature(each)}", "bold" if here else ""))
    return rows
