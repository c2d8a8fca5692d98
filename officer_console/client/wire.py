"""The one place where this side connects: no compression, no proxy, and nothing of a frame in any log."""

from __future__ import annotations

import logging
from typing import Any, Final

from websockets.asyncio.client import connect

OPEN_TIMEOUT_S: Final = 10
QUIET: Final = logging.getLogger("officer_console.client.wire")
"""What `websockets` logs to: at DEBUG it would write every frame and header down, whatever the root logger's level."""
QUIET.setLevel(logging.WARNING)


def dial(address: str, *, max_size: int, **options: Any) -> connect:
    """A connection, for `async with`; `max_size` in bytes of a frame, `options` are those of `websockets`."""
    return connect(
        address,
        max_size=max_size,
        compression=None,
        open_timeout=OPEN_TIMEOUT_S,
        proxy=None,  # what is said here goes to the relay and nowhere else
        logger=QUIET,
        **options,
    )
