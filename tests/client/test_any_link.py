"""Whatever the link does, and whenever the console dies: each message reaches the log once, in order, and shows once.

The real desk, outbox and disk, store and link; only the socket is missing, so that every interleaving can be had.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import deque
from pathlib import Path

from hypothesis import given, settings
from hypothesis.strategies import integers, lists, sampled_from, tuples

from officer_console.client.desk import OfficerDesk
from officer_console.client.keychain import RelayPin
from officer_console.model.envelope import VERSION, MessageHeader
from officer_console.model.events import Claimed, Event, Noted
from officer_console.model.transcript import Kind, Status
from officer_console.protocol import codec
from officer_console.protocol.commands import CommandHeader, History, Remark, Say
from officer_console.protocol.frames import (
    Challenge,
    ChallengeHeader,
    Cmd,
    DeskIn,
    DeskOut,
    Done,
    Follow,
    Happened,
    Here,
    Login,
    NoCmd,
    Past,
    Welcome,
)
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64
from officer_console.vault.enrolment import sign_text
from officer_console.vault.primitives import kid, make_signing_key, signing_public

from .paper import ABOUT, NOW, Log, Paper, PaperVisitor, said

PAPER = Paper()
CHAIN = PAPER.officer
KEY = make_signing_key()


class Relay:
    """The rules of a real one, as far as this one conversation needs them."""

    def __init__(self) -> None:
        self.log = Log()
        self.visitor = PaperVisitor(PAPER, self.log)
        self.visitor.say(ABOUT, "au secours")
        self.log.add(self.visitor.cid, "claim", CHAIN.kid, Claimed())
        self.down: deque[DeskOut] = deque()
        self.following = False
        self.again = 0

    def greet(self, again: int) -> None:
        """A new connection; `again`: so many events that the console has are sent once more."""
        self.down.clear()
        self.following, self.again = False, again
        pub = signing_public(KEY)
        header = ChallengeHeader(VERSION, kid(pub), b64(pub), b64(os.urandom(32)), NOW * 1000, CHAIN.heads)
        h = codec.encode(header)
        self.down.append(Challenge(h, sign_text(KEY, "relay", h)))

    def take(self, frame: DeskIn) -> None:
        match frame:
            case Login():
                self.down.append(Welcome(CHAIN.kid, "officer", NOW * 1000, self.log.last, [], []))
            case Follow(after=after):
                self.following = True
                self.down.extend(Happened(e) for e in self.log.events if e.seq > after - self.again)
                self.down.append(Here(self.log.last))
            case Cmd(h=h):
                header = codec.header(h, CommandHeader)
                if answer := self.carry_out(header):
                    self.down.append(answer)

    def carry_out(self, header: CommandHeader) -> DeskOut | None:
        match header.do:
            case Say(env=env):
                head = codec.header(env.h, MessageHeader)
                return self.append(header.c, f"{head.s}.{head.n}", env)
            case Remark(id=id, note=note):
                return self.append(header.c, id, Noted(note))
            case History(cid=cid):
                self.down.append(Past(cid, self.log.events, True))
        return Done(header.c)

    def append(self, c: int, id: str, what: object) -> DeskOut | None:
        """Once for each id; the visitor's page asserts that a message follows the last one."""
        known = next((e for e in self.log.events if e.id == id), None)
        if known is not None:
            same = said(known) == what if not isinstance(what, Noted) else known.what == what
            return Done(c, known.seq) if same else NoCmd("conflict", ".", c)
        if isinstance(what, Noted):
            event = self.log.add(self.visitor.cid, id, CHAIN.kid, what)
        else:
            event = self.visitor.hears(CHAIN, id, what)  # type: ignore[arg-type]
        if event.seq % 2:
            self.told(event)
        else:  # the answer comes first
            self.down.append(Done(c, event.seq))
            self.told(event)
            return None
        return Done(c, event.seq)

    def told(self, event: Event) -> None:
        if self.following:
            self.down.append(Happened(event))


class World:
    """The relay, and one console after another on the same disk."""

    def __init__(self, folder: Path) -> None:
        CHAIN.pin = RelayPin()
        self.folder, self.relay = folder, Relay()
        self.cid = self.relay.visitor.cid
        self.written: list[str] = []
        self.notes: list[str] = []
        self.start()

    def start(self) -> None:
        self.linked = False
        self.desk = OfficerDesk(
            "http://127.0.0.1:9", CHAIN, self.folder, lambda chain: None, lambda: NOW * 1000, os.urandom
        )
        self.link = self.desk._link

    def connect(self, again: int) -> None:
        self.drop()
        self.link._begin()
        self.relay.greet(again)
        self.linked = True

    def drop(self) -> None:
        self.relay.down.clear()
        self.relay.following = False
        self.link._part("network", 1)
        self.linked = False

    def kill(self) -> None:
        """What is not on disk is gone."""
        self.relay.following = False
        self.desk._store.close()
        self.desk._disk.close()
        self.start()

    def say(self, note: bool) -> None:
        text = f"mot {len(self.written) + len(self.notes)}"
        try:
            (self.desk.talk.note if note else self.desk.talk.say)(self.cid, text)
        except Refused:
            return  # it has not even heard of the conversation yet: the text stays in the composer
        (self.notes if note else self.written).append(text)

    def up(self) -> bool:
        """One frame reaches the relay."""
        if not self.linked or self.link._out.empty():
            return False
        self.relay.take(self.link._out.get_nowait())
        return True

    def down_one(self) -> bool:
        """One frame reaches the console."""
        if not self.linked or not self.relay.down:
            return False
        assert self.link._session is not None
        over = self.link._act(self.link._session.feed(self.relay.down.popleft()))
        assert over is None, over
        return True

    def do(self, what: str, number: int) -> None:
        match what:
            case "say" | "note":
                self.say(what == "note")
            case "visitor":
                self.relay.told(self.relay.visitor.say(f"visiteuse {number}"))
            case "connect":
                self.connect(number)
            case "drop":
                self.drop()
            case "kill":
                self.kill()
            case "some":
                for _ in range(number):
                    self.up()
                    self.down_one()
            case "up" | "down":
                for _ in range(number):
                    _ = self.up() if what == "up" else self.down_one()

    def lines(self, kind: Kind) -> list[str]:
        return [line.text for line in self.desk.talk.lines(self.cid) if line.kind is kind]


STEPS = ["say", "say", "say", "note", "visitor", "connect", "connect", "drop", "kill", "some", "some", "up", "down"]


@settings(max_examples=60)
@given(lists(tuples(sampled_from(STEPS), integers(0, 6)), max_size=30))
def test_once_and_in_order(steps: list[tuple[str, int]]) -> None:
    asyncio.run(live(steps))


async def live(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        for what, number in [("connect", 0), ("some", 6), *steps, ("connect", 3)]:
            world.do(what, number)
            await asyncio.sleep(0)
        world.desk.open(world.cid)
        await everything(world)
        check(world)
        world.kill()
        world.desk._disk.close()


def check(world: World) -> None:
    mine = [e for e in world.relay.log.events if e.by == CHAIN.kid]
    numbers = [codec.header(said(e).h, MessageHeader).n for e in mine if e.kind == "said"]
    assert numbers == list(range(len(world.written)))
    assert world.lines(Kind.OFFICER) == world.written
    assert world.lines(Kind.NOTE) == world.notes
    kinds = {line.kind for line in world.desk.talk.lines(world.cid)}
    assert not kinds & {Kind.MISSING, Kind.REFUSED, Kind.SEALED}
    assert all(line.status is not Status.PENDING for line in world.desk.talk.lines(world.cid))
    assert world.desk.link.unsent == 0
    written = sum(e.kind == "said" and e.by == "v" for e in world.relay.log.events)
    assert len(world.lines(Kind.VISITOR)) + len(world.lines(Kind.ABOUT)) == written


async def test_a_console_seals_nothing_onto_half_a_history(tmp_path: Path) -> None:
    """Killed and begun again, it sees itself at work in a conversation of which it does not have all yet: its own
    numbers, and what it told her of hers, are among what is still to come."""
    world = World(tmp_path)
    world.connect(0)
    await everything(world)
    for _ in range(2):
        world.say(note=False)
        await everything(world)
    world.kill()
    world.connect(0)
    while (held := world.desk.queue.get(world.cid)) is None or held.holder != CHAIN.kid:
        _ = world.up() or world.down_one()
    world.say(note=False)
    assert len(world.written) == 2, "the text stays in the composer"
    world.drop()
    world.say(note=False)
    assert len(world.written) == 2, "nor when the link is lost before the rest has come"
    world.connect(0)
    await everything(world)
    world.say(note=False)
    await everything(world)
    assert len(world.written) == 3
    world.desk.open(world.cid)
    await everything(world)
    check(world)
    world.kill()
    world.desk._disk.close()


async def everything(world: World) -> None:
    """Until nothing is on its way."""
    while world.up() or world.down_one() or world.desk._store._behind:
        await asyncio.sleep(0)
