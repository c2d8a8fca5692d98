"""The cases in the store: the fold of the log for each conversation, and the opened words of each request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from officer_console.model.patrol import Case, Cases

from .cases import Asking, RoomCase
from .store import Store

IDLE_KEEPS: Final = 10
"""A case that never ends is kept for so many times as long as one that has ended."""


class Told(msgspec.Struct, frozen=True):
    """What this side told of a case last: the log has it sealed to the desk, and we have no key to that."""

    unit: str = ""
    words: str = ""
    question: str = ""


class Place(msgspec.Struct, frozen=True):
    """Where a request belongs."""

    cid: str
    case_id: str


_cases: Final = msgspec.json.Decoder(Cases)
_asking: Final = msgspec.json.Decoder(Asking)
_told: Final = msgspec.json.Decoder(Told)


class CaseBook:
    """See the module. What changes something is called inside `store.change`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # ---- the fold ----

    def fold(self, cid: str) -> Cases:
        """The cases of a conversation as the log has them so far."""
        row = self._store.row("SELECT cases FROM conversations WHERE cid = ?", cid)
        return _cases.decode(self._store.open(f"cases {cid}", row[0])) if row else ()

    def keep(self, cid: str, cases: Cases) -> None:
        """Put the fold in the place of the one before."""
        sealed = self._store.seal(f"cases {cid}", msgspec.json.encode(cases))
        query = "INSERT INTO conversations VALUES (?, 0, ?) ON CONFLICT (cid) DO UPDATE SET cases = excluded.cases"
        self._store.write(query, cid, sealed)

    def erase(self, cid: str) -> None:
        """The visitor has erased her conversation."""
        self._store.write("UPDATE conversations SET erased = 1 WHERE cid = ?", cid)

    def erased(self, cid: str) -> bool:
        row = self._store.row("SELECT erased FROM conversations WHERE cid = ?", cid)
        return bool(row and row[0])

    # ---- the words ----

    def add(self, place: Place, asking: Asking) -> None:
        """Keep a request or cancelling, which has not been handed on yet."""
        sealed = self._store.seal(f"asked {asking.id}", msgspec.json.encode(asking))
        query = "INSERT INTO asked VALUES (?, ?, ?, ?, 0, ?)"
        self._store.write(query, asking.seq, place.cid, asking.id, place.case_id, sealed)

    def new(self) -> list[str]:
        """Ids of what has not been handed on, in the order of the log."""
        return [id for (id,) in self._store.rows("SELECT id FROM asked WHERE NOT handed ORDER BY seq")]

    def handed(self, id: str) -> None:
        """It has been handed on."""
        self._store.write("UPDATE asked SET handed = 1 WHERE id = ?", id)

    def place(self, id: str) -> Place | None:
        """Where the request with this id belongs, also when its words are dropped."""
        row = self._store.row("SELECT cid, case_id FROM asked WHERE id = ?", id)
        return Place(*row) if row else None

    def told(self, case_id: str) -> Told:
        row = self._store.row("SELECT words FROM told WHERE case_id = ?", case_id)
        return _told.decode(self._store.open(f"told {case_id}", row[0])) if row else Told()

    def tell(self, case_id: str, told: Told) -> None:
        sealed = self._store.seal(f"told {case_id}", msgspec.json.encode(told))
        self._store.write("INSERT OR REPLACE INTO told VALUES (?, ?)", case_id, sealed)

    # ---- both together ----

    def case(self, case_id: str) -> RoomCase | None:
        """A case whose words are kept."""
        place = self.place(case_id)
        return next((each for each in self._of(place.cid) if each.id == case_id), None) if place else None

    def cases(self) -> tuple[RoomCase, ...]:
        """All whose words are kept, the oldest first."""
        rows = self._store.rows("SELECT DISTINCT cid FROM asked WHERE words IS NOT NULL")
        found = (case for (cid,) in rows for case in self._of(cid))
        return tuple(sorted(found, key=lambda each: each.asked[0].seq))

    def drop_old(self, now: int, keep_ms: int) -> int:
        """Drop the words of cases that have been over for so long, or untouched for much longer; gives how many."""
        old = [case.id for case in self.cases() if _is_old(case, now, keep_ms)]
        for case_id in old:
            self._store.write("UPDATE asked SET words = NULL WHERE case_id = ?", case_id)
            self._store.write("DELETE FROM told WHERE case_id = ?", case_id)
            self._store.write("UPDATE deliveries SET message = NULL WHERE case_id = ?", case_id)
        return len(old)

    def _of(self, cid: str) -> Iterator[RoomCase]:
        erased = self.erased(cid)
        query = "SELECT case_id, id, words FROM asked WHERE cid = ? AND words IS NOT NULL ORDER BY seq"
        kept: dict[str, list[Asking]] = {}
        for case_id, id, words in self._store.rows(query, cid):
            kept.setdefault(case_id, []).append(_asking.decode(self._store.open(f"asked {id}", words)))
        for case in self.fold(cid):
            if case.id in kept:
                yield _room_case(cid, case, tuple(kept[case.id]), self.told(case.id), erased)


def owner(cases: Cases, id: str) -> Case | None:
    """The case that a request or cancelling of this id belongs to."""
    return next((case for case in cases if case.knows(id)), None)


def _room_case(cid: str, case: Case, asked: tuple[Asking, ...], told: Told, erased: bool) -> RoomCase:
    return RoomCase(
        id=case.id,
        cid=cid,
        at=case.asked[0].at,
        asked=asked,
        state=case.state,
        state_at=case.state_at,
        acked=case.acked,
        failed=case.failed,
        unit=told.unit,
        words=told.words,
        question=told.question,
        erased=erased,
    )


def _is_old(case: RoomCase, now: int, keep_ms: int) -> bool:
    touched = max(case.state_at, case.asked[-1].at)
    return now - touched >= (keep_ms if case.over else IDLE_KEEPS * keep_ms)
