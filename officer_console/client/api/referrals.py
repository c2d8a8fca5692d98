"""Where a visitor was sent on to: lines of the directory, and requests that she be called back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from officer_console.model.callback import CallBackRequest


class CallBackSeen(msgspec.Struct, frozen=True):
    """A request that the visitor be called back. `at` ms; `state`: "kept" (on this machine only), "asked", "taken" by
    the room, or "refused"; `request` None when it cannot be read here."""

    at: int
    by: str
    state: str
    request: CallBackRequest | None = None


class Referrals(Protocol):
    """What the visitor was given, and how she may be called back."""

    def given(self, cid: str) -> Sequence[str]:
        """Ids of the directory's lines that the visitor was given, in order."""
        ...

    def give(self, cid: str, line: str) -> None:
        """Record that she was given this line of the directory; once. Raises Refused("desk_key"), OSError, and Refused
        when rules forbid it."""
        ...

    def request_callback(self, cid: str, request: CallBackRequest) -> None:
        """Pass on to the dispatch room how the visitor may be called back. Raises ValueError when there is no way to
        reach her, and as `PatrolRequests.request`."""
        ...

    def callbacks(self, cid: str) -> Sequence[CallBackSeen]:
        """The requests that she be called back."""
        ...
