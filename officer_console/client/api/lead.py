"""What a shift lead sees and does."""

from __future__ import annotations

from typing import Literal, Protocol

from officer_console.model.events import Level
from officer_console.model.overview import Overview


class Lead(Protocol):
    """The whole desk, and a lead's acts. What is about a conversation waits on disk when the relay can't be reached;
    what is about the desk or an officer does not: it is said at once that it was not done. All raise Refused when rules
    forbid it, OSError when the disk takes nothing."""

    @property
    def overview(self) -> Overview:
        """Kept for leads and the wallboard; empty for all others."""
        ...

    @property
    def within(self) -> frozenset[str]:
        """Conversations that this officer has stepped into, and not out of again."""
        ...

    def assign(self, cid: str, to: str) -> None:
        """Give a conversation, waiting or held, to the officer `to`. If another holds it by then, it is refused."""
        ...

    def take_over(self, cid: str) -> None: ...

    def raise_urgency(self, cid: str, level: Level) -> None: ...

    def whisper(self, cid: str, text: str) -> None:
        """Words between leads and who holds it; no visitor's page ever gets them. For the holder, too. Raises
        ValueError for no words or too many."""
        ...

    def step_in(self, cid: str, way: Literal["read", "join"], reason: str) -> None:
        """Read along, or write too; everybody sees it, and the visitor is told. Raises ValueError without a reason."""
        ...

    def step_out(self, cid: str) -> None: ...

    def pause(self, way: Literal["pause", "divert"], reason: str) -> None:
        """Let nobody new in, or send them elsewhere. Raises Refused("network") when there is no link."""
        ...

    def resume(self) -> None:
        """As `pause`."""
        ...

    def call_break(self, kid: str) -> None:
        """Ask an officer to take a break. As `pause`."""
        ...
