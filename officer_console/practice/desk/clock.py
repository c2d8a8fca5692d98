"""The time of a practice desk: real seconds at a rate, which can change, stand still and leap. No clock of its own."""

from __future__ import annotations

from collections.abc import Callable


class Clock:
    """`seconds` only rises; `began` is the time of day at which practice begins, ms since 1970."""

    def __init__(self, seconds: Callable[[], float], began: int, rate: float = 1.0) -> None:
        self._seconds, self._began = seconds, began
        self._rate, self._playing = rate, True
        self._anchor, self._at = seconds(), 0.0
        self.leapt = 0
        """Ms of the day that passed in a moment."""

    def now(self) -> int:
        """Ms of practice since it began; what was leapt over is not in it."""
        return int(self._exact())

    def of_day(self, at: int | None = None) -> int:
        """The time of day at a moment of practice, ms since 1970; now by default."""
        return self._began + self.leapt + (self.now() if at is None else at)

    def leap(self, ms: int) -> None:
        """So much has passed in a moment."""
        self.leapt += ms

    @property
    def rate(self) -> float:
        """How many seconds of practice a real one is."""
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        self._set(self._exact())
        self._rate = rate

    @property
    def playing(self) -> bool:
        """Whether time passes."""
        return self._playing

    @playing.setter
    def playing(self, playing: bool) -> None:
        self._set(self._exact())
        self._playing = playing

    def jump(self, to: int) -> None:
        """Go on from another moment."""
        self._set(float(to))

    def seconds_until(self, at: int) -> float | None:
        """Real seconds until a moment of practice, 0 when it is past; None while time stands still."""
        if not self._playing:
            return 0.0 if at <= self.now() else None
        return max(at - self._exact(), 0.0) / 1000 / self._rate

    def _exact(self) -> float:
        passed = (self._seconds() - self._anchor) * 1000 * self._rate if self._playing else 0.0
        return self._at + passed

    def _set(self, at: float) -> None:
        self._at, self._anchor = at, self._seconds()
