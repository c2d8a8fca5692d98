"""The board on a real relay: an officer's request, the dispatcher's keys, and what the officer then sees."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from textual.pilot import Pilot

from officer_console.client.api import LinkPhase, Patrol
from officer_console.client.enrolling import Enrolled, found_desk
from officer_console.client.open_desk import wall_clock
from officer_console.client.visitor import Visitor
from officer_console.config import Dispatch
from officer_console.console.board.app import BoardApp
from officer_console.console.board.setup import Setup
from officer_console.demo.dispatcher import room_keys
from officer_console.demo.members import enrol_here
from officer_console.dispatch.board import Board
from officer_console.dispatch.service import Membership, make_room, open_store
from officer_console.errors import UserError
from officer_console.model.patrol import PatrolRequest, PatrolState
from officer_console.paths import private_dir
from officer_console.protocol.founding import parse_founding_code
from officer_console.relay.service import Running, running_relay
from tests.board.fake_room import NADEGE
from tests.client.test_desk import WAIT_S, Watched, on_duty, visitor_of
from tests.relay.peers import relay_config

LILAS = PatrolRequest(place="14 rue des Lilas", city="Lyon", words="Une patrouille arrive.")
S = PatrolState


class Stage(NamedTuple):
    """An officer who holds a visitor's conversation, and a board."""

    relay: Running
    mine: Watched
    visitor: Visitor
    app: BoardApp
    pilot: Pilot[int]

    @property
    def patrol(self) -> Patrol:
        patrol = self.mine.desk.patrols.of(self.visitor.cid)
        assert patrol
        return patrol

    @property
    def text(self) -> str:
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    async def shows(self, words: str) -> None:
        """Wait until it is on the board."""
        while words not in self.text:
            await asyncio.sleep(0.02)

    async def sees(self, fits: Callable[[Patrol], object]) -> None:
        """Wait until the officer sees it."""
        await self.mine.until(lambda: self.mine.desk.patrols.of(self.visitor.cid) and fits(self.patrol))


async def people(relay: Running) -> tuple[Enrolled, Enrolled]:
    """A shift lead of a practice desk, and a room."""
    code, now = parse_founding_code(relay.founding_code()), wall_clock() // 1000
    lead = (await found_desk(code, "Camille", "Poste 9", now, use="practice")).lead
    room, lead = await enrol_here(lead, "Salle 9", "dispatch", now)
    return lead, room


@asynccontextmanager
async def board_of(enrolled: Enrolled, folder: Path) -> AsyncIterator[tuple[BoardApp, Pilot[int]]]:
    mine = Membership(enrolled.relay_url, room_keys(enrolled), private_dir(folder))
    with contextlib.closing(open_store(mine)) as store:
        board = Board(store)
        room = make_room(Dispatch(exercise=True), mine, store, board)
        app = BoardApp(Setup(room=room, board=board))
        async with app.run_test(size=(120, 30)) as pilot:
            while room.link.phase is not LinkPhase.ONLINE:
                await asyncio.sleep(0.02)
            yield app, pilot


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    (folder / "relay").mkdir(mode=0o700)
    async with asyncio.timeout(2 * WAIT_S), running_relay(relay_config(folder / "relay"), 0) as relay:
        lead, room = await people(relay)
        async with (
            on_duty(lead, folder / "lead") as mine,
            visitor_of(relay, lead) as visitor,
            board_of(room, folder / "board") as (app, pilot),
        ):
            await visitor.stored(visitor.say("il est derrière la porte, 14 rue des lilas"))
            await mine.until(lambda: len(mine.desk.queue))
            mine.desk.claims.claim(visitor.cid)
            await mine.until(lambda: mine.desk.queue[0].holder == mine.desk.me and mine.desk.talk.lines(visitor.cid))
            yield Stage(relay, mine, visitor, app, pilot)


async def test_from_the_officers_request_to_the_dispatchers_keys_and_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        assert s.mine.desk.practice
        s.mine.desk.patrols.request(s.visitor.cid, LILAS, 0)
        await s.shows("NEW REQUEST: Enter opens it")
        await s.sees(lambda patrol: patrol.state is S.DELIVERED and not patrol.unacked_since)
        for key, state in [("enter", S.OPENED), ("a", S.ACCEPTED)]:
            await s.pilot.press(key)
            await s.sees(lambda patrol, state=state: patrol.state is state)
        await s.visitor.until(lambda visitor: visitor.helps)
        await s.pilot.press("u", *"TV12", "enter")
        await s.sees(lambda patrol: (patrol.state, patrol.unit) == (S.ASSIGNED, "TV12"))
        await s.pilot.press("q", *"etage", "enter")
        await s.sees(lambda patrol: patrol.question == "etage")
        s.mine.desk.patrols.request(s.visitor.cid, msgspec.structs.replace(LILAS, floor="3e"), 0)
        await s.shows("UPDATE of")
        await s.sees(lambda patrol: not patrol.question and not patrol.unacked_since)
        await s.pilot.press("enter", "w")
        await s.sees(lambda patrol: patrol.state is S.ON_THE_WAY)
        s.mine.desk.patrols.cancel(s.visitor.cid, "elle est sortie")
        await s.shows("elle est sortie")
        await s.sees(lambda patrol: patrol.state is S.CANCELLED and not patrol.unacked_since)
        await s.pilot.press("enter", "c")
        await s.sees(lambda patrol: patrol.state is S.CLOSED)


def callback_states(s: Stage) -> list[str]:
    """What the officer sees of his requests for a call back."""
    return [each.state for each in s.mine.desk.referrals.callbacks(s.visitor.cid)]


async def test_a_call_back_from_the_officers_request_to_taken(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.mine.desk.referrals.request_callback(s.visitor.cid, NADEGE)
        await s.shows("1 call back to read (B)")
        await s.mine.until(lambda: callback_states(s) == ["asked"])
        await s.pilot.press("b")
        await s.shows(NADEGE.phone)
        assert NADEGE.when in s.text and "Camille" in s.text and "EXERCISE: nobody is called" in s.text
        await s.pilot.press("enter")
        await s.mine.until(lambda: callback_states(s) == ["taken"])
        await s.shows("□ taken · Nadège")
        s.mine.desk.referrals.request_callback(s.visitor.cid, msgspec.structs.replace(NADEGE, name="encore"))
        await s.shows("● encore")
        await s.pilot.press("home", "r", "2", "enter")
        await s.mine.until(lambda: callback_states(s) == ["taken", "refused"])


async def test_a_call_back_goes_with_the_conversation_also_while_it_is_read(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.mine.desk.referrals.request_callback(s.visitor.cid, NADEGE)
        await s.shows("1 call back to read (B)")
        await s.pilot.press("b")
        await s.shows(NADEGE.phone)
        await s.visitor.erase()
        await s.shows("She has erased the conversation: this call back is gone")
        assert NADEGE.phone not in s.text and NADEGE.name not in s.text
        await s.pilot.press("enter", "escape")
        assert not s.app.board.calling.roll.shown
    files = b"".join(each.read_bytes() for each in (tmp_path / "board").iterdir() if each.is_file())
    assert NADEGE.phone.encode() not in files


async def test_what_the_board_was_told_is_there_after_a_restart_and_rings_on(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir(mode=0o700)
    async with asyncio.timeout(2 * WAIT_S), running_relay(relay_config(tmp_path / "relay"), 0) as relay:
        lead, room = await people(relay)
        async with on_duty(lead, tmp_path / "lead") as mine, visitor_of(relay, lead) as visitor:
            await visitor.stored(visitor.say("bonjour"))
            await mine.until(lambda: len(mine.desk.queue))
            async with board_of(room, tmp_path / "board") as (app, _pilot):
                mine.desk.patrols.request(visitor.cid, LILAS, 0)
                while not app.board.roll.shown:
                    await asyncio.sleep(0.02)
            async with board_of(room, tmp_path / "board") as (app, pilot):
                [case] = app.board.roll.shown
                assert case.rings and case.case.newest == LILAS
                await pilot.press("enter", "a")
                await mine.until(lambda: mine.desk.patrols.of(visitor.cid).state is S.ACCEPTED)  # type: ignore[union-attr]


async def test_a_second_board_on_the_same_data_and_a_real_room_are_refused(tmp_path: Path) -> None:
    (tmp_path / "relay").mkdir(mode=0o700)
    async with asyncio.timeout(2 * WAIT_S), running_relay(relay_config(tmp_path / "relay"), 0) as relay:
        _lead, room = await people(relay)
        mine = Membership(room.relay_url, room_keys(room), private_dir(tmp_path / "board"))
        with contextlib.closing(open_store(mine)) as store:
            with pytest.raises(UserError, match="Another dispatch side"):
                open_store(mine)
            with pytest.raises(UserError, match=r"dispatch\.exercise = true"):
                make_room(Dispatch(), mine, store, Board(store))
