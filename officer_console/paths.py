"""The folders of this program, by XDG or the system's own custom. Each is made for its owner alone (0700)."""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path

import platformdirs

from officer_console.errors import UserError, reason
from officer_console.locale import _

_NAME = "officer-console"


def config_dir() -> Path:
    """Where config.toml and the station's own themes are; not created, because reading needs no folder."""
    return platformdirs.user_config_path(_NAME, appauthor=False)


def config_file() -> Path:
    """The configuration that is read when none is named."""
    return config_dir() / "config.toml"


def themes_dir() -> Path:
    """The station's own themes."""
    return config_dir() / "themes"


def state_dir(chosen: str = "") -> Path:
    """The console's outbox, drafts and pins: `chosen` or the system's place. Raises UserError."""
    return private_dir(_or(chosen, platformdirs.user_state_path(_NAME, appauthor=False)))


def relay_dir(chosen: str = "") -> Path:
    """The relay's log and keys: `chosen` or the system's place. Raises UserError."""
    return private_dir(_or(chosen, platformdirs.user_data_path(_NAME, appauthor=False) / "relay"))


def data_dir(name: str) -> Path:
    """What this user keeps of a part of the program, in a folder of that name. Raises UserError."""
    return private_dir(platformdirs.user_data_path(_NAME, appauthor=False) / name)


def runtime_dir() -> Path:
    """What need not outlive the login: locks and sockets. Raises UserError."""
    return private_dir(platformdirs.user_runtime_path(_NAME, appauthor=False))


def private_dir(path: Path) -> Path:
    """`path`, made when missing. Raises UserError when others may enter or nothing can be written."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Trying is the only honest test: access rights say nothing about a read-only or full disk.
        with tempfile.TemporaryFile(dir=path) as probe:
            probe.write(b"\0")
        shared = os.name == "posix" and path.stat().st_mode & 0o077
    except OSError as error:
        refusal = _("the folder {path} can't be used: {reason}")
        raise UserError(refusal.format(path=path, reason=reason(error))) from error
    if shared:
        refusal = _("the folder {path} is open to others; close it with: chmod 700 {path}")
        raise UserError(refusal.format(path=path))
    return path


def hold(file: Path, taken: str) -> int:
    """Hold a file for this process alone; the kernel lets go when the process ends, however it ends. Gives the handle
    to close; raises UserError with `taken` when another process has it."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise UserError(taken) from None
    return handle


def _or(chosen: str, usual: Path) -> Path:
    return Path(chosen).expanduser() if chosen else usual
