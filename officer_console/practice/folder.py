"""The folder of a class as a trainer's screen looks at it, again and again: attempts, and files that are none."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from officer_console.errors import UserError, reason
from officer_console.locale import _
from officer_console.vault.files import read_file

from .attempts import SUFFIX, Attempt, load

MOST_BYTES: Final = 16 * 2**20
"""A file that is larger is no attempt."""
Stamp = tuple[int, int, int]
"""Of a file: inode, size, and when it was written. Other bytes have another stamp: files are replaced, not changed."""


class Handed(msgspec.Struct, frozen=True):
    """An attempt, and the name of its file in the folder."""

    file: str
    attempt: Attempt


class Broken(msgspec.Struct, frozen=True):
    """A file that looks like an attempt and is none, and why."""

    file: str
    why: str


class Looked(msgspec.Struct, frozen=True):
    """What is in the folder: attempts, the oldest first; files that are none."""

    handed: tuple[Handed, ...] = ()
    broken: tuple[Broken, ...] = ()


class Folder:
    """A file that has not changed is not read again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[str, tuple[Stamp, Handed | Broken]] = {}

    def look(self) -> Looked:
        """What is in it now. Raises UserError when it can't be read."""
        self._known = {name: (mark, self._read(name, mark, size)) for name, mark, size in self._files()}
        found = [one for _stamp, one in self._known.values()]
        handed = [one for one in found if isinstance(one, Handed)]
        handed.sort(key=lambda one: (one.attempt.head.at, one.attempt.head.by, one.file))
        return Looked(tuple(handed), tuple(one for one in found if isinstance(one, Broken)))

    def _files(self) -> Iterator[tuple[str, Stamp, int]]:
        """Name, stamp, and size of each; -1 of what is no file."""
        require(self.path)
        try:
            for name in sorted(os.listdir(self.path)):
                if name.endswith(SUFFIX) and not name.startswith("."):
                    yield name, *_state(self.path / name)
        except OSError as error:
            raise unread(self.path, error) from error

    def _read(self, name: str, mark: Stamp, size: int) -> Handed | Broken:
        before = self._known.get(name)
        if before and before[0] == mark:
            return before[1]
        if not 0 <= size <= MOST_BYTES:
            told = _("it has more than {n} MiB: an attempt is smaller") if size >= 0 else _("it is no file")
            return Broken(name, told.format(n=MOST_BYTES >> 20))
        try:
            return Handed(name, load(read_file(self.path / name) or b""))
        except UserError as error:
            return Broken(name, str(error))


def require(folder: Path) -> None:
    """Raises UserError when there is no such folder."""
    try:
        if not folder.is_dir():
            raise UserError(_("there is no folder {folder}").format(folder=folder))
    except OSError as error:
        raise unread(folder, error) from error


def unread(folder: Path, error: OSError) -> UserError:
    """What to tell when a folder can't be read."""
    return UserError(_("{file} can't be read: {reason}").format(file=folder, reason=reason(error)))


def _state(file: Path) -> tuple[Stamp, int]:
    """A pipe, a folder or what is gone by now counts as no file: reading it could wait for ever."""
    try:
        found = file.stat()
    except OSError:
        return (0, 0, 0), -1
    size = found.st_size if stat.S_ISREG(found.st_mode) else -1
    return (found.st_ino, found.st_size, found.st_mtime_ns), size
