"""Figures for `/metrics` (Prometheus text format). Counts and times only: no label says who or where from."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from officer_console.model.queue import Queue

from .log.interface import Clock

TICK_S: Final = 0.25
WINDOW_S: Final = 10.0


class Metrics:
    """One registry of this relay."""

    def __init__(self, queue: Queue, clock: Clock) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self._refused = Counter(
            "officer_console_refused", "Frames and commands refused.", ["code"], registry=self.registry
        )
        self.appended = Histogram(
            "officer_console_append_seconds",
            "From asking to append an event until it is on disk.",
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
            registry=self.registry,
        )
        self.lag = Lag()
        self.watch("loop_lag_seconds", "By how much the event loop was late, at most, in ten seconds.", self.lag.worst)
        self.visitors = self._gauge("visitors_connected", "Visitors' pages connected.")
        self.consoles = self._gauge("consoles_connected", "Consoles connected.")
        waiting = self._gauge("conversations_waiting", "Conversations that wait for an officer.")
        waiting.set_function(lambda: queue.waiting_size)
        held = self._gauge("conversations_held", "Conversations that an officer holds.")
        held.set_function(lambda: queue.held_size)
        oldest = self._gauge("oldest_wait_seconds", "How long the first in the queue has waited.")
        oldest.set_function(lambda: _oldest(queue, clock))
        self._gauge("log_sequence", "Sequence number of the newest event.").set_function(lambda: queue.seq)

    def watch(self, name: str, help_: str, value: Callable[[], float]) -> None:
        """One more gauge, whose value is asked for when it is read."""
        self._gauge(name, help_).set_function(value)

    def refused(self, code: str) -> None:
        self._refused.labels(code).inc()

    def timed(self) -> AbstractContextManager[object]:
        """Times what is done inside it as one append."""
        return self.appended.time()

    def text(self) -> bytes:
        return generate_latest(self.registry)

    def _gauge(self, name: str, help_: str) -> Gauge:
        return Gauge(f"officer_console_{name}", help_, registry=self.registry)


class Lag:
    """How late the event loop is: what keeps it from a timer keeps it from everybody."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=round(WINDOW_S / TICK_S))

    def worst(self) -> float:
        """Seconds."""
        return max(self._seen, default=0.0)

    async def keep(self) -> None:
        """Look, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + TICK_S
            await asyncio.sleep(TICK_S)
            self._seen.append(max(0.0, loop.time() - due))


def _oldest(queue: Queue, clock: Clock) -> float:
    first = next(queue.waiting(), None)
    return (clock() - first.waiting_since) / 1000 if first else 0.0
