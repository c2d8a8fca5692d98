"""A relay that has not heard of what others have appended judges nobody by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from officer_console.model.envelope import Envelope
from officer_console.model.events import Claimed, Draft, Released
from officer_console.protocol.refusals import Refused
from officer_console.relay.log.interface import Conflict
from officer_console.relay.log.nats_link import ApiError, Unreachable
from officer_console.relay.registrar import Registrar
from officer_console.relay.service import Running
from tests.relay.peers import VisitorPeer, random_id

from .conftest import House, deafen
from .test_side_by_side import until


@pytest.fixture
async def two(house: House) -> AsyncIterator[tuple[Running, Running]]:
    """Two relays; the desk was founded through the first."""
    async with house.relay("one") as one, house.relay("two") as two:
        await house.found(one, house.station.lead)
        await until(lambda: two.relay.context.members.founded)
        yield one, two


def deafened(relay: Running) -> Registrar:
    """Of a relay that hears of nothing any more that another one appends."""
    deafen(relay)
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
    other = deafened(two[1])
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
    other = deafened(two[1])
    for registrar in (one, one, other, one, other):
        message = visitor.seal("encore")
        env = Envelope(message.h, message.n, message.c)
        event = await registrar.say(visitor.cid, "v", "v", env)
        assert await other.say(visitor.cid, "v", "v", env) == event == await one.say(visitor.cid, "v", "v", env)
    assert other.require(visitor.cid).visitor_count == 6


async def test_it_appends_to_what_was_read_since_its_last_look(house: House, two: tuple[Running, Running]) -> None:
    """What is read may be newer than what was looked for: a relay that did not know its own reading stood still."""
    one, other = (relay.relay.context.registrar for relay in two)
    visitor = VisitorPeer(two[0].url, house.station)
    async with visitor.talking("un"):
        await until(lambda: other.queue.waiting_size == 1)
    other = deafened(two[1])
    log = two[1].relay.context.log
    before = other.require(visitor.cid)
    for _ in range(2):
        message = visitor.seal("encore")
        event = await one.say(visitor.cid, "v", "v", Envelope(message.h, message.n, message.c))
        if event.id == "v.1":
            assert await log.has_news(visitor.cid, before.seq)
    for event in await log.read(before.seq, 100, visitor.cid):
        other.learn(event)
    assert other.require(visitor.cid).seq == event.seq
    message = visitor.seal("et encore")
    async with asyncio.timeout(5):
        stored = await other.say(visitor.cid, "v", "v", Envelope(message.h, message.n, message.c))
    assert stored.id == "v.3"


async def test_a_log_that_contradicts_itself_refuses(
    house: House, two: tuple[Running, Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And does not ask it for ever, which would stop everybody."""
    one = two[0].relay.context
    visitor = VisitorPeer(two[0].url, house.station)
    async with visitor.talking("un"):
        pass

    async def moved(draft: Draft, expected: int | None = None) -> None:
        raise Conflict

    monkeypatch.setattr(one.log, "append", moved)
    async with asyncio.timeout(5):
        assert await refusal(one.registrar.submit(Draft(visitor.cid, "c", "me", Claimed()), "officer")) == "storage"


async def test_a_conversation_that_it_has_not_heard_of(house: House, two: tuple[Running, Running]) -> None:
    other = deafened(two[1])
    visitor = VisitorPeer(two[0].url, house.station)
    async with visitor.talking("un"):
        assert other.queue.get(visitor.cid) is None
        assert await other.submit(Draft(visitor.cid, random_id(), "me", Claimed()), "officer")
        assert other.require(visitor.cid).holder == "me"
    assert await refusal(other.submit(Draft("A" * 22, random_id(), "me", Claimed()), "officer")) == "unknown"


async def test_the_key_of_a_conversation_that_it_has_not_heard_of(
    house: House, two: tuple[Running, Running], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it a console would show what it has just read as sealed. Nobody answering is not nothing there."""
    deafen(two[1])
    shelf, link = two[1].relay.context.shelf, two[1].relay.context.log.link  # type: ignore[attr-defined]
    visitor = VisitorPeer(two[0].url, house.station)
    async with visitor.talking("un"):
        assert (await shelf.openings([visitor.cid]))[visitor.cid].box == visitor.opening.box

        async def elects(*_: object, **__: object) -> None:
            raise ApiError(10008, "JetStream system temporarily unavailable")

        async def unreachable(*_: object) -> None:
            raise Unreachable

        monkeypatch.setattr(link, "ask", elects)
        assert await shelf._keys._ask(f"o.{visitor.cid}"), "any server has it"  # type: ignore[attr-defined]
        monkeypatch.setattr(link, "fetch", unreachable)
        assert await refusal(shelf._keys._ask(f"o.{visitor.cid}")) == "storage"  # type: ignore[attr-defined]


async def test_a_conversation_that_was_erased_elsewhere(house: House, two: tuple[Running, Running]) -> None:
    one, other = (relay.relay.context.registrar for relay in two)
    visitor = VisitorPeer(two[0].url, house.station)
    async with visitor.talking("un"):
        await until(lambda: other.queue.waiting_size == 1)
    other = deafened(two[1])
    gone = await one.erase(visitor.cid, "v", "v", "erased")
    assert await refusal(other.submit(Draft(visitor.cid, random_id(), "me", Claimed()), "officer")) == "erased"
    assert await other.erase(visitor.cid, "v", "v", "erased") == gone
