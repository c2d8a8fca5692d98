"""Real conversations that are kept to practise on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from officer_console.model.exports import Export


class Exports(Protocol):
    """Exports of conversations whose visitor agreed: redacted by a lead, read and countersigned by somebody else,
    sealed to the practice key. The key of each lies with its conversation at the relay, and goes when that is erased.

    All that is asked is done at once or not at all: `done` is called once, on the event loop, with the code of a
    refusal, "" when it is done, "unsure" when the link was lost before the answer. Sooner, all raise Refused:
    "network" without a link, "not_yours" when rules forbid it."""

    def all(self) -> Sequence[Export]:
        """Those that stand, the newest first."""
        ...

    def of(self, cid: str) -> Export | None:
        """The one of a conversation."""
        ...

    def send(self, cid: str, session: bytes, done: Callable[[str], None]) -> None:
        """Leads: seal a redacted session (practice/FORMAT.md) and leave it with the relay; it takes the place of an
        earlier one. Raises Refused("consent") as long as hers does not stand, ValueError when it is too large."""
        ...

    def fetch(self, cid: str, done: Callable[[bytes, str], None]) -> None:
        """The session of an export, opened, with its signatures checked, and the code. Officers and leads; trainers
        once it is countersigned."""
        ...

    def countersign(self, cid: str, session: bytes, done: Callable[[str], None]) -> None:
        """Vouch for what was read, as it was fetched: nothing in it tells who she is. Not for who redacted it."""
        ...

    def withdraw(self, cid: str, done: Callable[[str], None]) -> None:
        """End an export: nobody can open it any more. Officers and leads."""
        ...
