"""Visitors and officers who write all the time, with the real client code, and tell the referee what they hear."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Final, NamedTuple, Protocol

from officer_console.client.api import LinkPhase
from officer_console.client.desk import OfficerDesk
from officer_console.client.enrolling import Enrolled
from officer_console.client.keychain import Keychain
from officer_console.client.open_desk import wall_clock
from officer_console.client.sender import LATER
from officer_console.client.visitor import Visitor
from officer_console.model.bodies import OUTCOMES
from officer_console.model.conversation import Conversation, State
from officer_console.model.envelope import VISITOR, Envelope, MessageHeader
from officer_console.model.events import Claimed, Closed, Noted, Opened, Released, Said, What
from officer_console.model.transcript import Kind, Status
from officer_console.protocol import codec
from officer_console.protocol.commands import Claim, Close, Command, Release, Remark, Say
from officer_console.protocol.desk_session import Answered
from officer_console.protocol.frames import Ack, Erase, Gone, Msg, Open, Stored
from officer_console.protocol.refusals import Refused
from officer_console.protocol.visitor_events import Accepted, Failed, Happened, Heard, Unreadable

from .referee import Referee
from .waits import Waits

Line = tuple[int, str, str]
"""Number in the log, author, text."""
Clock = Callable[[], int]
MOST_UNSENT: Final = 40
"""Nobody goes on writing for ever without a relay."""
AWAY_S: Final = (0.5, 4.0)
"""For how long a visitor is out of the network who comes back."""


class Pace(NamedTuple):
    """Seconds between two things that a visitor and an officer do, from and to, and how often in a hundred messages she
    goes out of the network and comes back."""

    visitor: tuple[float, float] = (0.05, 0.6)
    officer: tuple[float, float] = (0.01, 0.06)
    away: int = 0


class Ears(Protocol):
    """What a console tells of its commands (see `Referee`)."""

    def meant(self, cid: str, id: str, what: What) -> None: ...
    def stored(self, cid: str, id: str, seq: int) -> None: ...
    def refuses(self, cid: str, id: str, code: str) -> None: ...
    def needless(self, cid: str, id: str) -> None: ...


class Witness(Visitor):
    """A visitor who reports. `said` is what she wrote, in order; number 0 is what her page writes by itself. `strange`
    is whatever an honest relay never makes happen. `clock` in ms."""

    def __init__(
        self, url: str, root: bytes, referee: Referee, waits: Waits | None = None, clock: Clock = wall_clock
    ) -> None:
        super().__init__(url, root, told=self._notice, clock=clock)
        self.referee = referee
        self.said: list[str] = []
        self.strange: list[str] = []
        self.away = False
        self._waits = waits or Waits()
        self._asked: dict[int, float] = {}
        self._own: dict[int, int] = {}
        self._order: list[int] = []
        self._read_frame, self._give_frames = self._session.received, self._session.frames
        self._session.received = self._received  # type: ignore[method-assign]
        self._session.frames = self._frames  # type: ignore[method-assign]

    @property
    def quiet(self) -> bool:
        """Whether she is connected and all she wrote is stored."""
        return self.online and not self._session.unsent

    @property
    def newest(self) -> int:
        """The number of the newest line on her page."""
        return max(self._order, default=0)

    def transcript(self) -> list[Line]:
        """What her page shows, in the order in which it came to be there."""
        lines = {heard.seq: (heard.seq, heard.who, getattr(heard.body, "b", "")) for heard in self.heard}
        lines |= {seq: (seq, VISITOR, self.said[n - 1]) for n, seq in self._own.items() if n}
        return [lines[seq] for seq in self._order if seq in lines]

    def mark(self) -> Callable[[], bool]:
        """Whether she is connected and all is stored that she has written until now."""
        written = len(self.said)
        return lambda: self.online and (self.accepted > written or not written)

    def waits_for(self) -> list[float]:
        """Since when (monotonic) for each answer that has not come."""
        return list(self._asked.values())

    async def live(self, random: Random, until: int, pace: Pace = Pace()) -> None:  # noqa: B008 - it is immutable
        """Write until so many messages are stored; then erase everything, or just go."""
        while self.accepted <= until:
            self._write_line()
            await asyncio.sleep(random.uniform(*pace.visitor))
            await self.until(lambda _: self._session.unsent < MOST_UNSENT)
            if random.randrange(100) < pace.away:
                await self._leave_and_return(random)
        if random.randrange(100) < pace.away:
            await self.until(lambda _: self.quiet)
            await self.leave("goodbye")
        else:
            await self.erase()

    def _write_line(self) -> None:
        text = f"{len(self.said)} de {self.cid}"
        self._asked[self.say(text)] = time.monotonic()
        self.said.append(text)

    async def _leave_and_return(self, random: Random) -> None:
        await self.until(lambda _: self.quiet)
        self.away = True
        self.lose_network()
        try:
            await asyncio.sleep(random.uniform(*AWAY_S))
        finally:
            self.away = False
            self.find_network()

    def _notice(self, happened: Happened) -> None:
        match happened:
            case Accepted(n=n, seq=seq):
                self._own[n] = seq
                if n in self._asked:
                    self._waits.ended(self._asked.pop(n))
                self._order.append(seq)
            case Heard(seq=seq, fault=None):
                self._order.append(seq)
            case Heard() | Unreadable() | Failed():
                self.strange.append(str(happened))

    def _frames(self) -> list[str]:
        frames = self._give_frames()
        for text in frames:
            match codec.visitor_in(text):
                case Open(h=h):
                    self.referee.meant(self.cid, "open", Opened(h))
                case Msg(h=h, n=n, c=c):
                    self.referee.meant(self.cid, _id(h), Said(Envelope(h, n, c)))
                case Erase():
                    self.referee.erases(self.cid)
        return frames

    def _received(self, text: str | bytes, now: int) -> None:
        match codec.visitor_out(text):
            case Ack(id=id, seq=seq):
                self.referee.stored(self.cid, id, seq)
            case Stored(seq=seq, h=h, n=n, c=c) if codec.header(h, MessageHeader).d == VISITOR:
                self.referee.stored(self.cid, _id(h), seq, Said(Envelope(h, n, c)))
            case Gone():
                self.referee.erased(self.cid)
        self._read_frame(text, now)


def _id(h: str) -> str:
    head = codec.header(h, MessageHeader)
    return f"{head.s}.{head.n}"


class Console:
    """An officer at work, who reports. `async with` opens the desk in a folder, which may be that of an earlier one, of
    which nothing but its outbox is left. `clock` in ms."""

    away = False

    def __init__(
        self, who: Enrolled, folder: Path, referee: Ears, random: Random, waits: Waits | None = None,
        clock: Clock = wall_clock,
    ) -> None:  # fmt: skip
        folder.mkdir(mode=0o700, exist_ok=True)
        chain = Keychain(who.identity, who.directory, who.relay)
        self.desk = OfficerDesk(who.relay_url, chain, folder, lambda learnt: None, clock, os.urandom)
        self.referee = referee
        self._random = random
        self._waits = waits or Waits()
        # conversation and event -> since when its answer is waited for (monotonic)
        self._asked: dict[tuple[str, str], float] = {}
        self._count = random.randrange(1_000_000)  # no life writes what another wrote
        self._leaving: set[str] = set()  # put back or closed, and the relay has not said so
        self._changed = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._give = self.desk._link.command
        self.desk._link.command = self._command  # type: ignore[method-assign]
        self.desk.subscribe(lambda change: self._changed.set())

    async def __aenter__(self) -> Console:
        self._running = asyncio.create_task(self.desk.run())
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._running is not None
        self._running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._running

    @property
    def online(self) -> bool:
        return self.desk.link.phase is LinkPhase.ONLINE

    @property
    def quiet(self) -> bool:
        return self.online and not self.desk.link.unsent

    async def until(self, fits: Callable[[], object]) -> None:
        """Wait until something holds of the desk."""
        while not fits():
            await self.changed()

    async def changed(self) -> None:
        """Wait for the next change of anything."""
        self._changed.clear()
        await self._changed.wait()

    def transcript(self, cid: str) -> list[Line]:
        """What the screen shows of what was written, and does not mark as refused."""
        words = {Kind.VISITOR, Kind.OFFICER}
        strange = {Kind.MISSING, Kind.REFUSED, Kind.SEALED}
        shown = [line for line in self.desk.talk.lines(cid) if line.status is not Status.FAILED]
        lines = [line for line in shown if line.kind in words | strange]
        return [(line.seq, line.who, line.text if line.kind in words else line.kind) for line in lines]

    def mine(self) -> Iterator[Conversation]:
        """The conversations that this officer holds."""
        queue = self.desk.queue
        for conversation in (queue[index] for index in range(len(queue))):
            if conversation.state is not State.HELD or conversation.holder != self.desk.me:
                return  # mine stand first
            yield conversation

    def mark(self) -> Callable[[], bool]:
        """Whether he is connected and all is stored that waits now."""
        last = max((number for number, _ in self.desk._outbox), default=0)
        return lambda: self.online and all(number > last for number, _ in self.desk._outbox)

    def waits_for(self) -> list[float]:
        """Since when (monotonic) for each answer that has not come."""
        waiting = {(entry.cid, entry.event_id) for _, entry in self.desk._outbox}
        return [since for name, since in self._asked.items() if name in waiting]

    async def live(self, pace: Pace = Pace()) -> None:  # noqa: B008 - it is immutable
        """Take, answer, note, put back and close conversations, for ever."""
        while True:
            await asyncio.sleep(self._random.uniform(*pace.officer))
            if self.desk.link.unsent < MOST_UNSENT:
                with contextlib.suppress(Refused):  # it has become another's, or its history is on its way
                    self._one_thing()
                self._tell_new()

    def _tell_new(self) -> None:
        """What is on disk is meant, whether it has been sent or not."""
        for _, entry in self.desk._outbox:
            if (entry.cid, entry.event_id) not in self._asked:
                self._asked[entry.cid, entry.event_id] = time.monotonic()
                if isinstance(entry.do, Say):
                    self.referee.meant(entry.cid, entry.event_id, Said(entry.do.env))

    def _one_thing(self) -> None:
        mine = [each.cid for each in self.mine()]
        self._leaving &= set(mine)
        waiting = self.desk._outbox  # what an earlier life of this console gave back counts, too
        free = [cid for cid in mine if cid not in self._leaving and not waiting.has(cid, Release, Close)]
        if not free or self._random.random() < 0.2:
            self.desk.claims.take_next()
            return
        cid = self._random.choice(free)
        what = self._random.choices((self._say, self._note, self._release, self._close), (90, 4, 3, 3))[0]
        what(cid)

    def _say(self, cid: str) -> None:
        self._count += 1
        self.desk.talk.say(cid, f"{self._count} of {self.desk.me}")

    def _note(self, cid: str) -> None:
        self._count += 1
        self.desk.talk.note(cid, f"note {self._count}")

    def _release(self, cid: str) -> None:
        self._leaving.add(cid)
        self.desk.claims.release(cid)

    def _close(self, cid: str) -> None:
        self._leaving.add(cid)
        self.desk.claims.close_conversation(cid, self._random.choice(OUTCOMES), "remark")

    def _command(self, do: Command, answered: Callable[[Answered], None]) -> bool:
        event = _becomes(do)
        if event is None:
            return self._give(do, answered)
        cid: str = do.cid  # type: ignore[union-attr]
        self.referee.meant(cid, *event)

        def heard(answer: Answered) -> None:
            """What passes is no refusal: it is sent again, or was in the log all the same and has come from there."""
            answered(answer)
            if not self._waits_still(cid, event[0]) and (cid, event[0]) in self._asked:
                self._waits.ended(self._asked.pop((cid, event[0])))
            if answer.seq:
                self.referee.stored(cid, event[0], answer.seq)
            elif not answer.code:
                self.referee.needless(cid, event[0])
            elif answer.code not in LATER and not self._waits_still(cid, event[0]):
                self.referee.refuses(cid, event[0], answer.code)

        return self._give(do, heard)

    def _waits_still(self, cid: str, id: str) -> bool:
        return any(entry.event_id == id for entry in self.desk._outbox.of(cid))


def _becomes(do: Command) -> tuple[str, What] | None:
    """Id and content of the event that a command makes."""
    match do:
        case Say(env=env):
            return _id(env.h), Said(env)
        case Claim(id=id):
            return id, Claimed()
        case Release(id=id):
            return id, Released()
        case Remark(id=id, note=note):
            return id, Noted(note)
        case Close(id=id, note=note):
            return id, Closed(note)
    return None
