"""A relay's folder belongs to one process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from officer_console.errors import UserError
from officer_console.locale import _


def lock(folder: Path) -> int:
    """Hold the folder for this process alone; the kernel lets go when the process ends, however it ends. Raises
    UserError."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise UserError(_("Another relay is using {folder}. Stop it first.").format(folder=folder)) from None
    return handle
