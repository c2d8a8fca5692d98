"""Danger signals that officers confirm beside the transcript."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from officer_console.model.events import Level
from officer_console.model.signals import Confirmed


class Signals(Protocol):
    """The confirmed danger signals of every conversation."""

    def of(self, cid: str) -> Sequence[Confirmed]:
        """The danger signals that officers have confirmed, in order, each once."""
        ...

    def read_along(self) -> None:
        """From now on all words of those who wait are opened here, not the first ones alone: for who looks for signals
        in them."""
        ...

    def propose(self, cid: str, level: Level) -> None:
        """What was found in her words proposes this urgency: it counts for the order here until an officer says more.
        A lower one than before changes nothing."""
        ...

    def confirm(self, cid: str, signal: str, message: str = "") -> None:
        """Confirm a danger signal (signals.SIGNALS) that the line with the key `message` shows. Nothing takes it back,
        and nothing follows by itself. Raises ValueError for another signal, Refused("desk_key"), OSError, and Refused
        when rules forbid it."""
        ...
