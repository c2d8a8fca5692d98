"""What is said at a FakeDesk, and levers.

Own messages are stored at once unless the desk's `hold_back` is set; then `store_all` stores them.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from officer_console.client.api import Change, Notice, Peer
from officer_console.model.bodies import Text
from officer_console.model.envelope import VISITOR
from officer_console.model.events import Noted, Said
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind, Line, Status

if TYPE_CHECKING:
    from tests.console.fake_desk import FakeDesk

WORDS = (
    "Bonsoir, je ne peux pas parler, il est dans la pièce d'à côté",
    "hello is anybody there",
    "Mon mari me frappe depuis des mois et ce soir il a bu. Les enfants dorment, je suis enfermée dans "
    "la salle de bain et je ne sais pas combien de temps la porte tiendra.",
    "Je suis dans la salle de bain",
    "c'est pour une amie, elle n'ose pas écrire elle-même",
)


class FakeTalk:
    """See `client.api.Talk`."""

    def __init__(self, desk: FakeDesk) -> None:
        self.written: dict[str, list[Line]] = defaultdict(list)
        self.peers: dict[str, Peer] = {}
        self.drafts: dict[str, str] = {}
        self.loads: set[str] = set()  # conversations whose history is still on its way
        self.asked: list[str] = []
        self.consents: dict[str, str] = {}
        self.typings: list[tuple[str, bool]] = []
        self._desk = desk
        self._read: dict[str, int] = {}  # cid -> how many lines have been on screen
        self._pending: list[tuple[str, str, str]] = []
        self._own = Counter[str]()

    # what the screens see

    def lines(self, cid: str) -> Sequence[Line]:
        return () if cid in self.loads else self.written[cid]

    def loading(self, cid: str) -> bool:
        return cid in self.loads

    def peer(self, cid: str) -> Peer:
        return self.peers.get(cid, Peer())

    def unread(self, cid: str) -> int:
        if cid not in self.written:
            return 0
        return sum(line.kind is Kind.VISITOR for line in self.written[cid][self._read.get(cid, 0) :])

    def first_unread(self, cid: str) -> int | None:
        lines, start = self.written[cid], self._read.get(cid, 0)
        return next((i for i in range(start, len(lines)) if lines[i].kind is Kind.VISITOR), None)

    def mark_read(self, cid: str) -> None:
        self._read[cid] = len(self.written[cid])
        self._desk.emit(Change(frozenset({cid})))

    def draft(self, cid: str) -> str:
        return self.drafts.get(cid, "")

    def save_draft(self, cid: str, text: str) -> None:
        self.drafts[cid] = text

    def ask_consent(self, cid: str) -> None:
        self._desk.check(cid, "said")
        self.asked.append(cid)
        self._desk.append(cid, self._desk.me, Said(), line=Kind.CONSENT_ASKED)

    def consent(self, cid: str) -> str:
        return self.consents.get(cid, "")

    def say(self, cid: str, text: str) -> None:
        if not text.strip() or len(text.encode()) > 16_000:
            raise ValueError("empty or too long")
        self._desk.check(cid, "said")
        if self._desk.disk_full:
            raise OSError(28, "No space left on device")
        key = f"{self._desk.me}.{self._own[cid]}"
        self._own[cid] += 1
        self.written[cid].append(
            Line(key, Kind.OFFICER, self._desk.time, who=self._desk.me, text=displayable(text), status=Status.PENDING)
        )
        self._pending.append((cid, key, text))
        self.drafts.pop(cid, None)
        self._desk.emit(Change(frozenset({cid})))
        if not self._desk.hold_back:
            self.store_all()

    def typing(self, cid: str, typing: bool) -> None:
        self.typings.append((cid, typing))

    def note(self, cid: str, text: str) -> None:
        if not text.strip():
            raise ValueError("empty")
        self._desk.check(cid, "noted")
        self._desk.check_key()
        self._desk.append(cid, self._desk.me, Noted(), line=Kind.NOTE, text=displayable(text))

    # levers

    def answers(self, cid: str, *, yes: bool) -> None:
        """The visitor answers whether it may be practised on."""
        self._desk.append(cid, VISITOR, Said(), line=Kind.CONSENT, text="yes" if yes else "no")
        self.consents[cid] = self.written[cid][-1].key if yes else ""

    def fill_lines(self, cid: str, count: int) -> None:
        """So many messages, visitor and officer in turn, a minute apart, ending now; told as one change."""
        words = itertools.cycle(WORDS)
        for i in range(count):
            at = self._desk.time - (count - i) * 60_000
            kind, who = (Kind.OFFICER, self._desk.me) if i % 3 == 2 else (Kind.VISITOR, VISITOR)
            self.written[cid].append(Line(f"{who}.{i}", kind, at, next(self._desk.numbers), who, next(words)))
        self._read[cid] = len(self.written[cid])
        self._desk.emit(Change(frozenset({cid})))

    def trouble(self, cid: str, kind: Kind) -> None:
        """A line of kind MISSING, REFUSED or SEALED."""
        self.written[cid].append(Line(f"trouble.{next(self._desk.numbers)}", kind, self._desk.time))
        self._desk.emit(Change(frozenset({cid})))

    def store_all(self) -> None:
        """The relay stores every pending message."""
        pending, self._pending = self._pending, []
        for cid, key, text in pending:
            event = self._desk.event(cid, self._desk.me, Said(), id=key)
            self._desk.queue.apply(event, Text(ts=self._desk.time, b=text))
            self.set_status(cid, key, Status.STORED, seq=event.seq, at=event.at)

    def refuse_all(self, code: str = "rate") -> None:
        """The relay refuses every pending message; the texts go back into the drafts."""
        pending, self._pending = self._pending, []
        for cid, key, text in pending:
            self.drafts[cid] = text
            self.set_status(cid, key, Status.FAILED)
            self._desk.emit(Change(notices=(Notice("failed", cid, code=code, what="said"),)))

    def visitor_reads(self, cid: str) -> None:
        """The visitor's page has shown every stored message of the desk."""
        for line in list(self.written[cid]):
            if line.kind is Kind.OFFICER and line.status is Status.STORED:
                self.set_status(cid, line.key, Status.READ)

    def set_status(self, cid: str, key: str, status: Status, **more: int) -> None:
        lines = self.written[cid]
        at = next(i for i, line in enumerate(lines) if line.key == key)
        lines[at] = msgspec.structs.replace(lines[at], status=status, **more)
        self._desk.emit(Change(frozenset({cid})))

    def set_peer(self, cid: str, **changes: Any) -> None:
        self.peers[cid] = msgspec.structs.replace(self.peer(cid), **changes)
        self._desk.emit(Change(frozenset({cid})))
