"""What an operator must see of the desk itself: whether somebody answers, and whether anybody can write at all."""

from __future__ import annotations

from officer_console.vault.errors import VaultError

from .connected import Connected
from .log.interface import Clock, Log
from .members import Members
from .metrics import Metrics


def watch_desk(metrics: Metrics, log: Log, connected: Connected, members: Members, clock: Clock) -> None:
    """Add the desk's gauges; each is asked for when it is read."""
    metrics.watch("log_healthy", "1 while what is written can be stored.", lambda: float(log.healthy))
    metrics.watch("unreadable_records", "Records that can't be read.", lambda: log.quarantined)
    metrics.watch("officers_on_duty", "Officers and shift leads who are connected.", lambda: len(connected.on_duty()))
    metrics.watch("rooms_on_duty", "Members of the dispatch room who are connected.", lambda: len(connected.rooms()))
    metrics.watch(
        "desk_key_seconds",
        "Seconds until the newest desk key ends; without one nobody can write.",
        lambda: _left(members, clock() // 1000),
    )


def _left(members: Members, now: int) -> float:
    try:
        return float(members.directory.desk_key(now).exp - now)
    except VaultError:
        return 0.0
