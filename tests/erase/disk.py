"""A whole file system in one file, mounted for a test: its raw blocks keep what a program has deleted in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

SIZE: Final = 256 * 1024 * 1024
_BLOCK: Final = 1024 * 1024
_ZEROS: Final = bytes(4096)
_PATH: Final = os.pathsep.join(("/usr/sbin", "/sbin", "/usr/bin", "/bin"))


class Disk:
    """An ext4 file system. `folder` is where it is while it is mounted."""

    def __init__(self, where: Path) -> None:
        self.folder = where / "disk"
        self._image = where / "disk.img"
        self.folder.mkdir()
        with self._image.open("xb") as image:
            image.truncate(SIZE)
        _run("mkfs.ext4", "-q", "-F", str(self._image))

    @contextmanager
    def mounted(self, options: str = "loop") -> Iterator[Path]:
        """While inside it can be written to; at the end all of it is in the image."""
        _run("mount", "-t", "ext4", "-o", options, str(self._image), str(self.folder))
        try:
            yield self.folder
        finally:
            _run("umount", str(self.folder))

    def raw(self) -> bytes:
        """Every block of the image that is not empty, in its order, whether a file has it or not."""
        found = []
        with self._image.open("rb") as image:
            while part := image.read(_BLOCK):
                blocks = (part[at : at + len(_ZEROS)] for at in range(0, len(part), len(_ZEROS)))
                found += [block for block in blocks if block != _ZEROS]
        return b"".join(found)


def new_disk(where: Path) -> Disk:
    """Skips the test where no file system may be made or mounted, and says why."""
    missing = [each for each in ("mkfs.ext4", "mount", "umount") if shutil.which(each, path=_PATH) is None]
    if missing:
        pytest.skip(f"this system has no {missing[0]}")
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    disk = Disk(where)
    try:
        with disk.mounted():
            return disk
    except subprocess.CalledProcessError as refused:
        pytest.skip(f"this system lets nobody mount a file through a loop device: {refused.stderr.strip()}")


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, text=True, timeout=60, env={"PATH": _PATH})
