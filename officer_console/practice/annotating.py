"""A trainer's words at a moment of a session: put into the station's own copy of its file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.vault.files import read_file, replace_file

from .fields import SUFFIX
from .format import Recorded, Remarked, read_line, write_line
from .reading import parse

_clock = re.compile(r"(?:(\d{1,4}):)?(\d{1,5})").fullmatch


def moment(text: str) -> int:
    """Ms of "2:30" or of "150" seconds. Raises UserError."""
    found = _clock(text)
    if not found:
        raise UserError(_("a moment is minutes and seconds, as in 2:30, not {text}").format(text=text[:20]))
    return 1000 * (60 * int(found[1] or 0) + int(found[2]))


def annotate(source: Path, own: Path, at: int, text: str, by: str = "") -> Path:
    """Put the words into the station's own file, made from `source` when there is none. Raises UserError, VaultError,
    SessionError when what comes of it is no session."""
    target = own / f"{source.name.removesuffix(SUFFIX)}{SUFFIX}"
    data = read_file(target) or read_file(source) or b""
    written = b"".join(line + b"\n" for line in _with(data, Remarked(at=at, text=text, by=by)))
    parse(written, target.name.removesuffix(SUFFIX))
    own.mkdir(parents=True, exist_ok=True)
    replace_file(target, written)
    return target


def _with(data: bytes, remark: Remarked) -> Iterator[bytes]:
    """The lines with the remark before the first that happens later; at the end when none does."""
    due = True
    for line in filter(bytes.strip, data.split(b"\n")):
        read = read_line(line)
        if due and isinstance(read, Recorded) and read.at > remark.at:
            yield write_line(remark)
            due = False
        yield line
    if due:
        yield write_line(remark)
