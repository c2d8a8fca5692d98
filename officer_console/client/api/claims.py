"""Who answers for a conversation: taken, given back, ended."""

from __future__ import annotations

from typing import Protocol


class Claims(Protocol):
    """What an officer does about a conversation as a whole."""

    def claim(self, cid: str) -> None: ...

    def take_next(self) -> str | None:
        """Claim the first waiting conversation; its cid, or None when nobody waits. Losing it to a colleague takes the
        next one by itself, with a `taken` notice."""
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
