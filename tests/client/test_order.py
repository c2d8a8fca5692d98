"""Two officers' desks and a real relay: who takes whom, and what becomes of who is left alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from officer_console.client.api import LinkPhase, Notice
from officer_console.client.desk import OfficerDesk
from officer_console.client.enrolling import Enrolled, found_desk
from officer_console.client.keychain import Keychain
from officer_console.client.open_desk import wall_clock
from officer_console.client.visitor import Visitor
from officer_console.console.queue_words import tended
from officer_console.model.bodies import About
from officer_console.model.conversation import State
from officer_console.model.envelope import RELAY
from officer_console.model.next import Reason, reasons
from officer_console.model.roster import Duty
from officer_console.model.timers import Timers
from officer_console.protocol.founding import parse_founding_code
from officer_console.relay import standing, tending
from officer_console.relay.service import Running, running_relay
from tests.relay.peers import relay_config

from .test_desk import WAIT_S, Watched
from .test_inviting import newcomer

TEN_MINUTES = 600_000


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tending, "LOOK_S", 0.01)
    monkeypatch.setattr(standing, "STATUS_S", 0.0)


class Clock:
    def __init__(self) -> None:
        self.ahead = 0

    def __call__(self) -> int:
        return wall_clock() + self.ahead


@asynccontextmanager
async def desk_of(enrolled: Enrolled, folder: Path, off_ms: int = 0, **duty: Any) -> AsyncIterator[Watched]:
    """An officer on duty whose machine's clock is off by so much."""
    folder.mkdir(mode=0o700, exist_ok=True)
    chain = Keychain(enrolled.identity, enrolled.directory, enrolled.relay)
    how = Duty(since=0, **duty)
    desk = OfficerDesk(
        enrolled.relay_url, chain, folder, lambda learnt: None, lambda: wall_clock() + off_ms, os.urandom, how
    )
    watched = Watched(desk)
    running = asyncio.create_task(desk.run())
    try:
        await watched.until(lambda: desk.link.phase is LinkPhase.ONLINE and desk.shift.officer(desk.me))
        yield watched
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


class Desk:
    """A relay with a clock to put forward, and two members."""

    def __init__(self, relay: Running, clock: Clock, lead: Enrolled, zoe: Enrolled) -> None:
        self.relay, self.clock, self.lead, self.zoe = relay, clock, lead, zoe

    def visitor(self, lang: Any = "fr") -> Visitor:
        return Visitor(self.relay.url, self.lead.directory.root, about=About(ts=0, lang=lang, postcode="69003"))


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Desk]:
    (tmp_path / "relay").mkdir(mode=0o700)
    clock, plain = Clock(), relay_config(tmp_path / "relay")
    timers = Timers(answer_return_s=420, gone_return_s=120)
    config = msgspec.structs.replace(plain, relay=msgspec.structs.replace(plain.relay, queue=timers))
    async with asyncio.timeout(WAIT_S), running_relay(config, 0, clock=clock) as relay:
        code = parse_founding_code(relay.founding_code())
        lead = (await found_desk(code, "Camille", "Poste 9", wall_clock() // 1000)).lead
        async with desk_of(lead, tmp_path / "first") as mine:
            joining = await newcomer(mine, "Zoé Roche")
            mine.desk.enrolment.admit(mine.desk.enrolment.newcomers[0].kid)
            zoe = await joining
        yield Desk(relay, clock, lead, zoe)


@asynccontextmanager
async def both(two: Desk, folder: Path, off_ms: int = 0) -> AsyncIterator[tuple[Watched, Watched]]:
    """The desks of the lead, whose clock is off by so much, and of Zoé."""
    async with desk_of(two.lead, folder / "a", off_ms) as mine, desk_of(two.zoe, folder / "b") as hers:
        yield mine, hers


async def seen(watched: Watched, *visitors: Visitor) -> None:
    """Once this console has the first words of all of them."""
    cids = [visitor.cid for visitor in visitors]
    await watched.until(lambda: all((c := watched.desk.queue.get(cid)) and c.first_words for cid in cids))


async def test_urgency_that_one_console_raises_moves_her_on_the_other(two: Desk, tmp_path: Path) -> None:
    async with both(two, tmp_path) as (mine, hers), two.visitor() as first, two.visitor() as second:
        await first.stored(first.say("bonjour"))
        await second.stored(second.say("il est là"))
        await seen(hers, first, second)
        await mine.until(lambda: mine.desk.queue.get(second.cid))
        mine.desk.claims.raise_urgency(second.cid, "amber")
        mine.desk.claims.raise_urgency(second.cid, "amber")  # said twice, it is one event
        assert mine.desk.claims.urgency(second.cid) == "amber"
        mine.desk.claims.raise_urgency(second.cid, "red")
        await hers.until(lambda: hers.desk.queue.get(second.cid).urgency == "red")  # type: ignore[union-attr]
        assert hers.desk.claims.take_next() == second.cid
        await hers.until(lambda: hers.desk.queue.load(hers.desk.me) == 1)
        events = await two.relay.relay.context.log.read(0, 1000, second.cid)
        assert [event.kind for event in events].count("urgency_raised") == 2


async def test_a_returning_visitor_goes_to_the_officer_she_wrote_with(two: Desk, tmp_path: Path) -> None:
    async with both(two, tmp_path) as (mine, hers), two.visitor() as visitor, two.visitor() as other:
        await visitor.stored(visitor.say("bonjour"))
        await seen(hers, visitor)
        hers.desk.claims.take_next()
        await hers.until(lambda: hers.desk.queue.load(hers.desk.me) == 1)
        hers.desk.open(visitor.cid)
        hers.desk.talk.say(visitor.cid, "je suis là")
        hers.desk.claims.close_conversation(visitor.cid, "advised")
        await hers.until(lambda: not hers.desk.link.unsent)
        await other.stored(other.say("bonsoir"))
        await visitor.stored(visitor.say("encore moi"))
        for desk in (mine, hers):
            await desk.until(lambda desk=desk: desk.desk.queue.waiting_size == 2)  # type: ignore[misc]
            await desk.until(lambda desk=desk: len(desk.desk.shift.officers()) == 2)  # type: ignore[misc]
        assert mine.desk.claims.take_next() == other.cid
        assert mine.desk.claims.take_next() is None  # she is kept for Zoé
        assert hers.desk.claims.take_next() == visitor.cid


async def test_languages_decide_while_who_speaks_it_is_there(two: Desk, tmp_path: Path) -> None:
    speaks = desk_of(two.lead, tmp_path / "a", languages=("fr",))
    async with speaks as mine, two.visitor("en") as visitor, desk_of(two.zoe, tmp_path / "b", capacity=1) as hers:
        await visitor.stored(visitor.say("he is outside"))
        await mine.until(lambda: len(mine.desk.shift.officers()) == 2)
        await seen(mine, visitor)
        assert mine.desk.claims.take_next() is None
        hers.desk.shift.do("break")
        await mine.until(lambda: mine.desk.shift.officer(hers.desk.me).duty.doing == "break")  # type: ignore[union-attr]
        assert mine.desk.claims.take_next() == visitor.cid


@pytest.mark.parametrize("off", [-TEN_MINUTES, TEN_MINUTES])
async def test_the_clock_of_one_console_is_ten_minutes_off(two: Desk, tmp_path: Path, off: int) -> None:
    """Neither what it shows nor when the relay puts somebody back depends on it."""
    async with both(two, tmp_path, off) as (mine, hers), two.visitor() as visitor:
        await visitor.stored(visitor.say("aidez-moi"))
        await seen(mine, visitor)
        mine.desk.claims.take_next()
        await mine.until(lambda: mine.desk.queue.load(mine.desk.me) == 1)
        await hers.until(lambda: hers.desk.queue.load(mine.desk.me) == 1)
        for desk in (mine.desk, hers.desk):
            shown = tended(desk, desk.queue.get(visitor.cid))  # type: ignore[arg-type]
            assert 410_000 < shown.back_in < 422_000 and not shown.holder_gone  # what the link takes on top
        two.clock.ahead = 410_000
        await asyncio.sleep(0.1)
        assert mine.desk.queue.load(mine.desk.me) == 1
        two.clock.ahead = 420_000
        await mine.until(lambda: "put_back" in mine.kinds())
        assert Notice("put_back", visitor.cid, code="unanswered") in mine.notices
        await hers.until(lambda: "arrived" in hers.kinds() and hers.desk.queue.waiting_size == 1)
        back = hers.desk.queue.get(visitor.cid)
        assert back and (back.state, back.former) == (State.WAITING, mine.desk.me)


async def test_a_console_dies_holding_five_and_the_others_see_it_at_once(two: Desk, tmp_path: Path) -> None:
    async with desk_of(two.lead, tmp_path / "a") as mine, contextlib.AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(two.visitor()) for _ in range(5)]
        for visitor in visitors:
            await visitor.stored(visitor.say("aidez-moi"))
        async with desk_of(two.zoe, tmp_path / "b") as hers:
            await seen(hers, *visitors)
            for _ in visitors:
                hers.desk.claims.take_next()
            kid = hers.desk.me
            assert hers.desk.claims.in_hand == 5
            await mine.until(lambda: mine.desk.queue.load(kid) == 5)
        await mine.until(lambda: not mine.desk.shift.officer(kid).linked)  # type: ignore[union-attr]
        flagged = [tended(mine.desk, conversation) for conversation in mine.desk.queue.held_by(kid)]
        assert [each.holder_gone for each in flagged] == [True] * 5
        assert all(0 < each.back_in <= 120_000 for each in flagged)
        while kid not in two.relay.relay.context.tending._gone:
            await asyncio.sleep(0.01)
        two.clock.ahead = 120_000
        await mine.until(lambda: mine.desk.queue.waiting_size == 5)
        row = [reasons_of(mine, visitor.cid) for visitor in visitors]
        assert row == [[Reason("returned", kid, text="gone")]] * 5
        for visitor in visitors:
            events = await two.relay.relay.context.log.read(0, 1000, visitor.cid)
            assert [(event.kind, event.by) for event in events].count(("released", RELAY)) == 1


def reasons_of(watched: Watched, cid: str) -> list[Reason]:
    from officer_console.console.queue_words import row_of

    conversation = watched.desk.queue.get(cid)
    assert conversation
    return reasons(row_of(watched.desk), conversation)


async def test_all_words_of_who_waits_are_opened_for_who_looks_for_signals(two: Desk, tmp_path: Path) -> None:
    async with desk_of(two.lead, tmp_path / "a") as mine, two.visitor() as visitor:
        for words in ("bonjour", "il a bu", "il a un couteau"):
            await visitor.stored(visitor.say(words))
        await seen(mine, visitor)
        assert "il a un couteau" not in [line.text for line in mine.desk.talk.lines(visitor.cid)]
        mine.desk.signals.read_along()
        await mine.until(lambda: "il a un couteau" in [line.text for line in mine.desk.talk.lines(visitor.cid)])
        mine.desk.signals.propose(visitor.cid, "red")
        mine.desk.signals.propose(visitor.cid, "amber")
        assert mine.desk.queue.proposed(visitor.cid) == "red"
