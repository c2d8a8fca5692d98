"""The last lines of the board: the keys that do something now."""

from __future__ import annotations

from officer_console.console.board.keys import BY_ID
from officer_console.console.widgets.key_lines import KeyLines


class KeyLine(KeyLines):
    """See `KeyLines`."""

    def __init__(self) -> None:
        super().__init__(BY_ID)
