"""Two relays over one log: whoever is connected to either sees one desk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from websockets.asyncio.client import connect

from officer_console.model.events import Assigned
from officer_console.model.roster import Duty
from officer_console.protocol import codec
from officer_console.protocol.commands import Assign, CallBreak, Claim, Entry, Publish, TellDuty, Wrap
from officer_console.protocol.frames import (
    Ack,
    BreakCalled,
    Challenge,
    DeskLive,
    Directory,
    Done,
    Erase,
    Gone,
    Here,
    Joined,
    Joining,
    NoCmd,
    Pending,
    Standing,
    Status,
    Stored,
)  # fmt: skip
from officer_console.protocol.refusals import Refused
from officer_console.relay.service import Running
from officer_console.vault.directory import enrol_officer
from tests.relay.peers import Keys, VisitorPeer, Wire, officer, random_id
from tests.relay.test_hostile_desk import joining

from .conftest import House, deafen

WAIT_S = 15


async def until(fits: Callable[[], Any]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(WAIT_S):
        while not fits():
            await asyncio.sleep(0.01)


@pytest.fixture
async def two(house: House) -> AsyncIterator[tuple[Running, Running]]:
    """Two relays; the desk was founded through the first."""
    async with house.relay("one") as one, house.relay("two") as two:
        await house.found(one, house.station.lead)
        await until(lambda: two.relay.context.members.founded)
        yield one, two


async def test_a_talk_across_relays(house: House, two: tuple[Running, Running]) -> None:
    one, other = two
    visitor = VisitorPeer(one.url, house.station)
    async with visitor.talking("au secours") as page, officer(other.url, house.station, house.station.lead) as lead:
        await lead.meet(visitor.cid)
        assert lead.read(await lead.happened("said", visitor.cid)) == "au secours"
        claimed = await lead.do(Claim(visitor.cid, random_id()))
        assert isinstance(claimed, Done)
        while not (await page.until(Status)).linked:
            pass
        assert isinstance(await lead.do(lead.say(visitor.cid, "je suis là")), Done)
        assert (await page.until(Stored)).seq > claimed.seq
        await page.send(visitor.seal_live())
        assert (await lead.wire.until(DeskLive)).cid == visitor.cid


async def test_presence_is_the_clusters(house: House, two: tuple[Running, Running]) -> None:
    one, other = two
    visitor = VisitorPeer(one.url, house.station)
    async with visitor.talking("bonjour"):
        await until(lambda: other.relay.context.connected.visitor_here(visitor.cid))
        async with officer(other.url, house.station, house.station.lead):
            await until(lambda: one.relay.context.connected.on_duty() == [house.station.lead.kid])
        await until(lambda: one.relay.context.connected.on_duty() == [])
    await until(lambda: not other.relay.context.connected.visitor_here(visitor.cid))


async def test_a_visitor_comes_back_to_the_other_relay(house: House, two: tuple[Running, Running]) -> None:
    one, other = two
    visitor = VisitorPeer(one.url, house.station)
    async with visitor.talking("un", "deux") as page:
        message = visitor.seal("trois")
        await page.send(message)
        seq = (await page.until(Ack)).seq
    visitor.url = other.url
    async with visitor.wire(resume_after=0) as page:
        here = await page.until(Here)
        assert here.seq >= seq
        await page.send(message)  # its answer was lost: it counts once
        assert (await page.until(Ack)).seq == seq
        marker = VisitorPeer(one.url, house.station)
        async with marker.talking("après"):
            pass
        async with asyncio.timeout(WAIT_S):  # who leaves the same relay behind her is given up behind her
            while "left" not in [event.kind for event in await one.relay.context.log.read(0, 100, marker.cid)]:
                await asyncio.sleep(0.02)
    events = await other.relay.context.log.read(0, 100, visitor.cid)
    assert [event.id for event in events if event.kind == "said"] == ["v.0", "v.1", "v.2"]
    assert "left" not in [event.kind for event in events], "she is at the other relay"


async def test_a_relay_that_has_not_heard_of_her_yet_asks(house: House, two: tuple[Running, Running]) -> None:
    """She comes back quicker than the news of her conversation."""
    one, other = two
    deafen(other)
    visitor = VisitorPeer(one.url, house.station)
    async with visitor.talking("un"):
        assert other.relay.context.registrar.queue.get(visitor.cid) is None
        visitor.url = other.url
        async with visitor.wire(resume_after=0) as page:
            assert (await page.until(Stored)).n and (await page.until(Here)).seq > 0
        conversation = other.relay.context.registrar.require(visitor.cid)
        assert conversation.visitor_count == 1
    stranger = VisitorPeer(other.url, house.station)
    async with stranger.connect() as ws:
        await ws.send(codec.padded(stranger.resume()))
        assert "unknown" in await ws.recv()


async def test_an_erasure_reaches_every_relay(house: House, two: tuple[Running, Running]) -> None:
    one, other = two
    visitor = VisitorPeer(one.url, house.station)
    async with visitor.talking("efface-moi") as page:
        box = visitor.opening.box.encode()
        files = [relay.relay._folder / "keys.slots" for relay in two]  # type: ignore[attr-defined]
        await until(lambda: all(box in file.read_bytes() for file in files))
        await page.send(Erase(visitor.cid))
        await page.until(Gone)
        await until(lambda: not any(box in file.read_bytes() for file in files))
        assert box not in house.servers.raw()
    assert await other.relay.context.shelf.opening(visitor.cid) is None
    with pytest.raises(Exception, match="erased"):
        other.relay.context.registrar.require(visitor.cid)


async def test_who_joins_through_one_is_known_to_the_other(house: House, two: tuple[Running, Running]) -> None:
    one, other = two
    async with (
        officer(one.url, house.station, house.station.lead) as lead,
        officer(other.url, house.station, house.station.lead) as elsewhere,
    ):
        keys, entry = house.station.enrol("Officer")
        wrap = house.station.wrap(keys)
        assert isinstance(await lead.do(Publish([entry], [wrap])), Done)
        while not (told := await elsewhere.wire.until(Directory)).entries:
            assert told.wraps  # the lead's own, which came to that relay after she had logged in
        assert told.entries == [entry]
        async with officer(other.url, house.station, keys) as newcomer:
            assert newcomer.keys is keys
        await until(lambda: wrap.box.encode() in (other.relay._folder / "keys.slots").read_bytes())
        assert await other.relay.context.shelf.wraps(keys.kid) == [(wrap.key, wrap.box)]
        again = Wrap(wrap.key, house.station.lead.kid, house.station.wrap(house.station.lead).box)
        assert isinstance(await lead.do(Publish([], [again])), Done)
        told = await elsewhere.wire.until(Directory)
        assert told.wraps == [again]


async def test_how_officers_are_on_duty_is_known_everywhere(house: House, two: tuple[Running, Running]) -> None:
    """A lead at one relay gives a conversation to an officer at the other, and calls him to a break."""
    one, other = two
    async with AsyncExitStack() as stack:
        lead = await stack.enter_async_context(officer(one.url, house.station, house.station.lead))
        keys, entry = house.station.enrol("Officer")
        assert isinstance(await lead.do(Publish([entry], [house.station.wrap(keys)])), Done)
        await until(lambda: keys.kid in other.relay.context.members.directory.members)
        visitor = VisitorPeer(one.url, house.station)
        await stack.enter_async_context(visitor.talking("bonjour"))
        async with officer(other.url, house.station, keys) as colleague:
            duty = Duty(since=1000, capacity=2, languages=("en",))
            assert isinstance(await colleague.do(TellDuty(duty)), Done)
            while duty not in [each.duty for each in (await lead.wire.until(Standing)).officers if each.linked]:
                pass
            assert isinstance(await lead.do(CallBreak(keys.kid)), Done)
            assert (await colleague.wire.until(BreakCalled)).by == house.station.lead.kid
            assert isinstance(await lead.do(Assign(visitor.cid, random_id(), keys.kid)), Done)
            assert (await colleague.happened("assigned", visitor.cid)).what == Assigned(keys.kid)
        await until(lambda: not one.relay.context.roster.answers(keys.kid))
        assert (await lead.do(CallBreak(keys.kid))).code == "not_on_duty"


async def test_who_asks_at_one_is_let_in_at_the_other(house: House, two: tuple[Running, Running]) -> None:
    one, other = two
    async with (
        officer(one.url, house.station, house.station.lead) as lead,
        connect(f"ws://{other.url.split('://')[1]}/desk", compression=None) as ws,
    ):
        newcomer = Wire(ws, codec.desk_out)
        await newcomer.until(Challenge)
        keys = Keys("Newcomer")
        await newcomer.send(joining(keys))
        await newcomer.until(Pending)
        asked = await lead.wire.until(Joining)
        async with officer(one.url, house.station, house.station.lead) as later:
            assert await later.wire.until(Joining) == asked, "whoever comes later hears of it too"
        entry = enrol_officer(
            house.station.directory, house.station.lead.sig, keys.applicant, "officer", house.station.now
        )
        house.station.directory = house.station.directory.extend([entry])
        wrap = house.station.wrap(keys)
        assert isinstance(await lead.do(Publish([Entry(entry.s, entry.sig)], [wrap])), Done)
        joined = await newcomer.until(Joined)
        assert joined.entries[-1].s == entry.s


async def test_news_of_the_directory_is_learnt_however_long_it_takes(
    house: House, two: tuple[Running, Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = two
    refusals = 3
    members = other.relay.context.members
    refresh = members.refresh

    async def slow(wraps: object = ()) -> None:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise Refused("storage")
        await refresh(wraps)  # type: ignore[arg-type]

    monkeypatch.setattr(members, "refresh", slow)
    async with officer(one.url, house.station, house.station.lead) as lead:
        _, entry = house.station.enrol("Officer")
        assert isinstance(await lead.do(Publish([entry], [])), Done)
        await until(lambda: members.heads() == one.relay.context.members.heads())
    assert refusals < 0


@pytest.mark.parametrize("count", [4])
async def test_of_claims_at_both_one_wins(house: House, two: tuple[Running, Running], count: int) -> None:
    one, other = two
    officers = [house.station.lead]
    async with AsyncExitStack() as stack:
        async with officer(one.url, house.station, house.station.lead) as lead:
            enrolled = [house.station.enrol(f"Officer {number}") for number in range(1, count)]
            officers += [keys for keys, _ in enrolled]
            publish = Publish([entry for _, entry in enrolled], [house.station.wrap(keys) for keys, _ in enrolled])
            assert isinstance(await lead.do(publish), Done)
        await until(lambda: other.relay.context.members.heads() == one.relay.context.members.heads())
        desks = [
            await stack.enter_async_context(officer(two[number % 2].url, house.station, keys))
            for number, keys in enumerate(officers)
        ]
        visitor = VisitorPeer(one.url, house.station)
        async with visitor.talking("bonjour"):
            await until(lambda: other.relay.context.registrar.queue.get(visitor.cid))
            await until(lambda: other.relay.context.registrar.queue.waiting_size == 1)
            answers = await asyncio.gather(*(desk.do(Claim(visitor.cid, random_id())) for desk in desks))
            (winner,) = [desk for desk, answer in zip(desks, answers, strict=True) if isinstance(answer, Done)]
            lost = [answer for answer in answers if isinstance(answer, NoCmd)]
            assert [(each.code, each.who) for each in lost] == [("taken", winner.keys.kid)] * (count - 1)
            events = await one.relay.context.log.read(0, 100, visitor.cid)
            assert [event.by for event in events if event.kind == "claimed"] == [winner.keys.kid]
