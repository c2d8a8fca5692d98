"""What goes wrong in a way that the person at the keyboard can mend.

    UserError               one plain sentence on stderr, an exit code, never a traceback
    └── config.ConfigError  the report of every problem in a configuration file

Every room that meets such a failure derives its own from `UserError`.
"""

from __future__ import annotations

import difflib
import errno
import os
import socket
from collections.abc import Iterable
from typing import Final

from officer_console.locale import N_, _

REASONS: Final = {
    errno.EACCES: N_("access is not allowed"),
    errno.EPERM: N_("access is not allowed"),
    errno.EADDRINUSE: N_("another program listens there already; choose another port or stop it"),
    errno.EADDRNOTAVAIL: N_("this machine has no such address"),
    errno.ECONNREFUSED: N_("nobody answers at this address"),
    errno.EEXIST: N_("it exists already"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOENT: N_("there is no such file or folder"),
    errno.ENOSPC: N_("the disk is full; free some space"),
    errno.ENOTDIR: N_("it is not a folder"),
    errno.EROFS: N_("the disk is read-only"),
}
"""The system's failures that a person can mend, in plain words; for all others the system's own words do."""


class UserError(Exception):
    """A failure that says in plain words what is wrong and what to do; `code` is the exit code, never 0."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def nearest(name: str, valid: Iterable[str]) -> str:
    """The valid name that looks most like `name`, or "" when none does."""
    return next(iter(difflib.get_close_matches(name, list(valid), n=1, cutoff=0.6)), "")


def did_you_mean(guess: str) -> str:
    """The end of a sentence that proposes `guess`; empty when there is no guess."""
    return _("; did you mean {name}?").format(name=guess) if guess else ""


def reason(error: OSError) -> str:
    """Why the system refused, without the addresses that `str(error)` can hold."""
    if isinstance(error, TimeoutError):
        return _("no answer came in time")
    if isinstance(error, socket.gaierror):
        return _("the name of the other machine is not known")
    if type(error).__module__ == "ssl":  # its numbers are OpenSSL's, not the system's
        return _("TLS failed; check the certificate, its key, and the clock")
    known = REASONS.get(error.errno or 0)
    return _(known) if known else os.strerror(error.errno) if error.errno else type(error).__name__
