"""Who gets a conversation when several officers want it at once, or one wants it twice: one, and all know who."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from officer_console.model.conversation import State
from officer_console.model.queue import Queue
from officer_console.protocol.commands import Claim, Command, Release
from officer_console.protocol.frames import Done, NoCmd
from officer_console.relay.service import running_relay

from .conftest import House
from .peers import DeskPeer, Station, VisitorPeer, founded_relay, officer, random_id, relay_config

WAIT_S = 30
ROUNDS = 5
"""How often what is decided by chance is tried."""
Peers = list[DeskPeer]


@asynccontextmanager
async def wanted(folder: Path, station: Station, count: int) -> AsyncIterator[tuple[House, VisitorPeer, Peers]]:
    """A conversation that waits, and so many consoles of different officers (the first is a lead's)."""
    officers = [station.lead, *(station.enrol(f"Officer {n}")[0] for n in range(1, count))]
    async with asyncio.timeout(WAIT_S), founded_relay(folder, station) as relay, AsyncExitStack() as stack:
        house = House(relay, station, {"lead": station.lead})
        desks = [await stack.enter_async_context(officer(relay.url, station, keys)) for keys in officers]
        visitor = VisitorPeer(relay.url, station)
        await stack.enter_async_context(visitor.talking("bonjour"))
        yield house, visitor, desks


async def at_once(*orders: tuple[DeskPeer, Command]) -> list[Done | NoCmd]:
    """All of them, each by its own console, side by side."""
    return await asyncio.gather(*(desk.do(order) for desk, order in orders))


async def story(house: House, cid: str) -> list[tuple[str, str]]:
    """What officers did with a conversation: (kind, who)."""
    events = [event for event in await house.stored() if event.cid == cid]
    return [
        (event.kind, event.by)
        for event in events
        if event.by in {m.kid for m in house.station.directory.members.values()}
    ]


async def holder(house: House, cid: str) -> str:
    """Who holds it by the log."""
    queue = Queue()
    for event in await house.stored():
        queue.apply(event)
    conversation = queue.get(cid)
    assert conversation is not None
    return conversation.holder if conversation.state is State.HELD else ""


@pytest.mark.parametrize("count", [2, 10])
async def test_one_wins_and_the_others_learn_who(tmp_path: Path, station: Station, count: int) -> None:
    async with wanted(tmp_path, station, count) as (house, visitor, desks):
        for won in range(1, ROUNDS + 1):
            answers = await at_once(*((desk, Claim(visitor.cid, random_id())) for desk in desks))
            (winner,) = [desk for desk, answer in zip(desks, answers, strict=True) if isinstance(answer, Done)]
            lost = [answer for answer in answers if isinstance(answer, NoCmd)]
            assert [(each.code, each.who) for each in lost] == [("taken", winner.keys.kid)] * (count - 1)
            assert await holder(house, visitor.cid) == winner.keys.kid
            assert [kind for kind, _ in await story(house, visitor.cid)].count("claimed") == won
            assert isinstance(await winner.do(Release(visitor.cid, random_id())), Done)


async def test_many_claims_in_one_breath_of_each(tmp_path: Path, station: Station) -> None:
    """Nobody waits for an answer before asking again; still there is one event."""
    async with wanted(tmp_path, station, 4) as (house, visitor, desks):
        for desk in desks * 3:
            await desk.wire.send(desk.command(Claim(visitor.cid, random_id())))
        answers = [[await desk.wire.until(Done, NoCmd) for _ in range(3)] for desk in desks]
        (winner,) = [desk for desk, each in zip(desks, answers, strict=True) if isinstance(each[0], Done)]
        for desk, each in zip(desks, answers, strict=True):
            who = {answer.who for answer in each if isinstance(answer, NoCmd)}
            assert who == (set() if desk is winner else {winner.keys.kid})
        assert await story(house, visitor.cid) == [("claimed", winner.keys.kid)]


async def test_the_same_claim_again_is_the_first_event(tmp_path: Path, station: Station) -> None:
    async with wanted(tmp_path, station, 2) as (house, visitor, (one, two)):
        claim = Claim(visitor.cid, random_id())
        first = await one.do(claim)
        again = await one.do(claim)
        assert isinstance(first, Done) and first.seq and again.seq == first.seq
        stolen = await two.do(claim)
        assert stolen.code == "conflict"  # an id is its author's
        assert await story(house, visitor.cid) == [("claimed", one.keys.kid)]


async def test_another_claim_of_the_winner_makes_no_event(tmp_path: Path, station: Station) -> None:
    async with wanted(tmp_path, station, 1) as (house, visitor, (one,)):
        assert isinstance(await one.do(Claim(visitor.cid, random_id())), Done)
        assert (await one.do(Claim(visitor.cid, random_id()))).seq == 0
        assert await story(house, visitor.cid) == [("claimed", one.keys.kid)]


async def test_an_old_claim_does_not_take_what_was_put_back(tmp_path: Path, station: Station) -> None:
    """It is answered with what it did at its time, and a colleague keeps what he took since."""
    async with wanted(tmp_path, station, 2) as (house, visitor, (one, two)):
        claim = Claim(visitor.cid, random_id())
        first = await one.do(claim)
        assert isinstance(await one.do(Release(visitor.cid, random_id())), Done)
        assert (await one.do(claim)).seq == first.seq
        assert await holder(house, visitor.cid) == ""
        assert isinstance(await two.do(Claim(visitor.cid, random_id())), Done)
        assert (await one.do(claim)).seq == first.seq
        assert await holder(house, visitor.cid) == two.keys.kid


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_claim_across_a_lost_connection(tmp_path: Path, station: Station, restarted: bool) -> None:
    """Its answer never came: sent again in a new session, and to a new relay, it is the same event."""
    async with AsyncExitStack() as first:
        house, visitor, (one, two) = await first.enter_async_context(wanted(tmp_path, station, 2))
        claim = Claim(visitor.cid, random_id())
        await one.wire.send(one.command(claim))
        stored = await one.happened("claimed", visitor.cid)
        one.wire.ws.transport.abort()
        if restarted:
            await first.aclose()
            relay = await first.enter_async_context(running_relay(relay_config(tmp_path), 0))
            house = House(relay, station, house.members)
        async with officer(house.url, station, one.keys) as again, officer(house.url, station, two.keys) as other:
            answer = await again.do(claim)
            assert isinstance(answer, Done) and answer.seq == stored.seq
            late = await other.do(Claim(visitor.cid, random_id()))
            assert (late.code, late.who) == ("taken", one.keys.kid)
        assert await story(house, visitor.cid) == [("claimed", one.keys.kid)]


async def test_a_claim_that_was_lost_on_its_way_may_lose(tmp_path: Path, station: Station) -> None:
    async with wanted(tmp_path, station, 2) as (house, visitor, (one, two)):
        claim = Claim(visitor.cid, random_id())
        one.wire.ws.transport.abort()  # before it left
        assert isinstance(await two.do(Claim(visitor.cid, random_id())), Done)
        async with officer(house.url, station, one.keys) as again:
            answer = await again.do(claim)
            assert (answer.code, answer.who) == ("taken", two.keys.kid)
        assert await story(house, visitor.cid) == [("claimed", two.keys.kid)]


# ---- races with those who let go ----


async def race(house: House, visitor: VisitorPeer, desks: Peers, letting_go: Any) -> tuple[Any, Any]:
    """The first console lets go while the second claims; the two answers."""
    one, two = desks
    assert isinstance(await one.do(Claim(visitor.cid, random_id())), Done)
    gone, claimed = await at_once((one, letting_go), (two, Claim(visitor.cid, random_id())))
    return gone, claimed


@pytest.mark.parametrize("how", ["put back", "closed"])
async def test_a_claim_and_a_letting_go_at_once(tmp_path: Path, station: Station, how: str) -> None:
    """Whichever came first: the log, the answers and the next claim say the same."""
    async with wanted(tmp_path, station, 2) as (house, visitor, desks):
        one, two = desks
        await one.meet(visitor.cid)
        for _ in range(ROUNDS):
            letting_go = Release(visitor.cid, random_id()) if how == "put back" else one.close(visitor.cid)
            gone, claimed = await race(house, visitor, desks, letting_go)
            assert isinstance(gone, Done)
            if isinstance(claimed, Done):
                assert claimed.seq > gone.seq and await holder(house, visitor.cid) == two.keys.kid
            else:
                assert (claimed.code, claimed.who) == ("taken", one.keys.kid)
                assert await holder(house, visitor.cid) == ""
                assert isinstance(await two.do(Claim(visitor.cid, random_id())), Done)
            assert isinstance(await two.do(Release(visitor.cid, random_id())), Done)


async def test_a_lead_closes_what_somebody_claims(tmp_path: Path, station: Station) -> None:
    """A lead may close what waits. Either it was hers to close first and then taken out of the closed ones, or it was
    taken and then closed over the holder's head: one after the other, and no event twice."""
    async with wanted(tmp_path, station, 2) as (house, visitor, (lead, two)):
        await lead.meet(visitor.cid)
        close, claim = lead.close(visitor.cid), Claim(visitor.cid, random_id())
        closed, claimed = await at_once((lead, close), (two, claim))
        assert isinstance(closed, Done) and isinstance(claimed, Done)
        kinds = [("closed", lead.keys.kid), ("claimed", two.keys.kid)]
        told = await story(house, visitor.cid)
        assert told == (kinds if closed.seq < claimed.seq else kinds[::-1])
        assert await holder(house, visitor.cid) == (two.keys.kid if closed.seq < claimed.seq else "")


async def test_everything_at_once_leaves_a_legal_story(tmp_path: Path, station: Station) -> None:
    """Claims, puttings back and closings of all in one heap: whoever was told "done" has his event, and no other."""
    async with wanted(tmp_path, station, 5) as (house, visitor, desks):
        for desk in desks:
            await desk.meet(visitor.cid)
        for _ in range(ROUNDS):
            for desk in desks:
                for order in (
                    Claim(visitor.cid, random_id()),
                    Release(visitor.cid, random_id()),
                    desk.close(visitor.cid),
                ):
                    await desk.wire.send(desk.command(order))
        answers = [[await desk.wire.until(Done, NoCmd) for _ in range(3 * ROUNDS)] for desk in desks]
        done = sorted(each.seq for many in answers for each in many if isinstance(each, Done) and each.seq)
        told = [event for event in await house.stored() if event.kind in ("claimed", "released", "closed")]
        assert [event.seq for event in told] == done
        held = ""
        for event in told:
            assert held == "" if event.kind == "claimed" else held in (event.by, "") or event.by == station.lead.kid
            held = event.by if event.kind == "claimed" else ""
