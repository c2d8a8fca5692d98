"""How much is taken: what is too much is refused with a code, loses nothing, and never stops somebody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from officer_console.model.conversation import State
from officer_console.protocol import codec
from officer_console.protocol.commands import Claim
from officer_console.protocol.frames import Ack, Desk, Done, Erase, Gone, No, NoCmd
from officer_console.relay.limits import Buckets

from .conftest import House, enrol_all
from .peers import DeskPeer, Station, VisitorPeer, Wire, founded_relay, random_id
from .test_rules import remark

Limited = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def limited(tmp_path: Path, station: Station) -> Limited:
    """Makes a relay with these limits."""
    members = enrol_all(station)

    @asynccontextmanager
    async def make(**limits: Any) -> AsyncIterator[House]:
        async with asyncio.timeout(20), founded_relay(tmp_path, station, **limits) as relay:
            yield House(relay, station, members)

    return make


async def tries(page: Wire, message: Any) -> str:
    """The code with which a message is refused, or "" when it is stored."""
    await page.send(message)
    answer = await page.until(Ack, No)
    return answer.code if isinstance(answer, No) else ""


# ---- how fast ------------------------------------------------------------------------------------------------------


async def test_messages_too_fast_are_refused_and_may_be_sent_again(limited: Limited) -> None:
    async with limited(messages_burst=3, messages_per_s=20) as house:
        visitor, other = house.visitor(), house.visitor()
        async with visitor.talking("un", "deux", "trois") as page:
            messages = [visitor.seal(f"{n}") for n in range(5)]
            codes = []
            for message in messages:
                await page.send(message)
            codes = [await page.until(Ack, No) for _ in messages]
            assert any(isinstance(each, No) and each.code == "rate" for each in codes)
            async with other.talking("bonjour"):  # somebody else's words are counted apart
                pass
            stored = sum(isinstance(each, Ack) for each in codes)
            for message in messages[stored:]:
                while code := await tries(page, message):
                    assert code == "rate"
            assert (await page_count(house, visitor)) == 8


async def page_count(house: House, visitor: VisitorPeer) -> int:
    return house.relay.relay.context.registrar.require(visitor.cid).visitor_count


async def test_what_is_stored_already_is_answered_however_fast_it_comes(limited: Limited) -> None:
    """After a lost line a page sends all again at once: those that have arrived cost it nothing."""
    async with limited(messages_burst=3, messages_per_s=0.01) as house:
        visitor = house.visitor()
        async with visitor.talking("un", "deux", "trois") as page:
            for _ in range(10):
                for n, env in enumerate(visitor.sent):
                    await page.send({"t": "msg", "h": env.h, "n": env.n, "c": env.c})
                    assert (await page.until(Ack, No)).id == f"v.{n}"
            assert await tries(page, visitor.seal("quatre")) == "rate"


# ---- how much ------------------------------------------------------------------------------------------------------


async def full_scene(house: House, page: Wire, visitor: VisitorPeer, lead: DeskPeer) -> None:
    """A conversation that a lead holds, with as much in it as it may have."""
    await lead.meet(visitor.cid)
    assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)


@pytest.mark.parametrize("limit", [{"messages_max": 3}, {"bytes_max": 3 * 528}], ids=["messages", "bytes"])
async def test_a_full_conversation(limited: Limited, limit: Any) -> None:
    """Nobody writes in it any more; it can be closed, read, answered again, and left."""
    async with limited(**limit) as house:
        visitor = house.visitor()
        async with house.console() as lead, visitor.talking("un", "deux") as page:
            await full_scene(house, page, visitor, lead)
            say = lead.say(visitor.cid, "trois")
            first = await lead.do(say)
            assert isinstance(first, Done)
            assert await tries(page, visitor.seal("quatre")) == "full"
            lead.histories[visitor.cid].accept(say.env, lead.keys.kid)
            no = await lead.do(lead.say(visitor.cid, "cinq"))
            assert (no.code, no.c) == ("full", lead.given)
            assert (await lead.do(say)).seq == first.seq, "what is stored is answered again"
            assert isinstance(await lead.do(lead.close(visitor.cid)), Done)
            assert (await house.stored())[-1].kind == "closed"


async def test_a_note_that_is_stored_is_answered_again_in_a_full_conversation(limited: Limited) -> None:
    async with limited(bytes_max=2 * 528 + 600) as house:
        visitor = house.visitor()
        async with house.console() as lead, visitor.talking("un", "deux") as page:
            await full_scene(house, page, visitor, lead)
            note = remark(lead, visitor.cid)
            first = await lead.do(note)
            assert isinstance(first, Done)
            assert (await lead.do(remark(lead, visitor.cid))).code == "full"
            assert (await lead.do(note)).seq == first.seq


# ---- how many ------------------------------------------------------------------------------------------------------


async def test_when_too_many_wait_no_conversation_is_opened(limited: Limited) -> None:
    async with limited(unanswered_max=2) as house, AsyncExitStack() as stack:
        first = house.visitor()
        page = await stack.enter_async_context(first.talking("un"))
        await stack.enter_async_context(house.visitor().talking("deux"))
        third = house.visitor()
        async with third.wire() as late:
            await late.send(third.opening)
            assert (await late.until(No, Ack)).code == "busy"
            assert await late.closed() == 1013
        assert await tries(page, first.seal("encore")) == "", "who waits already goes on writing"
        await page.send(Erase(first.cid))
        await page.until(Gone)
        async with third.talking("trois"):
            pass


async def test_whoever_opened_before_waits_no_more_than_others(limited: Limited) -> None:
    """Openings without a word are no way round the limit: it is looked at again when the first words come."""
    async with limited(unanswered_max=2) as house, AsyncExitStack() as stack:
        visitors = [house.visitor() for _ in range(4)]
        pages = [await stack.enter_async_context(visitor.talking()) for visitor in visitors]
        for visitor, page in zip(visitors[:2], pages, strict=False):
            assert await tries(page, visitor.seal("bonjour")) == ""
        late, message = visitors[2], visitors[2].seal("bonjour")
        await pages[2].send(message)
        no = await pages[2].until(No, Ack)
        assert no.code == "busy"
        assert await pages[2].closed() == 1013
        queue = house.relay.relay.context.registrar.queue
        assert (queue.waiting_size, queue.get(late.cid).state) == (2, State.OPENING)  # type: ignore[union-attr]
        async with house.console("officer") as officer:
            assert isinstance(await officer.do(Claim(visitors[0].cid, random_id())), Done)
        async with late.wire(resume_after=0) as again:  # there is room: the same bytes are stored
            await again.send(message)
            assert (await again.until(Ack)).id == "open"
            assert (await again.until(Ack)).id == "v.0"


async def test_who_writes_after_a_close_is_never_too_many(limited: Limited) -> None:
    async with limited(unanswered_max=1) as house:
        visitor = house.visitor()
        async with house.console() as lead, visitor.talking("un") as page:
            await lead.meet(visitor.cid)
            assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
            assert isinstance(await lead.do(lead.close(visitor.cid)), Done)
            async with house.visitor().talking("bonjour"):
                assert await tries(page, visitor.seal("encore")) == ""
                assert house.relay.relay.context.registrar.queue.waiting_size == 2


@pytest.mark.parametrize("endpoint", ["/ws", "/desk"])
async def test_as_many_connections_as_there_may_be(limited: Limited, endpoint: str) -> None:
    async with limited(visitors_total=2, consoles_total=2) as house, AsyncExitStack() as stack:
        at = f"ws://{house.host}{endpoint}"
        origin: Any = house.url if endpoint == "/ws" else None
        reads = codec.visitor_out if endpoint == "/ws" else codec.desk_out
        kept = [await stack.enter_async_context(connect(at, origin=origin)) for _ in range(2)]
        async with connect(at, origin=origin) as ws:
            wire = Wire(ws, reads)
            assert (await wire.until(No, NoCmd)).code == "busy"
            assert await wire.closed() == 1013
        await kept[0].close()
        async with asyncio.timeout(10):
            while len(house.relay.relay._sockets._open[endpoint]) > 1:
                await asyncio.sleep(0.005)
        async with connect(at, origin=origin) as ws:
            wire = Wire(ws, reads)
            if endpoint == "/ws":
                await wire.send({"t": "hello", "v": 1})
                await wire.until(Desk)
            else:
                await wire.get()


# ---- the buckets ---------------------------------------------------------------------------------------------------


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_fills_at_its_pace_and_not_beyond() -> None:
    clock = Seconds()
    buckets = Buckets(3, 0.5, clock)
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    assert buckets.take("b"), "each name by itself"
    clock.now += 1.9
    assert not buckets.take("a")
    clock.now += 0.1
    assert [buckets.take("a") for _ in range(2)] == [True, False]
    clock.now += 1000
    assert [buckets.take("a") for _ in range(4)] == [True, True, True, False]
    buckets.forget("a")
    assert buckets.take("a")


def test_names_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("officer_console.relay.limits.MAX_BUCKETS", 100)
    clock = Seconds()
    buckets = Buckets(3, 1, clock)
    for n in range(1000):
        clock.now += 0.1
        assert buckets.take(f"{n}")
    assert len(buckets._buckets) <= 130
