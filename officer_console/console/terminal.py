"""What terminals send and Textual does not know, and how they go away."""

from __future__ import annotations

import contextlib
from enum import Enum
from typing import Any, Final, TextIO, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.driver import Driver


class _Taught(Enum):
    ALT_ENTER = "alt+enter"
    ALT_1 = "alt+1"
    ALT_2 = "alt+2"
    ALT_3 = "alt+3"
    ALT_4 = "alt+4"


SEQUENCES: Final = {
    "\x1b\r": _Taught.ALT_ENTER,
    "\x1b1": _Taught.ALT_1,
    "\x1b2": _Taught.ALT_2,
    "\x1b3": _Taught.ALT_3,
    "\x1b4": _Taught.ALT_4,
}
"""Without this, Alt+Enter is read as Enter: it would send half a message to somebody in danger. Alt+1 is read as the
letter "¡" that a Mac writes with it, and so on."""


def teach_keys() -> None:
    """Let Textual know the sequences; more than once changes nothing."""
    known = cast("dict[str, Any]", ANSI_SEQUENCES_KEYS)
    known.update({sequence: (key,) for sequence, key in SEQUENCES.items()})


class Lasting:
    """A terminal's file that takes everything, also when the terminal is gone (its window closed, the line cut).

    An error would end the thread that writes, and the whole console would then wait for it to write, for ever: its
    officer on duty, and nothing of hers put on disk.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def lasting(driver: type[Driver]) -> type[Driver]:
    """The same driver, writing to a `Lasting` file."""

    class LastingDriver(driver):  # type: ignore[misc, valid-type]
        _file: Any

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._file = Lasting(self._file)

    return LastingDriver
