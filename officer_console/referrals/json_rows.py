"""The rows of a large JSON file, one after the other: the file is the list, or an object with one member that is it.

Python's own parser reads row by row from a window over the file, 350 MB a second. ijson, which is made for this, keeps
the whole path of every level: a file of 100,000 opening brackets takes 50 GB of memory there, here a plain refusal.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from typing import Any, Final

from officer_console.locale import _

CHUNK: Final = 2**20
MOST_OF_A_ROW: Final = 16 * 2**20
"""Characters; a row that does not end within them is none. The largest known has 40,000."""
_SPACE: Final = " \t\r\n"
_GOES_ON: Final = ("", *".eE+-0123456789")
"""What can follow a part of a number; "" is the edge of the window."""


class BrokenJson(ValueError):
    """A file that is no JSON, or not all of one; the message says where and why."""


def rows_of(read: Callable[[int], bytes]) -> Iterator[Any]:
    """Each row as it is read. Raises BrokenJson for anything that is not whole JSON with a list, and nothing else."""
    window = _Window(read)
    match window.peek():
        case "[":
            yield from window.items()
        case "{":
            yield from _members(window)
        case _:
            raise BrokenJson(_("has no list of places; is it the right file?"))
    if window.peek():
        raise window.broken(_("there is something behind its end"))


def _members(window: _Window) -> Iterator[Any]:
    """The rows of the first member that is a list; all others are read over."""
    found = False
    window.take("{")
    while window.peek() != "}":
        window.value()
        window.take(":")
        if window.peek() == "[" and not found:
            found = True
            yield from window.items()
        else:
            window.value()
        if window.peek() != "}":
            window.take(",")
    window.take("}")
    if not found:
        raise BrokenJson(_("has no list of places; is it the right file?"))


class _Window:
    """A part of the file as text, and where in it the next thing begins."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._text = ""
        self._at = 0
        self._before = 0
        self._ended = False
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._parse = json.JSONDecoder().raw_decode

    def peek(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def take(self, char: str) -> None:
        """Go over `char`, which must be next."""
        if self.peek() != char:
            raise self.broken(_("{char} is missing").format(char=repr(char)))
        self._at += 1

    def items(self) -> Iterator[Any]:
        """The values of a list that begins here."""
        self.take("[")
        while self.peek() != "]":
            yield self.value()
            if self.peek() != "]":
                self.take(",")
        self.take("]")

    def value(self) -> Any:
        """The value that begins here."""
        self.peek()
        while True:
            try:
                value, end = self._parse(self._text, self._at)
            except RecursionError:
                raise self.broken(_("lists inside lists go too deep")) from None
            except ValueError:
                self._must_have_more()
                continue
            if self._text[end : end + 1] in _GOES_ON and self._more():
                continue  # a number at the edge of the window: "-1" of "-1.5e3"
            self._at = end
            return value

    def broken(self, why: str) -> BrokenJson:
        """The error, with the place in the file."""
        told = _("is not whole JSON: {why} (character {n})")
        return BrokenJson(told.format(why=why, n=self._before + self._at + 1))

    def _must_have_more(self) -> None:
        if len(self._text) - self._at > MOST_OF_A_ROW:
            raise self.broken(_("a row does not end"))
        if not self._more():
            raise self.broken(_("a value is broken, or the file ends too early"))

    def _more(self) -> bool:
        """Read on; whether there was something."""
        if self._ended:
            return False
        part = self._read(CHUNK)
        self._ended = not part
        try:
            text = self._decoder.decode(part, final=self._ended)
        except UnicodeDecodeError:
            raise BrokenJson(_("is not UTF-8 text")) from None
        self._before += self._at
        self._text, self._at = self._text[self._at :] + text, 0
        return bool(text) or (not self._ended and self._more())
