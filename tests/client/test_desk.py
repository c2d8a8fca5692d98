"""The officer's desk against the real relay and a headless visitor: what the screens will see."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from officer_console.client.api import Change, LinkPhase, Notice
from officer_console.client.desk import OfficerDesk
from officer_console.client.enrolling import Enrolled, found_desk
from officer_console.client.open_desk import desk_of, wall_clock
from officer_console.client.visitor import Visitor
from officer_console.config import Config
from officer_console.model.bodies import About
from officer_console.model.conversation import State
from officer_console.model.transcript import Kind, Status
from officer_console.protocol.founding import parse_founding_code
from officer_console.protocol.refusals import Refused
from officer_console.relay.service import Running, running_relay
from tests.relay.peers import relay_config

WAIT_S = 20


class Watched:
    """A desk that runs, and what it has told."""

    def __init__(self, desk: OfficerDesk) -> None:
        self.desk = desk
        self.notices: list[Notice] = []
        self._changed = asyncio.Event()
        desk.subscribe(self._told)

    def _told(self, change: Change) -> None:
        self.notices += change.notices
        self._changed.set()

    async def until(self, fits: Callable[[], object]) -> None:
        while not fits():
            self._changed.clear()
            await self._changed.wait()

    def kinds(self) -> list[str]:
        return [notice.kind for notice in self.notices]


@asynccontextmanager
async def on_duty(enrolled: Enrolled, folder: Path) -> AsyncIterator[Watched]:
    folder.mkdir(mode=0o700, exist_ok=True)
    watched = Watched(desk_of(enrolled, folder))
    running = asyncio.create_task(watched.desk.run())
    try:
        await watched.until(lambda: watched.desk.link.phase is LinkPhase.ONLINE)
        yield watched
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


@asynccontextmanager
async def station(folder: Path, port: int = 0) -> AsyncIterator[tuple[Running, Enrolled]]:
    (folder / "relay").mkdir(mode=0o700, exist_ok=True)
    async with asyncio.timeout(WAIT_S), running_relay(relay_config(folder / "relay"), port) as relay:
        code = parse_founding_code(relay.founding_code())
        founded = await found_desk(code, "Camille", "Poste 9", wall_clock() // 1000)
        yield relay, founded.lead


def visitor_of(relay: Running, lead: Enrolled) -> Visitor:
    return Visitor(relay.url, lead.directory.root, about=About(ts=0, lang="fr", postcode="69003"))


async def test_from_the_queue_to_the_goodbye(tmp_path: Path) -> None:
    async with station(tmp_path) as (relay, lead), on_duty(lead, tmp_path / "lead") as mine:
        desk = mine.desk
        async with visitor_of(relay, lead) as visitor:
            await visitor.stored(visitor.say("il est derrière la porte"))
            await mine.until(lambda: len(desk.queue) and desk.queue[0].first_words)
            waiting = desk.queue[0]
            assert (waiting.language, waiting.postcode, waiting.state) == ("fr", "69003", State.WAITING)
            assert "arrived" in mine.kinds()
            cid = desk.claims.take_next()
            assert cid == visitor.cid
            await mine.until(lambda: desk.queue[0].holder == desk.me)
            desk.open(cid)
            await mine.until(lambda: any(line.kind is Kind.VISITOR for line in desk.talk.lines(cid)))
            assert desk.talk.unread(cid) == 1
            desk.talk.mark_read(cid)
            assert desk.talk.unread(cid) == 0
            desk.talk.save_draft(cid, "Êtes-vous")
            desk.talk.say(cid, "Êtes-vous en sécurité ?")
            assert desk.talk.draft(cid) == "" and desk.talk.lines(cid)[-1].status is Status.PENDING
            await visitor.until(lambda v: v.texts == ["Êtes-vous en sécurité ?"])
            await mine.until(lambda: desk.talk.lines(cid)[-1].status is Status.READ)
            assert desk.link.unsent == 0
            await visitor.leave("exit")
            await mine.until(lambda: desk.queue[0].visitor == "exit")
            desk.claims.close_conversation(cid, "advised", "elle est partie")
            await mine.until(lambda: desk.queue[0].state is State.CLOSED and desk.queue[0].outcome)
            assert (desk.talk.lines(cid)[-1].text, desk.talk.lines(cid)[-1].remark) == ("advised", "elle est partie")


async def test_not_my_conversation(tmp_path: Path) -> None:
    async with station(tmp_path) as (relay, lead), on_duty(lead, tmp_path / "lead") as mine:
        visiting = visitor_of(relay, lead)
        async with visiting as visitor:
            await visitor.stored(visitor.say("bonjour"))
            await mine.until(lambda: len(mine.desk.queue))
            with pytest.raises(Refused, match="not_yours"):
                mine.desk.talk.say(visitor.cid, "trop tôt")


async def test_what_was_written_without_a_link_goes_out_once(tmp_path: Path) -> None:
    """The console ends with an unsent message; the next console of the officer sends it, once."""
    async with station(tmp_path) as (relay, lead), visitor_of(relay, lead) as visitor:
        await visitor.stored(visitor.say("bonjour"))
        async with on_duty(lead, tmp_path / "lead") as mine:
            await mine.until(lambda: len(mine.desk.queue))
            cid = mine.desk.claims.take_next()
            assert cid is not None
            mine.desk.open(cid)
            await mine.until(lambda: mine.desk.queue[0].holder == mine.desk.me and mine.desk.talk.lines(cid))
            mine.desk._sender.linked(False)  # nothing leaves any more, as when the cable is out
            mine.desk.talk.say(cid, "je suis là")
            mine.desk.talk.say(cid, "restez cachée")
        async with on_duty(lead, tmp_path / "lead") as again:
            await visitor.until(lambda v: len(v.texts) == 2)
            await again.until(lambda: not again.desk.link.unsent)
        assert visitor.texts == ["je suis là", "restez cachée"]


async def test_erased_by_the_visitor_is_forgotten_here(tmp_path: Path) -> None:
    async with station(tmp_path) as (relay, lead), on_duty(lead, tmp_path / "lead") as mine:
        desk = mine.desk
        async with visitor_of(relay, lead) as visitor:
            await visitor.stored(visitor.say("efface-moi"))
            await mine.until(lambda: len(desk.queue))
            cid = desk.claims.take_next()
            assert cid is not None
            desk.open(cid)
            await mine.until(lambda: desk.queue[0].holder == desk.me and desk.talk.lines(cid))
            desk.talk.save_draft(cid, "un brouillon")
            await visitor.erase()
            await mine.until(lambda: desk.queue[0].state is State.ERASED)
            assert (desk.talk.lines(cid), desk.talk.draft(cid), desk.queue[0].first_words) == ((), "", "")
            await mine.until(lambda: "erased" in mine.kinds())


def fixed(folder: Path) -> Config:
    """A relay's configuration with a port of its own, so that it can come back where it was."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base = relay_config(folder)
    url = f"http://127.0.0.1:{port}"
    return msgspec.structs.replace(base, relay=msgspec.structs.replace(base.relay, port=port, public_url=url))


async def test_the_relay_restarts_and_the_desk_comes_back(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir(mode=0o700)
    config = fixed(tmp_path / "relay")
    async with asyncio.timeout(WAIT_S), contextlib.AsyncExitStack() as first:
        relay = await first.enter_async_context(running_relay(config))
        code = parse_founding_code(relay.founding_code())
        lead = (await found_desk(code, "Camille", "Poste 9", wall_clock() // 1000)).lead
        async with on_duty(lead, tmp_path / "lead") as mine, visitor_of(relay, lead) as visitor:
            await visitor.stored(visitor.say("avant"))
            await mine.until(lambda: len(mine.desk.queue))
            await first.aclose()
            await mine.until(lambda: mine.desk.link.phase is LinkPhase.RECONNECTING)
            number = visitor.say("pendant")
            async with running_relay(config):
                await mine.until(lambda: mine.desk.link.phase is LinkPhase.ONLINE)
                await visitor.stored(number)
                await mine.until(lambda: mine.desk.queue[0].visitor_count == 3)  # the page's own, and two


async def test_a_refused_note_never_comes_near_the_visitor(tmp_path: Path) -> None:
    async with station(tmp_path) as (relay, lead), on_duty(lead, tmp_path / "lead") as mine:
        desk, visiting = mine.desk, visitor_of(relay, lead)
        async with visiting as visitor:
            await visitor.stored(visitor.say("bonjour"))
            await mine.until(lambda: len(desk.queue))
            cid = desk.claims.take_next()
            assert cid is not None
            await mine.until(lambda: desk.queue[0].holder == desk.me)
            desk._sender.linked(False)
            desk.talk.note(cid, "je ne la crois pas")
            [(number, _)] = list(desk._outbox)
            desk._answers.refused([number], "not_yours", "")
            assert (desk.talk.draft(cid), desk.link.unsent) == ("", 0)


async def test_a_desk_is_not_founded_before_its_keys_are_safe(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir(mode=0o700)

    def full(root: bytes, identity: object) -> None:
        raise OSError(28, "No space left on device")

    async with asyncio.timeout(WAIT_S), running_relay(relay_config(tmp_path / "relay"), 0) as relay:
        code = parse_founding_code(relay.founding_code())
        with pytest.raises(OSError, match="No space"):
            await found_desk(code, "Camille", "Poste 9", wall_clock() // 1000, full)
        assert (await found_desk(code, "Camille", "Poste 9", wall_clock() // 1000)).root_priv
