"""Invented visitors on a real relay: each lives and dies alone, and an officer sees how each of them goes."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from officer_console.client.visitor import wall_clock
from officer_console.demo import player, visitors, world
from officer_console.demo.story import Rule, Story
from officer_console.demo.visitors import ALL_WITHIN_S, FIRST_S, Crowd, Telling, arrivals
from officer_console.errors import UserError
from officer_console.model.bodies import Presence
from officer_console.model.events import Said
from officer_console.protocol.commands import Claim, Release
from officer_console.protocol.frames import Done, Happened
from officer_console.protocol.visitor_events import Seen
from officer_console.vault.primitives import signing_public
from tests.relay.peers import DeskPeer, Station, founded_relay, officer, random_id

from .playing import told

WAIT_S = 30
QUICK: dict[str, object] = {"pace": 30, "think": (0.0, 0.01)}


@pytest.fixture(autouse=True)
def quick_fingers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "SHORTEST_TYPING", 50)


@pytest.fixture
def station() -> Station:
    return Station(wall_clock() // 1000)


@asynccontextmanager
async def crowd_of(folder: Path, station: Station, *stories: Story) -> AsyncIterator[tuple[Crowd, DeskPeer]]:
    async with (
        asyncio.timeout(WAIT_S),
        founded_relay(folder, station) as relay,
        officer(relay.url, station, station.lead) as lead,
    ):
        crowd = Crowd(relay.url, signing_public(station.root), list(stories), len(stories), Random(1))
        running = asyncio.create_task(crowd.run())
        try:
            yield crowd, lead
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def opening(lead: DeskPeer) -> str:
    """Read a visitor's first words; gives her conversation's cid."""
    opened = (await lead.wire.until(Happened)).e
    lead.take_key(opened)
    assert lead.histories[opened.cid].accept((await lead.wire.until(Happened)).e.what.env, "v") is None
    lead.read((await lead.wire.until(Happened)).e)
    return opened.cid


async def take(lead: DeskPeer, cid: str) -> None:
    assert isinstance(await lead.do(Claim(cid, random_id())), Done)


async def next_from_her(lead: DeskPeer) -> str:
    """What she does next: her words, or how she leaves or comes back."""
    while True:
        event = (await lead.wire.until(Happened)).e
        if event.by in ("v", "relay"):
            return lead.read(event) if isinstance(event.what, Said) else getattr(event.what, "how", event.kind)


async def test_she_reacts_to_being_put_back_and_to_a_close(tmp_path: Path, station: Station) -> None:
    rules = [
        Rule("claimed", say=["enfin"]),
        Rule("released", say=["qui va me répondre ?"]),
        Rule("closed", say=["encore une chose"]),
    ]
    async with crowd_of(tmp_path, station, told(*rules, **QUICK)) as (_crowd, lead):
        cid = await opening(lead)
        await take(lead, cid)
        assert await next_from_her(lead) == "enfin"
        assert isinstance(await lead.do(Release(cid, random_id())), Done)
        assert await next_from_her(lead) == "qui va me répondre ?"
        await take(lead, cid)
        assert isinstance(await lead.do(lead.close(cid)), Done)
        assert await next_from_her(lead) == "encore une chose"
        await take(lead, cid)  # it is in the queue again


async def test_the_network_goes_and_comes_and_she_talks_on(tmp_path: Path, station: Station) -> None:
    rules = [Rule("claimed", say=["ça coupe"], lost=1), Rule("back", say=["c'est revenu"], end="closed")]
    async with crowd_of(tmp_path, station, told(*rules, **QUICK)) as (_crowd, lead):
        await take(lead, await opening(lead))
        assert await next_from_her(lead) == "ça coupe"
        assert await next_from_her(lead) == "c'est revenu"
        assert await next_from_her(lead) == "closed"


@pytest.mark.parametrize("how", ["goodbye", "exit", "closed"])
async def test_how_she_leaves_is_seen(tmp_path: Path, station: Station, how: str) -> None:
    rule = Rule("waiting", say=["je dois partir"], end=how)  # type: ignore[arg-type]
    async with crowd_of(tmp_path, station, told(rule, **QUICK)) as (_crowd, lead):
        await opening(lead)
        assert await next_from_her(lead) == "je dois partir"
        assert await next_from_her(lead) == how


async def test_she_sees_that_the_officer_types(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr(player.Player, "sees_typing", lambda _self, now: seen.append(now))
    telling = Telling(told(), Random(1))
    telling.told(Seen(Presence(ts=0, read=1)))
    assert not seen
    telling.told(Seen(Presence(ts=0, typing=True)))
    assert len(seen) == 1


Run = Callable[[Telling, str, bytes], Awaitable[None]]


def breaking(each: int) -> Run:
    """In place of Telling.run: every visitor of that number breaks at once."""
    count, run = itertools.count(), Telling.run

    async def broken(self: Telling, url: str, root: bytes) -> None:
        if next(count) % each == 0:
            raise KeyError("what nobody may read")
        await run(self, url, root)

    return broken


async def test_what_breaks_one_leaves_the_others(
    tmp_path: Path, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "GAP_S", 0.05)
    monkeypatch.setattr(visitors, "NEXT_S", (0.0, 0.1))
    monkeypatch.setattr(Telling, "run", breaking(2))
    async with crowd_of(tmp_path, station, told(**QUICK), told(**QUICK)) as (crowd, lead):
        assert {await opening(lead), await opening(lead)}
        assert "KeyError" in crowd.failure
        assert "nobody may read" not in crowd.failure


async def test_what_broke_is_told_when_all_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broke = asyncio.Event()
    run = breaking(1)

    async def broken(self: Telling, url: str, root: bytes) -> None:
        broke.set()
        await run(self, url, root)

    monkeypatch.setattr(Telling, "run", broken)
    with pytest.raises(UserError, match=r"^A simulated visitor stopped .*\(KeyError\); the others went on\.$"):
        async with asyncio.timeout(WAIT_S), world.world(world.Wanted(str(tmp_path), 0, 1, 1, "fr")):
            await broke.wait()
            await asyncio.sleep(0)


@pytest.mark.parametrize("count", [1, 4, 20, 500])
def test_the_first_comes_at_once_and_the_others_over_time(count: int) -> None:
    times = arrivals(count, Random(3))
    assert len(times) == count
    assert times[0] == FIRST_S
    assert times == sorted(set(times))
    assert times[-1] < 2 * ALL_WITHIN_S
    assert count == 1 or times[-1] > 10
    assert times == arrivals(count, Random(3))


def test_nobody_may_be_asked_for_too() -> None:
    assert arrivals(0, Random(1)) == []


def test_all_that_may_be_asked_for_may_wait_for_an_answer() -> None:
    from officer_console.subcommands import SUBCOMMANDS

    (demo,) = (row for row in SUBCOMMANDS if row.words == "demo")
    (wanted,) = (argument for argument in demo.arguments if "--visitors" in argument.flags)
    assert wanted.options["type"]("500") == 500
    limits = world.relay_config(world.Wanted("/nowhere", 0, 500, 1, "")).relay.limits
    assert limits.unanswered_max > 100 * 500
    assert limits.visitors_total > 2 * 500
