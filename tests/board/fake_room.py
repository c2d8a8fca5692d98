"""A room without relay or keys, of the shape of `dispatch.room.Room`: officers ask when told, what is told is kept.

The store is a real one, and a board's connector is called inside its transaction, as the real room does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from officer_console.client.api import LinkPhase, LinkState
from officer_console.dispatch.board import Board
from officer_console.dispatch.callbacks import RoomCallBack
from officer_console.dispatch.cases import Asking, RoomCase
from officer_console.dispatch.store import Store
from officer_console.model import patrol
from officer_console.model.callback import CallBackRequest
from officer_console.model.envelope import PatrolStatusHeader
from officer_console.model.patrol import Case, Cases, PatrolRequest
from officer_console.protocol import codec
from officer_console.vault.identity import Identity
from officer_console.vault.local import LocalSeal

NOON = 1_790_000_000_000
LILAS = PatrolRequest(
    place="14 rue des Lilas", postcode="69003", city="Lyon", floor="3e gauche", code="48B2", now="il frappe à la porte",
    people="elle et lui", children="un enfant, 4 ans", weapon="aucune", author="grand, pull rouge",
    contact="par la fenêtre de la cour", words="Une patrouille arrive.",
)  # fmt: skip

NADEGE = CallBackRequest(
    name="Nadège", phone="06 12 34 56 78", email="nadege@example.org",
    when="le mardi matin; raccrocher si un homme répond",
    unit="la brigade de protection des familles, Lyon", note="elle parle doucement",
)  # fmt: skip


class Told(NamedTuple):
    re: str
    state: str
    unit: str = ""
    words: str = ""


class FakeRoom:
    """See the module. `told` is all that was told; `offline`: what is told does not reach the log."""

    def __init__(self, folder: Path, *, exercise: bool = True, answers: Callable[[], bool] = lambda: True) -> None:
        identity = Identity.create(bytes(16))
        self.exercise = exercise
        self.store = Store(folder, LocalSeal(identity), "owner")
        self.board = Board(self.store, answers)
        self.clock = NOON
        self.told: list[Told] = []
        self.offline = False
        self.full = False
        self.desk_name = "Poste 9"
        self.retried = 0
        self.state = LinkState(phase=LinkPhase.ONLINE, since=NOON, last_beat=NOON)
        self._cases: dict[str, Cases] = {}
        self._pending: dict[str, Cases] = {}
        self._asked: dict[str, list[Asking]] = {}
        self._words: dict[str, dict[str, str]] = {}
        self._causes: set[tuple[str, str, str]] = set()
        self._callbacks: dict[str, RoomCallBack] = {}
        self._subscribers: list[Callable[[], None]] = []
        self._n = 0

    # ---- as Room ----

    @property
    def link(self) -> LinkState:
        return self.state

    def now(self) -> int:
        return self.clock

    def cases(self) -> tuple[RoomCase, ...]:
        found = [self._room_case(cid, case) for cid, cases in self._cases.items() for case in cases]
        return tuple(sorted(found, key=lambda each: each.asked[0].seq))

    def case(self, case_id: str) -> RoomCase | None:
        return next((each for each in self.cases() if each.id == case_id), None)

    def standing(self, case_id: str) -> Case | None:
        return next((case for cases in self._pending.values() for case in cases if case.id == case_id), None)

    def callbacks(self) -> tuple[RoomCallBack, ...]:
        return tuple(self._callbacks.values())

    def answer_callback(self, id: str, state: str) -> bool:
        if self.full:
            raise OSError(28, "No space left on device")
        known = self._callbacks.get(id)
        if known is None or known.state != "asked":
            return False
        self._callbacks[id] = msgspec.structs.replace(known, state=state)
        self.told.append(Told(id, state))
        self.changed()
        return True

    def subscribe(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._subscribers.append(changed)
        return lambda: self._subscribers.remove(changed)

    def retry(self) -> None:
        self.retried += 1

    async def run(self) -> None:
        await asyncio.Event().wait()

    def tell(self, re: str, state: str, *, unit: str = "", words: str = "", code: str = "", cause: str = "") -> bool:
        if self.full:
            raise OSError(28, "No space left on device")
        cid, case = self._owner(re)
        key = (re, state, cause or f"{unit}{words}")
        if key in self._causes:
            return False
        self._causes.add(key)
        self.told.append(Told(re, state, unit, words))
        kept = self._words.setdefault(case.id, {})
        kept |= {"unit": unit} if unit else {}
        kept |= {"question": words} if state == "question" else {"words": words} if words else {}
        self._fold(cid, case.id, re, state)
        return True

    # ---- what happens ----

    def ask(self, request: PatrolRequest = LILAS, *, cid: str = "", officer: str = "Noor") -> str:
        """A request, or an update of the open case of the conversation; gives its id."""
        return self._take(cid, officer, request=request)

    def cancel(self, cid: str, reason: str = "elle est sortie", officer: str = "Noor") -> str:
        return self._take(cid, officer, cancels=True, reason=reason)

    def call_back(self, request: CallBackRequest | None = NADEGE, *, officer: str = "Noor", code: str = "") -> str:
        """A request for a call back, or one that can't be opened; gives its id."""
        self._n += 1
        id = f"call-{self._n}"
        self._callbacks[id] = RoomCallBack(id, f"cid-{id}", self._n, self.clock, officer, request, code=code)
        self.changed()
        return id

    def erase(self, id: str) -> None:
        """The visitor of this call back erases her conversation."""
        del self._callbacks[id]
        self.changed()

    def reject(self, cid: str, code: str) -> str:
        """A request that can't be shown: the room has told it already."""
        return self._take(cid, "Noor", code=code)

    def elsewhere(self, case_id: str, state: str) -> None:
        """Another member of the dispatch role tells something."""
        if case_id in self._callbacks:
            self._callbacks[case_id] = msgspec.structs.replace(self._callbacks[case_id], state=state)
            return self.changed()
        cid, _case = self._owner(case_id)
        self._fold(cid, case_id, case_id, state)
        self.changed()

    def cid(self, case_id: str) -> str:
        return self._owner(case_id)[0]

    def of(self, re: str) -> list[str]:
        """The states that were told of a request."""
        return [told.state for told in self.told if told.re == re]

    def drop(self) -> None:
        """All words are dropped, as after keep_h."""
        self._cases.clear()

    def replay(self, board: Board) -> None:
        """Everything is handed on again, as after a lost data folder."""
        for case in self.cases():
            for asking in case.asked:
                self._hand_on(board, case.id, asking)

    def changed(self) -> None:
        for each in self._subscribers:
            each()

    # ---- inside ----

    def _take(self, cid: str, officer: str, **fields: Any) -> str:
        self._n += 1
        cid = cid or f"cid-{self._n}"
        id, cancels = f"ask-{self._n}", fields.get("cancels", False)
        asking = Asking(id, self._n, self.clock, "kid", officer, said_at=self.clock, **fields)
        for cases in (self._cases, self._pending):
            cases[cid] = patrol.asked(cases.get(cid, ()), patrol.Asked(id, "kid", self.clock, cancels))
        self._asked.setdefault(cid, []).append(asking)
        owner = self._owner(id)[1]
        self._words.setdefault(owner.id, {}).pop("question", None)
        if not asking.code:
            self._hand_on(self.board, owner.id, asking)
        self.changed()
        return id

    def _hand_on(self, board: Board, case_id: str, asking: Asking) -> None:
        case = self.case(case_id)
        assert case
        upto = tuple(each for each in case.asked if each.seq <= asking.seq)
        with self.store.change():
            board.asked(self, msgspec.structs.replace(case, asked=upto), asking)  # type: ignore[arg-type]

    def _owner(self, id: str) -> tuple[str, Case]:
        return next((cid, case) for cid, cases in self._pending.items() for case in cases if case.knows(id))

    def _fold(self, cid: str, case_id: str, re: str, state: str) -> None:
        header = PatrolStatusHeader(cid=cid, kid="", s="", id="x" * 22, case=case_id, re=re, state=state, at=self.clock)
        for cases in (self._pending,) if self.offline else (self._pending, self._cases):
            cases[cid] = patrol.told(cases[cid], codec.encode(header), self.clock)

    def _room_case(self, cid: str, case: Case) -> RoomCase:
        asked = tuple(each for each in self._asked[cid] if case.knows(each.id))
        return RoomCase(
            case.id, cid, case.asked[0].at, asked, case.state, case.state_at, case.acked, case.failed,
            **self._words.get(case.id, {}),
        )  # fmt: skip
