"""A visitor and an officer through the real relay, frame by frame."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from officer_console.protocol.commands import Claim, History
from officer_console.protocol.frames import Ack, Done, Erase, Gone, Happened, Here, NoCmd, Past, Status, Stored

from .peers import Station, VisitorPeer, founded_relay, officer, random_id


@pytest.fixture
def station() -> Station:
    return Station(int(time.time()))


async def test_there_and_back(tmp_path: Path, station: Station) -> None:
    async with asyncio.timeout(20), founded_relay(tmp_path, station) as relay:
        visitor = VisitorPeer(relay.url, station)
        async with officer(relay.url, station, station.lead) as lead, visitor.wire() as page:
            assert isinstance(await lead.wire.get(), Here)
            assert (await page.get()).bundle is not None
            await page.send(visitor.opening)
            await page.send(visitor.seal("il est derrière la porte"))
            assert (await page.until(Ack)).id == "open"
            assert (await page.until(Ack)).id == "v.0"
            opened = await lead.wire.until(Happened)
            lead.take_key(opened.e)
            said = await lead.wire.until(Happened)
            assert lead.read(said.e) == "il est derrière la porte"
            assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
            assert (await page.until(Status)).state in ("waiting", "held")
            assert isinstance(await lead.do(lead.say(visitor.cid, "je suis là")), Done)
            answer = await page.until(Stored)
            assert answer.seq > said.e.seq


async def test_erased_for_both(tmp_path: Path, station: Station) -> None:
    async with asyncio.timeout(20), founded_relay(tmp_path, station) as relay:
        visitor = VisitorPeer(relay.url, station)
        async with officer(relay.url, station, station.lead) as lead, visitor.wire() as page:
            await page.send(visitor.opening)
            await page.send(visitor.seal("efface-moi"))
            await page.until(Ack)
            await page.send(Erase(visitor.cid))
            await page.until(Gone)
            while (await lead.wire.until(Happened)).e.kind != "erased":
                pass
            assert (await lead.do(History(visitor.cid))).code == "erased"


async def test_two_claims_have_one_winner(tmp_path: Path, station: Station) -> None:
    other, _ = station.enrol("Zoé")
    async with asyncio.timeout(20), founded_relay(tmp_path, station, other) as relay:
        visitor = VisitorPeer(relay.url, station)
        async with (
            officer(relay.url, station, station.lead) as one,
            officer(relay.url, station, other) as two,
            visitor.wire() as page,
        ):
            await page.send(visitor.opening)
            await page.send(visitor.seal("bonjour"))
            await page.until(Ack)
            await page.until(Ack)
            answers = await asyncio.gather(*(each.do(Claim(visitor.cid, random_id())) for each in (one, two)))
            assert sorted(type(each).__name__ for each in answers) == ["Done", "NoCmd"]
            lost = next(each for each in answers if isinstance(each, NoCmd))
            winner = (one, two)[0 if isinstance(answers[0], Done) else 1]
            assert (lost.code, lost.who) == ("taken", winner.keys.kid)


async def test_history_gives_the_words_to_the_holder_alone(tmp_path: Path, station: Station) -> None:
    other, _ = station.enrol("Zoé")
    async with asyncio.timeout(20), founded_relay(tmp_path, station, other) as relay:
        visitor = VisitorPeer(relay.url, station)
        async with (
            officer(relay.url, station, station.lead) as one,
            officer(relay.url, station, other) as two,
            visitor.wire() as page,
        ):
            await page.send(visitor.opening)
            await page.send(visitor.seal("bonjour"))
            await page.until(Ack)
            await page.until(Ack)
            await one.do(Claim(visitor.cid, random_id()))
            for peer, readable in ((one, True), (two, False)):
                await peer.wire.send(peer.command(History(visitor.cid)))
                past = await peer.wire.until(Past)
                assert (past.events[0].what.box != "", past.events[1].what.env is not None) == (readable, readable)
