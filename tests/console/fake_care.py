"""What a shift asks of officers, at a FakeDesk: its own figures, set by the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from officer_console.client.api import Change
from officer_console.model.exposure import Exposure

if TYPE_CHECKING:
    from tests.console.fake_desk import FakeDesk


class FakeCare:
    """See `client.api.Care`."""

    def __init__(self, desk: FakeDesk) -> None:
        self._desk = desk
        self._known: dict[str, Exposure] = {}

    # what the screens see

    def exposure(self, kid: str) -> Exposure:
        return self._known.get(kid, Exposure())

    # levers

    def set(self, kid: str, **figures: int) -> None:
        """An officer's shift is like this now."""
        self._known[kid] = Exposure(**figures)
        self._desk.emit(Change(shift=True))
