"""What the parts of the desk have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from officer_console.model.queue import Queue

from .announcer import Announcer
from .drafts import Drafts
from .keychain import Keychain
from .outbox import Outbox
from .record import Record


class Surroundings(NamedTuple):
    """What every part of the desk may use. `clock` in ms of this machine, `skew()` what the relay's clock is ahead of
    it; `record(cid)` what is known of a conversation."""

    chain: Keychain
    queue: Queue
    outbox: Outbox
    drafts: Drafts
    announcer: Announcer
    clock: Callable[[], int]
    skew: Callable[[], int]
    record: Callable[[str], Record | None]

    @property
    def me(self) -> str:
        """This officer."""
        return self.queue.me

    def now(self) -> int:
        """Relay's clock as well as known, ms."""
        return self.clock() + self.skew()
