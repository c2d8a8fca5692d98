"""Which of those who wait came from one network, so that a crowd from one place does not shut out everybody else.

In memory only, never on disk and in no log: a network is known by an HMAC of its /24 or /48 under a random key that is
made anew each hour and forgotten an hour later. So nobody can tell afterwards who came from where, and a count reaches
back one to two hours. An address of this machine is a proxy's: no network, unless the proxy names it in a header.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final

from .log.interface import Clock

HOUR_MS: Final = 3_600_000
LOWERED: Final = 10
"""An officer's verdict that a conversation was abuse of the chat puts its network behind by so many others, for an
hour at least. Shelters and police stations share one address: it waits longer, it is never refused."""
LONGEST: Final = 100
"""Characters of what a proxy says that count."""


class _Hour:
    """What is known under one key."""

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self.waits: dict[bytes, set[str]] = {}
        self.of: dict[str, bytes] = {}
        self.lowered: set[bytes] = set()

    def mark(self, network: str) -> bytes:
        return hmac.digest(self._key, network.encode(), hashlib.sha256)


class Networks:
    """`clock` in ms; `header` is the one in which a proxy names the client's address or network, "" for none."""

    def __init__(self, clock: Clock, header: str = "") -> None:
        self._clock = clock
        self._header = header.lower().encode()
        self._hours = [_Hour()]
        self._renewed = clock()

    def of(self, scope: Any) -> str:
        """The network that a connection comes from, "" when it is not known; for `begins`, and to be kept nowhere."""
        if self._header:
            said: list[bytes] = [value for name, value in scope["headers"] if name == self._header]
            return network_of(said[-1].decode("latin-1").rpartition(",")[2].strip()[:LONGEST]) if said else ""
        peer = scope.get("client")
        return network_of(peer[0]) if peer and _is_address(peer[0]) else ""

    def begins(self, cid: str, network: str, waits: Callable[[str], bool]) -> int:
        """A conversation begins to wait: how many others of its network wait already (`waits` tells of each)."""
        self._renew()
        if not network:
            return 0
        marks = [(hour, hour.mark(network)) for hour in self._hours]
        others = {other for hour, mark in marks for other in hour.waits.get(mark, ()) if other != cid and waits(other)}
        for hour, mark in marks:
            hour.waits[mark] = {other for other in hour.waits.get(mark, ()) if other in others}
        newest, mark = marks[0]
        newest.waits[mark].add(cid)
        newest.of[cid] = mark
        return len(others) + LOWERED * any(mark in hour.lowered for hour, mark in marks)

    def abused(self, cid: str) -> None:
        """An officer has closed this conversation as abuse of the chat."""
        self._renew()
        for hour in self._hours:
            if mark := hour.of.get(cid):
                hour.lowered.add(mark)

    def forget(self, cid: str) -> None:
        """It has been erased."""
        for hour in self._hours:
            if mark := hour.of.pop(cid, None):
                hour.waits.get(mark, set()).discard(cid)

    def _renew(self) -> None:
        hours = (self._clock() - self._renewed) // HOUR_MS
        if hours > 0:
            self._renewed += hours * HOUR_MS
            self._hours = [_Hour(), *self._hours[:1]] if hours == 1 else [_Hour()]


def network_of(said: str) -> str:
    """The /24 or /48 of an address, anything else as it is; "" for one of this machine or none."""
    if not _is_address(said):
        return said
    address = ip_address(said)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_loopback or address.is_unspecified:
        return ""
    return str(ip_network((address, 48 if isinstance(address, IPv6Address) else 24), strict=False))


def _is_address(said: str) -> bool:
    try:
        ip_address(said)
    except ValueError:
        return False
    return True
