"""A relay that has not heard of what others have appended judges nobody by it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from officer_console.model.envelope import Envelope
from officer_console.model.events import Claimed, Draft, Released
from officer_console.protocol.refusals import Refused
from officer_console.relay.registrar import Registrar
from officer_console.relay.service import Running
from tests.relay.peers import VisitorPeer, random_id

from .conftest import House
from .test_side_by_side import until


@pytest.fixture
async def two(house: House) -> AsyncIterator[tuple[Running, Running]]:
    """Two relays; the desk was founded through the first."""
    async with house.relay("one") as one, house.relay("two") as two:
        await house.found(one, house.station.lead)
        await until(lambda: two.relay.context.members.founded)
        yield one, two


def deafen(relay: Running) -> Registrar:
    """From now on this relay hears of nothing that another one appends."""
    relay.relay.context.log._tasks[0].cancel()  # type: ignore[attr-defined]
    return relay.relay.context.registrar


async def refusal(work: object) -> str:
    with pytest.raises(Refused) as caught:
        await work  # type: ignore[misc]
    return caught.value.code


async def test_it_asks_before_it_refuses(house: House, two: tuple[Running, Running]) -> None:
    one, other = (relay.relay.context.registrar for relay in two)
    visitor = VisitorPeer(two[0].url, house.station)
    async with visitor.talking("un"):
        await until(lambda: other.queue.waiting_size == 1)
    other = deafen(two[1])
    mine, theirs = Draft(visitor.cid, random_id(), "me", Claimed()), Draft(visitor.cid, random_id(), "she", Claimed())
    assert await one.submit(mine, "officer")
    assert await refusal(other.submit(theirs, "officer")) == "taken", "it knows who was quicker"
    assert await other.submit(mine, "officer") == await one.submit(mine, "officer"), "sent again, elsewhere"
    assert await one.submit(Draft(visitor.cid, random_id(), "me", Released()), "officer")
    assert await other.submit(Draft(visitor.cid, random_id(), "me", Claimed()), "officer"), (
        "he does not hold it any more"
    )


async def test_a_message_that_follows_what_it_has_not_heard_is_taken(
    house: House, two: tuple[Running, Running]
) -> None:
    one, other = (relay.relay.context.registrar for relay in two)
    visitor = VisitorPeer(two[0].url, house.station)
    async with visitor.talking("un"):
        await until(lambda: other.queue.waiting_size == 1)
    other = deafen(two[1])
    for registrar in (one, one, other, one, other):
        message = visitor.seal("encore")
        env = Envelope(message.h, message.n, message.c)
        event = await registrar.say(visitor.cid, "v", "v", env)
        assert await other.say(visitor.cid, "v", "v", env) == event == await one.say(visitor.cid, "v", "v", env)
    assert other.require(visitor.cid).visitor_count == 6


async def test_a_conversation_that_it_has_not_heard_of(house: House, two: tuple[Running, Running]) -> None:
    other = deafen(two[1])
    visitor = VisitorPeer(two[0].url, house.station)
    async with visitor.talking("un"):
        assert other.queue.get(visitor.cid) is None
        assert await other.submit(Draft(visitor.cid, random_id(), "me", Claimed()), "officer")
        assert other.require(visitor.cid).holder == "me"
    assert await refusal(other.submit(Draft("A" * 22, random_id(), "me", Claimed()), "officer")) == "unknown"


async def test_a_conversation_that_was_erased_elsewhere(house: House, two: tuple[Running, Running]) -> None:
    one, other = (relay.relay.context.registrar for relay in two)
    visitor = VisitorPeer(two[0].url, house.station)
    async with visitor.talking("un"):
        await until(lambda: other.queue.waiting_size == 1)
    other = deafen(two[1])
    gone = await one.erase(visitor.cid, "v", "v", "erased")
    assert await refusal(other.submit(Draft(visitor.cid, random_id(), "me", Claimed()), "officer")) == "erased"
    assert await other.erase(visitor.cid, "v", "v", "erased") == gone
