"""A desk in memory: the same shape as `client.api.Desk`, with levers to make things happen.

By default every change is told at once; `pace` (seconds) gathers them as the real desk does (1/30).
What is done is stored at once unless `hold_back` is set; then the `store_all` of its part stores it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import msgspec

from officer_console.client.api import Change, LinkPhase, LinkState, Notice
from officer_console.model.bodies import About, Body, Place, Text
from officer_console.model.conversation import State
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import (
    Claimed,
    Erased,
    Event,
    Left,
    Opened,
    Returned,
    Said,
    What,
)
from officer_console.model.patrol import Point, geo
from officer_console.model.queue import Queue, rank
from officer_console.model.rules import may_append, parts_of
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind, Line
from officer_console.protocol.refusals import Refused
from tests.console.fake_care import FakeCare
from tests.console.fake_claims import FakeClaims
from tests.console.fake_enrolment import FakeEnrolment
from tests.console.fake_exports import FakeExports
from tests.console.fake_figures import FakeFigures
from tests.console.fake_handovers import FakeHandOvers
from tests.console.fake_lead import FakeLead
from tests.console.fake_patrols import FakePatrols
from tests.console.fake_referrals import FakeReferrals
from tests.console.fake_shift import FakeShift
from tests.console.fake_signals import FakeSignals
from tests.console.fake_talk import WORDS, FakeTalk

START = 1_763_950_000_000
"""When the fake clock starts: 24 November 2025, 02:06:40 UTC."""
ME, ANA = "kid-me", "kid-ana"


class FakeDesk:
    """See `client.api.Desk`."""

    def __init__(self, me: str = ME, role: str = "officer", *, now: int = START, pace: float = 0) -> None:
        self.me, self.role, self.time, self.pace = me, role, now, pace
        self.queue = Queue(me)
        self.talk = FakeTalk(self)
        self.claims = FakeClaims(self)
        self.patrols = FakePatrols(self)
        self.referrals = FakeReferrals(self)
        self.signals = FakeSignals(self)
        self.enrolment = FakeEnrolment(self)
        self.exports = FakeExports(self)
        self.shift = FakeShift(self)
        self.figures = FakeFigures()
        self.handovers = FakeHandOvers(self)
        self.care = FakeCare(self)
        self.lead = FakeLead(self)
        self.names = {me: "Karim Benali", ANA: "Ana Petit"}
        self.link = LinkState(
            LinkPhase.ONLINE, now, now, on_duty=(me, ANA), desk_name="Demo", relay_url="ws://127.0.0.1/desk",
            rooms=("kid-room",),
        )  # fmt: skip
        self.opened: list[str] = []
        self.retries = 0
        self.key_ends = now + 7 * 24 * 3_600_000
        self.hold_back = False
        self.disk_full = False
        self.no_room = False
        self.practice = False
        self.numbers = itertools.count(1)
        self._told: list[Callable[[Change], None]] = []
        self._change = Change()
        self._timer: asyncio.TimerHandle | None = None

    # what the screens see

    def now(self) -> int:
        return self.time

    def name(self, kid: str) -> str:
        waiting = {newcomer.kid: newcomer.name for newcomer in self.enrolment.newcomers}
        return (waiting | self.names).get(kid, kid)

    def open(self, cid: str) -> None:
        self.opened.append(cid)

    def subscribe(self, told: Callable[[Change], None]) -> Callable[[], None]:
        self._told.append(told)
        return lambda: self._told.remove(told)

    def retry(self) -> None:
        self.retries += 1

    async def run(self) -> None:
        await asyncio.Event().wait()

    # levers

    def add(self, words: str = "", *, waited: int = 0, language: str = "fr", postcode: str = "", cid: str = "") -> str:
        """A new conversation that began to wait `waited` seconds ago with these words; gives its cid."""
        cid = cid or f"c{next(self.numbers):06}"
        at = self.time - waited * 1000
        self.append(cid, VISITOR, Opened(h="", box=""), at=at)
        about = About(ts=at, lang=language, postcode=postcode)  # type: ignore[arg-type]
        self.append(cid, VISITOR, Said(), about, Kind.ABOUT, f"{language} {postcode}".strip(), at=at)
        if words:
            self.visitor_says(cid, words, at=at)
        self.emit(Change(notices=(Notice("arrived", cid),)))
        return cid

    def fill(self, count: int) -> list[str]:
        """So many waiting conversations, the first one longest; told as one change."""
        told, self._told = self._told, []
        words = itertools.cycle(WORDS)
        places = itertools.cycle(("69003", "13001", "97400", "", "75011"))
        cids = [self.add(next(words), waited=3 * (count - i), postcode=next(places)) for i in range(count)]
        self._told = told
        self.emit(Change(frozenset(cids), queue=True))
        return cids

    def visitor_says(self, cid: str, text: str, *, at: int = 0) -> None:
        body = Text(ts=at or self.time, b=text)
        self.append(cid, VISITOR, Said(), body, Kind.VISITOR, displayable(text), at=at)

    def visitor_shares(self, cid: str, point: Point) -> None:
        """The visitor shares where she is."""
        body = Place(ts=self.time, lat=point.lat, lon=point.lon, acc=point.acc)
        self.append(cid, VISITOR, Said(), body, Kind.PLACE, geo(point))

    def visitor_leaves(self, cid: str, how: Any) -> None:
        self.append(cid, VISITOR if how != "lost" else RELAY, Left(how), line=Kind.LEFT, text=how)

    def visitor_returns(self, cid: str) -> None:
        self.append(cid, VISITOR, Returned(), line=Kind.RETURNED)

    def visitor_erases(self, cid: str) -> None:
        self.talk.written.pop(cid, None)
        self.patrols.drafts.pop(cid, None)
        self.append(cid, VISITOR, Erased())
        self.emit(Change(notices=(Notice("erased", cid),)))

    def colleague_claims(self, cid: str, kid: str = ANA) -> None:
        self.append(cid, kid, Claimed(), line=Kind.CLAIMED)

    def colleague_says(self, cid: str, text: str, kid: str = ANA) -> None:
        self.append(cid, kid, Said(), Text(ts=self.time, b=text), Kind.OFFICER, displayable(text))

    def set_link(self, **changes: Any) -> None:
        self.link = msgspec.structs.replace(self.link, **changes)
        self.emit(Change(link=True))

    def pass_time(self, seconds: float) -> None:
        self.time += int(seconds * 1000)
        self.patrols.let_go()

    def append(
        self,
        cid: str,
        by: str,
        what: What,
        body: Body | None = None,
        line: Kind | None = None,
        text: str = "",
        *,
        at: int = 0,
        remark: str = "",
    ) -> None:
        """Fold one event in, add its line when it has one, and tell."""
        event = self.event(cid, by, what, at)
        before, after = self.queue.apply(event, body)
        self.lead.overview.apply(event, after)
        if line is not None:
            self.talk.written[cid].append(Line(event.id, line, event.at, event.seq, by, text, remark))
        order = before is None or rank(before, self.me) != rank(after, self.me)
        self.emit(Change(frozenset({cid}), queue=order, notices=tuple(self._notices(before, event))))

    def emit(self, change: Change) -> None:
        """Tell the subscribers now, or within `pace` seconds."""
        c = self._change
        self._change = Change(
            c.cids | change.cids,
            c.queue or change.queue,
            c.link or change.link,
            c.notices + change.notices,
            c.newcomers or change.newcomers,
            c.shift or change.shift,
        )
        if not self.pace:
            self._tell()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.pace, self._tell)

    def _tell(self) -> None:
        change, self._change, self._timer = self._change, Change(), None
        for told in list(self._told):
            told(change)

    def event(self, cid: str, by: str, what: What, at: int = 0, id: str = "") -> Event:
        seq = next(self.numbers)
        return Event(seq, at or self.time, cid, id or f"e{seq}", by, what)

    def _notices(self, before: Any, event: Event) -> list[Notice]:
        kinds = {Left: "left", Returned: "returned"}
        if before is None or before.holder != self.me:
            return []
        if isinstance(event.what, Said) and event.by == VISITOR:
            return [Notice("reopened" if before.state is State.CLOSED else "wrote", event.cid)]
        return [Notice(kinds[type(event.what)], event.cid)] if type(event.what) in kinds else []

    def check_key(self) -> None:
        if not self.key_ends:
            raise Refused("desk_key")

    def check(self, cid: str, kind: str) -> None:
        conversation = self.queue.get(cid)
        if conversation is None:
            raise Refused("unknown")
        if not may_append(conversation, kind, parts_of(conversation, self.me, self.role)):
            raise Refused("taken" if kind == "claimed" else "not_yours", conversation.holder)
