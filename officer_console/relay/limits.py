"""How much one may send. Counters live in memory only, by conversation or key name, never by network address."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

MAX_BUCKETS = 20_000
Seconds = Callable[[], float]


class _Bucket(msgspec.Struct):
    tokens: float
    at: float


class Buckets:
    """A token bucket for each name: `burst` at once, then `per_s` a second. `clock` in seconds, monotonic."""

    def __init__(self, burst: float, per_s: float, clock: Seconds) -> None:
        self._burst = burst
        self._per_s = per_s
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def take(self, name: str) -> bool:
        """Whether one more is allowed; takes it if so."""
        now = self._clock()
        bucket = self._buckets.get(name)
        if bucket is None:
            self._make_room(now)
            bucket = self._buckets[name] = _Bucket(self._burst, now)
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._per_s)
        bucket.at = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def forget(self, name: str) -> None:
        """Nothing of this name stays."""
        self._buckets.pop(name, None)

    def _make_room(self, now: float) -> None:
        if len(self._buckets) < MAX_BUCKETS:
            return
        full = self._burst / self._per_s
        self._buckets = {name: each for name, each in self._buckets.items() if now - each.at < full}
