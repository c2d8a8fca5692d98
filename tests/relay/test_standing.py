"""What a waiting page is told of its place and of the desk: at each change, and only what is so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from officer_console.protocol.commands import Claim, EraseConversation, Release
from officer_console.protocol.frames import Done, Erase, Here, Leave, Status
from officer_console.relay import standing

from .conftest import House
from .peers import VisitorPeer, Wire, random_id


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "STATUS_S", 0.0)


class Row:
    """Some who wait, first come first."""

    def __init__(self, visitors: list[VisitorPeer], pages: list[Wire]) -> None:
        self.visitors, self.pages = visitors, pages

    async def stands(self, n: int, **expected: Any) -> None:
        """Read on until this page is told so."""
        while True:
            status = await self.pages[n].until(Status)
            if all(getattr(status, name) == value for name, value in expected.items()):
                return


@pytest.fixture
async def row(house: House) -> AsyncIterator[Row]:
    async with asyncio.timeout(20), AsyncExitStack() as stack:
        visitors = [house.visitor() for _ in range(4)]
        pages = [await stack.enter_async_context(visitor.talking("bonjour")) for visitor in visitors]
        row = Row(visitors, pages)
        for n in range(1, 4):
            await row.stands(n, state="waiting", ahead=n)
        yield row


@pytest.mark.parametrize("how", ["taken", "erased by herself", "erased by a lead"])
async def test_who_goes_from_the_row_makes_room(house: House, row: Row, how: str) -> None:
    async with house.console() as lead:
        if how == "taken":
            assert isinstance(await lead.do(Claim(row.visitors[1].cid, random_id())), Done)
        elif how == "erased by herself":
            await row.pages[1].send(Erase(row.visitors[1].cid))
        else:
            assert isinstance(await lead.do(EraseConversation(row.visitors[1].cid, random_id())), Done)
        await row.stands(2, state="waiting", ahead=1, duty=True)
        await row.stands(3, state="waiting", ahead=2, duty=True)
        assert isinstance(await lead.do(Claim(row.visitors[0].cid, random_id())), Done)
        await row.stands(0, state="held", linked=True, ahead=0)
        await row.stands(2, state="waiting", ahead=0)
        await row.stands(3, state="waiting", ahead=1)


async def test_what_is_put_back_waits_again(house: House, row: Row) -> None:
    async with house.console() as lead:
        cid = row.visitors[0].cid
        assert isinstance(await lead.do(Claim(cid, random_id())), Done)
        await row.stands(1, ahead=0)
        assert isinstance(await lead.do(Release(cid, random_id())), Done)
        queue = house.relay.relay.context.registrar.queue
        await row.stands(0, state="waiting", ahead=queue.ahead(cid))
        ahead = sorted(queue.ahead(visitor.cid) or 0 for visitor in row.visitors)
        assert ahead == [0, 1, 2, 3]


async def test_who_leaves_or_comes_back_moves_the_row_as_the_desk_sees_it(house: House, row: Row) -> None:
    """A page's place is the desk's: whatever the queue makes of who has left, the others are told that."""
    queue = house.relay.relay.context.registrar.queue
    await row.pages[0].send(Leave("exit"))
    async with house.console() as lead:
        await lead.happened("left", row.visitors[0].cid)
        await row.stands(3, duty=True, ahead=queue.ahead(row.visitors[3].cid))
        async with row.visitors[0].wire(resume_after=0) as again:
            await again.until(Here)
            await lead.happened("returned", row.visitors[0].cid)
            for visitor, page in zip(row.visitors[1:], row.pages[1:], strict=True):
                port = next(each for each in house.relay.relay.context.connected.pages if each.cid == visitor.cid)
                async with asyncio.timeout(5):
                    while port.status is None or port.status.ahead != queue.ahead(visitor.cid):
                        await page.until(Status)


async def test_the_last_officer_who_goes_is_told_at_once(house: House, row: Row) -> None:
    """To those who wait, to whom he talked with, and to whom has only looked in; one of two officers is no change."""
    async with house.visitor().wire() as looking:
        async with house.console("officer") as officer:
            async with house.console("lead"):
                await officer.wire.until(Here)
                await row.stands(1, duty=True)
                assert isinstance(await officer.do(Claim(row.visitors[0].cid, random_id())), Done)
                await row.stands(0, state="held", linked=True)
            async with asyncio.timeout(5):
                while house.relay.relay.context.connected.on_duty() != [officer.keys.kid]:
                    await asyncio.sleep(0.005)
        await row.stands(0, state="held", duty=False, linked=False)
        await row.stands(1, state="waiting", duty=False)
        while (await looking.until(Status)).duty:
            pass


@pytest.mark.parametrize("role", ["trainer", "dispatch"])
async def test_who_does_not_answer_is_not_on_duty(house: House, row: Row, role: str) -> None:
    async with house.console(role) as desk:
        await desk.wire.until(Here)
        assert house.relay.relay.context.connected.on_duty() == []


async def test_a_console_that_does_not_follow_is_not_on_duty(house: House) -> None:
    async with house.console("officer", after=None):
        assert house.relay.relay.context.connected.on_duty() == []
