"""The demo's simulated dispatch room: its script, and that it is silent while a person sits at the board."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import msgspec
import pytest

from officer_console.client.api import LinkPhase
from officer_console.client.visitor import Visitor
from officer_console.config import Dispatch
from officer_console.console.patrol_words import HELP
from officer_console.demo import dispatcher
from officer_console.demo.dispatcher import SCRIPT, UNITS, Simulated, plan, room_keys
from officer_console.demo.player import Player
from officer_console.demo.story import load_topics, mentions
from officer_console.demo.visitors import Telling
from officer_console.demo.world import BOARD_FILE, There, Wanted, world
from officer_console.dispatch.board import Act, Board, OnBoard
from officer_console.dispatch.cases import Asking, RoomCase
from officer_console.dispatch.room import Room
from officer_console.dispatch.service import Membership, make_room, open_store
from officer_console.model.bodies import Help
from officer_console.model.patrol import PatrolRequest, PatrolState
from officer_console.paths import private_dir
from officer_console.protocol.visitor_events import Heard
from tests.board.fake_room import LILAS, NADEGE, FakeRoom
from tests.client.test_desk import Watched, on_duty

from .playing import told

S = PatrolState
WAIT_S = 40
ARMED = msgspec.structs.replace(LILAS, weapon="couteau")


# ---- the script --------------------------------------------------------------------------------------------------


def a_case(state: PatrolState, request: PatrolRequest = LILAS, cancelled: bool = False) -> OnBoard:
    asked = [Asking("a", 1, 1, "k", "Noor", request=request)]
    asked += [Asking("b", 2, 2, "k", "Noor", cancels=True, reason="non")] if cancelled else []
    return OnBoard(RoomCase("a", "c", 1, tuple(asked), state), state, 1)


def asking(seed_from: int = 0) -> Random:
    """Chance by which something is asked."""
    return next(Random(n) for n in range(seed_from, 100) if Act.ASK in acts(plan(a_case(S.DELIVERED), Random(n))))


def acts(steps: list[dispatcher.Step]) -> list[Act]:
    return [step.act for step in steps]


def test_a_request_goes_all_the_way_in_humane_times() -> None:
    steps = plan(a_case(S.DELIVERED), asking())
    assert acts(steps) == [act for _at, act, _state in SCRIPT]
    assert [step.after for step in steps] == sorted(step.after for step in steps)
    assert 1.5 < steps[0].after < 3 and 70 < steps[-1].after < 115
    assert next(step.words for step in steps if step.act is Act.ASSIGN) in UNITS


def test_not_every_case_has_a_question_and_it_is_in_the_language_of_the_page() -> None:
    asked = [Act.ASK in acts(plan(a_case(S.DELIVERED), Random(n))) for n in range(100)]
    assert 20 < sum(asked) < 60
    english = msgspec.structs.replace(LILAS, language="en")
    for request, questions in [(LILAS, "fr"), (english, "en")]:
        words = next(step.words for step in plan(a_case(S.DELIVERED, request), asking()) if step.act is Act.ASK)
        assert words in dispatcher.QUESTIONS[questions]


def test_it_goes_on_from_where_a_case_stands() -> None:
    assert acts(plan(a_case(S.ON_THE_WAY), Random(1))) == [Act.ON_SCENE, Act.CLOSE]
    assert plan(a_case(S.ON_THE_WAY), Random(1))[0].after > 30
    assert plan(a_case(S.CLOSED), Random(1)) == plan(a_case(S.REFUSED), Random(1)) == []


def test_a_cancelled_case_is_closed_and_nothing_else() -> None:
    assert acts(plan(a_case(S.CANCELLED, cancelled=True), Random(1))) == [Act.CLOSE]
    assert plan(a_case(S.CLOSED, cancelled=True), Random(1)) == []


def test_the_same_seed_does_the_same() -> None:
    one, other = ([plan(a_case(S.DELIVERED), random) for _n in range(5)] for random in (Random("x"), Random("x")))
    assert one == other


# ---- who tells ---------------------------------------------------------------------------------------------------


class Sim:
    """A simulated dispatcher in a room without a relay; `alone` says who is there, `now` is in s."""

    def __init__(self, folder: Path) -> None:
        self.alone, self.now = True, 0.0
        self.room = FakeRoom(folder, answers=lambda: self.alone)
        self.player = Simulated(self.room, self.room.board, Random(3), lambda: self.now)  # type: ignore[arg-type]

    def play(self, seconds: float = 0) -> float | None:
        self.now += seconds
        return self.player.play(self.alone)

    def state(self, case_id: str) -> PatrolState:
        standing = self.room.standing(case_id)
        assert standing
        return standing.state


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[Sim]:
    sim = Sim(tmp_path)
    yield sim
    sim.room.store.close()


def test_alone_it_goes_all_the_way(sim: Sim) -> None:
    assert sim.play() is None
    case_id = sim.room.ask()
    assert sim.state(case_id) is S.DELIVERED
    for _n in range(20):
        wait = sim.play()
        if wait is None:
            break
        sim.play(wait)
    states = [told.state for told in sim.room.told if told.state != "question"]
    assert states == ["delivered", "opened", "accepted", "assigned", "on_the_way", "on_scene", "closed"]
    assert sim.now > 60


def test_while_somebody_else_is_there_it_tells_nothing_at_all(sim: Sim) -> None:
    sim.alone = False
    case_id = sim.room.ask()
    assert sim.play(500) is None
    assert not sim.room.told
    sim.alone = True
    sim.play()
    assert sim.state(case_id) is S.DELIVERED
    sim.play(5)
    assert sim.state(case_id) is S.ACCEPTED


def test_it_stops_in_the_middle_when_somebody_comes_and_goes_on_when_he_leaves(sim: Sim) -> None:
    case_id = sim.room.ask()
    sim.play()
    sim.play(5.1)
    told = list(sim.room.told)
    sim.alone = False
    sim.play(100)
    update = sim.room.ask(ARMED, cid=sim.room.cid(case_id))
    sim.room.elsewhere(case_id, "on_the_way")
    sim.play(100)
    assert sim.room.told == told
    sim.alone = True
    sim.play()
    assert sim.room.of(update) == ["delivered"]
    assert sim.state(case_id) is S.ON_THE_WAY
    sim.play(20)
    assert sim.state(case_id) is S.ON_THE_WAY, "not all at once"
    sim.play(50)
    assert sim.state(case_id) is S.ON_SCENE


def test_cancelled_it_is_closed_soon(sim: Sim) -> None:
    case_id = sim.room.ask()
    sim.play()
    sim.play(20)
    cancelling = sim.room.cancel(sim.room.cid(case_id))
    assert sim.room.of(cancelling) == ["delivered"]
    sim.play()
    sim.play(5)
    assert sim.state(case_id) is S.CLOSED


def test_a_person_who_was_quicker_is_not_contradicted(sim: Sim) -> None:
    case_id = sim.room.ask()
    sim.play()
    sim.room.elsewhere(case_id, "refused")
    sim.play(200)
    assert sim.room.of(case_id) == ["delivered"]


def test_a_full_disk_is_tried_again(sim: Sim) -> None:
    sim.room.ask()
    sim.play()
    sim.room.full = True
    sim.now += 5
    assert sim.player._played() == dispatcher.LOOK_S
    sim.room.full = False
    sim.player._played()
    assert "accepted" in [told.state for told in sim.room.told]


def test_a_call_back_is_taken_soon_and_once(sim: Sim) -> None:
    ids = [sim.room.call_back(), sim.room.call_back(None, code="unsealed")]
    wait = sim.play()
    assert wait and 3.5 < wait < 6.5 and not sim.room.told
    assert sim.play(wait) is None
    assert [(told.re, told.state) for told in sim.room.told] == [(ids[0], "taken")]
    sim.play(100)
    assert len(sim.room.told) == 1, "what can't be read is left to whoever can"


def test_a_call_back_waits_while_somebody_else_is_there(sim: Sim) -> None:
    first, erased = sim.room.call_back(), sim.room.call_back()
    sim.play()
    sim.alone = False
    assert sim.play(100) is None and not sim.room.told
    sim.room.erase(erased)
    sim.alone = True
    assert sim.play(), "not at once: whoever was there has only just left"
    sim.play(7)
    assert sim.room.of(first) == ["taken"] and not sim.room.of(erased)


# ---- in the demo -------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The script, thirty times as fast."""
    monkeypatch.setattr(dispatcher, "SCRIPT", tuple((at / 30, act, state) for at, act, state in SCRIPT))
    monkeypatch.setattr(dispatcher, "CALLS_BACK_S", 0.1)
    monkeypatch.setattr(dispatcher, "TAKES_S", 0.1)


class Stage:
    """The demo's world with one visitor of ours, whose conversation the demo's officer holds."""

    def __init__(self, folder: Path, there: There, mine: Watched, visitor: Visitor) -> None:
        self.folder, self.there, self.mine, self.visitor = folder, there, mine, visitor
        self.desk, self.cid = mine.desk, visitor.cid
        self.states: list[str] = []
        mine.desk.subscribe(lambda _change: self._look())

    def _look(self) -> None:
        patrol = self.desk.patrols.of(self.cid)
        if patrol and patrol.state not in self.states[-1:]:
            self.states.append(patrol.state)

    async def until(self, state: PatrolState) -> None:
        await self.mine.until(lambda: self.states[-1:] == [state])

    async def alone(self, rooms: int) -> None:
        """Wait until so many rooms are connected."""
        await self.mine.until(lambda: len(self.desk.link.rooms) == rooms)


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    demo = private_dir(folder / "demo")
    async with asyncio.timeout(WAIT_S), world(Wanted(str(demo), 0, 0, 1, "fr")) as there:
        officer = there.enrolled()
        root = officer.directory.root
        async with on_duty(officer, folder / "officer") as mine, Visitor(there.page, root) as visitor:
            await visitor.stored(visitor.say("il est derrière la porte, 14 rue des lilas"))
            await mine.until(lambda: len(mine.desk.queue))
            mine.desk.claims.claim(visitor.cid)
            await mine.until(lambda: mine.desk.queue[0].holder == mine.desk.me and mine.desk.talk.lines(visitor.cid))
            yield Stage(demo, there, mine, visitor)


@asynccontextmanager
async def person_at_the_board(s: Stage) -> AsyncIterator[tuple[Room, Board]]:
    """As `demo --board` opens it, without the screen."""
    enrolled = msgspec.json.decode((s.folder / BOARD_FILE).read_bytes(), type=There).enrolled()
    mine = Membership(enrolled.relay_url, room_keys(enrolled), private_dir(s.folder / "board"))
    with contextlib.closing(open_store(mine)) as store:
        board = Board(store)
        room = make_room(Dispatch(exercise=True), mine, store, board)
        running = asyncio.create_task(room.run())
        await when(lambda: room.link.phase is LinkPhase.ONLINE)
        yield room, board
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def when(fits: Callable[[], object]) -> None:
    while not fits():
        await asyncio.sleep(0.02)


@pytest.mark.usefixtures("quick")
async def test_the_simulated_room_answers_an_officer_through_all_states(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        assert s.desk.practice
        s.desk.patrols.request(s.cid, LILAS, 0)
        await s.until(S.CLOSED)
        assert [each for each in s.states if each not in ("kept", "stored", "sent")] == [
            "delivered", "opened", "accepted", "assigned", "on_the_way", "on_scene", "closed",
        ]  # fmt: skip
        assert s.desk.patrols.of(s.cid).unit in UNITS  # type: ignore[union-attr]
        assert [each.b for each in s.visitor.helps] == [LILAS.words]


@pytest.mark.usefixtures("quick")
async def test_a_cancelled_request_is_closed_by_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.desk.patrols.request(s.cid, LILAS, 0)
        await s.until(S.ACCEPTED)
        s.desk.patrols.cancel(s.cid, "elle est sortie")
        await s.until(S.CLOSED)
        assert S.CANCELLED in s.states


@pytest.mark.usefixtures("quick")
async def test_a_call_back_is_taken_unless_a_person_is_at_the_board(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:

        async def states(*expected: str) -> None:
            await s.mine.until(lambda: [each.state for each in s.desk.referrals.callbacks(s.cid)] == [*expected])

        s.desk.referrals.request_callback(s.cid, NADEGE)
        await states("taken")
        async with person_at_the_board(s) as (room, _board):
            await s.alone(2)
            s.desk.referrals.request_callback(s.cid, NADEGE)
            await when(lambda: len(room.callbacks()) == 2)
            await asyncio.sleep(0.5)
            await states("taken", "asked")
            assert room.answer_callback(room.callbacks()[1].id, "refused")
            await states("taken", "refused")


@pytest.mark.usefixtures("quick")
async def test_it_is_silent_while_a_person_is_at_the_board_and_goes_on_after(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        await s.alone(1)
        async with person_at_the_board(s) as (room, board):
            await s.alone(2)
            s.desk.patrols.request(s.cid, LILAS, 0)
            await s.until(S.DELIVERED)
            told = s.desk.queue[0].cases[0].told
            await asyncio.sleep(0.5)  # the script would have accepted and assigned long ago
            assert (s.states[-1], s.desk.queue[0].cases[0].told, told) == (S.DELIVERED, 1, 1)
            [case] = board.cases(room)
            assert case.rings
            for act, words, state in [
                (Act.OPEN, "", S.OPENED), (Act.ACCEPT, "", S.ACCEPTED), (Act.ASSIGN, "TV 99", S.ASSIGNED),
            ]:  # fmt: skip
                board.act(room, case.id, act, words)
                await s.until(state)
            assert s.desk.queue[0].cases[0].told == 4
        await s.alone(1)
        await s.until(S.CLOSED)
        assert s.desk.patrols.of(s.cid).unit == "TV 99"  # type: ignore[union-attr]


async def test_keys_of_the_board_lie_where_only_this_user_reads(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        assert (s.folder / BOARD_FILE).stat().st_mode & 0o777 == 0o600
        assert s.there.enrolled().directory.use == "practice"
        for name in ("room", "relay"):
            assert (s.folder / name).stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("language", ["fr", "en"])
def test_visitors_understand_the_words_that_help_is_coming(language: str) -> None:
    assert mentions(HELP[language], load_topics(language)["patrol"])


def test_a_visitor_hears_that_help_is_coming_as_she_hears_the_officer(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[str] = []
    monkeypatch.setattr(Player, "heard", lambda _self, text, _now: heard.append(text))
    monkeypatch.setattr("officer_console.demo.visitors._now", lambda: 0)
    Telling(told(), Random(1)).told(Heard(1, 1, "k", Help(ts=0, b=HELP["fr"], case="a")))
    assert heard == [HELP["fr"]]
