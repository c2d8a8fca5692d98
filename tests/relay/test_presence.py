"""How visitors come and go: told once, with the reason that says most, and a lost network told apart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from officer_console.model.conversation import Visitor
from officer_console.model.envelope import LiveHeader
from officer_console.model.events import Event, Left, Returned
from officer_console.protocol import codec
from officer_console.protocol.commands import Claim, Release
from officer_console.protocol.frames import Ack, Beat, Desk, DeskLive, Done, Here, Leave, Live, Status
from officer_console.relay.service import running_relay
from officer_console.vault.base64url import b64
from officer_console.vault.envelopes import seal_message

from .conftest import House, enrol_all
from .peers import DeskPeer, Station, VisitorPeer, Wire, found_desk, random_id, relay_config

LOST_AFTER_S = 0.2


@asynccontextmanager
async def quick_house(folder: Path, station: Station, **timing: Any) -> AsyncIterator[House]:
    """A relay that notices soon."""
    members = enrol_all(station)
    config = relay_config(folder)
    quick = msgspec.structs.replace(config.relay.timing, **timing)
    config = msgspec.structs.replace(config, relay=msgspec.structs.replace(config.relay, timing=quick))
    async with running_relay(config, 0) as relay:
        await found_desk(relay, station)
        yield House(relay, station, members)


@pytest.fixture
async def quick(tmp_path: Path, station: Station) -> AsyncIterator[House]:
    async with quick_house(tmp_path, station, visitor_lost_after_s=LOST_AFTER_S) as house:
        yield house


async def goings(house: House, cid: str) -> list[tuple[str, str]]:
    """How she came and went: (how, who said it)."""
    told = [event for event in await house.stored() if event.cid == cid]
    names = {Left: lambda what: what.how, Returned: lambda what: "returned"}
    return [(names[type(event.what)](event.what), event.by) for event in told if type(event.what) in names]


async def when(house: House, cid: str, visitor: Visitor) -> None:
    """Once the relay has it that she is there, or left in this way."""
    queue = house.relay.relay.context.registrar.queue
    async with asyncio.timeout(10):
        while (conversation := queue.get(cid)) is None or conversation.visitor is not visitor:
            await asyncio.sleep(0.005)


async def when_unconnected(house: House, cid: str) -> None:
    async with asyncio.timeout(10):
        while house.relay.relay.context.connected.visitor_here(cid):
            await asyncio.sleep(0.005)


async def when_the_time_is_up(house: House) -> None:
    """Once nobody's absence is waited for any more."""
    presence = house.relay.relay.context.presence
    async with asyncio.timeout(10):
        while presence._timers or presence._tasks:
            await asyncio.sleep(0.005)


def beacon(visitor: VisitorPeer, how: str, changes: Any = ()) -> str:
    return json.dumps({"cid": visitor.cid, "vt": b64(visitor.vt), "how": how} | dict(changes))


async def send_beacon(house: House, content: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.post(f"{house.url}/bye", content=content)


# ---- how she leaves ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["goodbye", "exit", "closed"])
async def test_a_leave_is_told_as_it_was_said(quick: House, how: Any) -> None:
    visitor = quick.visitor()
    async with visitor.talking("bonjour") as page:
        await page.send(Leave(how))
    await when(quick, visitor.cid, Visitor(how))
    await when_unconnected(quick, visitor.cid)
    await when_the_time_is_up(quick)
    assert await goings(quick, visitor.cid) == [(how, "v")]


@pytest.mark.parametrize("how", ["exit", "closed"])
async def test_frame_beacon_and_closed_socket_are_one_leaving(quick: House, how: Any) -> None:
    """The page says it twice, because either may not arrive: at the same moment, and the socket closes too."""
    for _ in range(5):
        visitor = quick.visitor()
        async with visitor.talking("bonjour") as page:
            await asyncio.gather(
                page.send(Leave(how)), *(send_beacon(quick, beacon(visitor, how)) for _ in range(3)), page.ws.close()
            )
        await when(quick, visitor.cid, Visitor(how))
        await when_unconnected(quick, visitor.cid)
        await when_the_time_is_up(quick)
        assert await goings(quick, visitor.cid) == [(how, "v")]


async def test_leavings_in_one_breath_are_one(quick: House) -> None:
    """None of them has been stored when the next is looked at."""
    visitor = quick.visitor()
    async with visitor.talking("bonjour"):
        presence = quick.relay.relay.context.presence
        await asyncio.gather(*(presence.left(visitor.cid, "exit") for _ in range(5)))
        assert await goings(quick, visitor.cid) == [("exit", "v")]
        await asyncio.gather(*(presence.came(visitor.cid) for _ in range(5)))
        assert await goings(quick, visitor.cid) == [("exit", "v"), ("returned", "v")]


async def test_the_beacon_alone_is_enough(quick: House) -> None:
    visitor = quick.visitor()
    async with visitor.talking("bonjour") as page:
        page.ws.transport.abort()
        await send_beacon(quick, beacon(visitor, "exit"))
    await when_the_time_is_up(quick)
    assert await goings(quick, visitor.cid) == [("exit", "v")]


async def test_a_beacon_that_comes_after_the_loss_was_told_says_more(quick: House) -> None:
    visitor = quick.visitor()
    async with visitor.talking("bonjour") as page:
        page.ws.transport.abort()
    await when(quick, visitor.cid, Visitor.LOST)
    await send_beacon(quick, beacon(visitor, "exit"))
    assert await goings(quick, visitor.cid) == [("lost", "relay"), ("exit", "v")]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "bonjour",
        "{}",
        "[" * 900,
        "x" * 5000,
        "\udc80",
        {"vt": b64(bytes(32))},
        {"vt": "A" * 42 + "B"},
        {"vt": "é" * 43},
        {"vt": 5},
        {"cid": "A" * 21 + "B"},
        {"cid": "A" * 22},
        {"how": "lost"},
        {"how": "goodbye"},
        {"x": 1},
    ],
    ids=str,
)
async def test_a_beacon_that_is_none_is_no_trouble(
    quick: House, content: Any, caplog: pytest.LogCaptureFixture
) -> None:
    visitor = quick.visitor()
    async with visitor.talking("bonjour"):
        raw = beacon(visitor, "exit", content) if isinstance(content, dict) else content
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(f"{quick.url}/bye", content=raw.encode("utf-8", "surrogateescape"))
        assert (answer.status_code, answer.content) == (204, b"")
        assert await goings(quick, visitor.cid) == []
    assert not caplog.records


async def test_what_she_said_before_she_left_is_stored(quick: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Her last words and her goodbye are on their way when her page goes: they count, though nobody hears an answer."""
    log = quick.relay.relay.context.log
    visitor, slow, append = quick.visitor(), asyncio.Event(), log.append

    async def slowly(*args: Any) -> Event:
        await slow.wait()
        return await append(*args)

    async with visitor.talking("bonjour") as page:
        monkeypatch.setattr(log, "append", slowly)
        (port,) = quick.relay.relay.context.connected.pages
        for frame in (visitor.seal("un"), visitor.seal("deux"), Leave("goodbye")):
            await page.send(frame)
        page.ws.transport.close()
        async with asyncio.timeout(10):
            while not port.over:
                port.put(" ")
                await asyncio.sleep(0.005)
        slow.set()
        await when(quick, visitor.cid, Visitor.GOODBYE)
    assert [event.id for event in await quick.stored() if event.kind == "said"] == ["v.0", "v.1", "v.2"]


# ---- a lost network ------------------------------------------------------------------------------------------------


async def test_a_lost_network_is_told_by_the_relay(quick: House) -> None:
    visitor = quick.visitor()
    async with quick.console() as lead:
        async with visitor.talking("bonjour") as page:
            page.ws.transport.abort()
        left = await lead.happened("left", visitor.cid)
    assert (left.what, left.by) == (Left("lost"), "relay")
    assert await goings(quick, visitor.cid) == [("lost", "relay")]


async def test_who_is_back_in_time_was_never_away(tmp_path: Path, station: Station) -> None:
    async with quick_house(tmp_path, station, visitor_lost_after_s=3600) as house:
        visitor = house.visitor()
        async with visitor.talking("bonjour") as page:
            page.ws.transport.abort()
        await when_unconnected(house, visitor.cid)
        presence = house.relay.relay.context.presence
        assert set(presence._timers) == {visitor.cid}
        async with visitor.wire(resume_after=0) as page:
            await page.until(Here)
        assert await goings(house, visitor.cid) == []


@pytest.mark.parametrize("how", ["lost", "exit"])
async def test_who_comes_back_is_told_to_be_back(quick: House, how: Any) -> None:
    visitor = quick.visitor()
    async with visitor.talking("bonjour") as page:
        if how == "exit":
            await page.send(Leave(how))
    await when(quick, visitor.cid, Visitor(how))
    async with quick.console() as lead, visitor.wire(resume_after=0) as page:
        assert (await lead.happened("returned", visitor.cid)).by == "v"
        await page.until(Here)
        by = "v" if how == "exit" else "relay"
        assert await goings(quick, visitor.cid) == [(how, by), ("returned", "v")]


async def test_of_two_pages_the_last_one_counts(quick: House) -> None:
    """A half-dead line that ends after she has come back on another one takes nobody away."""
    visitor = quick.visitor()
    async with visitor.talking("bonjour") as old, visitor.wire(resume_after=0) as page:
        await page.until(Here)
        old.ws.transport.abort()
        async with asyncio.timeout(10):
            while len(quick.relay.relay.context.connected.pages) > 1:
                await asyncio.sleep(0.005)
        assert not quick.relay.relay.context.presence._timers
        assert await goings(quick, visitor.cid) == []


async def test_after_a_restart_those_who_do_not_come_back_are_lost(tmp_path: Path, station: Station) -> None:
    """One had left before, one comes back, one is not seen again."""
    async with quick_house(tmp_path, station, visitor_lost_after_s=60) as house:
        visitors = [house.visitor() for _ in range(3)]
        for visitor in visitors:
            async with visitor.talking("bonjour") as page:
                if visitor is visitors[0]:
                    await page.send(Leave("exit"))
                    await when(house, visitor.cid, Visitor.EXIT)
    config = relay_config(tmp_path)
    timing = msgspec.structs.replace(config.relay.timing, visitor_lost_after_s=LOST_AFTER_S)
    config = msgspec.structs.replace(config, relay=msgspec.structs.replace(config.relay, timing=timing))
    async with running_relay(config, 0) as relay:
        again = House(relay, station, house.members)
        visitors[1].url = again.url
        async with visitors[1].wire(resume_after=0) as page:
            await page.until(Here)
            await when(again, visitors[2].cid, Visitor.LOST)
            told = [await goings(again, visitor.cid) for visitor in visitors]
    assert told == [[("exit", "v")], [], [("lost", "relay")]]


async def test_a_visitor_can_always_be_seen_to_be_back(quick: House) -> None:
    """However often she came and went: goings are limited, and a coming is one for each."""
    visitor = quick.visitor()
    async with visitor.talking("bonjour"):
        presence = quick.relay.relay.context.presence
        for _ in range(30):
            await presence.left(visitor.cid, "exit")
            await presence.came(visitor.cid)
        await when(quick, visitor.cid, Visitor.HERE)
        told = await goings(quick, visitor.cid)
        assert 10 <= told.count(("exit", "v")) == told.count(("returned", "v")) < 30


# ---- who sees her type ---------------------------------------------------------------------------------------------


@asynccontextmanager
async def watched(house: House) -> AsyncIterator[tuple[VisitorPeer, Wire, DeskPeer, DeskPeer]]:
    """A conversation that an officer holds, and a lead who looks on."""
    visitor = house.visitor()
    async with (
        house.console("officer") as officer,
        house.console("lead") as lead,
        visitor.talking("bonjour") as page,
    ):
        assert isinstance(await officer.do(Claim(visitor.cid, random_id())), Done)
        yield visitor, page, officer, lead


async def live_until(desk: DeskPeer, kind: str, cid: str) -> list[DeskLive]:
    """The live frames that come before an event of this kind."""
    lives = []
    while True:
        frame = await desk.wire.get()
        if isinstance(frame, DeskLive):
            lives.append(frame)
        elif getattr(getattr(frame, "e", None), "kind", "") == kind and frame.e.cid == cid:
            return lives


async def test_her_presence_is_for_the_holder_alone(quick: House) -> None:
    async with watched(quick) as (visitor, page, officer, lead):
        live = visitor.seal_live()
        await page.send(live)
        await page.send(Leave("exit"))
        assert await live_until(officer, "left", visitor.cid) == [DeskLive(visitor.cid, live.h, live.n, live.c)]
        assert await live_until(lead, "left", visitor.cid) == []


async def test_nobody_sees_the_presence_of_who_waits(quick: House) -> None:
    async with watched(quick) as (visitor, page, officer, lead):
        assert isinstance(await officer.do(Release(visitor.cid, random_id())), Done)
        await page.send(visitor.seal_live())
        await page.send(Leave("exit"))
        for desk in (officer, lead):
            assert await live_until(desk, "left", visitor.cid) == []


async def test_only_the_holders_presence_reaches_her(quick: House) -> None:
    async with watched(quick) as (visitor, page, officer, lead):
        keys = visitor.keys
        for desk in (lead, officer):
            await desk.wire.send(desk_live(desk, visitor.cid, keys))
        await lead.wire.send(lead.command(Release(visitor.cid, random_id())))
        seen = await page.until(Live)
        assert json.loads(seen.h)["s"] == officer.keys.kid


def desk_live(desk: DeskPeer, cid: str, keys: Any) -> DeskLive:
    h = codec.encode(LiveHeader(cid=cid, kc=b64(keys.kc), d="d", s=desk.keys.kid, ln=0))
    n, c = seal_message(keys.k_d, "live", h, b'{"k":"presence","ts":0}')
    return DeskLive(cid, h, b64(n), b64(c))


async def test_presence_is_not_passed_on_without_end(quick: House) -> None:
    async with watched(quick) as (visitor, page, officer, _lead):
        for _ in range(100):
            await page.send(visitor.seal_live())
        await page.send(Leave("exit"))
        assert 10 <= len(await live_until(officer, "left", visitor.cid)) < 30


# ---- a page that has not written yet -------------------------------------------------------------------------------


async def test_who_has_only_said_hello_is_kept_up_to_date(tmp_path: Path, station: Station) -> None:
    """She decides whether to write by what she reads: that somebody is there, and that the line is alive."""
    async with quick_house(tmp_path, station, heartbeat_s=0.05) as house, house.visitor().wire() as page:
        desk = await page.get()
        assert isinstance(desk, Desk) and not desk.duty
        await page.until(Beat)
        async with house.console("officer") as officer:
            await officer.wire.until(Here)
            assert (await until_duty(page, True)).state == "opening"
        assert (await until_duty(page, False)).state == "opening"
        await page.until(Beat)


async def until_duty(page: Wire, duty: bool) -> Any:
    while True:
        status = await page.until(Status)
        if status.duty is duty:
            return status


async def test_an_opening_without_words_is_told_how_it_stands(quick: House) -> None:
    visitor = quick.visitor()
    async with visitor.talking():
        pass
    async with visitor.wire(resume_after=0) as page:
        kinds = [type(await page.get()) for _ in range(4)]
        assert kinds == [Desk, Ack, Status, Here]
