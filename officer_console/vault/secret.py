"""A struct that holds secrets never shows them, neither in a traceback nor in rich's pretty printing."""

from __future__ import annotations

from typing import Any

import msgspec


class Secret(msgspec.Struct, frozen=True):
    """Base of every struct with key material."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []
