"""How long nobody has been at the keys. Pure: the clock is an argument."""

from __future__ import annotations

from collections.abc import Callable


class Idle:
    """`clock` gives seconds and only rises."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._touched = clock()

    def touch(self) -> None:
        """Somebody is there."""
        self._touched = self._clock()

    def seconds(self) -> float:
        """Since the last sign."""
        return self._clock() - self._touched
