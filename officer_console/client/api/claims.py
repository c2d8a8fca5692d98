"""Who answers for a conversation: taken, given back, ended."""

from __future__ import annotations

from typing import Protocol

from officer_console.model.events import Level


class Claims(Protocol):
    """What an officer does about a conversation as a whole."""

    def claim(self, cid: str) -> None: ...

    def take_next(self) -> str | None:
        """Claim whom this officer takes next (model/next.py); its cid, or None when nobody waits, or only who is kept
        for others. Losing it to a colleague takes the next one by itself, with a `taken` notice."""
        ...

    @property
    def in_hand(self) -> int:
        """How many conversations I hold, and am about to."""
        ...

    def raise_urgency(self, cid: str, level: Level) -> None:
        """Hold a conversation for urgent; what it is already changes nothing, and nothing lowers it. Raises OSError,
        and Refused when rules forbid it."""
        ...

    def urgency(self, cid: str) -> str:
        """What officers raised it to ("", "amber", "red"), what is on its way too."""
        ...

    def release(self, cid: str, *, relief: bool = False) -> None:
        """Put back into the queue; `relief`: because my shift ends."""
        ...

    def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None:
        """Raises as `Talk.say`; Refused("desk_key") when no desk key is in force to seal the outcome to."""
        ...

    def erase(self, cid: str) -> None:
        """Leads only: erase a conversation for good."""
        ...
