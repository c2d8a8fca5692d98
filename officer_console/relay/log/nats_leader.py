"""Whether the stream of events has a leader, and through which server it is found.

A server that is cut off from the others goes on telling for seconds that it leads, and who asks it waits for nothing;
one that is not may know no leader either, while they elect. So what is asked is each of the others: the server is left
when a leader is found through another one, and only then.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Final

from nats.errors import Error as NatsError

from .address import Address
from .nats_appends import Appends
from .nats_link import ApiError, Link, Unreachable
from .nats_streams import Streams, is_led

PROBE_S: Final = 1.0
"""Seconds between two looks, and that JetStream has to answer."""
AGAIN_S: Final = 0.1
"""Seconds between two looks while there is no leader."""
SOON_S: Final = 0.4
"""Seconds that JetStream has to answer then: what is asked while nobody leads is lost."""
LATELY_S: Final = 4.0
"""Seconds without a leader after which the others are asked: by then a leader that is cut off tells the truth."""
REFUSED_S: Final = 10.0
"""Seconds after which it is tried whether JetStream still refuses what is appended."""


class Leader:
    """Tells `appends` whether there is one, and that a trouble is over when there is."""

    def __init__(self, link: Link, appends: Appends, streams: Streams) -> None:
        self._link = link
        self._appends = appends
        self._events = streams.events
        self._found = time.monotonic()

    @property
    def lately(self) -> bool:
        """Whether one was found, now or a moment ago."""
        return time.monotonic() - self._found < LATELY_S

    async def watch(self) -> None:
        """Look for ever, whether anybody appends or not."""
        led = self._appends.led
        while True:
            if await self._is_found(self._link, PROBE_S if led.is_set() else SOON_S):
                led.set()
                if not self._appends.healthy:  # when JetStream itself refused, it is the next append that tells
                    await asyncio.sleep(REFUSED_S if self._appends.refused else 0)
                    self._appends.healthy = True
                self._found = time.monotonic()
            else:
                led.clear()
                if self._link.connected and not self.lately and (where := await self._better()):
                    await self._link.leave(where)
            await self._pause()

    async def _pause(self) -> None:
        if self._appends.led.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PROBE_S):
                    await self._appends.doubt.wait()
        else:
            await asyncio.sleep(AGAIN_S)
        self._appends.doubt.clear()

    async def _better(self) -> Address | None:
        """One of the other servers through which a leader is found."""
        others = self._link.others()
        found = await asyncio.gather(*map(self._is_beyond, others))
        return next((where for where, led in zip(others, found, strict=True) if led), None)

    async def _is_beyond(self, where: Address) -> bool:
        link = Link(where)
        try:
            async with asyncio.timeout(PROBE_S):
                await link.connect()
                return await self._is_found(link, PROBE_S)
        except (TimeoutError, NatsError, OSError):
            return False
        finally:
            await asyncio.shield(link.close())

    async def _is_found(self, link: Link, within: float) -> bool:
        """No, too, when JetStream says nothing soon, or that it can't."""
        try:
            info = await link.ask(f"STREAM.INFO.{self._events}", within=within)
        except (Unreachable, ApiError):
            return False
        return is_led(info.get("cluster"))
