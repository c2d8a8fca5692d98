"""What plays on a practice desk: a session sat in, or a recording that is watched."""

from __future__ import annotations

from typing import Protocol

from officer_console.practice.moments import Did


class Stage(Protocol):
    """Times are ms of practice."""

    def advance(self, now: int) -> None:
        """Everything up to now happens."""
        ...

    def wake_at(self) -> int | None:
        """When something happens next by itself; None: nothing will."""
        ...

    def did(self, cid: str, did: Did) -> None:
        """The trainee did something."""
        ...
