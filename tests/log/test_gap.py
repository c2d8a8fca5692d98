"""A stored message that can't be read, from the relay to the page and the console: the talk goes on and shows a gap."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from officer_console.config import Config
from officer_console.model.envelope import Envelope
from officer_console.model.transcript import Kind
from officer_console.protocol.commands import Claim
from officer_console.protocol.frames import Ack, Done, Here, Stored
from officer_console.relay.service import Running, running_relay
from tests.client.test_desk import on_duty
from tests.fire.served import enrolled
from tests.relay.peers import DeskPeer, Station, VisitorPeer, found_desk, officer, random_id

from .conftest import Place


@asynccontextmanager
async def at(visitor: VisitorPeer, config: Config) -> AsyncIterator[Running]:
    """A relay, and a visitor who goes to it."""
    async with running_relay(config, 0) as relay:
        visitor.url = relay.url
        yield relay


async def unreadable(relay: Running) -> float:
    """What the figure says."""
    async with httpx.AsyncClient(trust_env=False) as client:
        told = (await client.get(f"{relay.url}/metrics")).text
    (value,) = re.findall(r"^officer_console_unreadable_records (.*)$", told, re.MULTILINE)
    return float(value)


async def talk(visitor: VisitorPeer, relay: Running) -> DeskPeer:
    """She has written, and an officer has taken it; his console as it is then."""
    async with visitor.talking("un"), officer(relay.url, visitor.station, visitor.station.lead) as lead:
        await lead.meet(visitor.cid)
        lead.read(await lead.happened("said", visitor.cid))
        assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
        return lead


async def lose_one_of_each(place: Place, visitor: VisitorPeer, lead: DeskPeer) -> None:
    """Both have written once more, and it was stored like this."""
    visitor.seal("deux")
    me, history = lead.keys.kid, lead.histories[visitor.cid]
    assert history.accept(visitor.sent[-1], "v") is None
    assert history.accept(lead.say(visitor.cid, "perdu").env, me) is None
    await place.spoil(visitor.cid, "v.1", "v", b'{"kind":"said","env":{"h":"')
    await place.spoil(visitor.cid, f"{me}.0", me, b'{"kind":"said","more":1}')


async def test_page_and_console_show_that_a_message_is_missing(place: Place, tmp_path: Path) -> None:
    station = Station(int(time.time()))
    visitor, config = VisitorPeer("", station), await place.config()
    async with at(visitor, config) as relay:
        await found_desk(relay, station)
        assert await unreadable(relay) == 0
        lead = await talk(visitor, relay)
    await lose_one_of_each(place, visitor, lead)
    async with at(visitor, config) as relay:
        assert await unreadable(relay) == 2
        await page_shows_it(visitor, relay, lead)
        await console_shows_it(visitor, relay, tmp_path / "console")
        assert await unreadable(relay) == 2


async def page_shows_it(visitor: VisitorPeer, relay: Running, before: DeskPeer) -> None:
    async with officer(relay.url, visitor.station, before.keys) as lead, visitor.wire(resume_after=0) as page:
        lead.histories, lead.conversations = before.histories, before.conversations
        await page.until(Here)
        await page.send(visitor.seal("trois"))
        assert (await page.until(Ack)).id == "v.2"
        assert lead.histories[visitor.cid].accept(visitor.sent[-1], "v") is None
        assert isinstance(await lead.do(lead.say(visitor.cid, "je suis là")), Done)
        stored = await page.until(Stored)
        assert visitor.history.accept(Envelope(stored.h, stored.n, stored.c), lead.keys.kid) is not None


async def console_shows_it(visitor: VisitorPeer, relay: Running, folder: Path) -> None:
    async with on_duty(enrolled(visitor.station, visitor.station.lead, relay.url), folder) as mine:
        desk = mine.desk
        await mine.until(lambda: desk.queue.get(visitor.cid))
        desk.open(visitor.cid)
        await mine.until(lambda: any(line.text == "je suis là" for line in desk.talk.lines(visitor.cid)))
        lines = [(line.kind, line.text) for line in desk.talk.lines(visitor.cid)]
    assert (Kind.MISSING, "") in lines and lines.index((Kind.MISSING, "")) < lines.index((Kind.VISITOR, "trois"))
    assert [text for kind, text in lines if kind in (Kind.VISITOR, Kind.OFFICER)] == ["un", "trois", "je suis là"]
