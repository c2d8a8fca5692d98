"""Whether a file system keeps what is written over: then erasing in place erases nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_MOUNTS: Final = Path("/proc/self/mountinfo")
_COPYING: Final = frozenset({"bcachefs", "btrfs", "f2fs", "nilfs2", "zfs"})
"""They write to another place than where the old content is."""
_JOURNALED: Final = "data=journal"
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")


def keeps_what_is_written_over(folder: Path, mounts: str | None = None) -> str:
    """What of a folder's file system does so; "" when nothing is known that does. `mounts`: as in mountinfo of
    proc(5), this process's own when left out."""
    if mounts is None:
        try:
            mounts = _MOUNTS.read_text()
        except OSError:
            return ""
    kind, options = _mount_of(folder.resolve(), mounts)
    if kind in _COPYING:
        return kind
    return f"{kind}, {_JOURNALED}" if _JOURNALED in options else ""


def _mount_of(folder: Path, mounts: str) -> tuple[str, list[str]]:
    """Kind and options of the file system that a folder is on: of two mounts that fit, the deeper or later one."""
    found, depth = ("", list[str]()), -1
    for line in mounts.splitlines():
        mount, _dash, system = line.partition(" - ")
        where = Path(_ESCAPED.sub(lambda code: chr(int(code[1], 8)), mount.split()[4]))
        if folder.is_relative_to(where) and len(where.parts) >= depth:
            kind, _source, options = system.split()
            found, depth = (kind, options.split(",")), len(where.parts)
    return found
