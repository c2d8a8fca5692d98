"""The demo's temporary folder: locked while one of its processes lives, removed at the end or by the next demo."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PREFIX: Final = "officer-console-demo-"
LOCK: Final = "demo.lock"
"""The file that is locked. A folder without it is no affair of ours: whoever made it may live and lock nothing."""


@contextlib.contextmanager
def own_folder() -> Iterator[tuple[Path, int]]:
    """A fresh folder that nobody else can read, and a file descriptor that locks it in every process that has it."""
    sweep(Path(tempfile.gettempdir()))
    folder, lock = _make()
    try:
        yield folder, lock
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep(among: Path) -> None:
    """Remove what demos of this user left whose processes are all gone (killed, or the machine was switched off)."""
    for folder in among.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            _remove_left(folder)


def running(with_file: str) -> Path | None:
    """The folder of the demo of this user that was started last, among those that run and have this file in them."""
    found = [(file.stat().st_mtime_ns, file.parent) for file in _files(with_file) if lives(file.parent)]
    return max(found)[1] if found else None


def _files(name: str) -> list[Path]:
    return [file for file in Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{name}") if _is_ours(file.parent.lstat())]


def lives(folder: Path) -> bool:
    """Whether one of its processes does."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(lock)  # whoever sweeps at this moment passes it over once
    return False


def _remove_left(folder: Path) -> None:
    if not _is_ours(folder.lstat()):
        return
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while one of its processes lives
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _is_ours(found: os.stat_result) -> bool:
    """A folder, no link to one, that nobody but this user can have put anything in."""
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) == stat.S_IRWXU


def _make() -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with contextlib.suppress(OSError):  # where nothing can be locked, nothing is swept either
            fcntl.flock(lock, fcntl.LOCK_EX)
        if folder.exists():
            return folder, lock
        os.close(lock)  # another demo swept it before it was locked
