"""Requests for a call back at the dispatch side: read, taken once, erased with the conversation."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from officer_console.client.patrol_seal import seal_patrol
from officer_console.dispatch.board import Board
from officer_console.dispatch.room import Room
from officer_console.dispatch.service import make_room, open_store
from officer_console.model.callback import CallBackRequest, dump_callback
from officer_console.model.events import CallbackTold
from officer_console.protocol.commands import Claim, EraseConversation
from officer_console.protocol.frames import Done
from tests.relay.peers import random_id

from .desk import MARKER, Officer, Scene, scene, settings

NADEGE = CallBackRequest(name="Nadège", phone=f"06 {MARKER}", when="le soir\x1b[2J")


@asynccontextmanager
async def board(s: Scene) -> AsyncIterator[Room]:
    """A room with a person, at work."""
    with contextlib.closing(open_store(s.mine)) as store:
        room = make_room(settings(s.room), s.mine, store, Board(store))
        running = asyncio.create_task(room.run())
        try:
            yield room
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def until(fits: object) -> None:
    while not fits():  # type: ignore[operator]
        await asyncio.sleep(0.005)


async def call_back(officer: Officer) -> str:
    await officer.give(Claim(officer.cid, random_id()))
    now = time.time_ns() // 1_000_000
    do = seal_patrol(officer.chain, officer.cid, random_id(), "callback", dump_callback(NADEGE), now)
    answer = await officer.give(do)
    assert isinstance(answer, Done), answer
    return do.id


async def stored(s: Scene) -> list[str]:
    """What the rooms told of call backs."""
    return [event.what.h for event in await s.stored() if isinstance(event.what, CallbackTold)]


async def test_it_is_read_and_taken_once(tmp_path: Path) -> None:
    async with scene(tmp_path) as s, board(s) as room:
        id = await call_back(s.officer)
        await until(room.callbacks)
        [asked] = room.callbacks()
        assert (asked.id, asked.officer, asked.state) == (id, "Lead", "asked")
        assert asked.request and asked.request.phone == NADEGE.phone and "\x1b" not in asked.request.when
        assert room.answer_callback(id, "taken") and not room.answer_callback(id, "refused")
        async with asyncio.timeout(10):
            while not await stored(s):
                await asyncio.sleep(0.01)
        assert len(await stored(s)) == 1 and '"taken"' in (await stored(s))[0]
        assert not room.answer_callback("nobody", "taken")


async def test_it_survives_a_restart_and_is_erased_with_the_conversation(tmp_path: Path) -> None:
    async with scene(tmp_path) as s:
        async with board(s) as room:
            await call_back(s.officer)
            await until(room.callbacks)
        async with board(s) as room:
            assert [each.state for each in room.callbacks()] == ["asked"]
            await s.officer.give(EraseConversation(s.officer.cid, random_id()))
            await until(lambda: not room.callbacks())
        files = b"".join(each.read_bytes() for each in (tmp_path / "dispatch").iterdir())
        assert MARKER.encode() not in files


async def test_a_room_with_nobody_to_read_it_says_so(tmp_path: Path) -> None:
    async with scene(tmp_path) as s, s.dispatch() as running:
        await call_back(s.officer)
        async with asyncio.timeout(10):
            while not await stored(s):
                await asyncio.sleep(0.01)
        assert '"refused"' in (await stored(s))[0]
        assert [each.state for each in running.room.callbacks()] == ["refused"]
        assert s.room.hits == [], "and nothing of it goes to the room's system"
