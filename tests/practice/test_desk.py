"""The practice desk: the shape of the real one, its rules, its patrols that reach nothing, and the replay."""

from __future__ import annotations

import asyncio
import inspect
import socket
import sys
from typing import Any, NoReturn

import pytest

from officer_console.client import api
from officer_console.client.api import Change, Desk
from officer_console.model.callback import CallBackRequest
from officer_console.model.conversation import State
from officer_console.model.patrol import PatrolRequest, PatrolState
from officer_console.model.transcript import Kind, Status
from officer_console.practice.desk.clock import Clock
from officer_console.practice.desk.desk import OFFICER, PracticeDesk
from officer_console.practice.desk.replay import Replay
from officer_console.practice.moments import Sends
from officer_console.protocol.refusals import Refused
from tests.practice.desking import BEGAN, Seconds, Table
from tests.practice.made import plot, session

CID = "practice-0"
SAFE = "Pouvez-vous écrire sans danger ?"
PLACE = PatrolRequest(place="3 rue X", words="On arrive.")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a socket to anywhere fails."""

    def refuse(*_args: Any) -> NoReturn:
        raise AssertionError("practice has opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


PARTS = {
    "talk": api.Talk, "claims": api.Claims, "patrols": api.PatrolRequests, "referrals": api.Referrals,
    "signals": api.Signals, "enrolment": api.Enrolment, "handovers": api.HandOvers, "care": api.Care,
    "shift": api.Shift, "figures": api.Figures, "lead": api.Lead,
}  # fmt: skip


def test_it_has_everything_that_the_screens_ask_for() -> None:
    desk: Desk = PracticeDesk(Clock(Seconds(), BEGAN))
    shaped_alike(api.Desk, desk)
    for name, shape in PARTS.items():
        shaped_alike(shape, getattr(desk, name))


def shaped_alike(shape: type, there: object) -> None:
    for name, member in inspect.getmembers(shape):
        if not name.startswith("_"):
            assert hasattr(there, name), name
            if inspect.isfunction(member):
                wanted, ours = inspect.signature(member), inspect.signature(getattr(type(there), name))
                assert list(wanted.parameters) == list(ours.parameters), name


async def test_a_visitor_arrives_waits_and_is_taken() -> None:
    table = Table(plot())
    assert len(table.desk.queue) == 0
    table.pass_time(2)
    conversation = table.desk.queue[0]
    assert (conversation.state, conversation.language, conversation.postcode) == (State.WAITING, "fr", "69003")
    assert conversation.first_words == "il est la"
    assert table.desk.claims.take_next() == CID
    assert table.desk.queue[0].holder == table.desk.me
    assert table.desk.claims.take_next() is None


async def test_a_reply_is_answered_and_shown_as_read() -> None:
    table = Table(plot())
    table.pass_time(13)
    table.desk.claims.claim(CID)
    table.desk.talk.say(CID, SAFE)
    assert table.desk.talk.lines(CID)[-1].status is Status.STORED
    typed = []
    for _time in range(80):
        table.pass_time(0.2)
        typed.append(table.desk.talk.peer(CID).typing)
    assert True in typed and not typed[0] and not typed[-1]
    own = next(line for line in table.desk.talk.lines(CID) if line.kind is Kind.OFFICER)
    assert own.status is Status.READ
    assert table.texts(CID)[-1] == "oui"
    assert table.desk.talk.unread(CID) == 3


async def test_speed_makes_the_day_go_faster() -> None:
    table = Table(plot(), speed=4)
    table.pass_time(3)
    assert table.desk.now() == BEGAN + 12_000
    assert table.texts(CID) == ["fr 69003", "il est la", "aidez moi"]


@pytest.mark.parametrize(
    "act",
    [
        lambda desk: desk.talk.say(CID, "bonsoir"),
        lambda desk: desk.claims.release(CID),
        lambda desk: desk.claims.close_conversation(CID, "other"),
        lambda desk: desk.referrals.give(CID, "3919"),
        lambda desk: desk.talk.note(CID, "x"),
        lambda desk: desk.claims.erase(CID),
        lambda desk: desk.enrolment.invite("officer"),
    ],
)
async def test_what_the_rules_forbid_is_refused(act: Any) -> None:
    table = Table(plot())
    table.pass_time(2)
    with pytest.raises(Refused):
        act(table.desk)


@pytest.mark.parametrize("text", ["", "  ", "x" * 16_001])
async def test_what_cannot_be_sent_is_refused_before_anything_happens(text: str) -> None:
    table = Table(plot())
    table.pass_time(2)
    table.desk.claims.claim(CID)
    with pytest.raises(ValueError, match="empty or too long"):
        table.desk.talk.say(CID, text)
    assert not [line for line in table.desk.talk.lines(CID) if line.kind is Kind.OFFICER]


async def test_a_patrol_is_an_exercise_and_the_sessions_own_room_answers() -> None:
    table = Table(plot())
    table.pass_time(2)
    table.desk.claims.claim(CID)
    assert table.desk.practice
    assert table.desk.patrols.draft(CID).postcode == "69003"
    table.desk.patrols.request(CID, PLACE, 0)
    patrol = table.desk.patrols.of(CID)
    assert patrol is not None and patrol.state is PatrolState.STORED
    assert table.seats.seats[0].sitting.chronicle().requests[0][1].place == "3 rue X"
    table.pass_time(11)
    patrol = table.desk.patrols.of(CID)
    assert patrol is not None and patrol.state is PatrolState.ACCEPTED
    assert [line.text for line in table.desk.talk.lines(CID) if line.kind is Kind.HELP] == ["On arrive."]
    table.pass_time(60)
    patrol = table.desk.patrols.of(CID)
    assert patrol is not None and (patrol.state, patrol.unit) == (PatrolState.ON_SCENE, "A1")


async def test_a_countdown_can_be_taken_back_and_goes_to_nobody() -> None:
    table = Table(plot())
    table.pass_time(2)
    table.desk.claims.claim(CID)
    table.desk.patrols.request(CID, PLACE, 50)
    with pytest.raises(Refused):
        table.desk.patrols.request(CID, PLACE, 50)
    assert table.desk.patrols.take_back(CID)
    await asyncio.sleep(0.1)
    assert table.desk.patrols.of(CID) is None
    assert table.desk.patrols.draft(CID) == PLACE
    table.desk.patrols.request(CID, PLACE, 10)
    async with asyncio.timeout(5):
        while table.desk.patrols._counting:
            await asyncio.sleep(0.005)
    done = [entry.what for entry in table.seats.seats[0].sitting.entries if isinstance(entry.what, Sends)]
    assert len(done) == 1


async def test_a_patrol_is_cancelled_with_a_reason() -> None:
    table = Table(plot())
    table.pass_time(2)
    table.desk.claims.claim(CID)
    with pytest.raises(Refused):
        table.desk.patrols.cancel(CID, "non")
    table.desk.patrols.request(CID, PLACE, 0)
    with pytest.raises(ValueError, match="empty"):
        table.desk.patrols.cancel(CID, " ")
    table.desk.patrols.cancel(CID, "erreur")
    patrol = table.desk.patrols.of(CID)
    assert patrol is not None and patrol.cancelled and patrol.over
    assert table.desk.patrols.all_open() == []


async def test_signals_referrals_notes_and_calls_back() -> None:
    table = Table(plot())
    table.pass_time(2)
    table.desk.claims.claim(CID)
    table.desk.signals.confirm(CID, "en_cours", "v1")
    table.desk.signals.confirm(CID, "en_cours", "v1")
    table.desk.referrals.give(CID, "3919")
    table.desk.talk.note(CID, "note")
    table.desk.referrals.request_callback(CID, CallBackRequest(phone="0102030405"))
    assert [(each.signal, each.message) for each in table.desk.signals.of(CID)] == [("en_cours", "v1")]
    assert table.desk.referrals.given(CID) == ("3919",)
    assert [each.state for each in table.desk.referrals.callbacks(CID)] == ["asked"]
    chronicle = table.seats.seats[0].sitting.chronicle()
    assert list(chronicle.confirmed) == ["en_cours"]
    assert [name for _at, name in chronicle.given] == ["3919"]
    with pytest.raises(ValueError, match="signal"):
        table.desk.signals.confirm(CID, "dance")


async def test_several_at_once_come_one_after_the_other() -> None:
    table = Table(plot(), plot(), plot())
    arrivals = [seat.arrives for seat in table.seats.seats]
    assert arrivals == sorted(arrivals) and len(set(arrivals)) == 3
    table.pass_time(240)
    assert len(table.desk.queue) == 3
    table.desk.claims.claim("practice-1")
    table.desk.talk.say("practice-1", SAFE)
    assert len(table.seats.seats[1].sitting.chronicle().replies) == 1
    assert not table.seats.seats[0].sitting.chronicle().replies


async def test_it_runs_by_itself_and_tells_what_changes() -> None:
    table = Table(plot(), speed=200)
    told: list[Change] = []
    table.desk.clock._seconds = asyncio.get_running_loop().time
    table.desk.clock.jump(0)
    table.desk.subscribe(told.append)
    running = asyncio.create_task(table.desk.run())
    try:
        async with asyncio.timeout(10):
            while len(table.desk.talk.lines(CID)) < 3:
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert any(notice.kind == "arrived" for change in told for notice in change.notices)


async def test_nothing_is_put_back_and_nothing_says_that_it_will_be() -> None:
    table = Table(plot())
    table.pass_time(2)
    table.desk.claims.claim(CID)
    table.pass_time(280)
    assert table.desk.queue[0].holder == table.desk.me
    assert table.desk.shift.timers.answer_return_s > 3600
    assert table.desk.shift.timers.answer_warn_s == 90


# ---- watching --------------------------------------------------------------------------------------------------------


class Screening:
    """A replay whose time stands still until told."""

    def __init__(self) -> None:
        self.seconds = Seconds()
        self.desk = PracticeDesk(Clock(self.seconds, BEGAN))
        self.moved: list[tuple[str, str]] = []
        self.replay = Replay(self.desk, session(), lambda old, new: self.moved.append((old, new)))

    def pass_time(self, seconds: float) -> None:
        self.seconds.now += seconds
        self.replay.advance(self.desk.clock.now())

    @property
    def kinds(self) -> list[str]:
        return [line.kind.value for line in self.desk.talk.lines(self.replay.cid)]

    @property
    def last(self) -> str:
        return self.desk.talk.lines(self.replay.cid)[-1].text


async def test_a_replay_shows_everything_at_its_moment() -> None:
    screen = Screening()
    screen.pass_time(21)
    assert screen.last == SAFE
    assert screen.desk.queue[0].holder == OFFICER
    assert screen.desk.talk.lines(screen.replay.cid)[-1].at == BEGAN + 20_000
    screen.pass_time(150)
    assert screen.replay.over
    assert screen.kinds == [
        "about", "visitor", "claimed", "visitor", "officer", "visitor", "signal", "officer", "visitor", "patrol",
        "patrol_told", "patrol_told", "visitor", "officer", "visitor", "closed",
    ]  # fmt: skip


async def test_it_pauses_and_goes_on_and_faster() -> None:
    screen = Screening()
    screen.replay.toggle()
    screen.pass_time(100)
    assert screen.kinds == ["about", "visitor"]
    screen.replay.toggle()
    screen.replay.faster(1)
    screen.pass_time(11)
    assert screen.last == SAFE


async def test_it_steps_and_jumps_backwards_too() -> None:
    screen = Screening()
    screen.pass_time(55)
    assert screen.last == "3 rue X"
    screen.replay.step(1)
    assert screen.kinds[-1] == "patrol"
    screen.replay.step(-1)
    assert screen.last == "3 rue X"
    assert screen.moved == [("replay-1", "replay-2")]
    screen.replay.jump(0)
    assert screen.last == "il est la"
    screen.replay.jump_to_mark(1)
    assert screen.kinds[-1] == "signal"
    screen.replay.jump_to_mark(1)
    screen.replay.jump_to_mark(-1)
    assert screen.kinds[-1] == "signal"
    assert len(screen.desk.queue) == 1


async def test_pauses_can_be_shortened() -> None:
    screen = Screening()
    long = screen.replay.track.length
    screen.pass_time(31)
    before = len(screen.kinds)
    screen.replay.shorten()
    assert screen.replay.track.length < long
    screen.pass_time(0.1)
    assert len(screen.kinds) == before
    screen.pass_time(screen.replay.track.length / 1000)
    assert screen.replay.over


async def test_who_watches_can_do_nothing_to_it() -> None:
    screen = Screening()
    screen.pass_time(21)
    with pytest.raises(Refused):
        screen.desk.talk.say(screen.replay.cid, "bonsoir")
    screen.pass_time(150)
    assert screen.replay.over
    with pytest.raises(Refused):
        screen.desk.claims.claim(screen.replay.cid)


def test_practice_never_loads_a_link() -> None:
    """In a process of its own, so that other tests' imports don't count."""
    import subprocess

    script = (
        "import sys; import officer_console.practice.run, officer_console.practice.commands; "
        "wrong = [name for name in ('officer_console.client.link', 'websockets', 'httpx', 'officer_console.relay',"
        " 'officer_console.client.desk') if name in sys.modules]; print(wrong); sys.exit(bool(wrong))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
