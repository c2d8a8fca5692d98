"""Keys on paper: groups of letters that are easy to read aloud and to type, with a check on each row.

The letters are Crockford's base 32: no I, L, O, U; when read back, I and L are 1 and O is 0.
"""

from __future__ import annotations

import hashlib
from typing import Final

from officer_console.locale import _

from .errors import Malformed
from .primitives import signing_public

_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {letter: value for value, letter in enumerate(_LETTERS)} | {"I": 1, "L": 1, "O": 0}
_ROWS: Final = 4
_ROW: Final = 8
"""Bytes of the key in a row; two more are its check."""


def root_paper(priv: bytes) -> str:
    """The root key in four rows of four groups, each row with its own check."""
    parts = (priv[i * _ROW : (i + 1) * _ROW] for i in range(_ROWS))
    return "\n".join(f"{row}: {_groups(part + _check(row, part))}" for row, part in enumerate(parts, 1))


def read_root_paper(text: str) -> bytes:
    """The root key from its four rows. Raises Malformed, naming the row that is mistyped."""
    rows = [line for line in text.splitlines() if line.strip()]
    if len(rows) != _ROWS:
        raise Malformed(_("the root key on paper has {n} rows").format(n=_ROWS))
    priv = b"".join(_row(number, line) for number, line in enumerate(rows, 1))
    signing_public(priv)
    return priv


def fingerprint(pub: bytes) -> str:
    """The first 100 bits of a public key's SHA-256 in five groups, to be compared by eye or voice."""
    return _groups(hashlib.sha256(pub).digest(), 20)


def _row(number: int, line: str) -> bytes:
    letters = line.rpartition(":")[2].upper().replace("-", "").replace(" ", "")
    try:
        value = 0
        for letter in letters:
            value = value * 32 + _VALUES[letter]
        data = value.to_bytes(_ROW + 2)
    except (KeyError, OverflowError):
        data = b""
    if len(letters) != (_ROW + 2) * 8 // 5 or _check(number, data[:_ROW]) != data[_ROW:]:
        raise Malformed(_("row {n} of the root key is mistyped").format(n=number))
    return data[:_ROW]


def _check(number: int, part: bytes) -> bytes:
    return hashlib.sha256(b"desk/1 paper\n%d" % number + part).digest()[:2]


def _groups(data: bytes, letters: int = 0) -> str:
    letters = letters or len(data) * 8 // 5
    value = int.from_bytes(data) >> (len(data) * 8 - letters * 5)
    text = "".join(_LETTERS[value >> 5 * i & 31] for i in reversed(range(letters)))
    return "-".join(text[i : i + 4] for i in range(0, letters, 4))
