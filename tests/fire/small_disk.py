"""A small disk of its own for one folder, to be filled to the last byte. Needs root."""

from __future__ import annotations

import errno
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Final

BALLAST: Final = "ballast"
BLOCK: Final = 4096


class SmallDisk:
    """A file system in memory, of so many MiB, mounted on a folder that is there and empty; `with` unmounts it."""

    def __init__(self, folder: Path, mib: int) -> None:
        self._folder = folder
        self._mib = mib

    def __enter__(self) -> SmallDisk:
        options = f"size={self._mib}m,mode=0700"
        command = ["mount", "-t", "tmpfs", "-o", options, "oc-fire", str(self._folder)]
        subprocess.run(command, check=True, capture_output=True)
        return self

    def __exit__(self, *error: object) -> None:
        subprocess.run(["umount", "--lazy", str(self._folder)], check=False, capture_output=True)

    def fill(self) -> None:
        """Leave no room, not even for one byte."""
        handle = os.open(self._folder / BALLAST, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            for size in (1 << 20, BLOCK, 1):
                _write_all(handle, bytes(size))
        finally:
            os.close(handle)

    def free(self) -> None:
        """Give the room back."""
        (self._folder / BALLAST).unlink(missing_ok=True)

    def room(self) -> int:
        """Bytes that are free."""
        told = os.statvfs(self._folder)
        return told.f_bavail * told.f_frsize


def _write_all(handle: int, piece: bytes) -> None:
    try:
        while os.write(handle, piece) == len(piece):
            pass
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def why_not() -> str:
    """Why there can be no small disk here; "" when there can."""
    if os.geteuid():
        return "mounting a small disk needs root"
    with tempfile.TemporaryDirectory() as folder:
        try:
            with SmallDisk(Path(folder), 1):
                return ""
        except (OSError, subprocess.CalledProcessError):
            return "no file system can be mounted here"
