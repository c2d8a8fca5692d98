"""A desk in memory: the same shape as `client.api.Desk`, with levers to make things happen.

By default every change is told at once; `pace` (seconds) gathers them as the real desk does (1/30).
Own messages are stored at once unless `hold_back` is set; then `store_all` stores them.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from officer_console.client.api import Change, LinkPhase, LinkState, Newcomer, Notice, Peer
from officer_console.model.bodies import About, Body, Outcome, Text
from officer_console.model.conversation import State
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import (
    Claimed,
    Closed,
    Erased,
    Event,
    Left,
    Noted,
    Opened,
    Released,
    Returned,
    Said,
    What,
)
from officer_console.model.queue import Queue, rank
from officer_console.model.rules import may_append, parts_of
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind, Line, Status
from officer_console.protocol.refusals import Refused
from officer_console.vault.statements import MemberRole
from tests.console.fake_figures import FakeFigures
from tests.console.fake_patrols import FakePatrols
from tests.console.fake_referrals import FakeReferrals
from tests.console.fake_signals import FakeSignals

START = 1_763_950_000_000
"""When the fake clock starts: 24 November 2025, 02:06:40 UTC."""
ME, ANA = "kid-me", "kid-ana"


class FakeDesk(FakePatrols, FakeReferrals, FakeSignals, FakeFigures):
    """See `client.api.Desk`."""

    def __init__(self, me: str = ME, role: str = "officer", *, now: int = START, pace: float = 0) -> None:
        self.me, self.role, self.time, self.pace = me, role, now, pace
        self.queue = Queue(me)
        self.names = {me: "Karim Benali", ANA: "Ana Petit"}
        self.link = LinkState(
            LinkPhase.ONLINE, now, now, on_duty=(me, ANA), desk_name="Demo", relay_url="ws://127.0.0.1/desk",
            rooms=("kid-room",),
        )  # fmt: skip
        self.peers: dict[str, Peer] = {}
        self.drafts: dict[str, str] = {}
        self.loads: set[str] = set()
        self.typings: list[tuple[str, bool]] = []
        self.opened: list[str] = []
        self.retries = 0
        self.key_ends = now + 7 * 24 * 3_600_000
        self.newcomers: tuple[Newcomer, ...] = ()
        self.invited: list[MemberRole] = []
        self.hold_back = False
        self.disk_full = False
        self.rival = ""  # who wins the next claim instead of us
        self._lines: dict[str, list[Line]] = defaultdict(list)
        self._read: dict[str, int] = {}  # cid -> how many lines have been on screen
        self._pending: list[tuple[str, str, str]] = []
        self._numbers = itertools.count(1)
        self._own = Counter[str]()
        self._told: list[Callable[[Change], None]] = []
        self._change = Change()
        self._timer: asyncio.TimerHandle | None = None
        self.begin_patrols()
        self.begin_referrals()
        self.begin_signals()
        self.begin_figures()

    # what the screens see

    def now(self) -> int:
        return self.time

    def name(self, kid: str) -> str:
        waiting = {newcomer.kid: newcomer.name for newcomer in self.newcomers}
        return (waiting | self.names).get(kid, kid)

    def lines(self, cid: str) -> Sequence[Line]:
        return () if cid in self.loads else self._lines[cid]

    def loading(self, cid: str) -> bool:
        return cid in self.loads

    def peer(self, cid: str) -> Peer:
        return self.peers.get(cid, Peer())

    def unread(self, cid: str) -> int:
        if cid not in self._lines:
            return 0
        return sum(line.kind is Kind.VISITOR for line in self._lines[cid][self._read.get(cid, 0) :])

    def first_unread(self, cid: str) -> int | None:
        lines, start = self._lines[cid], self._read.get(cid, 0)
        return next((i for i in range(start, len(lines)) if lines[i].kind is Kind.VISITOR), None)

    def mark_read(self, cid: str) -> None:
        self._read[cid] = len(self._lines[cid])
        self.emit(Change(frozenset({cid})))

    def draft(self, cid: str) -> str:
        return self.drafts.get(cid, "")

    def save_draft(self, cid: str, text: str) -> None:
        self.drafts[cid] = text

    def say(self, cid: str, text: str) -> None:
        if not text.strip() or len(text.encode()) > 16_000:
            raise ValueError("empty or too long")
        self._check(cid, "said")
        if self.disk_full:
            raise OSError(28, "No space left on device")
        key = f"{self.me}.{self._own[cid]}"
        self._own[cid] += 1
        self._lines[cid].append(
            Line(key, Kind.OFFICER, self.time, who=self.me, text=displayable(text), status=Status.PENDING)
        )
        self._pending.append((cid, key, text))
        self.drafts.pop(cid, None)
        self.emit(Change(frozenset({cid})))
        if not self.hold_back:
            self.store_all()

    def typing(self, cid: str, typing: bool) -> None:
        self.typings.append((cid, typing))

    def claim(self, cid: str) -> None:
        self._check(cid, "claimed")
        if self.rival:
            rival, self.rival = self.rival, ""
            self.append(cid, rival, Claimed(), line=Kind.CLAIMED)
            return self.emit(Change(notices=(Notice("taken", cid, who=rival),)))
        self.append(cid, self.me, Claimed(), line=Kind.CLAIMED)

    def take_next(self) -> str | None:
        first = next(self.queue.waiting(), None)
        if first is None:
            return None
        self.claim(first.cid)
        taken = self.queue.get(first.cid)
        return first.cid if taken and taken.holder == self.me else self.take_next()

    def release(self, cid: str) -> None:
        self._check(cid, "released")
        self.append(cid, self.me, Released(), line=Kind.RELEASED)

    def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None:
        self._check(cid, "closed")
        self._check_key()
        body = Outcome(ts=self.time, b=outcome, remark=remark)
        self.append(cid, self.me, Closed(), body, Kind.CLOSED, outcome, remark=displayable(remark))

    def note(self, cid: str, text: str) -> None:
        if not text.strip():
            raise ValueError("empty")
        self._check(cid, "noted")
        self._check_key()
        self.append(cid, self.me, Noted(), line=Kind.NOTE, text=displayable(text))

    def erase(self, cid: str) -> None:
        self._check(cid, "erased")
        self.visitor_erases(cid)

    def invite(self, role: MemberRole) -> str:
        if self.role != "lead":
            raise Refused("not_yours")
        self.invited.append(role)
        return f"oc1.invitation-{len(self.invited)}"

    def admit(self, kid: str) -> None:
        newcomer = next((each for each in self.newcomers if each.kid == kid), None)
        if newcomer is None:
            raise Refused("invitation")
        self.names[kid] = newcomer.name
        self._drop(kid)
        self.emit(Change(newcomers=True, notices=(Notice("joined", "", kid),)))

    def turn_away(self, kid: str) -> None:
        self._drop(kid)
        self.emit(Change(newcomers=True))

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
        cid = cid or f"c{next(self._numbers):06}"
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

    def fill_lines(self, cid: str, count: int) -> None:
        """So many messages, visitor and officer in turn, a minute apart, ending now; told as one change."""
        words = itertools.cycle(WORDS)
        for i in range(count):
            at = self.time - (count - i) * 60_000
            kind, who = (Kind.OFFICER, self.me) if i % 3 == 2 else (Kind.VISITOR, VISITOR)
            self._lines[cid].append(Line(f"{who}.{i}", kind, at, next(self._numbers), who, next(words)))
        self._read[cid] = len(self._lines[cid])
        self.emit(Change(frozenset({cid})))

    def visitor_says(self, cid: str, text: str, *, at: int = 0) -> None:
        body = Text(ts=at or self.time, b=text)
        self.append(cid, VISITOR, Said(), body, Kind.VISITOR, displayable(text), at=at)

    def visitor_leaves(self, cid: str, how: Any) -> None:
        self.append(cid, VISITOR if how != "lost" else RELAY, Left(how), line=Kind.LEFT, text=how)

    def visitor_returns(self, cid: str) -> None:
        self.append(cid, VISITOR, Returned(), line=Kind.RETURNED)

    def visitor_erases(self, cid: str) -> None:
        self._lines.pop(cid, None)
        self.patrol_drafts.pop(cid, None)
        self.append(cid, VISITOR, Erased())
        self.emit(Change(notices=(Notice("erased", cid),)))

    def colleague_claims(self, cid: str, kid: str = ANA) -> None:
        self.append(cid, kid, Claimed(), line=Kind.CLAIMED)

    def colleague_says(self, cid: str, text: str, kid: str = ANA) -> None:
        self.append(cid, kid, Said(), Text(ts=self.time, b=text), Kind.OFFICER, displayable(text))

    def trouble(self, cid: str, kind: Kind) -> None:
        """A line of kind MISSING, REFUSED or SEALED."""
        self._lines[cid].append(Line(f"trouble.{next(self._numbers)}", kind, self.time))
        self.emit(Change(frozenset({cid})))

    def store_all(self) -> None:
        """The relay stores every pending message."""
        pending, self._pending = self._pending, []
        for cid, key, text in pending:
            event = self._event(cid, self.me, Said(), id=key)
            self.queue.apply(event, Text(ts=self.time, b=text))
            self.set_status(cid, key, Status.STORED, seq=event.seq, at=event.at)

    def refuse_all(self, code: str = "rate") -> None:
        """The relay refuses every pending message; the texts go back into the drafts."""
        pending, self._pending = self._pending, []
        for cid, key, text in pending:
            self.drafts[cid] = text
            self.set_status(cid, key, Status.FAILED)
            self.emit(Change(notices=(Notice("failed", cid, code=code, what="said"),)))

    def visitor_reads(self, cid: str) -> None:
        """The visitor's page has shown every stored message of the desk."""
        for line in list(self._lines[cid]):
            if line.kind is Kind.OFFICER and line.status is Status.STORED:
                self.set_status(cid, line.key, Status.READ)

    def set_status(self, cid: str, key: str, status: Status, **more: int) -> None:
        lines = self._lines[cid]
        at = next(i for i, line in enumerate(lines) if line.key == key)
        lines[at] = msgspec.structs.replace(lines[at], status=status, **more)
        self.emit(Change(frozenset({cid})))

    def set_link(self, **changes: Any) -> None:
        self.link = msgspec.structs.replace(self.link, **changes)
        self.emit(Change(link=True))

    def set_peer(self, cid: str, **changes: Any) -> None:
        self.peers[cid] = msgspec.structs.replace(self.peer(cid), **changes)
        self.emit(Change(frozenset({cid})))

    def newcomer_asks(self, kid: str = "kid-zoe", name: str = "Zoé Roche", role: MemberRole = "officer") -> None:
        """Somebody has shown an invitation that was made here."""
        self.newcomers += (Newcomer(kid, name, role, "4Q7F N2K8 9RTC 0V3H X6MD"),)
        self.emit(Change(newcomers=True, notices=(Notice("asks", "", kid),)))

    def pass_time(self, seconds: float) -> None:
        self.time += int(seconds * 1000)
        self.let_go()

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
        event = self._event(cid, by, what, at)
        before, after = self.queue.apply(event, body)
        if line is not None:
            self._lines[cid].append(Line(event.id, line, event.at, event.seq, by, text, remark))
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
        )
        if not self.pace:
            self._tell()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.pace, self._tell)

    def _tell(self) -> None:
        change, self._change, self._timer = self._change, Change(), None
        for told in list(self._told):
            told(change)

    def _event(self, cid: str, by: str, what: What, at: int = 0, id: str = "") -> Event:
        seq = next(self._numbers)
        return Event(seq, at or self.time, cid, id or f"e{seq}", by, what)

    def _notices(self, before: Any, event: Event) -> list[Notice]:
        kinds = {Left: "left", Returned: "returned"}
        if before is None or before.holder != self.me:
            return []
        if isinstance(event.what, Said) and event.by == VISITOR:
            return [Notice("reopened" if before.state is State.CLOSED else "wrote", event.cid)]
        return [Notice(kinds[type(event.what)], event.cid)] if type(event.what) in kinds else []

    def _drop(self, kid: str) -> None:
        self.newcomers = tuple(each for each in self.newcomers if each.kid != kid)

    def _check_key(self) -> None:
        if not self.key_ends:
            raise Refused("desk_key")

    def _check(self, cid: str, kind: str) -> None:
        conversation = self.queue.get(cid)
        if conversation is None:
            raise Refused("unknown")
        if not may_append(conversation, kind, parts_of(conversation, self.me, self.role)):
            raise Refused("taken" if kind == "claimed" else "not_yours", conversation.holder)


WORDS = (
    "Bonsoir, je ne peux pas parler, il est dans la pièce d'à côté",
    "hello is anybody there",
    "Mon mari me frappe depuis des mois et ce soir il a bu. Les enfants dorment, je suis enfermée dans "
    "la salle de bain et je ne sais pas combien de temps la porte tiendra.",
    "Je suis dans la salle de bain",
    "c'est pour une amie, elle n'ose pas écrire elle-même",
)
