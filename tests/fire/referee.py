"""Writes down what everybody meant and what the relay acknowledged, and judges the log by it.

It knows no key: events are compared by their author's id and a digest of what is stored.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from officer_console.model.conversation import Conversation, apply
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import VERSION, Event, What, dump, load
from officer_console.model.rules import may_append, parts_of

SEALED: Final = frozenset({"said", "noted", "closed"})
"""Kinds whose content no two events share."""
COMING_AND_GOING: Final = frozenset({"left", "returned"})
"""Kinds that nobody waits to be acknowledged."""
FREE: Final = frozenset({"erased", "not_yours"})
"""Refusals of words that leave their number free: nothing is stored there any more, or the conversation went back to
the queue because nobody had answered in it, as it does when the clock is stepped."""


class Name(NamedTuple):
    """What its author calls an event."""

    cid: str
    id: str


class Faults(msgspec.Struct):
    """One plain sentence for each fault."""

    lost: list[str] = []
    doubled: list[str] = []
    disordered: list[str] = []

    def __bool__(self) -> bool:
        return bool(self.lost or self.doubled or self.disordered)

    def take(self, other: Faults) -> None:
        self.lost += other.lost
        self.doubled += other.doubled
        self.disordered += other.disordered


class Referee:
    """See the module. `role` gives an author's role, for the rules that the log has to follow."""

    def __init__(self, roles: dict[str, str]) -> None:
        self._roles = roles
        self._meant: dict[Name, str] = {}
        self._stored: dict[Name, int] = {}  # acknowledged: name -> seq
        self._refused: dict[Name, str] = {}  # name -> code
        self._given_back: list[tuple[Name, str]] = []  # refused as well, and the number was used again
        self._needless: set[Name] = set()
        self._erasing: set[str] = set()
        self._erased: set[str] = set()
        self._said_of: Faults = Faults()

    @property
    def acknowledged(self) -> int:
        """How many events."""
        return len(self._stored) + len(self._erased)

    @property
    def refused(self) -> tuple[int, int]:
        """How many claims and the like, and how many messages: their authors were told, and have the text again."""
        words = len(self._refused_words())
        return len(self._refused) + len(self._given_back) - words, words

    def _refused_words(self) -> list[tuple[Name, str]]:
        return self._given_back + [(name, code) for name, code in self._refused.items() if "." in name.id]

    # ---- while it burns ----

    def meant(self, cid: str, id: str, what: What) -> None:
        """Somebody sends this event, for the first time or again."""
        self.meant_as(cid, id, digest(what))

    def meant_as(self, cid: str, id: str, content: str) -> None:
        """The same, of a client that tells the digest only."""
        name = Name(cid, id)
        if self._refused.get(name) in FREE and self._meant[name] != content:
            self._given_back.append((name, self._refused.pop(name)))
            self._meant[name] = content
        if self._meant.setdefault(name, content) != content:
            self._said_of.doubled.append(f"{id} in {cid} was sent with two contents")

    def stored(self, cid: str, id: str, seq: int, what: What | None = None) -> None:
        """The relay says that it has this event, under `seq` (0: it says no number)."""
        name = Name(cid, id)
        if what is not None and self._meant.get(name) != digest(what):
            self._said_of.lost.append(f"{id} in {cid} came back altered")
        before = self._stored.get(name, 0)
        if before and seq and seq != before:
            self._said_of.doubled.append(f"{id} in {cid} was acknowledged as {before} and as {seq}")
        self._stored[name] = before or seq

    def refuses(self, cid: str, id: str, code: str) -> None:
        """The relay says that it will never have this event, and its author has been told. The words that followed fall
        with it."""
        self._refused[Name(cid, id)] = code
        who, dot, number = id.rpartition(".")
        if dot:
            for name in self._meant.keys() - self._stored.keys():
                if name.cid == cid and name.id.startswith(who + dot) and int(name.id[len(who) + 1 :]) > int(number):
                    self._refused[name] = code

    def needless(self, cid: str, id: str) -> None:
        """The relay says that things stand already as this event would have them; it may have made none."""
        self._needless.add(Name(cid, id))

    def erases(self, cid: str) -> None:
        """Somebody asks for this conversation to be erased."""
        self._erasing.add(cid)

    def erased(self, cid: str) -> None:
        """The relay says that it is."""
        self._erased.add(cid)

    # ---- when it is over ----

    def judge(self, log: Sequence[Event]) -> Faults:
        """What is wrong with the log, once everybody is quiet and nothing is on its way any more."""
        faults = Faults()
        faults.take(self._said_of)
        gone = {event.cid for event in log if event.kind == "erased"}
        rows: dict[Name, Event] = {Name(event.cid, event.id): event for event in log}
        faults.lost += self._refused_wrongly(gone, {event.cid for event in log if _is_taken_back(event)})
        faults.lost += self._lost(rows, gone)
        faults.lost += [f"{cid} was erased, they said, and is not" for cid in sorted(self._erased - gone)]
        faults.doubled += self._doubled(log, gone)
        faults.disordered += self._disordered(log)
        return faults

    def _refused_wrongly(self, gone: set[str], taken_back: set[str]) -> Iterable[str]:
        """Nobody else writes in a conversation that an officer holds."""
        for name, code in self._refused_words():
            if name.cid not in gone and not (code == "not_yours" and name.cid in taken_back):
                yield f"{name.id} in {name.cid} was refused: {code}"

    def _lost(self, rows: dict[Name, Event], gone: set[str]) -> Iterable[str]:
        for name in self._meant.keys() - self._refused.keys() | self._stored.keys():
            row = rows.get(name)
            if row is None:
                if name.cid not in gone and name not in self._needless:
                    yield f"{name.id} in {name.cid} is not in the log{self._as(name)}"
            elif digest(row.what) != self._meant.get(name):
                yield f"{name.id} in {name.cid} is another in the log{self._as(name)}"
            elif self._stored.get(name, 0) not in (0, row.seq):
                yield f"{name.id} in {name.cid} is {row.seq} in the log{self._as(name)}"

    def _as(self, name: Name) -> str:
        seq = self._stored.get(name)
        return "" if seq is None else f", acknowledged as {seq or 'done'}"

    def _doubled(self, log: Sequence[Event], gone: set[str]) -> Iterable[str]:
        names = Counter(Name(event.cid, event.id) for event in log)
        yield from (f"{name.id} in {name.cid} stands {count} times" for name, count in names.items() if count > 1)
        contents = Counter((event.cid, digest(event.what)) for event in log if event.kind in SEALED)
        yield from (f"the same words stand {count} times in {cid}" for (cid, _), count in contents.items() if count > 1)
        for event in log:
            name = Name(event.cid, event.id)
            if event.by == RELAY or event.kind in COMING_AND_GOING:
                continue
            if name in self._refused:
                yield f"{event.id} in {event.cid} was refused, and is in the log: its author writes it again"
            elif event.cid in gone and (event.kind != "erased" or event.cid not in self._erasing):
                yield f"{event.kind} {event.id} in {event.cid} stands beside its erasure"
            elif event.cid not in gone and name not in self._meant:
                yield f"{event.kind} {event.id} in {event.cid} was meant by nobody"

    def _disordered(self, log: Sequence[Event]) -> Iterable[str]:
        """Every event must be one that its author was allowed at that moment, under the next of his numbers."""
        states: dict[str, Conversation] = {}
        last = 0
        for event in log:
            if event.seq <= last:
                yield f"{event.seq} follows {last}"
            last = event.seq
            before = states.get(event.cid)
            if before is None and event.kind not in ("opened", "erased"):
                yield f"{event.cid} begins with {event.kind}"
            if before is not None and not self._allowed(before, event):
                yield f"{event.kind} {event.id} in {event.cid} has no place where it stands ({event.seq})"
            states[event.cid] = apply(before or Conversation(cid=event.cid), event)

    def _allowed(self, before: Conversation, event: Event) -> bool:
        if event.kind == "said" and event.id != f"{event.by}.{before.counts.get(event.by, 0)}":
            return False
        role = self._roles.get(event.by, VISITOR)
        return may_append(before, event.kind, parts_of(before, event.by, role))


def _is_taken_back(event: Event) -> bool:
    """Whether the relay itself put a conversation back into the queue."""
    return event.kind == "released" and event.by == RELAY


def digest(what: What) -> str:
    """Stands for the content of an event."""
    return hashlib.sha256(dump(what)).hexdigest()


def read_log(folder: Path) -> list[Event]:
    """All that the relay's file has, read with none of the relay's own code."""
    with closing(sqlite3.connect(f"file:{folder / 'log.db'}?mode=ro", uri=True)) as db:
        rows = db.execute("SELECT seq, at, cid, id, by, version, what FROM events ORDER BY seq").fetchall()
    return [_event(*row) for row in rows]


def _event(seq: int, at: int, cid: str, id: str, by: str, version: int, what: bytes) -> Event:
    assert version == VERSION
    return Event(seq, at, cid, id, by, load(version, what))


def compare(whose: str, true: Sequence[Any], seen: Sequence[Any]) -> Faults:
    """How a reader's transcript differs from the true one; lines may be anything that can be hashed."""
    faults = Faults()
    if list(true) == list(seen):
        return faults
    lacks, has = Counter(true) - Counter(seen), Counter(seen) - Counter(true)
    faults.lost += [f"{whose}: lacks {line}" for line in lacks.elements()]
    faults.doubled += [f"{whose}: has {line}, too" for line in has.elements()]
    if not (lacks or has):
        faults.disordered.append(f"{whose}: in another order")
    return faults
