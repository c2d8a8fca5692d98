"""Files that hold keys: readable by their owner alone, and never half written."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from officer_console.errors import reason
from officer_console.locale import _

from .errors import VaultError


def read_file(path: Path) -> bytes | None:
    """The bytes of a file; None when there is none. Raises VaultError."""
    with _explained(path):
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the file's place (0600), on disk before this returns; a crash leaves the old or the new
    one.

    Raises VaultError.
    """
    with _explained(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
            os.replace(fresh, path)
        except BaseException:
            os.unlink(fresh)
            raise
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder can't be opened, and a rename is on disk by itself
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        refusal = _("the file {path} can't be used: {reason}")
        raise VaultError(refusal.format(path=path, reason=reason(error))) from error
