"""A screen that knows when something stands before all of it: then nothing on it is seen, and nothing is painted."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen


class Coverable(Screen[None]):
    """What arrives while it is covered is not shown, so it must not count as read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._covers: set[str] = set()

    @property
    def covered(self) -> bool:
        """Whether something stands before the whole screen."""
        return bool(self._covers)

    @property
    def locked(self) -> bool:
        """Whether the lock does."""
        return "lock" in self._covers

    @property
    def is_current(self) -> bool:
        """Textual would paint all that stands before it again for each line that changes here."""
        return super().is_current and not self.covered

    def cover(self, covered: bool, by: str = "lock") -> None:
        """The lock, or another by its name, stands before it from now on, or no more."""
        (self._covers.add if covered else self._covers.discard)(by)
        if not self.covered:
            self.refresh()
            self.uncovered()

    def uncovered(self) -> None:
        """All of it is seen again."""
        raise NotImplementedError
