"""What a shift has asked of an officer."""

from __future__ import annotations

from typing import Protocol

from officer_console.model.exposure import Exposure


class Care(Protocol):
    """How much each officer has had to bear in this shift."""

    def exposure(self, kid: str) -> Exposure:
        """Of one officer. Of colleagues this console knows what was held for urgent and where a patrol was asked for,
        not which danger signals were confirmed."""
        ...
