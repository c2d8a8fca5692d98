"""The headless visitor plays the page's part: she says where she is, and hears that help is coming."""

from __future__ import annotations

import asyncio
import time

from officer_console.client.visitor import Visitor
from officer_console.model.bodies import About, Help, Place
from officer_console.protocol.visitor_events import Unreadable
from officer_console.relay.service import Running
from officer_console.vault.primitives import signing_public
from tests.relay.peers import Station

from .officer import on_duty


async def test_her_place_there_and_help_back(relay: Running, station: Station) -> None:
    happened: list[object] = []
    visitor = Visitor(relay.url, signing_public(station.root), about=About(ts=0, lang="fr"), told=happened.append)
    async with asyncio.timeout(30), on_duty(relay.url, station) as desk, visitor:
        before = time.time_ns() // 1_000_000
        number = visitor.share_place(48_804_200, 2_120_400, 35)
        assert number == 1
        cid = await desk.placed()
        (place,) = desk.places[cid]
        assert place == Place(ts=place.ts, lat=48_804_200, lon=2_120_400, acc=35)
        assert place.ts >= before
        await visitor.stored(number)
        await desk.claim(cid)
        await desk.say(cid, "Je demande une patrouille.")
        await desk.help(cid, "Elle arrive.")
        await visitor.until(lambda visitor: len(visitor.heard) == 2)
        assert visitor.texts == ["Je demande une patrouille.", "Elle arrive."]
        (coming,) = visitor.helps
        assert coming == Help(ts=0, b="Elle arrive.", case=coming.case)
        await desk.until(lambda: cid in desk.presence and desk.presence[cid].read == 2)
        await desk.tell(cid, place)
        await visitor.until(lambda _visitor: any(isinstance(each, Unreadable) for each in happened))
        assert len(visitor.heard) == 2
