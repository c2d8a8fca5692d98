"""Records stored in a cluster's streams, tried again while it elects who leads: one patience for all of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Mapping
from typing import Final

from officer_console.protocol.refusals import Refused

from .nats_link import ACK_S, ApiError, Link, Unreachable

PATIENCE_S: Final = 12.0
"""Seconds for which an append is tried again before it is refused: electing a new leader takes 4 to 9, and then come
the votes. Who is refused just before tries again only seconds later."""
UNLINKED_S: Final = 1.5
"""Seconds for which it is tried again without a connection: another server is found in less."""
PAUSE_S: Final = 0.1
SOON_S: Final = 0.4
"""Seconds that an append has to be acknowledged while no leader is found: it may be lost."""
log = logging.getLogger(__name__)


class Appends:
    """`healthy` while what is given is stored; `refused` when JetStream itself said no the last time.

    `led` is told from outside: a leader of the stream was found. What is not acknowledged puts that in `doubt`, and
    until it is found again nothing is sent again: a leader that is cut off takes in whatever comes, and later gets rid
    of it one by one, some seconds each, before it can follow the next leader.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self.healthy = True
        self.refused = False
        self.led, self.doubt = asyncio.Event(), asyncio.Event()
        self.led.set()

    async def store(self, subject: str, data: bytes, headers: Mapping[str, str]) -> int:
        """Send a record until there is an answer; its seq. Raises WrongLast or Refused("storage")."""
        begin = time.monotonic()
        until = begin + (PATIENCE_S if self.healthy else 0)  # in a long trouble nobody waits long
        while True:
            try:
                within = ACK_S if self.led.is_set() else SOON_S
                seq = await self._link.append(subject, data, dict(headers), within)
            except (ApiError, Unreachable) as error:
                until = until if self._link.connected else min(until, begin + UNLINKED_S)
                if isinstance(error, ApiError) or time.monotonic() > until:
                    self._fell_ill(error)
                    raise Refused("storage") from None
                self.led.clear()
                self.doubt.set()
                await self._pause()
            else:
                self.healthy = True
                return seq

    async def _pause(self) -> None:
        await asyncio.sleep(PAUSE_S)
        if self._link.connected:
            with contextlib.suppress(TimeoutError):  # then it is tried all the same: whoever looks may be wrong
                async with asyncio.timeout(ACK_S):
                    await self.led.wait()

    def _fell_ill(self, error: Exception) -> None:
        if self.healthy:  # said once, not for each who tries
            log.error("the cluster stores nothing: %s", error if isinstance(error, ApiError) else "no answer")
        self.healthy, self.refused = False, isinstance(error, ApiError)
