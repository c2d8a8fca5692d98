"""Figures of two relays over one log: each counts every event once; what a console tells is with the one it told."""

from __future__ import annotations

from collections import Counter

from officer_console.protocol.commands import Claim, Tally
from officer_console.protocol.frames import Erase, Gone
from officer_console.relay.service import Running
from tests.relay.peers import VisitorPeer, officer, random_id

from .conftest import House
from .test_side_by_side import until


async def counted_at(relay: Running) -> Counter[str]:
    """What a relay has counted, by measure."""
    figures = relay.relay.context.figures
    await figures.flush()
    found = Counter[str]()
    for (_hour, measure, _value), number in await figures._store.counts(0, 10**9):
        found[measure] += number
    return found


async def test_each_relay_counts_every_event_once(house: House) -> None:
    lead = house.station.lead
    async with house.relay("one") as one, house.relay("two") as other:
        await house.found(one, lead)
        contexts = [relay.relay.context for relay in (one, other)]
        await until(lambda: contexts[1].members.founded)
        first, second = VisitorPeer(one.url, house.station), VisitorPeer(other.url, house.station)
        async with (
            first.talking("bonjour"),
            second.talking("au secours") as page,
            officer(other.url, house.station, lead) as desk,
        ):
            claimed = await desk.do(Claim(first.cid, random_id()))
            await desk.do(Tally(random_id(), "language", "fr"))
            await until(lambda: all(context.hub.cursor >= claimed.seq for context in contexts))
            await page.send(Erase(second.cid))
            await page.until(Gone)
            await until(lambda: all(context.registrar.queue.get(second.cid).state == "erased" for context in contexts))
            seen = Counter({"arrived": 2, "wait": 1, "erased": 1})
            assert await counted_at(one) == seen
            assert await counted_at(other) == seen + Counter(language=1), "told to this one"
