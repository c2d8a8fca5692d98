"""Frames to a page have the sizes of WIRE_SIZES and no other: whatever happens, their size tells only the bucket."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import pytest
from websockets.exceptions import ConnectionClosed

from officer_console.protocol import codec
from officer_console.protocol.commands import Claim
from officer_console.protocol.frames import Bye, Done, Erase, Gone, Here, Msg

from .conftest import House
from .peers import VisitorPeer, Wire, random_id

LENGTHS: Final = (1, 600, 5_000, 16_000)
"""Of texts: one for each bucket."""


class Ear(Wire):
    """A page that keeps what it hears."""

    def __init__(self, ws: Any) -> None:
        super().__init__(ws, self._hear)
        self.heard: list[str] = []

    def _hear(self, raw: str) -> Any:
        self.heard.append(raw)
        return codec.visitor_out(raw)

    async def to_the_end(self) -> None:
        with pytest.raises(ConnectionClosed):
            while True:
                await self.get()


def kinds(heard: list[str]) -> set[str]:
    return {str(codec.visitor_out(raw).__struct_config__.tag) for raw in heard}


async def whole_talk(house: House, visitor: VisitorPeer, page: Ear) -> list[str]:
    """A conversation with everything in it; what the page and one that came back heard."""
    async with house.console() as lead, visitor.connect() as second:
        for frame in (visitor.hello, visitor.opening, *(visitor.seal("x" * length) for length in LENGTHS)):
            await page.send(frame)
        ahead = visitor.seal("x")
        await page.send(Msg(ahead.h.replace('"n":4', '"n":9'), ahead.n, ahead.c))
        await lead.meet(visitor.cid)
        assert isinstance(await lead.do(Claim(visitor.cid, random_id())), Done)
        for length in LENGTHS:
            say = lead.say(visitor.cid, "y" * length)
            assert isinstance(await lead.do(say), Done)
            lead.histories[visitor.cid].accept(say.env, lead.keys.kid)
        back = Ear(second)
        await back.send(visitor.resume())
        await back.until(Here)
        await page.send(Erase(visitor.cid))
        await page.to_the_end()
        await back.until(Gone)
    return page.heard + back.heard


async def test_of_a_whole_conversation(house: House) -> None:
    visitor = house.visitor()
    async with asyncio.timeout(20), visitor.connect() as ws:
        heard = await whole_talk(house, visitor, Ear(ws))
    assert kinds(heard) >= {"desk", "ack", "msg", "status", "here", "no", "erased"}
    assert {len(raw.encode()) for raw in heard} == {*codec.WIRE_SIZES}


async def test_of_refusals_and_the_goodbye(house: House) -> None:
    async with asyncio.timeout(20), house.visitor().connect() as ws, house.visitor().connect() as broken:
        page, other = Ear(ws), Ear(broken)
        await page.send({"t": "hello", "v": 1})
        await page.get()
        await broken.send("bonjour")
        await other.to_the_end()
        goodbye = asyncio.create_task(house.relay.relay.say_bye())
        await page.until(Bye)
        await page.to_the_end()
        await goodbye
    desk, *heard = page.heard + other.heard
    assert kinds([desk]) == {"desk"} and len(desk) in codec.WIRE_SIZES
    assert kinds(heard) >= {"no", "bye"}
    assert {len(raw.encode()) for raw in heard} == {codec.WIRE_SIZES[0]}
