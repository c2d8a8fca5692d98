"""The visitor's session against a small relay that follows the rules, over links that break at any moment."""

from __future__ import annotations

import base64
import hashlib
from collections import deque
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.strategies import booleans, sampled_from

from officer_console.model.bodies import About, Help, MessageBody, Place, Presence, Text
from officer_console.model.envelope import Envelope, LiveHeader, MessageHeader, OpenHeader
from officer_console.protocol import codec
from officer_console.protocol.frames import (
    Ack,
    Beat,
    Bundle,
    Bye,
    Desk,
    Erase,
    Gone,
    Hello,
    Here,
    Leave,
    Live,
    Msg,
    No,
    Open,
    Resume,
    Status,
    Stored,
)
from officer_console.protocol.history import Fault, History
from officer_console.protocol.refusals import REFUSALS, Refused
from officer_console.protocol.visitor_events import (
    Accepted,
    DeskKnown,
    Failed,
    HangUp,
    Heard,
    Over,
    Seen,
    Stands,
    Unreadable,
)
from officer_console.protocol.visitor_session import DEAD_AFTER, RETRY, TRANSITIONS, Phase, VisitorSession

CID, KC, VT = "C" * 22, "K" * 22, "T" * 43
OFFICER = "officer-kid"
BUNDLE = Bundle("lead", "lsig", "key", "sig")


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _mark(*parts: str) -> str:
    return _b64(hashlib.sha256("|".join(parts).encode()).digest()[:12])


class PlainKeys:
    """Seals nothing, but notices every change, as the real ones do."""

    cid, kc, vt = CID, KC, VT

    def trust(self, bundle: Bundle, now: int) -> str:
        if bundle != BUNDLE:
            raise Refused("bad_signature")
        return "deskkeykid1"

    def box(self, h: str) -> str:
        return ("B" + hashlib.sha256(h.encode()).hexdigest() * 3)[:151].ljust(151, "B")

    def seal(self, domain: str, h: str, body: bytes, direction: str = "v") -> tuple[str, str]:
        c = _b64(body)
        return _mark(domain, direction, h, c)[:16], c

    def open(self, domain: str, direction: str, h: str, n: str, c: str) -> bytes:
        if n != _mark(domain, direction, h, c)[:16]:
            raise Refused("bad_signature")
        return base64.urlsafe_b64decode(c + "=" * (-len(c) % 4))


KEYS = PlainKeys()


class Relay:
    """Keeps what the rules say it keeps; speaks on one connection at a time."""

    def __init__(self) -> None:
        self.opened: Open | None = None
        self.log: list[tuple[str, Envelope]] = []  # seq is the place, from 2: 1 is `opened`
        self.erased = False
        self.refuse = ""
        self.bound = False
        self.down: deque[Any] = deque()

    def fresh(self) -> None:
        self.bound = False
        self.down.clear()

    def take(self, text: str) -> None:
        frame = codec.visitor_in(text)
        getattr(self, "_" + type(frame).__name__.lower())(frame)

    def _hello(self, frame: Hello) -> None:
        self.down.append(Desk(1, 0, True, 0, BUNDLE))

    def _resume(self, frame: Resume) -> None:
        if self.erased or self.opened is None:
            self._no("unknown")
            return
        self.bound = True
        self.down.append(Desk(1, 0, True, 0, BUNDLE))
        if frame.after < 1:
            self.down.append(Ack("open", 1, 1))
        self.down.extend(stored for stored in self._stored() if stored.seq > frame.after)
        self.down.append(Status("waiting", True))
        self.down.append(Here(len(self.log) + 1))

    def _stored(self) -> list[Stored]:
        return [Stored(seq, seq, e.h, e.n, e.c) for seq, (_by, e) in enumerate(self.log, 2)]

    def _open(self, frame: Open) -> None:
        if self._refuses("open"):
            return
        assert self.opened in (None, frame), "open was sent again with other bytes"
        self.opened, self.bound = frame, True
        self.down.append(Ack("open", 1, 1))

    def _msg(self, frame: Msg) -> None:
        head = codec.header(frame.h, MessageHeader)
        envelope = Envelope(frame.h, frame.n, frame.c)
        mine = [(seq, e) for seq, (by, e) in enumerate(self.log, 2) if by == "v"]
        if not self.bound:
            self._no("unknown", f"v.{head.n}")
        elif head.n < len(mine):
            seq, known = mine[head.n]
            assert known == envelope, "a message was sent again with other bytes"
            self.down.append(Ack(f"v.{head.n}", seq, seq))
        elif self._refuses(f"v.{head.n}"):
            return
        elif head.n > len(mine):
            self._no("sequence", f"v.{head.n}")
        else:
            self.log.append(("v", envelope))
            self.down.append(Ack(f"v.{head.n}", len(self.log) + 1, 1))

    def _live(self, frame: Live) -> None:
        pass

    def _leave(self, frame: Leave) -> None:
        pass

    def _erase(self, frame: Erase) -> None:
        self.erased = True
        self.down.append(Gone())

    def _refuses(self, id: str) -> bool:
        code, self.refuse = self.refuse, ""
        if code:
            self._no(code, id)
        return bool(code)

    def _no(self, code: str, id: str = "") -> None:
        self.down.append(No(code, REFUSALS[code].sentence, id))

    def write(self, envelope: Envelope) -> None:
        """An officer's message comes in at another connection."""
        self.log.append((OFFICER, envelope))
        if self.bound:
            self.down.append(self._stored()[-1])


class Officer:
    """The other end: reads the log in order, writes into it."""

    def __init__(self, opened: Open) -> None:
        self.history = History(OFFICER, opened.h, opened.box, KC)
        self.faults: list[Fault | None] = []
        self.heard: list[str] = []
        self._read = 0

    def read(self, log: list[tuple[str, Envelope]]) -> None:
        for by, envelope in log[self._read :]:
            self.faults.append(self.history.accept(envelope, by))
            d = codec.header(envelope.h, MessageHeader).d
            body = codec.body(KEYS.open("msg", d, envelope.h, envelope.n, envelope.c), MessageBody)
            if by == "v" and isinstance(body, Text | Place):
                self.heard.append(body.b if isinstance(body, Text) else f"place {body.acc}")
        self._read = len(log)

    def envelope(self, body: MessageBody) -> Envelope:
        h = codec.encode(self.history.next_header())
        return Envelope(h, *KEYS.seal("msg", h, codec.encode_bytes(body), "d"))


def _may_swap(*frames: Any) -> bool:
    """An acknowledgement and a message; not one that answers what is acknowledged: the officer had that later."""
    match frames:
        case (Stored(), Ack()):
            return True
        case (Ack(id=id), Stored(h=h)):
            return id != "open" and codec.header(h, MessageHeader).a <= int(id.removeprefix("v."))
    return False


class Journey(RuleBasedStateMachine):
    """Any interleaving of writing, delivering, doubling, refusing and breaking."""

    @initialize()
    def start(self) -> None:
        self.now = 1
        self.session = VisitorSession(KEYS, About(ts=0, lang="fr"), lambda a, b: a)
        self.relay = Relay()
        self.officer: Officer | None = None
        self.up: deque[str] = deque()
        self.online = False
        self.said: list[str] = []
        self.answered: list[str] = []
        self.heard: list[str] = []
        self.accepted: list[int] = []

    def _flow(self) -> None:
        self.up.extend(self.session.frames())
        for happened in self.session.happened():
            if isinstance(happened, Heard):
                assert happened.fault is None
                assert isinstance(happened.body, Text)
                self.heard.append(happened.body.b)
            elif isinstance(happened, Accepted):
                self.accepted.append(happened.n)
            elif isinstance(happened, HangUp):
                self._break()
            else:
                assert isinstance(happened, DeskKnown | Stands), happened

    def _break(self) -> None:
        self.session.cut()
        self.relay.fresh()
        self.up.clear()
        self.online = False

    @rule()
    def say(self) -> None:
        self.said.append(f"said {len(self.said)}")
        assert self.session.say(self.said[-1], self.now) == len(self.said)
        self._flow()

    @rule()
    def share_place(self) -> None:
        self.said.append(f"place {len(self.said)}")
        assert self.session.share_place(0, 0, len(self.said) - 1, self.now) == len(self.said)
        self._flow()

    @precondition(lambda self: self.relay.opened is not None)
    @rule()
    def answer(self) -> None:
        assert self.relay.opened is not None
        self.officer = self.officer or Officer(self.relay.opened)
        self.officer.read(self.relay.log)
        self.answered.append(f"answer {len(self.answered)}")
        self.relay.write(self.officer.envelope(Text(ts=0, b=self.answered[-1])))
        self.officer.read(self.relay.log)

    @precondition(lambda self: self.relay.opened is not None)
    @rule()
    def cross(self) -> None:
        """Both write at once."""
        self.quiet()
        self.answer()
        self.say()
        while self.up:
            self.deliver_up()

    @precondition(lambda self: not self.online)
    @rule()
    def connect(self) -> None:
        self.online = True
        self.session.connected(self.now)
        self._flow()

    @precondition(lambda self: self.online)
    @rule(now=sampled_from([False, False, True]))
    def cut(self, now: bool) -> None:
        if now:
            self._break()

    @precondition(lambda self: self.up)
    @rule()
    def deliver_up(self) -> None:
        self.relay.take(self.up.popleft())

    @precondition(lambda self: self.relay.down)
    @rule(overtakes=booleans())
    def deliver_down(self, overtakes: bool = False) -> None:
        if overtakes and _may_swap(*list(self.relay.down)[:2]):
            self.relay.down.rotate(-1)  # they come from two places in the relay
            self.relay.down.insert(1, self.relay.down.pop())
        self.session.received(codec.padded(self.relay.down.popleft()), self.now)
        self._flow()

    @rule()
    def quiet(self) -> None:
        """The link holds for a while."""
        if not self.online:
            self.connect()
        while self.online and (self.up or self.relay.down):
            if self.up:
                self.deliver_up()
            if self.relay.down:
                self.deliver_down()

    @precondition(lambda self: self.up and '"t":"msg"' in self.up[0])
    @rule()
    def double_up(self) -> None:
        self.relay.take(self.up[0])

    @precondition(lambda self: self.relay.down and isinstance(self.relay.down[0], Ack | Stored))
    @rule()
    def double_down(self) -> None:
        self.relay.down.insert(1, self.relay.down[0])

    @rule()
    def refuse(self) -> None:
        self.relay.refuse = "storage"

    @rule()
    def wait(self) -> None:
        self.now += 1_000
        self.session.tick(self.now)
        self._flow()

    def teardown(self) -> None:
        if not hasattr(self, "session"):
            return
        self.relay.refuse = ""
        for _round in range(1000):
            if not self.online:
                self.connect()
            elif self.up:
                self.deliver_up()
            elif self.relay.down:
                self.deliver_down()
            elif self.session.unsent > (0 if self.said else 1):
                self.wait()
            else:
                break
        self._each_once()

    def _each_once(self) -> None:
        assert self.session.phase is (Phase.TALKING if self.said else Phase.READY)
        assert self.heard == self.answered
        if self.relay.opened is None:
            assert not self.said
            return
        self.officer = self.officer or Officer(self.relay.opened)
        self.officer.read(self.relay.log)
        assert self.officer.heard == self.said
        assert not any(self.officer.faults)
        assert sorted(self.accepted) == list(range(len(self.said) + 1))


Journey.TestCase.settings = settings(max_examples=300, stateful_step_count=60, deadline=None)
TestAnyInterleaving = Journey.TestCase


# ---- single rules ----


DESK = Desk(1, 0, True, 0, BUNDLE)


def _sent(session: VisitorSession) -> list[Any]:
    return [codec.visitor_in(text) for text in session.frames()]


def _gets(session: VisitorSession, *frames: Any, now: int = 10) -> None:
    for frame in frames:
        session.received(codec.padded(frame), now)


@pytest.fixture
def session() -> VisitorSession:
    return VisitorSession(KEYS, About(ts=0, lang="fr", postcode="69003"), lambda a, b: a)


class Talking:
    """A session whose `open`, own message and first text are stored, and the officer at the other end."""

    def __init__(self, session: VisitorSession) -> None:
        self.session = session
        session.connected(1)
        session.say("bonjour", 2)
        _gets(session, DESK)
        _hello, opening, *messages = _sent(session)
        self.officer = Officer(opening)
        self.log = [("v", Envelope(each.h, each.n, each.c)) for each in messages]
        self.officer.read(self.log)
        _gets(session, Ack("open", 1, 1), Ack("v.0", 2, 1), Ack("v.1", 3, 1))
        session.happened()

    def answer(self, text: str) -> Stored:
        return self.tell(Text(ts=0, b=text))

    def tell(self, body: MessageBody) -> Stored:
        envelope = self.officer.envelope(body)
        self.log.append((OFFICER, envelope))
        self.officer.read(self.log)
        return Stored(len(self.log) + 1, 9, envelope.h, envelope.n, envelope.c)

    def presence(self, ln: int, direction: str = "d", **shown: Any) -> Live:
        s = OFFICER if direction == "d" else "v"
        h = codec.encode(LiveHeader(cid=CID, kc=KC, d=direction, s=s, ln=ln))  # type: ignore[arg-type]
        return Live(h, *KEYS.seal("live", h, codec.encode_bytes(Presence(ts=0, **shown)), direction))


@pytest.fixture
def talking(session: VisitorSession) -> Talking:
    return Talking(session)


def test_nothing_is_opened_before_something_is_written(session: VisitorSession) -> None:
    session.connected(1)
    _gets(session, DESK)
    assert _sent(session) == [Hello(1)]
    session.say("bonjour", 2)
    opening, about, text = _sent(session)
    head = codec.header(opening.h, OpenHeader)
    assert (head.cid, head.kid, opening.vt) == (CID, "deskkeykid1", VT)
    bodies = [codec.body(KEYS.open("msg", "v", m.h, m.n, m.c), About | Text) for m in (about, text)]
    assert bodies == [About(ts=0, lang="fr", postcode="69003"), Text(ts=2, b="bonjour")]
    assert [codec.header(m.h, MessageHeader).n for m in (about, text)] == [0, 1]


@pytest.mark.parametrize(("bundle", "code"), [(None, "not_founded"), (Bundle("x", "x", "x", "x"), "bad_signature")])
def test_nothing_is_sent_to_a_desk_that_is_not_trusted(
    session: VisitorSession, bundle: Bundle | None, code: str
) -> None:
    session.connected(1)
    session.say("bonjour", 2)
    _gets(session, Desk(1, 0, True, 0, bundle))
    assert _sent(session) == [Hello(1)]
    assert session.happened()[-1] == HangUp(30_000, code)


def test_an_answer_is_heard_and_acknowledged_in_the_next_header(talking: Talking) -> None:
    answer = talking.answer("je vous lis")
    _gets(talking.session, answer, answer)
    assert talking.session.happened() == [Heard(4, 9, OFFICER, Text(ts=0, b="je vous lis"))]
    talking.session.say("merci", 11)
    (message,) = _sent(talking.session)
    assert codec.header(message.h, MessageHeader).a == 1


def test_where_she_is_goes_out_sealed_like_a_message(talking: Talking) -> None:
    number = talking.session.share_place(48_804_200, 2_120_400, 35, 11)
    (message,) = _sent(talking.session)
    assert number == codec.header(message.h, MessageHeader).n == 2
    opened = KEYS.open("msg", "v", message.h, message.n, message.c)
    assert codec.body(opened, MessageBody) == Place(ts=11, lat=48_804_200, lon=2_120_400, acc=35)
    _gets(talking.session, Ack("v.2", 4, 1))
    assert talking.session.happened() == [Accepted(2, 4)]


def test_where_she_is_may_be_the_first_message_and_is_sent_again_as_it_was(session: VisitorSession) -> None:
    session.share_place(48_804_200, 2_120_400, 35, 1)
    session.connected(2)
    _gets(session, DESK)
    _hello, opening, about, place = _sent(session)
    session.cut()
    session.connected(3)
    _gets(session, DESK, Here(1))
    assert _sent(session)[1:] == [about, place]
    assert codec.header(opening.h, OpenHeader).cid == CID


def test_after_the_end_no_place_is_taken(talking: Talking) -> None:
    talking.session.leave("exit")
    with pytest.raises(Refused, match="state"):
        talking.session.share_place(0, 0, 0, 1)


def test_that_help_is_coming_is_heard(talking: Talking) -> None:
    coming = Help(ts=0, b="Une patrouille vient.", case="case", sig="sig")
    _gets(talking.session, talking.tell(coming))
    assert talking.session.happened() == [Heard(4, 9, OFFICER, coming)]


def test_a_place_that_comes_from_the_desk_is_told_and_not_shown(talking: Talking) -> None:
    _gets(talking.session, talking.tell(Place(ts=0, lat=1, lon=2, acc=3)))
    assert talking.session.happened() == [Unreadable(4)]
    about = About(ts=0, lang="fr")
    _gets(talking.session, talking.tell(about))
    assert talking.session.happened() == [Heard(5, 9, OFFICER, about, Fault.MISSING)]


def test_a_withheld_message_is_told(talking: Talking) -> None:
    talking.answer("withheld by the relay")
    _gets(talking.session, talking.answer("second"))
    (heard,) = talking.session.happened()
    assert isinstance(heard, Heard)
    assert heard.fault is Fault.MISSING


@pytest.mark.parametrize("field", ["h", "n", "c"])
def test_an_altered_message_is_told_and_not_shown(talking: Talking, field: str) -> None:
    answer = talking.answer("je vous lis")
    altered = msgspec.structs.replace(answer, **{field: getattr(answer, field)[:-1] + "_"})
    _gets(talking.session, altered)
    assert talking.session.happened() == [Unreadable(4)]


def test_a_repeated_message_under_another_number_is_told(talking: Talking) -> None:
    answer = talking.answer("je vous lis")
    _gets(talking.session, answer, msgspec.structs.replace(answer, seq=50))
    assert talking.session.happened()[-1] == Unreadable(50)


def test_a_message_of_another_conversation_is_told(talking: Talking) -> None:
    h = talking.officer.envelope(Text(ts=0, b="x")).h.replace(CID, "D" * 22)
    n, c = KEYS.seal("msg", h, codec.encode_bytes(Text(ts=0, b="x")), "d")
    _gets(talking.session, Stored(9, 9, h, n, c))
    assert talking.session.happened() == [Unreadable(9)]


def test_nobody_else_writes_in_her_name(talking: Talking) -> None:
    last = talking.officer.history.last
    h = codec.encode(MessageHeader(cid=CID, kc=KC, d="v", s="v", n=2, a=0, p=last))
    n, c = KEYS.seal("msg", h, codec.encode_bytes(Text(ts=0, b="tout va bien")))
    _gets(talking.session, Stored(4, 9, h, n, c))
    assert talking.session.happened() == [Unreadable(4)]


def test_presence_goes_out_at_once_then_with_changes_at_most_every_two_seconds(talking: Talking) -> None:
    session = talking.session
    session.tick(10_000)
    (first,) = _sent(session)
    assert codec.header(first.h, LiveHeader).ln == 0
    assert session.wake_at() == 10 + DEAD_AFTER
    session.show(typing=True)
    assert session.wake_at() == 12_000
    session.tick(11_999)
    assert _sent(session) == []
    session.tick(12_000)
    (second,) = _sent(session)
    body = codec.body(KEYS.open("live", "v", second.h, second.n, second.c), Presence)
    assert (body.typing, codec.header(second.h, LiveHeader).ln) == (True, 1)


def test_an_officer_who_takes_it_sees_her_presence_soon(talking: Talking) -> None:
    session = talking.session
    session.tick(10_000)
    _sent(session)
    for status, due in ((Status("held", True), 10 + DEAD_AFTER), (Status("held", True, linked=True), 12_000)):
        _gets(session, status, now=10)
        assert session.wake_at() == due
    session.tick(12_000)
    _sent(session)
    _gets(session, Status("held", True, linked=True), now=12_001)
    assert session.wake_at() == 12_001 + DEAD_AFTER


def test_writing_ends_the_typing(talking: Talking) -> None:
    session = talking.session
    session.show(typing=True)
    session.tick(10_000)
    session.say("fini", 10_001)
    session.tick(12_000)
    last = _sent(session)[-1]
    assert not codec.body(KEYS.open("live", "v", last.h, last.n, last.c), Presence).typing


def test_the_officers_presence_is_seen_and_old_or_foreign_ones_are_not(talking: Talking) -> None:
    new, old = talking.presence(5, typing=True), talking.presence(4, typing=False)
    mine = talking.presence(9, direction="v", typing=True)
    altered = msgspec.structs.replace(talking.presence(6), c=talking.presence(6, typing=True).c)
    _gets(talking.session, new, new, old, mine, altered)
    assert talking.session.happened() == [Seen(Presence(ts=0, typing=True))]


def test_a_silent_link_is_given_up(talking: Talking) -> None:
    _gets(talking.session, Beat(0), now=1_000)
    talking.session.tick(1_000 + DEAD_AFTER - 1)
    assert HangUp() not in talking.session.happened()
    talking.session.tick(1_000 + DEAD_AFTER)
    assert HangUp() in talking.session.happened()


def test_a_refusal_for_now_is_tried_again_later_and_later(talking: Talking) -> None:
    session, now = talking.session, 100
    session.say("encore", now)
    (message,) = _sent(session)
    for wait in (RETRY[0], 2 * RETRY[0], 4 * RETRY[0]):
        _gets(session, No("rate", "x", "v.2"), No("sequence", "x", "v.3"), now=now)
        session.tick(now + wait - 1)
        assert message not in _sent(session)
        now += wait
        session.tick(now)
        assert message in _sent(session)
        wait_of_two = session._retry_ms  # two refusals at once count once in time, twice in patience
        session._retry_ms = wait * 2
        assert wait_of_two >= min(wait * 2, RETRY[1])


def test_what_could_not_be_stored_for_long_goes_out_soon_after(talking: Talking) -> None:
    session, now = talking.session, 100
    session.say("encore", now)
    (message,) = _sent(session)
    for _ in range(12):
        _gets(session, No("storage", "x", "v.2"), now=now)
        now += 5_000
        session.tick(now)
        assert message in _sent(session), "five seconds are much for who is in danger"


def test_a_final_refusal_is_told_and_nothing_more_is_taken(talking: Talking) -> None:
    talking.session.say("trop", 11)
    _gets(talking.session, No("full", "x", "v.2"))
    assert talking.session.happened() == [Failed("v.2", "full")]
    with pytest.raises(Refused, match="full"):
        talking.session.say("encore", 12)
    assert talking.session.phase is Phase.TALKING
    assert talking.session.unsent == 0


def test_bye_hangs_up_for_as_long_as_it_says(talking: Talking) -> None:
    _gets(talking.session, Bye(750))
    assert talking.session.happened() == [HangUp(750)]


@pytest.mark.parametrize("text", ["{", '{"t":"what"}', '{"t":"beat","now":1,"now":2}', '{"t":"here","seq":1}'])
def test_what_must_not_come_ends_the_link_and_keeps_the_conversation(talking: Talking, text: str) -> None:
    talking.session.say("encore", 11)
    (message,) = _sent(talking.session)
    talking.session.received(text, 12)
    assert isinstance(talking.session.happened()[-1], HangUp)
    talking.session.cut()
    talking.session.connected(20)
    _gets(talking.session, DESK, Here(3))
    assert _sent(talking.session) == [Resume(1, CID, VT, 0), message]


def test_resume_asks_for_what_comes_after_the_last_heard(talking: Talking) -> None:
    _gets(talking.session, talking.answer("un"), talking.answer("deux"))
    talking.session.cut()
    talking.session.connected(20)
    assert _sent(talking.session) == [Resume(1, CID, VT, 5)]


def test_who_has_heard_nobody_yet_comes_back_on_the_first_connection(talking: Talking) -> None:
    """She asks for everything, and everything begins with her own opening."""
    talking.session.cut()
    talking.session.connected(20)
    own = [Stored(seq, seq, e.h, e.n, e.c) for seq, (_by, e) in enumerate(talking.log, 2)]
    _gets(talking.session, DESK, Ack("open", 1, 1), *own, Here(3))
    assert _sent(talking.session) == [Resume(1, CID, VT, 0)]
    assert talking.session.phase is Phase.TALKING
    assert not any(isinstance(each, HangUp) for each in talking.session.happened())


def test_leaving_says_how_and_is_the_end(talking: Talking) -> None:
    talking.session.leave("exit")
    assert _sent(talking.session) == [Leave("exit")]
    assert talking.session.happened() == [Over("left")]
    with pytest.raises(Refused):
        talking.session.say("x", 20)


def test_erase_goes_out_at_once_and_ends_when_it_is_done(talking: Talking) -> None:
    talking.session.erase()
    assert _sent(talking.session) == [Erase(CID)]
    assert talking.session.phase is Phase.ERASING
    _gets(talking.session, Gone())
    assert talking.session.happened() == [Over("erased")]


@pytest.mark.parametrize("answers", [[DESK, Here(3), Gone()], [No("unknown", "x")], [No("erased", "x")], [Gone()]])
def test_erase_survives_a_lost_link(talking: Talking, answers: list[Any]) -> None:
    talking.session.cut()
    talking.session.erase()
    talking.session.connected(20)
    _gets(talking.session, *answers)
    assert talking.session.happened()[-1] == Over("erased")


def test_erase_before_anything_was_written_needs_no_relay(session: VisitorSession) -> None:
    session.connected(1)
    session.erase()
    assert _sent(session) == [Hello(1)]
    assert session.happened() == [Over("erased")]


def test_a_conversation_that_the_relay_has_no_more_is_over(talking: Talking) -> None:
    talking.session.cut()
    talking.session.connected(20)
    _gets(talking.session, No("unknown", "x"))
    assert talking.session.happened() == [Over("unknown")]


def test_every_phase_but_the_last_can_lose_its_link() -> None:
    assert {phase for phase in Phase if (phase, "cut") in TRANSITIONS} == set(Phase) - {Phase.OVER}
    assert all(TRANSITIONS[phase, "cut"] is Phase.AWAY for phase in Phase if phase is not Phase.OVER)
    assert set(TRANSITIONS.values()) == set(Phase)
