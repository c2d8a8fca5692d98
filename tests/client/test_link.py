"""The link tells the truth, tries again when that can help, and leaves the screen its time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection

from officer_console.client import link as link_module
from officer_console.client.api import LinkPhase
from officer_console.client.link import REFUSALS, Link
from officer_console.model.envelope import VISITOR
from officer_console.model.events import Event, Left
from officer_console.protocol.commands import Entry, Heads
from officer_console.protocol.desk_session import Tell
from officer_console.protocol.frames import Bye, Happened, Here, Welcome
from officer_console.protocol.refusals import REFUSALS as KNOWN
from officer_console.vault.base64url import b64
from officer_console.vault.statements import DAY

from .paper import NOW, Paper
from .scripted import ScriptedRelay, Talk

PAPER = Paper()
WAIT_S = 5
CID = "C" * 22


class Watched:
    """A link, and the phases through which it went."""

    def __init__(self, relay: ScriptedRelay, now: int = NOW) -> None:
        self.phases: list[LinkPhase] = []
        self.told: list[Tell] = []
        self.link = Link(relay.url, relay.chain, lambda: 0, self.told.append, self._changed, lambda: now * 1000)
        self._stirred = asyncio.Event()

    def _changed(self) -> None:
        self.phases.append(self.link.state.phase)
        self._stirred.set()

    async def until(self, phase: LinkPhase, problem: str | None = None) -> None:
        while self.link.state.phase is not phase or self.link.state.problem != (problem or self.link.state.problem):
            self._stirred.clear()
            await self._stirred.wait()


@asynccontextmanager
async def linked(relay: ScriptedRelay, now: int = NOW) -> AsyncIterator[Watched]:
    async with asyncio.timeout(WAIT_S), relay.serving():
        watched = Watched(relay, now)
        running = asyncio.create_task(watched.link.run())
        try:
            yield watched
        finally:
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running


def refusing(code: str) -> ScriptedRelay:
    return ScriptedRelay(PAPER.officer, lambda talk: talk.refuse(code))


def test_the_table_is_of_refusals_and_of_phases_that_wait() -> None:
    assert KNOWN.keys() >= REFUSALS.keys()
    assert set(REFUSALS.values()) == {LinkPhase.REFUSED, LinkPhase.STOPPED}


@pytest.mark.parametrize("code", [code for code, phase in REFUSALS.items() if phase is LinkPhase.STOPPED])
async def test_what_only_a_person_can_mend_stops_it_until_the_key(code: str) -> None:
    relay = refusing(code)
    async with linked(relay) as watched:
        await watched.until(LinkPhase.STOPPED, code)
        assert (relay.visits, watched.link.state.retry_at) == (1, 0)
        relay.script = lambda talk: talk.refuse("busy")
        watched.link.retry()
        await watched.until(LinkPhase.RECONNECTING, "busy")
        assert relay.visits == 2


@pytest.mark.parametrize("code", [code for code, phase in REFUSALS.items() if phase is LinkPhase.REFUSED])
async def test_what_may_pass_is_tried_again_by_itself(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "REFUSED_S", 0.05)
    relay = refusing(code)
    async with linked(relay) as watched:
        await watched.until(LinkPhase.REFUSED, code)
        assert watched.link.state.retry_at == NOW * 1000 + 50
        relay.script = welcomed(relay)
        await watched.until(LinkPhase.ONLINE)
        assert watched.link.state.problem == ""


@pytest.mark.parametrize(
    ("here", "there", "phase"),
    [(366, 366, LinkPhase.STOPPED), (366, 0, LinkPhase.REFUSED), (0, 366, LinkPhase.REFUSED)],
)
async def test_a_login_is_refused_for_good_when_both_clocks_say_that_the_enrolment_has_ended(
    here: int, there: int, phase: LinkPhase
) -> None:
    relay = refusing("login")
    relay.now = (NOW + there * DAY) * 1000
    async with linked(relay, NOW + here * DAY) as watched:
        await watched.until(phase, "login")


@pytest.mark.parametrize("size", [-1, 0])
async def test_a_relay_whose_list_was_rewritten_stops_it(size: int) -> None:
    heads = PAPER.officer.heads
    relay = refusing("busy")
    relay.heads = Heads(heads.size + size, b64(bytes(32)))
    async with linked(relay) as watched:
        await watched.until(LinkPhase.STOPPED, "directory")


async def test_statements_that_nobody_signed_stop_it() -> None:
    async def forged(talk: Talk) -> None:
        await talk.send(Welcome(PAPER.officer.kid, "officer", 0, 0, [Entry("{}", b64(bytes(64)))], []))
        await talk.gone()

    async with linked(ScriptedRelay(PAPER.officer, forged)) as watched:
        await watched.until(LinkPhase.STOPPED, "directory")
        assert watched.told == []


async def test_a_connection_that_is_lost_before_the_first_byte_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The relay was killed in that moment; `websockets` has an error of its own for it."""
    shaking, cut = ClientConnection.handshake, []

    async def handshake(connection: ClientConnection, *rest: Any) -> None:
        if not cut:
            cut.append(connection)
            connection.transport.abort()
            await asyncio.shield(connection.connection_lost_waiter)
        await shaking(connection, *rest)

    monkeypatch.setattr(ClientConnection, "handshake", handshake)
    relay = ScriptedRelay(PAPER.officer, lambda talk: talk.gone())
    relay.script = welcomed(relay)  # type: ignore[assignment]
    async with linked(relay) as watched:
        await watched.until(LinkPhase.ONLINE)
        assert cut and LinkPhase.RECONNECTING in watched.phases


async def test_a_relay_that_goes_says_when_to_come_back() -> None:
    async def goes(talk: Talk) -> None:
        await talk.send(Bye(50_000))

    async with linked(ScriptedRelay(PAPER.officer, goes)) as watched:
        await watched.until(LinkPhase.RECONNECTING, "")
        assert watched.link.state.retry_at >= (NOW + 50) * 1000


def welcomed(relay: ScriptedRelay, *events: Event) -> object:
    async def script(talk: Talk) -> None:
        await talk.send(relay.welcome(), *map(Happened, events), Here(len(events)))
        await talk.gone()

    return script


def many(count: int) -> list[Event]:
    return [Event(n, n, CID, f"e{n}", VISITOR, Left("lost")) for n in range(1, count + 1)]


async def test_a_long_catch_up_leaves_the_screen_its_time() -> None:
    """Events come faster than they are taken in, each costs a millisecond; everything else gets its turns."""
    relay = ScriptedRelay(PAPER.officer, lambda talk: talk.gone())
    relay.script = welcomed(relay, *many(300))  # type: ignore[assignment]
    async with linked(relay) as watched:
        turns, most = [0], [0]

        def costly(tell: Tell) -> None:
            if isinstance(tell.frame, Happened):
                end = time.perf_counter() + 0.001
                while time.perf_counter() < end:
                    pass
                turns[0] += 1
                most[0] = max(most[0], turns[0])

        async def screen() -> None:
            while True:
                turns[0] = 0
                await asyncio.sleep(0)

        watched.link._told = costly
        drawing = asyncio.create_task(screen())
        await watched.until(LinkPhase.ONLINE)
        drawing.cancel()
        assert 0 < most[0] <= 8


async def test_no_frame_is_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    for name in (None, "websockets"):
        caplog.set_level(logging.DEBUG, name)
    relay = ScriptedRelay(PAPER.officer, lambda talk: talk.gone())
    relay.script = welcomed(relay, *many(3))  # type: ignore[assignment]
    async with linked(relay) as watched:
        await watched.until(LinkPhase.ONLINE)
    ours = [record for record in caplog.records if not record.name.startswith("websockets.server")]
    assert not any("TEXT" in record.getMessage() or "GET /desk" in record.getMessage() for record in ours)
    assert any("TEXT" in record.getMessage() for record in caplog.records)  # the other side of the same talk
