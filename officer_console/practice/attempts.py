"""Attempts on this machine, for the trainee alone: one file each (0600) in his own folder (0700), sealed with his keys
if he has some. A trainer gets one only when it is handed in on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from officer_console.errors import UserError
from officer_console.locale import _
from officer_console.paths import private_dir
from officer_console.vault.errors import VaultError
from officer_console.vault.files import read_file, replace_file
from officer_console.vault.local import LocalSeal

from .moments import Done, Entry, Moment

VERSION: Final = 1
SUFFIX: Final = ".attempt"
LATEST_MS: Final = 253_402_300_799_000
"""The last second of the year 9999: later ones have no date."""
_KIND: Final = "practice attempt"
_SEALED: Final = b"\x01"
"""First byte of a sealed attempt (LocalSeal's version); one in the clear begins with "{"."""


class Head(msgspec.Struct, frozen=True):
    """Of an attempt: which session, when it began (ms since 1970), with what seed and speed, and the overall score."""

    attempt: int
    session: str
    at: Annotated[int, Meta(ge=0, le=LATEST_MS)]
    seed: int
    speed: float
    overall: Annotated[int, Meta(ge=0, le=100)]
    end: str = ""
    by: str = ""


class Attempt(msgspec.Struct, frozen=True):
    """One attempt as it is kept: enough to judge it again."""

    head: Head
    entries: tuple[Entry, ...]


class _Happened(msgspec.Struct, frozen=True, tag_field="e", tag="moment"):
    moment: Moment


class _Doing(msgspec.Struct, frozen=True, tag_field="e", tag="done"):
    done: Done


_line: Final[msgspec.json.Decoder[_Happened | _Doing]] = msgspec.json.Decoder(_Happened | _Doing)
_head: Final = msgspec.json.Decoder(Head)


def dump(attempt: Attempt) -> bytes:
    """An attempt as JSON Lines."""
    lines = [msgspec.json.encode(attempt.head)]
    lines += [msgspec.json.encode(_Doing(e) if isinstance(e, Done) else _Happened(e)) for e in attempt.entries]
    return b"\n".join(lines) + b"\n"


def load(data: bytes) -> Attempt:
    """Read `dump`. Raises UserError."""
    first, *rest = data.splitlines() or [b""]
    try:
        head = _head.decode(first)
        lines = [_line.decode(line) for line in rest]
    except msgspec.DecodeError as error:
        raise UserError(_("this is no attempt: {detail}").format(detail=error)) from error
    if head.attempt > VERSION:
        raise UserError(_("this attempt was kept by a newer version of this program"))
    return Attempt(head, tuple(line.done if isinstance(line, _Doing) else line.moment for line in lines))


class Attempts:
    """The trainee's own. `seal`: his keys, or None when he has none."""

    def __init__(self, folder: Path, seal: LocalSeal | None = None) -> None:
        self._folder, self._seal = folder, seal

    def keep(self, attempt: Attempt) -> Path:
        """Write one down. Raises UserError, VaultError."""
        folder = private_dir(self._folder)
        file = folder / f"{attempt.head.at}-{attempt.head.session}{SUFFIX}"
        data = dump(attempt)
        replace_file(file, self._seal.seal(_KIND, data) if self._seal else data)
        return file

    def all(self) -> Iterator[Attempt]:
        """Those that can be read, the oldest first; what other keys have sealed is left out."""
        for file in sorted(self._folder.glob(f"*{SUFFIX}"), key=lambda each: each.name):
            try:
                yield self.open(file)
            except (UserError, VaultError):
                continue

    def open(self, file: Path) -> Attempt:
        """One attempt. Raises UserError, VaultError."""
        data = read_file(file)
        if data is None:
            raise UserError(_("there is no attempt {name}").format(name=file.name))
        if data.startswith(_SEALED):
            if self._seal is None:
                raise UserError(_("this attempt is sealed with your keys, which are not open"))
            data = self._seal.open(_KIND, data)
        return load(data)

    def of(self, session: str) -> Sequence[Head]:
        """The heads of earlier attempts of a session, the oldest first."""
        return [attempt.head for attempt in self.all() if attempt.head.session == session]
