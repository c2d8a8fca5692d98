"""Many conversations over one relay, held by a few consoles, from a client that costs little.

What is sent is real (openings, sealed messages that follow one another, signed commands) but sealed and signed before
anything is timed; what comes is compared with what was sealed, not opened. A message counts once it is acknowledged to
its sender and with its reader.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol

import msgspec

from officer_console.model.envelope import VISITOR, Envelope, OpenHeader
from officer_console.protocol import codec
from officer_console.protocol.commands import Claim, Command, Say
from officer_console.protocol.frames import Ack, Follow, Here
from officer_console.protocol.history import REFUSED_FAULTS, History
from tests.relay.peers import DeskPeer, Keys, Station, VisitorPeer, random_id

from .light import Light, LightWire, framed, side_by_side
from .talks import WORDS

TICK_S: Final = 0.001
DRAIN_S: Final = 60.0


class _Env(msgspec.Struct):
    c: str = ""


class _What(msgspec.Struct):
    env: _Env | None = None


class _Event(msgspec.Struct):
    cid: str = ""
    by: str = ""
    what: _What | None = None

    @property
    def sealed(self) -> str:
        """What a visitor has written; "" for anything else."""
        return self.what.env.c if self.by == VISITOR and self.what and self.what.env else ""


class _ToDesk(msgspec.Struct):
    """What of a console's frames counts here."""

    t: str
    c: int = -1
    e: _Event | None = None


class _ToPage(msgspec.Struct):
    """The same of a page's."""

    t: str
    id: str = ""
    c: str = ""


_to_desk: Final = msgspec.json.Decoder(_ToDesk).decode
_to_page: Final = msgspec.json.Decoder(_ToPage).decode


class _Ready(msgspec.Struct):
    """One message that is ready to go: a visitor's frame or an officer's words, what is stored under `id`, what its
    reader gets. A command is signed when it is given: its number must rise over all conversations of the console."""

    sealed: str
    frame: bytes = b""
    say: Say | None = None
    id: str = ""


class Asked(Protocol):
    """Who waits for the answer to a command."""

    def told(self, what: str | int) -> None: ...


class Console:
    """One console. `asked`: number of a command -> whose message it was."""

    def __init__(self, peer: DeskPeer, light: Light) -> None:
        self.peer = peer
        self.light = light
        self.asked: dict[int, Asked] = {}
        self.pairs: dict[str, Pair] = {}
        self.frames = 0

    def give(self, do: Command, asked: Asked) -> int:
        """Give a command; its number. `asked` is told when it is done."""
        command = self.peer.command(do)
        self.asked[self.peer.given] = asked
        self.light.send(framed(codec.encode(command)))
        return self.peer.given

    def take(self, text: bytes) -> None:
        """A frame from the relay."""
        self.frames += 1
        frame = _to_desk(text)
        if frame.t == "done":
            if pair := self.asked.pop(frame.c, None):
                pair.told(frame.c)
        elif frame.e is not None and frame.e.sealed and (pair := self.pairs.get(frame.e.cid)):
            pair.came(frame.e.sealed)


class Pair:
    """One conversation, both ends."""

    def __init__(self, page: VisitorPeer, console: Console, light: Light) -> None:
        self.page, self.console, self._light = page, console, light
        self.through: Callable[[Pair, float], Any] = lambda pair, seconds: None
        self._ready: deque[_Ready] = deque()
        self._now: _Ready | None = None
        self._waits_for: str | int = ""
        self._missing = 0
        self._due = 0.0
        self._turns = 0
        self._begin()
        light.take = self._page_took
        console.pairs[page.cid] = self

    @property
    def busy(self) -> bool:
        """Whether a message is on its way."""
        return self._now is not None

    @property
    def ready(self) -> int:
        """How many messages are ready to go."""
        return len(self._ready)

    def prepare(self, count: int) -> None:
        """Seal the next messages, the visitor's and the officer's in turn."""
        for _ in range(count):
            self._ready.append(self._officers() if self._turns % 2 else self._visitors())
            self._turns += 1

    def say(self, due: float) -> None:
        """Send the next message, which was `due` at this time. One at a time."""
        assert self._now is None
        self._now = now = self._ready.popleft()
        self._missing, self._due = 2, due
        if now.say is None:
            self._waits_for = now.id
            self._light.send(now.frame)
        else:
            self._waits_for = self.console.give(now.say, self)

    def told(self, what: str | int) -> None:
        """The sender has been told that it is stored."""
        if self._now is not None and what == self._waits_for:
            self._step()

    def came(self, sealed: str) -> None:
        """The reader has something."""
        if self._now is not None and sealed == self._now.sealed:
            self._step()

    def _step(self) -> None:
        self._missing -= 1
        if not self._missing:
            self._now = None
            self.through(self, time.perf_counter() - self._due)

    def _page_took(self, text: bytes) -> None:
        frame = _to_page(text)
        if frame.t == "ack":
            self.told(frame.id)
        elif frame.t == "msg":
            self.came(frame.c)

    def _begin(self) -> None:
        h, box = self.page.opening.h, self.page.opening.box
        peer = self.console.peer
        peer.histories[self.page.cid] = History(peer.keys.kid, h, box, codec.header(h, OpenHeader).kc)
        peer.conversations[self.page.cid] = self.page.keys
        for envelope in self.page.sent:
            _take(peer.histories[self.page.cid], envelope, VISITOR)

    def _visitors(self) -> _Ready:
        number = len(self.page.sent)
        message = self.page.seal(WORDS)
        _take(self.console.peer.histories[self.page.cid], self.page.sent[-1], VISITOR)
        return _Ready(message.c, framed(codec.padded(message)), id=f"{VISITOR}.{number}")

    def _officers(self) -> _Ready:
        peer = self.console.peer
        say = peer.say(self.page.cid, WORDS)
        for history in (peer.histories[self.page.cid], self.page.history):
            _take(history, say.env, peer.keys.kid)
        return _Ready(say.env.c, say=say)


def _take(history: History, envelope: Envelope, by: str) -> None:
    fault = history.accept(envelope, by)
    assert fault not in REFUSED_FAULTS, fault


class Crowd:
    """All conversations over the relay at `url`. `log_in` comes first, then `grow` as often as one likes."""

    def __init__(self, url: str, station: Station) -> None:
        self.url = url
        self.station = station
        self.consoles: list[Console] = []
        self.pairs: list[Pair] = []

    async def log_in(self, officers: list[Keys]) -> None:
        """A console for each officer, which follows."""
        host = self.url.removeprefix("http://")
        for keys in officers:
            wire = LightWire(codec.desk_out)
            light = await wire.dial(f"ws://{host}/desk")
            peer = DeskPeer(self.station, keys, wire)  # type: ignore[arg-type]
            await peer.login(host)
            await wire.send(Follow(0))
            await wire.until(Here)
            console = Console(peer, light)
            light.take = console.take
            self.consoles.append(console)

    async def grow(self, count: int) -> None:
        """As many conversations, each opened by a page that stays connected, and taken by an officer."""
        missing = range(len(self.pairs), count)
        await side_by_side(self._open(self.consoles[i % len(self.consoles)]) for i in missing)

    async def _open(self, console: Console) -> None:
        page = VisitorPeer(self.url, self.station)
        wire = LightWire(codec.visitor_out)
        light = await wire.dial(self.url.replace("http", "ws") + "/ws", self.url)
        for frame in (page.hello, page.opening, page.seal("bonjour")):
            light.send(framed(codec.padded(frame)))
        await wire.until(Ack)
        await wire.until(Ack)
        await self._claim(console, page.cid)
        self.pairs.append(Pair(page, console, light))

    async def _claim(self, console: Console, cid: str) -> None:
        claimed = _Once()
        console.give(Claim(cid, random_id()), claimed)
        async with asyncio.timeout(DRAIN_S):
            await claimed.done

    def prepare(self, count: int) -> None:
        """Seal until so many messages are ready in all, as many in each conversation."""
        for pair in self.pairs:
            pair.prepare(-(-count // len(self.pairs)) - pair.ready)


class _Once:
    """Waits for one answer to a command."""

    def __init__(self) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def told(self, what: str | int) -> None:
        self.done.set_result(None)


async def closed(pairs: list[Pair], at_once: int, seconds: float) -> float:
    """So many messages on their way at a time, over all conversations in turn; messages a second."""
    begin = time.perf_counter()
    count = 0
    idle = deque(pairs)

    def next_one() -> None:
        if idle[0].ready:
            idle.popleft().say(time.perf_counter())

    def through(pair: Pair, taken: float) -> None:
        nonlocal count
        idle.append(pair)
        if time.perf_counter() - begin < seconds:
            count += 1
            next_one()

    for pair in pairs:
        pair.through = through
    for _ in range(min(at_once, len(pairs))):
        next_one()
    await asyncio.sleep(seconds)
    await _drained(pairs)
    assert pairs[0].ready, "all that was sealed is said: seal more"
    return count / seconds


async def paced(pairs: list[Pair], rate: float, seconds: float) -> list[float]:
    """`rate` messages a second over all conversations in turn, evenly, whatever comes back; the seconds from when each
    was due until it was through."""
    idle = deque(pairs)
    taken: list[float] = []

    def through(pair: Pair, seconds: float) -> None:
        idle.append(pair)
        taken.append(seconds)

    for pair in pairs:
        pair.through = through
    begin = time.perf_counter()
    for due in (begin + i / rate for i in range(int(rate * seconds))):
        while (ahead := due - time.perf_counter()) > 0 or not idle:
            await asyncio.sleep(max(ahead, TICK_S))
        idle.popleft().say(due)
    await _drained(pairs)
    return taken


async def _drained(pairs: list[Pair]) -> None:
    async with asyncio.timeout(DRAIN_S):
        while any(pair.busy for pair in pairs):
            await asyncio.sleep(0.01)
