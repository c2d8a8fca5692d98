"""Text from outside, made fit to be shown: once, where it is decoded.

What is replaced is replaced visibly: a control character by its picture (U+2400 to U+2421), anything else
that is invisible, moves the writing direction, is unassigned or private by its number, as in `<U+202E>`.
What can't be kept in a grid of cells is simplified: terminals disagree about the width of joined and toned
emoji (UTS #51), so their parts are shown, and a pile of combining marks is cut. All else stays, in NFC.

A text of 200 plain characters costs 1 µs, one with odd characters about 0.2 µs a character.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

LIMIT: Final = 20_000
LEAST_LIMIT: Final = 16
"""A smaller limit has no room for the mark that says how much is left out."""
MARKS: Final = 4
"""Combining marks kept on one character; no living orthography stacks more."""
BASE: Final = "◌"
"""Carries a combining mark that has nothing to stand on: alone it would change what is drawn beside it."""
LEFT_OUT: Final = "⋮"
TAB: Final = "    "

_ZWNJ, _ZWJ = "\u200c", "\u200d"
_EMOJI = (
    "©®\u203c\u2049\u2122\u2139\u2190-\u21ff\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f3fa\U0001f400-\U0001faff"
)
_TONES = "\U0001f3fb-\U0001f3ff"
_JOINED = "\u0600-\u0dff\u0f00-\u109f\u1780-\u18af\u1a20-\u1c7f\ua840-\ua87f\ua8e0-\uabff"
"""Arabic, Syriac, Mongolian, scripts of India and South-East Asia: there joiners change how letters look."""

_PLAIN = (
    "\n -~\u00a0-\u00ac\u00ae-\u02ff\u0391-\u03a1\u03a3-\u0482\u048a-\u052f\u05d0-\u05ea\u060c\u061b\u061f"
    "\u0620-\u064a\u0660-\u066f\u0671-\u06d3\u2010-\u2027\u202f-\u205e\u20a0-\u20bf\u2190-\u2328\u232b-\u23ff"
    "\u2500-\u27bf\u3001-\u3020\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\U0001f300-\U0001f3fa"
    "\U0001f400-\U0001f64f\U0001f680-\U0001f6d7\U0001f900-\U0001f9ff"
)
"""What stays as it is wherever it stands: assigned, visible, no mark, unchanged by NFC."""

_odd = re.compile(f"[^{_PLAIN}]").search
_blank_lines = re.compile(r"\n(?:[^\S\n]*\n){3,}")
_FILLERS = frozenset(map(ord, "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"))
_SELECTORS = frozenset((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), *range(0x1F3FB, 0x1F400)))
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FIRST_PICTURE, _DELETE = 0x2400, 0x7F


def displayable(text: str, *, limit: int = LIMIT) -> str:
    """`text` with nothing hidden in it, in at most `limit` characters (16 or more).

    Ends with "…[+12]" when 12 are left out. Applied twice it changes nothing more. Lines end with "\\n".
    """
    if _odd(text):
        text = _shown(text)
    if "\n\n" in text or "\n " in text:
        text = _blank_lines.sub(f"\n{LEFT_OUT}\n", text)
    return text if len(text) <= limit else _cut(text, max(limit, LEAST_LIMIT))


def one_line(text: str, limit: int) -> str:
    """`text` as displayable words on one line, at most `limit` characters, the last one "…" when cut."""
    line = " ".join(displayable(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip(" " + _ZWNJ) + "…"


def _shown(text: str) -> str:
    dropped, stray_joiner = _joins()
    text = text.replace("\r\n", "\n").replace("\t", TAB)
    text = stray_joiner.sub(_number(ord(_ZWNJ)), dropped.sub("", text))
    return _marks_carried(unicodedata.normalize("NFC", text.translate(_VISIBLE)))


@cache
def _joins() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Selectors, tones and joiners that are left out; non-joiners that join nothing. Few texts need them made."""
    dropped = (
        f"(?<=[{_EMOJI}0-9#*])[\ufe0e\ufe0f]|(?<=[{_EMOJI}])[{_TONES}]|(?<=[{_JOINED}]){_ZWJ}(?=[{_JOINED}])"
        f"|(?:(?<=[{_EMOJI}])|(?<=[{_EMOJI}][\ufe0f{_TONES}])){_ZWJ}(?=[{_EMOJI}])"
    )
    stray_joiner = f"(?<![{_JOINED}]){_ZWNJ}|{_ZWNJ}(?![{_JOINED}])"
    return re.compile(dropped), re.compile(stray_joiner)


class _Visible(dict[int, str]):
    """Code point -> what stands for it; filled as code points are met."""

    def __missing__(self, code: int) -> str:
        return self.setdefault(code, _visible(code))


_VISIBLE = _Visible({ord("\n"): "\n", ord(_ZWNJ): _ZWNJ})


def _visible(code: int) -> str:
    if code < ord(" "):
        return chr(_FIRST_PICTURE + code)
    if code == _DELETE:
        return "␡"
    hidden = code in _FILLERS or code in _SELECTORS or unicodedata.category(chr(code)) in _HIDDEN
    return _number(code) if hidden else chr(code)


def _number(code: int) -> str:
    return f"<U+{code:04X}>"


def _marks_carried(text: str) -> str:
    """Each combining mark on a character that takes a cell, and no more than MARKS on one."""
    out, run, before = [], 0, "\n"
    for char in text:
        run = run + 1 if _is_mark(char) else 0
        if run == 1 and before in " \n":
            out.append(BASE)
        if run < MARKS or (run == MARKS and char != _ZWNJ):
            out.append(char)
        before = char
    return "".join(out)


@cache
def _is_mark(char: str) -> bool:
    """Takes no cell of its own: a combining mark, a joiner, the vowel or final of a Hangul syllable."""
    hangul = "\u1160" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff"
    return hangul or char == _ZWNJ or unicodedata.category(char)[0] == "M"


def _cut(text: str, limit: int) -> str:
    left_out = len(text) - limit
    mark = f"…[+{left_out + len(f'…[+{left_out}]')}]"
    kept = text[: limit - len(mark)].rstrip(_ZWNJ)
    return f"{kept}…[+{len(text) - len(kept)}]"
