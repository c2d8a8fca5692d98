"""The connection to the relay: kept, lost, found again, and always told as it is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import Callable
from time import perf_counter
from typing import Any, Final

import msgspec
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, WebSocketException

from officer_console.protocol import codec
from officer_console.protocol.commands import Command, Entry, Wrap
from officer_console.protocol.desk_session import Answered, DeskSession, Effect, Met, Over, Send, Tell
from officer_console.protocol.frames import DeskIn, Directory, Here, Pulse, Welcome
from officer_console.protocol.refusals import Refused
from officer_console.vault.errors import VaultError

from .api import LinkPhase, LinkState
from .exchange import desk_address
from .keychain import Keychain
from .wire import dial

SILENCE_S: Final = 15.0
"""Seconds without any frame after which the link is dead: three heartbeats."""
BACKOFF_S: Final = (0.3, 15.0)
"""Seconds before another try: the first time, and at most; half of it is chance."""
REFUSED_S: Final = 30.0
"""Seconds before another try when the relay does not let us in."""
LONGEST_BYE_S: Final = 60.0
"""Seconds a relay can make this console wait."""
SLICE_S: Final = 0.004
"""Seconds for which frames that have come already are taken without a look at anything else."""
REFUSALS: Final = {
    "version": LinkPhase.STOPPED,  # only another program mends it, and that begins anew
    "directory": LinkPhase.STOPPED,  # the list of officers was cut or replaced: first somebody must look
    "bad_signature": LinkPhase.REFUSED,  # whoever stands in between goes away; a stranger is told nothing meanwhile
    "login": LinkPhase.REFUSED,  # a relay is put back to what it knew, a clock is set; final only as `_ended` says
    "not_founded": LinkPhase.REFUSED,  # the relay has lost its data, and gets them back
}
"""What follows when the relay ends a connection with this code; for all others another try is near: RECONNECTING."""
Told = Callable[[Tell], None]


class Link:
    """One console's connection. `after` gives the last event it has; `told` gets what the relay tells, in order, and
    `changed` is called when the state is another. `clock` in ms."""

    def __init__(
        self, url: str, chain: Keychain, after: Callable[[], int], told: Told, changed: Callable[[], None],
        clock: Callable[[], int],
    ) -> None:  # fmt: skip
        self.state = LinkState(since=clock(), relay_url=url)
        self._address, self._host = desk_address(url)
        self._chain = chain
        self._after = after
        self._told = told
        self._changed = changed
        self._clock = clock
        self._session: DeskSession | None = None
        self._out: asyncio.Queue[DeskIn] = asyncio.Queue()
        self._answered: dict[int, Callable[[Answered], None]] = {}
        self._tickets = 0
        self._now = asyncio.Event()
        self._tries = 0
        self._theirs = chain.heads

    # ---- what the desk asks of it ----

    def command(self, do: Command, answered: Callable[[Answered], None]) -> bool:
        """Give a command; False when there is no link. `answered` is never called if the link is lost first."""
        if self._session is None or not self._session.logged_in:
            return False
        self._tickets += 1
        self._answered[self._tickets] = answered
        self._act(self._session.command(do, self._tickets))
        return True

    def send(self, frame: DeskIn) -> None:
        """Send a live frame, if there is a link."""
        if self._session is not None and self._session.logged_in:
            self._out.put_nowait(frame)

    def retry(self) -> None:
        """Try now."""
        self._now.set()

    async def run(self) -> None:
        """Connect again and again, until cancelled."""
        while True:
            wait_s = self._part(*await self._once())
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._now.wait()

    def _part(self, problem: str, wait_s: float) -> float | None:
        """The connection has ended; seconds until the next try, None for none."""
        self._session = None
        self._answered.clear()
        self._now.clear()
        phase = self._after_refusal(problem)
        if phase is LinkPhase.STOPPED:
            self._set(phase, problem=problem, retry_at=0)
            return None
        wait_s = REFUSED_S if phase is LinkPhase.REFUSED else wait_s
        self._set(phase, problem=problem, retry_at=self._clock() + int(wait_s * 1000))
        return wait_s

    def _after_refusal(self, problem: str) -> LinkPhase:
        if problem == "login" and self._ended():
            return LinkPhase.STOPPED
        return REFUSALS.get(problem, LinkPhase.RECONNECTING)

    def _ended(self) -> bool:
        """Whether this officer's enrolment has run out, by both clocks: then no relay will ever let these keys in."""
        member = self._chain.member(self._chain.kid)
        now = self._clock() + min(0, self.state.skew)
        return member is not None and now // 1000 >= member.exp

    # ---- one connection ----

    async def _once(self) -> tuple[str, float]:
        """Talk until the connection ends; why it ended, and how many seconds to wait."""
        try:
            async with dial(self._address, max_size=codec.MAX_DESK_OUT, max_queue=16, ping_interval=20) as ws:
                over = await self._talk(ws)
        except (OSError, TimeoutError, WebSocketException):  # it can be lost before the first byte is sent, too
            return "network", self._backoff()
        if over.again is not None:
            return "", min(over.again / 1000, LONGEST_BYE_S) + random.random()
        return over.code, self._backoff()

    def _backoff(self) -> float:
        self._tries += 1
        longest: float = min(BACKOFF_S[1], BACKOFF_S[0] * 2.0 ** min(self._tries, 10))
        return longest / 2 + random.random() * longest / 2

    async def _talk(self, ws: ClientConnection) -> Over:
        session = self._begin()
        writing = asyncio.create_task(self._write(ws, self._out))
        try:
            return await self._read(ws, session)
        except (ConnectionClosed, TimeoutError):
            return Over("network")
        except Refused as refused:
            return Over(refused.code)
        finally:
            writing.cancel()

    def _begin(self) -> DeskSession:
        session = DeskSession(self._chain, self._host, self._chain.heads, os.urandom, after=self._after())
        self._session, self._out = session, asyncio.Queue()
        return session

    async def _read(self, ws: ClientConnection, session: DeskSession) -> Over:
        turn = perf_counter()
        while True:
            async with asyncio.timeout(SILENCE_S):
                text = await ws.recv()
            over = self._act(session.feed(codec.desk_out(text)))
            if over:
                return over
            if perf_counter() - turn > SLICE_S:  # `recv` does not give way while there are frames that have come
                await asyncio.sleep(0)
                turn = perf_counter()

    async def _write(self, ws: ClientConnection, out: asyncio.Queue[DeskIn]) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await ws.send(codec.encode(await out.get()))

    def _act(self, effects: list[Effect]) -> Over | None:
        for effect in effects:
            match effect:
                case Send(frame=frame):
                    self._out.put_nowait(frame)
                case Tell():
                    self._tell(effect)
                case Answered(ticket=ticket):
                    self._answered.pop(ticket)(effect)
                case Met(now=now, dir=heads):
                    self._set(self.state.phase, skew=now - self._clock())
                    self._theirs = heads
                case Over():
                    return effect
        return None

    def _tell(self, tell: Tell) -> None:
        match tell.frame:
            case Welcome(entries=entries, wraps=wraps) | Directory(entries=entries, wraps=wraps):
                self._learn(entries, wraps)
                if self._session is not None:
                    self._session.heads = self._chain.heads
                if isinstance(tell.frame, Welcome):
                    self._tries = 0
                    self._set(LinkPhase.CATCHING_UP, problem="", last_beat=self._clock())
            case Here():
                self._set(LinkPhase.ONLINE, last_beat=self._clock())
            case Pulse(now=now, on_duty=on_duty, rooms=rooms):
                skew, present = now - self._clock(), {"on_duty": tuple(on_duty), "rooms": tuple(rooms)}
                self._set(self.state.phase, last_beat=self._clock(), skew=skew, **present)
        self._told(tell)

    def _learn(self, entries: list[Entry], wraps: list[Wrap]) -> None:
        try:
            self._chain.learn(entries, wraps)
            self._chain.require_heads(self._theirs)
        except VaultError:
            raise Refused("directory") from None

    def _set(self, phase: LinkPhase, **fields: Any) -> None:
        if phase is not self.state.phase:
            fields["since"] = self._clock()
        self.state = msgspec.structs.replace(self.state, phase=phase, **fields)
        self._changed()
