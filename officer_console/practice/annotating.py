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


def take_back(own: Path, id: str, remark: Remarked) -> None:
    """Take the words out of the station's own file again. Raises UserError when they are not there, VaultError,
    SessionError."""
    target = own / f"{id}{SUFFIX}"
    lines = [line for line in (read_file(target) or b"").split(b"\n") if line.strip()]
    found = next((number for number, line in enumerate(lines) if read_line(line) == remark), None)
    if found is None:
        raise UserError(_("these words are not in your own {file}").format(file=target))
    written = b"".join(line + b"\n" for number, line in enumerate(lines) if number != found)
    parse(written, id)
    replace_file(target, written)


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
