"""What a check gives: every check gives findings and never raises for what it finds. Nothing is asked for: no
passphrase, no key."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from officer_console.locale import N_

WIDTH: Final = 60
"""Letters of what somebody else wrote that are shown."""
TIMEOUT_S: Final = 10


class Grade(StrEnum):
    """How bad it is; only a problem makes the exit code 1."""

    OK = N_("ok")
    WARNING = N_("warning")
    PROBLEM = N_("problem")


class Finding(msgspec.Struct, frozen=True):
    """What was looked at, what was found, and what to do."""

    grade: Grade
    about: str
    what: str
    do: str = ""


def ok(about: str, what: str) -> Finding:
    """Nothing is to be done."""
    return Finding(Grade.OK, about, what)
