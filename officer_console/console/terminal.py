"""What terminals send and Textual does not know."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS


class _Taught(Enum):
    ALT_ENTER = "alt+enter"


SEQUENCES: Final = {"\x1b\r": _Taught.ALT_ENTER}
"""Without this, Alt+Enter is read as Enter: it would send half a message to somebody in danger."""


def teach_keys() -> None:
    """Let Textual know the sequences; more than once changes nothing."""
    known = cast("dict[str, Any]", ANSI_SEQUENCES_KEYS)
    known.update({sequence: (key,) for sequence, key in SEQUENCES.items()})
