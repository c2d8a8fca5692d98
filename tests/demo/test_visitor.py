"""The headless visitor against the real relay, with an officer who speaks frame by frame."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from officer_console.client.visitor import Visitor, wall_clock
from officer_console.model.bodies import About
from officer_console.model.events import Left, Said
from officer_console.protocol.commands import Claim, Close
from officer_console.protocol.frames import Done, Happened
from officer_console.protocol.refusals import Refused
from officer_console.protocol.visitor_events import HangUp, Heard, Over
from officer_console.relay.service import Running, running_relay
from officer_console.vault.primitives import signing_public
from tests.relay.peers import DeskPeer, Station, found_desk, founded_relay, officer, random_id, relay_config

WAIT_S = 30
SOON_S = 5


@pytest.fixture
def station() -> Station:
    return Station(wall_clock() // 1000)


@asynccontextmanager
async def both(folder: Path, station: Station) -> AsyncIterator[tuple[Visitor, DeskPeer]]:
    async with (
        asyncio.timeout(WAIT_S),
        founded_relay(folder, station) as relay,
        officer(relay.url, station, station.lead) as lead,
        visitor_of(relay, station) as visitor,
    ):
        yield visitor, lead


def visitor_of(relay: Running, station: Station) -> Visitor:
    return Visitor(relay.url, signing_public(station.root), about=About(ts=0, lang="fr", postcode="69003"))


async def take(lead: DeskPeer, visitor: Visitor) -> None:
    """Read the opening, and claim the conversation once something is written in it."""
    opened = await lead.wire.until(Happened)
    lead.take_key(opened.e)
    about = (await lead.wire.until(Happened)).e
    assert lead.histories[visitor.cid].accept(about.what.env, "v") is None
    lead.read((await lead.wire.until(Happened)).e)
    assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)


async def left_how(lead: DeskPeer) -> str:
    while True:
        event = (await lead.wire.until(Happened)).e
        if isinstance(event.what, Left):
            return event.what.how


async def test_she_writes_and_hears_and_reads(tmp_path: Path, station: Station) -> None:
    async with both(tmp_path, station) as (visitor, lead):
        await visitor.stored(visitor.say("il est derrière la porte"))
        await take(lead, visitor)
        await visitor.until(lambda v: v.status is not None and v.status.state == "held")
        assert isinstance(await lead.do(lead.say(visitor.cid, "êtes-vous en sécurité ?")), Done)
        await visitor.until(lambda v: v.texts == ["êtes-vous en sécurité ?"])
        events = visitor.events()
        assert [each async for each in first_of(events, Heard)] == visitor.heard
        assert visitor.duty


async def first_of(events: AsyncIterator[object], kind: type) -> AsyncIterator[object]:
    async for each in events:
        if isinstance(each, kind):
            yield each
            return


@pytest.mark.parametrize("how", ["goodbye", "exit", "closed"])
async def test_how_she_leaves_is_known(tmp_path: Path, station: Station, how: str) -> None:
    async with both(tmp_path, station) as (visitor, lead):
        await visitor.stored(visitor.say("bonjour"))
        await visitor.leave(how)  # type: ignore[arg-type]
        assert await left_how(lead) == how
        assert visitor.over == "left"
        with pytest.raises(Refused):
            visitor.say("encore")
        with pytest.raises(Refused):
            await visitor.until(lambda v: bool(v.heard))


async def test_what_is_written_without_a_network_arrives_once(tmp_path: Path, station: Station) -> None:
    async with both(tmp_path, station) as (visitor, lead):
        await visitor.stored(visitor.say("un"))
        await take(lead, visitor)
        visitor.lose_network()
        await visitor.until(lambda v: not v.online)
        last = [visitor.say(text) for text in ("deux", "trois")][-1]
        answer = lead.say(visitor.cid, "je suis là")
        assert isinstance(await lead.do(answer), Done)
        assert lead.histories[visitor.cid].accept(answer.env, lead.keys.kid) is None
        visitor.find_network()
        await visitor.stored(last)
        assert visitor.texts == ["je suis là"]
        heard = [await next_said(lead) for _ in range(2)]
        assert heard == ["deux", "trois"]


async def test_who_waits_until_she_is_back_is_told(tmp_path: Path, station: Station) -> None:
    """That all has come which was missing may be the last that the relay says for long."""
    async with both(tmp_path, station) as (visitor, _lead):
        await visitor.stored(visitor.say("il est là"))
        read = visitor._read

        async def one_by_one(link: AsyncIterable[str]) -> None:
            async def until_online() -> AsyncIterator[str]:
                async for text in link:
                    await asyncio.sleep(0.01)  # whoever was woken has looked by then
                    if not visitor.online:
                        yield text

            await read(until_online())  # type: ignore[arg-type]

        visitor.lose_network()
        await visitor.until(lambda v: not v.online)
        visitor._read = one_by_one  # type: ignore[method-assign, assignment]
        visitor.find_network()
        async with asyncio.timeout(SOON_S):
            await visitor.until(lambda v: v.online)


async def test_nobody_has_answered_yet_and_she_comes_back_at_once(tmp_path: Path, station: Station) -> None:
    async with both(tmp_path, station) as (visitor, _lead):
        await visitor.stored(visitor.say("il est là"))
        visitor.lose_network()
        await visitor.until(lambda v: not v.online)
        visitor.find_network()
        await visitor.until(lambda v: v.online)
        await visitor.stored(visitor.say("encore"))
        assert not [each for each in visitor._happened if isinstance(each, HangUp)]


async def next_said(lead: DeskPeer) -> str:
    while True:
        event = (await lead.wire.until(Happened)).e
        if isinstance(event.what, Said) and event.by == "v":
            return lead.read(event)


async def test_the_relay_may_stop_and_start(tmp_path: Path, station: Station) -> None:
    async with asyncio.timeout(WAIT_S), AsyncExitStack() as stack:
        async with founded_relay(tmp_path, station) as relay:
            visitor = await stack.enter_async_context(visitor_of(relay, station))
            await visitor.stored(visitor.say("avant"))
            port = relay.port
        number = visitor.say("pendant")
        async with running_relay(relay_config(tmp_path), port):
            await visitor.stored(number)


async def test_erased_is_erased_for_both(tmp_path: Path, station: Station) -> None:
    async with both(tmp_path, station) as (visitor, lead):
        await visitor.stored(visitor.say("efface"))
        await visitor.erase()
        assert visitor.over == "erased"
        while (await lead.wire.until(Happened)).e.kind != "erased":
            pass


async def test_she_writes_after_the_close(tmp_path: Path, station: Station) -> None:
    async with both(tmp_path, station) as (visitor, lead):
        await visitor.stored(visitor.say("bonjour"))
        await take(lead, visitor)
        close: Close = lead.close(visitor.cid)
        assert isinstance(await lead.do(close), Done)
        await visitor.until(lambda v: v.status is not None and v.status.state == "closed")
        await visitor.stored(visitor.say("encore une question"))
        await visitor.until(lambda v: v.status is not None and v.status.state == "waiting")


async def test_another_root_key_is_not_written_to(tmp_path: Path, station: Station) -> None:
    stranger = Station(station.now)
    async with asyncio.timeout(WAIT_S), founded_relay(tmp_path, station) as relay:
        happened: list[object] = []
        root = signing_public(stranger.root)
        async with Visitor(relay.url, root, told=happened.append) as visitor:
            visitor.say("secret")
            await visitor.until(lambda v: any(getattr(each, "code", "") == "bad_signature" for each in happened))
            assert visitor.accepted == 0
        assert relay.relay.context.registrar.queue.seq == 0


async def test_a_desk_that_is_not_founded_is_not_written_to(tmp_path: Path, station: Station) -> None:
    async with asyncio.timeout(WAIT_S), running_relay(relay_config(tmp_path), 0) as relay:
        happened: list[object] = []
        async with Visitor(relay.url, signing_public(station.root), told=happened.append) as visitor:
            visitor.say("bonjour")
            await visitor.until(lambda v: any(getattr(each, "code", "") == "not_founded" for each in happened))
        await found_desk(relay, station)
        async with visitor_of(relay, station) as visitor:
            await visitor.stored(visitor.say("bonjour"))
            await visitor.leave("exit")
            assert Over("left") in [each async for each in visitor.events()]
