"""The other relays of a cluster, as they tell each other over NATS: heartbeats, and differences in between.

Who does not hear a difference notices by its number in the next heartbeat, and asks for the whole. A relay that falls
silent is forgotten; its visitors count as gone unless they are back somewhere.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

import msgspec

from officer_console.protocol.frames import DeskLive, Join

from .peers import Desk

BEAT_S: Final = 1.0
SILENCE_S: Final = 5.0
"""Seconds without a heartbeat after which a relay is taken to have ended."""
PART: Final = 1000
"""Conversations in one message of a whole list."""
log = logging.getLogger(__name__)


class _Said(msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True):
    run: str


class Beat(_Said, frozen=True, tag="beat"):
    """`n` counts the pages that came and went; `where` names the relay's folder, of which there is one."""

    where: str
    n: int
    desks: tuple[Desk, ...] = ()


class Page(_Said, frozen=True, tag="page"):
    """A page came or went."""

    n: int
    cid: str
    here: bool


class Pages(_Said, frozen=True, tag="pages"):
    """All pages as of `n`, a part at a time; `rest` parts are to follow."""

    n: int
    cids: tuple[str, ...]
    first: bool
    rest: int


class Whole(_Said, frozen=True, tag="whole"):
    """Asks relay `of` ("": all) for the whole."""

    of: str = ""


class ToDesk(_Said, frozen=True, tag="to_desk"):
    kid: str
    frame: DeskLive


class ToPage(_Said, frozen=True, tag="to_page"):
    frame: DeskLive


class CalledBreak(_Said, frozen=True, tag="break"):
    """A lead `by` asks the officer `kid` to take a break."""

    kid: str
    by: str


class Asks(_Said, frozen=True, tag="asks"):
    """Somebody asks to be enrolled, or no longer."""

    name: str
    join: Join | None = None


class Leaves(_Said, frozen=True, tag="leaves"):
    """The relay stops."""


Message = Beat | Page | Pages | Whole | ToDesk | ToPage | CalledBreak | Asks | Leaves
_decoder: Final = msgspec.json.Decoder(Message)


class Here(Protocol):
    """What of this relay the others are told, and what comes of what they tell."""

    def own_desks(self) -> Iterable[Desk]: ...
    def own_pages(self) -> Iterable[str]: ...
    def others_changed(self) -> None: ...
    def other_came(self) -> None:
        """A relay has begun, and knows nothing yet."""
        ...

    def pages_lost(self, cids: Sequence[str]) -> None:
        """A relay has ended; these were its visitors."""
        ...

    def deliver_to_desk(self, kid: str, frame: DeskLive) -> None: ...
    def deliver_to_page(self, frame: DeskLive) -> None: ...
    def deliver_break(self, kid: str, by: str) -> None: ...
    def others_ask(self, name: str, join: Join | None) -> None: ...


class _Other(msgspec.Struct):
    heard: float
    where: str = ""
    desks: tuple[Desk, ...] = ()
    pages: set[str] = msgspec.field(default_factory=set)
    n: int = -1
    coming: set[str] | None = None


class Others:
    """`peers.Peers` over a cluster. `where` names this relay's folder, `put` sends to all relays, `clock` in s."""

    def __init__(self, where: str, put: Callable[[bytes], None], clock: Callable[[], float]) -> None:
        self.run = os.urandom(8).hex()
        self.twin = False
        self._where = where
        self._put = put
        self._clock = clock
        self._others: dict[str, _Other] = {}
        self._n = 0
        self._newest = -math.inf
        self._here: Here | None = None

    def attach(self, here: Here) -> None:
        """Begin: whatever is told from now on is about this relay."""
        self._here = here
        self._tell(Whole(self.run))
        self._beat()

    async def keep(self) -> None:
        """Tell that we live, and forget who does not, for ever."""
        while True:
            await asyncio.sleep(BEAT_S)
            self._beat()
            for run in [run for run, other in self._others.items() if self._clock() - other.heard > SILENCE_S]:
                self._forget(run)

    def leave(self) -> None:
        """Tell the others that this relay stops."""
        self._tell(Leaves(self.run))

    def count(self) -> int:
        """How many relays there are, this one too."""
        return len(self._others) + 1

    def lately(self, seconds: float) -> bool:
        """Whether another relay was heard so many seconds ago or later: to one that is cut off all fall silent."""
        return self._clock() - self._newest < seconds

    # ---- Peers ----

    def desks(self) -> Iterable[Desk]:
        return [desk for other in self._others.values() for desk in other.desks]

    def has_page(self, cid: str) -> bool:
        return any(cid in other.pages for other in self._others.values())

    def page_came(self, cid: str) -> None:
        self._page(cid, here=True)

    def page_left(self, cid: str) -> None:
        self._page(cid, here=False)

    def desks_changed(self) -> None:
        self._beat()

    def live_to_desk(self, kid: str, frame: DeskLive) -> None:
        if any(desk.kid == kid for desk in self.desks()):
            self._tell(ToDesk(self.run, kid, frame))

    def live_to_page(self, frame: DeskLive) -> None:
        if self.has_page(frame.cid):
            self._tell(ToPage(self.run, frame))

    def break_called(self, kid: str, by: str) -> None:
        if any(desk.kid == kid for desk in self.desks()):
            self._tell(CalledBreak(self.run, kid, by))

    def asked(self, name: str, join: Join | None) -> None:
        self._tell(Asks(self.run, name, join))

    # ---- what is told ----

    def _tell(self, message: Message) -> None:
        self._put(msgspec.json.encode(message))

    def _beat(self) -> None:
        if self._here is not None:
            self._tell(Beat(self.run, self._where, self._n, tuple(self._here.own_desks())))

    def _page(self, cid: str, *, here: bool) -> None:
        self._n += 1
        self._tell(Page(self.run, self._n, cid, here))

    def _tell_all(self) -> None:
        assert self._here is not None
        cids = list(self._here.own_pages())
        parts = [tuple(cids[at : at + PART]) for at in range(0, len(cids), PART)] or [()]
        for number, part in enumerate(parts):
            self._tell(Pages(self.run, self._n, part, number == 0, len(parts) - number - 1))
        self._beat()

    # ---- what is heard ----

    def heard(self, data: bytes) -> None:
        """Take in what a relay tells; what is not understood (a newer relay's) is passed over."""
        try:
            message = _decoder.decode(data)
        except msgspec.DecodeError:
            return
        if message.run != self.run and self._here is not None:
            self._take(self._here, message)

    def _take(self, here: Here, message: Message) -> None:
        match message:
            case Beat():
                self._took_beat(here, message)
            case Page(run=run, n=n, cid=cid, here=is_here):
                self._took_page(self._other(run), n, cid, is_here)
            case Pages():
                self._took_pages(here, self._other(message.run), message)
            case Whole(of=of) if of in ("", self.run):
                self._tell_all()
                if not of:
                    here.other_came()
            case ToDesk(kid=kid, frame=frame):
                here.deliver_to_desk(kid, frame)
            case ToPage(frame=frame):
                here.deliver_to_page(frame)
            case CalledBreak(kid=kid, by=by):
                here.deliver_break(kid, by)
            case Asks(name=name, join=join):
                here.others_ask(name, join)
            case Leaves(run=run):
                self._forget(run)
                self._newest = self._newest if self._others else -math.inf

    def _other(self, run: str) -> _Other:
        other = self._others.setdefault(run, _Other(self._clock()))
        other.heard = self._newest = self._clock()
        return other

    def _took_beat(self, here: Here, beat: Beat) -> None:
        other = self._other(beat.run)
        if beat.where == self._where and not self.twin:
            self.twin = True
            log.error("another relay runs with a copy of this one's folder; give it one of its own")
        if other.n != beat.n:
            self._tell(Whole(self.run, beat.run))
        if other.desks != beat.desks:
            other.desks = beat.desks
            here.others_changed()

    def _took_page(self, other: _Other, n: int, cid: str, is_here: bool) -> None:
        for pages in (other.pages, other.coming):
            if pages is not None:
                (pages.add if is_here else pages.discard)(cid)
        if n == other.n + 1:
            other.n = n  # else one was missed, and the next heartbeat tells

    def _took_pages(self, here: Here, other: _Other, part: Pages) -> None:
        if part.first:
            other.coming = set()
        if other.coming is None:
            return
        other.coming.update(part.cids)
        if not part.rest:
            other.pages, other.coming, other.n = other.coming, None, part.n
            here.others_changed()

    def _forget(self, run: str) -> None:
        other = self._others.pop(run, None)
        if other and self._here:
            self._here.others_changed()
            self._here.pages_lost([cid for cid in other.pages if not self.has_page(cid)])
