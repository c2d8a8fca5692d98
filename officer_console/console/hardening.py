"""Closes the ways by which an open conversation could leave this process."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import MutableMapping
from typing import Final

PR_SET_DUMPABLE: Final = 4
"""linux/prctl.h"""

HARMLESS: Final = frozenset(
    {"TEXTUAL_ANIMATIONS", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_FILTERS", "TEXTUAL_DISABLE_KITTY_KEY"}
)
"""Textual's switches that help with a terminal. The others log keys and screens, send them to another
process, or press keys."""


def harden() -> None:
    """No core file, no debugger, none of Textual's own logs. Call it before Textual is imported."""
    forget_switches(os.environ)
    if os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def forget_switches(environment: MutableMapping[str, str]) -> None:
    """Take Textual's switches out of the environment."""
    for name in [name for name in environment if name.startswith("TEXTUAL") and name not in HARMLESS]:
        del environment[name]
