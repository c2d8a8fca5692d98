"""What runs for ever ends when the relay stops, whatever happens in that moment."""

from __future__ import annotations

import asyncio

from .conftest import House


async def test_the_timers_end_though_something_happens_just_then(house: House) -> None:
    tending = house.relay.relay.context.tending
    for turns in range(4):
        running = asyncio.create_task(tending.run())
        await asyncio.sleep(0.01)
        tending._woken.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        running.cancel()
        done, _ = await asyncio.wait({running}, timeout=3)
        assert done, f"it goes on, cancelled {turns} turns after something happened"
