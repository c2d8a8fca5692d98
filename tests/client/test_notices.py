"""What rings: at once while the link stands; after it was down, what still holds, once; never what was there before."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from hypothesis import given, settings
from hypothesis.strategies import integers, lists, sampled_from

from officer_console.client.api import LinkPhase, Notice
from officer_console.client.enrolling import found_desk
from officer_console.client.notices import Notices
from officer_console.client.open_desk import wall_clock
from officer_console.model.conversation import State
from officer_console.model.events import Claimed, Closed, Erased, Event, Left, Opened, Released, Returned, Said, What
from officer_console.model.queue import Queue
from officer_console.protocol.founding import parse_founding_code
from officer_console.relay.service import running_relay

from .test_desk import fixed, on_duty, visitor_of

ME, ANA, VISITOR = "kid-me", "kid-ana", "v"
STEPS: dict[str, tuple[str, What]] = {
    "writes": (VISITOR, Said()),
    "I take": (ME, Claimed()),
    "Ana takes": (ANA, Claimed()),
    "I put back": (ME, Released()),
    "Ana puts back": (ANA, Released()),
    "I close": (ME, Closed()),
    "leaves": (VISITOR, Left("lost")),
    "returns": (VISITOR, Returned()),
    "erases": (VISITOR, Erased()),
}


class Console:
    """The notices of one console."""

    def __init__(self) -> None:
        self.told: list[Notice] = []
        self.queue = Queue(ME)
        self.notices = Notices(self.queue, self.told.append)

    def hear(self, *events: Event) -> None:
        for event in events:
            self.notices.happened(event, *self.queue.apply(event))


def told(cid: str, *steps: str, after: int = 0) -> list[Event]:
    happened = [(VISITOR, Opened(h="", box="")), *(STEPS[step] for step in steps)]
    return [Event(after + n, n, cid, f"e{after + n}", by, what) for n, (by, what) in enumerate(happened, 1)]


def away(before: list[str], meanwhile: list[str]) -> list[str]:
    """What is told at the end, when the link was down for `meanwhile`."""
    console, events = Console(), told("a", *before, *meanwhile)
    known = len(events) - len(meanwhile)
    console.hear(*events[:known])
    console.notices.linked(True)
    console.notices.linked(False)
    console.hear(*events[known:])
    assert console.told == []
    console.notices.linked(True)
    kinds = [notice.kind for notice in console.told]
    console.notices.linked(False)
    console.notices.linked(True)
    assert len(console.told) == len(kinds)
    return kinds


def test_what_came_while_the_link_was_down_rings_once() -> None:
    assert away([], ["writes"]) == ["arrived"]
    assert away(["writes", "I take"], ["writes", "writes", "writes"]) == ["wrote"]
    assert away(["writes", "I take", "I close"], ["writes"]) == ["reopened"]
    assert away(["writes", "I take"], ["writes", "leaves"]) == ["wrote", "left"]
    assert away(["writes", "I take"], ["leaves", "returns"]) == ["returned"]
    assert away(["writes", "I take"], ["erases"]) == ["erased"]
    assert away(["writes", "Ana takes"], ["Ana puts back"]) == ["arrived"]


def test_what_needs_nobody_any_more_does_not_ring() -> None:
    assert away([], ["writes", "Ana takes"]) == []
    assert away([], ["writes", "erases"]) == []
    assert away(["writes"], ["writes"]) == []
    assert away(["writes", "I take"], ["writes", "I put back", "Ana takes"]) == []


def test_what_waits_when_the_console_starts_does_not_ring_even_if_the_link_breaks_meanwhile() -> None:
    console = Console()
    console.hear(*told("a", "writes"))
    console.notices.linked(False)
    console.hear(*told("b", "writes", after=100))
    console.notices.linked(True)
    assert console.told == []
    console.hear(*told("c", "writes", after=200))
    assert console.told == [Notice("arrived", "c")]


@settings(max_examples=200)
@given(lists(sampled_from(sorted(STEPS)), max_size=12), lists(integers(0, 12), max_size=6))
def test_what_is_told_late_is_what_would_have_been_told_live_and_still_holds(steps: list[str], cuts: list[int]) -> None:
    events = told("a", *steps)
    live, broken = Console(), Console()
    for console in (live, broken):
        console.notices.linked(True)
    live.hear(*events)
    for n, event in enumerate(events):
        broken.notices.linked(cuts.count(n) % 2 == 0)
        broken.hear(event)
    broken.notices.linked(True)
    assert {*broken.told} <= {*live.told} and len(broken.told) <= len(live.told)
    now = broken.queue.get("a")
    assert now is not None
    waits = {Notice("arrived", "a"), Notice("reopened", "a")}
    if now.state is State.WAITING:
        assert bool(waits & {*broken.told}) == bool(waits & {*live.told})


async def test_a_visitor_who_came_while_the_relay_was_away_rings(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir(mode=0o700)
    config = fixed(tmp_path / "relay")
    async with contextlib.AsyncExitStack() as first:
        relay = await first.enter_async_context(running_relay(config))
        lead = (await found_desk(parse_founding_code(relay.founding_code()), "C", "Poste 9", wall_clock() // 1000)).lead
        async with on_duty(lead, tmp_path / "lead") as mine, visitor_of(relay, lead) as known:
            await known.stored(known.say("avant"))
            await mine.until(lambda: Notice("arrived", known.cid) in mine.notices)
            await first.aclose()
            await mine.until(lambda: mine.desk.link.phase is LinkPhase.RECONNECTING)
            address, mine.desk._link._address = mine.desk._link._address, "ws://127.0.0.1:9/desk"
            async with visitor_of(relay, lead) as visitor, running_relay(config):
                await visitor.stored(visitor.say("pendant"))
                mine.desk._link._address = address
                assert mine.desk.link.phase is LinkPhase.RECONNECTING
                async with asyncio.timeout(20):
                    while Notice("arrived", visitor.cid) not in mine.notices:
                        mine.desk.retry()
                        await asyncio.sleep(0.01)
                assert mine.notices.count(Notice("arrived", known.cid)) == 1
