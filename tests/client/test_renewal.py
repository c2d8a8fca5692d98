"""A new desk key each day, made by a shift lead's console: who gets it, who never does, and whose clock decides."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from officer_console.client.api import LinkPhase
from officer_console.client.desk import OfficerDesk
from officer_console.client.keychain import Keychain, RelayPin
from officer_console.client.renewal import RENEW_S
from officer_console.client.visitor import Visitor
from officer_console.model.conversation import State
from officer_console.model.envelope import OpenHeader
from officer_console.model.events import Opened
from officer_console.protocol import codec
from officer_console.protocol.commands import Entry, Wrap
from officer_console.relay.members import Members
from officer_console.relay.service import Running, running_relay
from officer_console.vault.directory import DESK_KEY_S, DeskKey, DeskKeyStatement, certify_lead
from officer_console.vault.errors import CannotOpen
from officer_console.vault.primitives import signing_public
from officer_console.vault.statements import Statement, parse
from tests.fire.served import enrolled
from tests.relay.peers import Keys, Station, found_desk, relay_config

from .test_desk import Watched

WAIT_S = 20
HOUR, DAY = 3600, 24 * 3600
BEAT_S = 0.1


class Clock:
    """Real time, moved ahead. ms."""

    def __init__(self) -> None:
        self.ahead_s = 0

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_s * 1000

    @property
    def s(self) -> int:
        return self() // 1000


class Member:
    """Somebody's console at work."""

    def __init__(self, keys: Keys, chain: Keychain, desk: OfficerDesk) -> None:
        self.keys = keys
        self.chain = chain
        self.desk = desk
        self._watched = Watched(desk)

    async def until(self, fits: Callable[[], object]) -> None:
        """Wait until something holds of the desk."""
        async with asyncio.timeout(WAIT_S):
            await self._watched.until(fits)

    def has(self, key: DeskKey) -> bool:
        try:
            return bool(self.chain.keys.private(key.kid))
        except CannotOpen:
            return False

    async def gets(self, key: DeskKey) -> None:
        """Wait for the private half of a desk key."""
        await self.until(lambda: self.has(key))

    async def reads(self, cid: str, text: str) -> None:
        """Take a conversation, if nobody has it, and wait for its words."""
        await self.until(lambda: self.desk.queue.get(cid))
        if self.desk.queue.get(cid).state is State.WAITING:  # type: ignore[union-attr]
            self.desk.claims.claim(cid)
        self.desk.open(cid)
        await self.until(lambda: text in [line.text for line in self.desk.talk.lines(cid)])


class World:
    """A relay, its desk, and two clocks: the relay's and everybody else's. `signed`: all statements that consoles have
    sent to the relay since the founding, whether it took them or not; it takes so many of them `at_once`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock, self.relays = Clock(), Clock()
        self.station = Station(self.clock.s)
        self.officer, _ = self.station.enrol("Noor")
        self.trainer, _ = self.station.enrol("Théo", "trainer")
        self.other_lead = Keys("Ana")
        station = self.station
        entry = certify_lead(station.directory, station.root, self.other_lead.applicant, station.now)
        station.directory = station.directory.extend([entry])
        self.relay: Running
        self.signed: list[Statement] = []
        self.at_once = asyncio.Barrier(1)

    @property
    def lead(self) -> Keys:
        return self.station.lead

    @asynccontextmanager
    async def running(self) -> AsyncIterator[World]:
        config = relay_config(self.folder / "relay")
        timing = msgspec.structs.replace(config.relay.timing, heartbeat_s=BEAT_S)
        config = msgspec.structs.replace(config, relay=msgspec.structs.replace(config.relay, timing=timing))
        async with running_relay(config, 0, clock=self.relays) as relay:
            self.relay = relay
            await found_desk(relay, self.station, self.officer, self.other_lead)
            self._listen(relay.relay.context.members)
            yield self

    def _listen(self, members: Members) -> None:
        extend = members.extend

        async def listening(entries: Sequence[Entry], wraps: Sequence[Wrap]) -> None:
            if entries:
                self.signed += [parse(entry.s) for entry in entries]
                await self.at_once.wait()
            await extend(entries, wraps)

        members.extend = listening  # type: ignore[method-assign]

    def pass_(self, seconds: int) -> None:
        """So much time goes by, for everybody."""
        self.clock.ahead_s += seconds
        self.relays.ahead_s += seconds

    @asynccontextmanager
    async def at_work(self, keys: Keys) -> AsyncIterator[Member]:
        """A member's console, with the list of officers of the day of the founding."""
        who = enrolled(self.station, keys, self.relay.url)
        chain = Keychain(who.identity, who.directory, RelayPin())
        folder = self.folder / keys.name
        folder.mkdir(mode=0o700, exist_ok=True)
        desk = OfficerDesk(who.relay_url, chain, folder, lambda learnt: None, self.clock, os.urandom)
        member = Member(keys, chain, desk)
        running = asyncio.create_task(desk.run())
        try:
            await member.until(lambda: desk.link.phase is LinkPhase.ONLINE)
            yield member
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    async def written(self, text: str) -> str:
        """A visitor comes, writes, and closes her page; the conversation."""
        async with Visitor(self.relay.url, signing_public(self.station.root), clock=self.clock) as visitor:
            await visitor.stored(visitor.say(text))
            return visitor.cid

    def desk_keys(self) -> list[DeskKey]:
        """The desk keys that the relay knows, the first one first."""
        return sorted(self.relay.relay.context.members.directory.desk_keys.values(), key=lambda key: key.n)

    async def sealed_to(self, cid: str) -> str:
        """The desk key under which a conversation was opened."""
        (opened, *_) = await self.relay.relay.context.log.read(0, 1, cid)
        assert isinstance(opened.what, Opened)
        return codec.header(opened.what.h, OpenHeader).kid


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    (tmp_path / "relay").mkdir(mode=0o700)
    async with World(tmp_path).running() as world:
        yield world


async def renewed(world: World, by: Member) -> DeskKey:
    """A day goes by; the key that the lead's console makes."""
    count = len(world.desk_keys())
    world.pass_(RENEW_S + HOUR)
    await by.until(lambda: len(world.desk_keys()) > count)
    return world.desk_keys()[-1]


async def test_everybody_on_duty_gets_the_new_key(world: World) -> None:
    async with AsyncExitStack() as stack:
        lead, officer, trainer = [
            await stack.enter_async_context(world.at_work(keys)) for keys in (world.lead, world.officer, world.trainer)
        ]
        before = await world.written("avant")
        assert await world.sealed_to(before) == world.desk_keys()[0].kid
        key = await renewed(world, lead)
        await lead.gets(key)
        await officer.gets(key)
        after = await world.written("après")
        assert await world.sealed_to(after) == key.kid
        await officer.reads(before, "avant")
        await officer.reads(after, "après")
        assert [(each.kid, each.by) for each in world.signed] == [(key.kid, world.lead.kid)]
        assert trainer.chain.directory.size == lead.chain.directory.size


async def test_a_trainer_never_gets_one(world: World) -> None:
    async with world.at_work(world.lead) as lead, world.at_work(world.trainer) as trainer:
        key = await renewed(world, lead)
        await trainer.until(lambda: key.kid in trainer.chain.directory.desk_keys)
        assert not any(trainer.has(each) for each in world.desk_keys())
        shelf = world.relay.relay.context.shelf
        assert await shelf.wraps(world.trainer.kid) == []
        assert {name for name, _ in await shelf.wraps(world.officer.kid)} == {each.kid for each in world.desk_keys()}
    async with world.at_work(world.trainer) as again:  # nor with the next login
        assert not any(again.has(each) for each in world.desk_keys())


async def test_who_was_away_reads_everything_after_the_login(world: World) -> None:
    async with world.at_work(world.lead) as lead:
        first = await world.written("premier jour")
        await renewed(world, lead)
        second = await world.written("deuxième jour")
        await renewed(world, lead)
        third = await world.written("troisième jour")
    async with world.at_work(world.officer) as officer:
        assert len({await world.sealed_to(cid) for cid in (first, second, third)}) == 3
        for cid, text in ((first, "premier jour"), (second, "deuxième jour"), (third, "troisième jour")):
            await officer.reads(cid, text)


async def test_two_leads_at_once_make_one_key(world: World) -> None:
    """Both consoles hear the same heartbeat. The second statement does not follow the first, and is refused."""
    world.at_once = asyncio.Barrier(2)
    async with world.at_work(world.lead) as one, world.at_work(world.other_lead) as two:
        for count in (2, 3):
            key = await renewed(world, one)
            await one.gets(key)
            await two.gets(key)
            await beats(one, 2)
            assert (len(world.signed), len(world.desk_keys())) == (2 * (count - 1), count)
            assert one.desk.link.phase is two.desk.link.phase is LinkPhase.ONLINE
        cid = await world.written("à qui")
        await two.reads(cid, "à qui")


async def test_a_fresh_key_is_not_renewed(world: World) -> None:
    async with world.at_work(world.lead) as lead:
        world.pass_(RENEW_S - HOUR)
        await beats(lead, 2)
        assert len(world.desk_keys()) == 1 and not world.signed


async def test_after_a_week_without_a_lead_the_first_one_to_come_makes_one(world: World) -> None:
    members = world.relay.relay.context.members
    before = await world.written("avant")
    world.pass_(DESK_KEY_S + HOUR)
    assert members.bundle() is None
    async with world.at_work(world.officer):
        assert members.bundle() is None
    async with world.at_work(world.lead) as lead:
        await lead.until(lambda: members.bundle() is not None)
        after = await world.written("après")
        await lead.reads(before, "avant")
        await lead.reads(after, "après")


@pytest.mark.parametrize("lie", [-6 * DAY, -3 * DAY, 3 * DAY, 100 * DAY])
async def test_the_relays_clock_makes_no_key(world: World, lie: int) -> None:
    """By its word a key would be due, or none would be in force at all: nothing is signed."""
    world.pass_(9 * DAY)
    async with world.at_work(world.lead) as lead:
        await lead.until(lambda: len(world.desk_keys()) == 2)
    world.signed.clear()
    world.relays.ahead_s += lie
    async with world.at_work(world.lead) as lead:
        await beats(lead, 2)
        assert abs(lead.desk.link.skew - lie * 1000) < 60_000  # it was told, and shown
        assert not world.signed


@pytest.mark.parametrize("lie", [-6 * DAY, 3 * DAY, 100 * DAY])
async def test_a_key_bears_the_time_of_the_console_that_made_it(world: World, lie: int) -> None:
    """When one is due by the console's own clock, the relay's has no say in when it begins and ends."""
    world.pass_(9 * DAY)
    world.relays.ahead_s += lie
    async with world.at_work(world.lead) as lead:
        await lead.until(lambda: world.signed)
        for key in world.signed:
            assert isinstance(key, DeskKeyStatement)
            assert abs(key.at - world.clock.s) < 60 and abs(key.nbf - world.clock.s) < 60
            assert key.exp - key.nbf == DESK_KEY_S


async def beats(member: Member, count: int) -> None:
    """Wait for so many heartbeats of the relay."""
    for _ in range(count):
        last = member.desk.link.last_beat
        await member.until(lambda last=last: member.desk.link.last_beat > last)
