"""A console's session against a relay of paper: every phase, every frame at every moment, links that break."""

from __future__ import annotations

import base64
import hashlib
import typing

import msgspec
import pytest
from hypothesis import given
from hypothesis.strategies import booleans, integers, lists, tuples

from officer_console.model.envelope import VISITOR
from officer_console.model.events import Claimed, Event
from officer_console.model.shown_figures import Report
from officer_console.model.timers import Timers
from officer_console.protocol import codec
from officer_console.protocol.commands import Claim, CommandHeader, Heads
from officer_console.protocol.desk_session import (
    TRANSITIONS,
    Answered,
    DeskSession,
    Effect,
    Met,
    Over,
    Phase,
    Send,
    Tell,
    session_id,
)
from officer_console.protocol.frames import (
    BreakCalled,
    Bye,
    Challenge,
    ChallengeHeader,
    Cmd,
    DeskLive,
    DeskOut,
    Directory,
    Done,
    Figures,
    Follow,
    Found,
    Founded,
    Happened,
    Here,
    Join,
    Joined,
    Joining,
    Kept,
    Login,
    LoginHeader,
    NoCmd,
    Past,
    Pending,
    Pulse,
    Standing,
    Welcome,
)
from officer_console.protocol.refusals import Refused

ME, HOST, CID = "kid-me-0000", "desk.example:8440", "C" * 22
NONCE = base64.urlsafe_b64encode(b"n" * 32).decode().rstrip("=")
SEEN = Heads(3, "head-3")


class Hands:
    """Signs with a word, and takes challenges that are signed "relay"."""

    kid = ME

    def check_challenge(self, h: str, sig: str) -> ChallengeHeader:
        if sig != "relay":
            raise Refused("bad_signature")
        return codec.header(h, ChallengeHeader)

    def sign_login(self, h: str) -> str:
        return "login:" + hashlib.sha256(h.encode()).hexdigest()

    def sign_command(self, h: str) -> str:
        return "cmd:" + hashlib.sha256(h.encode()).hexdigest()


def session(**options: typing.Any) -> DeskSession:
    return DeskSession(Hands(), HOST, options.pop("heads", SEEN), lambda n: b"r" * n, **options)


def challenge(size: int = 3, head: str = "head-3", v: int = 1, sig: str = "relay") -> Challenge:
    header = ChallengeHeader(v=v, relay="relay-kid-0", pub="pub", nonce=NONCE, now=1000, dir=Heads(size, head))
    return Challenge(codec.encode(header), sig)


def event(seq: int) -> Happened:
    return Happened(Event(seq, seq, CID, f"id-{seq}", VISITOR, Claimed()))


def welcome(kid: str = ME) -> Welcome:
    return Welcome(kid, "officer", 1000, 9, [], [])


def logged_in(**options: typing.Any) -> DeskSession:
    logged = session(**options)
    logged.feed(challenge())
    logged.feed(welcome())
    return logged


SAMPLES: dict[type, DeskOut] = {
    Challenge: challenge(),
    Welcome: welcome(),
    Founded: Founded(),
    Pending: Pending(),
    Joined: Joined([]),
    Joining: Joining("", "", "", ""),
    Directory: Directory([], []),
    Happened: event(1),
    Past: Past(CID, [], True),
    Figures: Figures(Report("", "", {}, {}, {}, {}, [])),
    Kept: Kept(CID, 1, "lead", "h", "sig", "box", []),
    Done: Done(0),
    NoCmd: NoCmd("storage", "", 0),
    Pulse: Pulse(1, 1, []),
    Standing: Standing(Timers(), []),
    BreakCalled: BreakCalled("lead-kid-00"),
    DeskLive: DeskLive(CID, "", "", ""),
    Here: Here(1),
    Bye: Bye(100),
}
FIRST = {Phase.FOUNDING: Found("token", [], []), Phase.ASKING: Join("i" * 11, "", "m" * 43, "s" * 86)}


def at(phase: Phase) -> DeskSession:
    """A session in this phase, with command 0 on its way where that can be."""
    if phase is Phase.GREETING:
        return session()
    if phase in (Phase.FOUNDING, Phase.ASKING, Phase.WAITING):
        asking = session(first=FIRST[Phase.FOUNDING if phase is Phase.FOUNDING else Phase.ASKING])
        asking.feed(challenge())
        if phase is Phase.WAITING:
            asking.feed(Pending())
        return asking
    logged = session()
    logged.feed(challenge())
    if phase in (Phase.CATCHING_UP, Phase.LIVE):
        logged.feed(welcome())
        logged.command(Claim(CID, CID), "ticket")
    if phase is Phase.LIVE:
        logged.feed(Here(9))
    if phase is Phase.OVER:
        logged.feed(Bye(1))
    return logged


def test_from_the_challenge_to_the_events() -> None:
    fresh = session(after=7)
    met, send = fresh.feed(challenge())
    assert met == Met(1000, Heads(3, "head-3"))
    assert (
        isinstance(send, Send) and isinstance(send.frame, Login) and send.frame.sig == Hands().sign_login(send.frame.h)
    )
    header = codec.header(send.frame.h, LoginHeader)
    assert (header.kid, header.relay, header.host, header.nonce, header.dir) == (ME, "relay-kid-0", HOST, NONCE, SEEN)
    assert fresh.sid == session_id(NONCE, header.n2) and not fresh.logged_in
    assert fresh.feed(welcome()) == [Tell(welcome()), Send(Follow(7))]
    assert fresh.logged_in and fresh.phase is Phase.CATCHING_UP
    assert fresh.feed(event(8)) == [Tell(event(8))]
    assert fresh.feed(Here(8)) == [Tell(Here(8))]
    assert fresh.phase is Phase.LIVE and fresh.feed(event(9)) == [Tell(event(9))] and fresh.after == 9


def test_an_administrator_follows_nothing() -> None:
    quiet = session(follow=False)
    quiet.feed(challenge())
    assert quiet.feed(welcome()) == [Tell(welcome())]


def test_the_session_is_bound_to_both_random_numbers() -> None:
    raw = hashlib.sha256(b"n" * 32 + b"r" * 32).digest()[:16]
    other = base64.urlsafe_b64encode(b"r" * 32).decode().rstrip("=")
    assert session_id(NONCE, other) == base64.urlsafe_b64encode(raw).decode().rstrip("=")
    with pytest.raises(Refused, match="malformed"):
        session_id("é", other)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (challenge(sig="somebody"), "bad_signature"),
        (challenge(v=2), "version"),
        (challenge(size=2, head="head-2"), "directory"),  # cut
        (challenge(size=3, head="other"), "directory"),  # forked
        (challenge(size=0, head=""), "directory"),
        (Challenge("{}", "relay"), "malformed"),
    ],
)
def test_a_relay_that_is_not_ours_or_went_back_gets_nothing(frame: Challenge, code: str) -> None:
    fresh = session()
    assert fresh.feed(frame) == [Over(code)] and fresh.phase is Phase.OVER


def test_a_longer_directory_is_looked_at_later() -> None:
    assert any(isinstance(effect, Send) for effect in session().feed(challenge(size=9, head="head-9")))


def test_a_desk_that_is_not_founded() -> None:
    assert session(heads=Heads(0, "")).feed(challenge(0, "")) == [Over("not_founded")]


def test_another_ones_welcome_is_refused() -> None:
    fresh = session()
    fresh.feed(challenge())
    assert fresh.feed(welcome("kid-other-0")) == [Over("unexpected")]


def test_commands_are_numbered_signed_and_matched() -> None:
    live = logged_in()
    live.heads = Heads(4, "head-4")
    sent = [live.command(Claim(CID, CID), ticket) for ticket in ("a", "b", "c")]
    headers = []
    for (effect,) in sent:
        assert isinstance(effect, Send) and isinstance(effect.frame, Cmd)
        assert effect.frame.sig == Hands().sign_command(effect.frame.h)
        headers.append(codec.header(effect.frame.h, CommandHeader))
    assert [header.c for header in headers] == [0, 1, 2]
    assert {header.sid for header in headers} == {live.sid} and headers[0].dir == Heads(4, "head-4")
    assert live.feed(Done(1, 12)) == [Answered("b", 12)]
    assert live.feed(NoCmd("taken", "", 0, "ana")) == [Answered("a", code="taken", who="ana")]
    assert live.feed(Done(2)) == [Answered("c")]


@pytest.mark.parametrize("answer", [Done(7), NoCmd("taken", "", 7)])
def test_an_answer_to_nothing_ends_it(answer: DeskOut) -> None:
    assert logged_in().feed(answer) == [Over("unexpected")]


def test_an_answer_comes_once() -> None:
    live = logged_in()
    live.command(Claim(CID, CID), "a")
    live.feed(Done(0))
    assert live.feed(Done(0)) == [Over("unexpected")]


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in (Phase.CATCHING_UP, Phase.LIVE)])
def test_no_command_before_the_login_or_after_the_end(phase: Phase) -> None:
    with pytest.raises(Refused, match="state"):
        at(phase).command(Claim(CID, CID), "a")


@pytest.mark.parametrize("phase", Phase)
def test_a_refusal_of_the_connection_ends_it_and_bye_says_when_to_come_back(phase: Phase) -> None:
    ended = phase is Phase.OVER
    assert at(phase).feed(NoCmd("login", "")) == ([] if ended else [Over("login")])
    assert at(phase).feed(Bye(250)) == ([] if ended else [Over("", 250)])


def test_founding_and_joining_come_before_the_login() -> None:
    founding = session(heads=Heads(0, ""), first=FIRST[Phase.FOUNDING])
    assert founding.feed(challenge(0, ""))[1:] == [Send(FIRST[Phase.FOUNDING])]
    assert founding.feed(Founded()) == [Tell(Founded())]
    joining = session(first=FIRST[Phase.ASKING])
    joining.feed(challenge())
    assert joining.feed(Pending()) == [Tell(Pending())]
    assert joining.feed(Joined([])) == [Tell(Joined([]))]
    for done in (founding, joining):  # the same connection goes on
        assert done.phase is Phase.GREETING
        assert isinstance(done.feed(challenge())[1].frame, Login)  # type: ignore[union-attr]


def test_every_frame_of_the_protocol_is_tried() -> None:
    assert set(SAMPLES) == set(typing.get_args(DeskOut))


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase is not Phase.OVER])
@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_what_the_table_does_not_know_ends_the_session(phase: Phase, kind: type) -> None:
    there = at(phase)
    assert there.phase is phase
    effects = there.feed(SAMPLES[kind])
    if (phase, kind) in TRANSITIONS:
        assert Over("unexpected") not in effects or kind is NoCmd  # to a command that was never given
    else:
        assert effects == [Over("unexpected")] and there.phase is Phase.OVER


def test_nothing_is_heard_after_the_end() -> None:
    assert all(at(Phase.OVER).feed(frame) == [] for frame in SAMPLES.values())


def seqs(effects: list[Effect]) -> list[int]:
    return [e.frame.e.seq for e in effects if isinstance(e, Tell) and isinstance(e.frame, Happened)]


@given(lists(tuples(integers(0, 12), booleans()), max_size=30))
def test_each_event_is_told_once_and_in_order_over_any_links(steps: list[tuple[int, bool]]) -> None:
    """A relay that sends from where it likes, up to where the link breaks; then the next session goes on."""
    log = [event(3 * n + 1) for n in range(20)]
    heard: list[int] = []
    current = logged_in()
    for size, back_to_start in [*steps, (len(log), False), (len(log), False)]:
        start = 0 if back_to_start else next((i for i, e in enumerate(log) if e.e.seq > current.after), len(log))
        for frame in log[start : start + size]:
            heard += seqs(current.feed(frame))
        current = logged_in(after=current.after)
    assert heard == [frame.e.seq for frame in log]


def test_effects_are_values() -> None:
    assert Over("login") == Over("login", None) and Met(1, SEEN) != Met(2, SEEN)
    assert msgspec.structs.replace(Answered("a"), seq=3) == Answered("a", 3)
