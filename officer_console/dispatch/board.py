"""A dispatcher's own board: what there is to see of each case, what he can do with it, what nobody has seen yet.

No screen here. A request that is in this store is delivered: that is told at once, in the same transaction. Everything
else is told when a person says so.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from officer_console.model.patrol import COMING, ORDER, QUESTION, PatrolState
from officer_console.vault.base64url import b64

from .cases import Asking, RoomCase
from .room import SWEEP_S, Room
from .store import Store

_S = PatrolState
_log: Final = logging.getLogger("officer_console.dispatch")


class Act(StrEnum):
    """What a dispatcher does with a case."""

    OPEN = "open"
    ACCEPT = "accept"
    ASSIGN = "assign"
    ON_THE_WAY = "on_the_way"
    ON_SCENE = "on_scene"
    CLOSE = "close"
    REFUSE = "refuse"
    ASK = "ask"


class Rule(NamedTuple):
    """`tells`: the state that the officers are told; `in_states`: how far the case must have come. `says`: the words
    that belong to it, "unit" or "words"."""

    tells: str
    in_states: frozenset[PatrolState]
    says: str = ""


NEW: Final = frozenset(state for state in _S if ORDER[state] < ORDER[_S.ACCEPTED])
"""Nobody has decided yet."""
FINISHED: Final = frozenset({_S.REFUSED, _S.CLOSED})
"""Nothing can follow. A cancelled case is not finished: a dispatcher must have called the unit back."""
RULES: Final = {
    Act.OPEN: Rule(_S.OPENED, frozenset(_S)),
    Act.ACCEPT: Rule(_S.ACCEPTED, NEW),
    Act.ASSIGN: Rule(_S.ASSIGNED, NEW | COMING, "unit"),
    Act.ON_THE_WAY: Rule(_S.ON_THE_WAY, NEW | {_S.ACCEPTED, _S.ASSIGNED}),
    Act.ON_SCENE: Rule(_S.ON_SCENE, NEW | COMING - {_S.ON_SCENE}),
    Act.CLOSE: Rule(_S.CLOSED, COMING | {_S.CANCELLED}),
    Act.REFUSE: Rule(_S.REFUSED, NEW | {_S.ACCEPTED, _S.ASSIGNED}, "words"),
    Act.ASK: Rule(QUESTION, NEW | COMING, "words"),
}
"""Every act; besides these rules `possible` asks that nothing of the case is unseen."""


class Entry(msgspec.Struct, frozen=True):
    """Something that was told from here: when (ms by the relay's clock), and what."""

    at: int
    state: str
    unit: str = ""
    words: str = ""


class OnBoard(msgspec.Struct, frozen=True):
    """A case as the board shows it.

    `state` and `since` (ms): how far it has come once all is told. `unseen`: ids of what was asked and nobody here has
    opened, oldest first. `told`: what was told from here, oldest first. `untold`: some of it is not at the relay yet.
    """

    case: RoomCase
    state: PatrolState
    since: int
    unseen: tuple[str, ...] = ()
    told: tuple[Entry, ...] = ()
    untold: bool = False

    @property
    def id(self) -> str:
        return self.case.id

    @property
    def finished(self) -> bool:
        return self.state in FINISHED

    @property
    def rings(self) -> bool:
        """Whether somebody must look: a request that no dispatcher has opened yet, or later news not seen here."""
        taken = ORDER[self.state] >= ORDER[_S.OPENED]
        return not self.finished and any(not (taken and id == self.id) for id in self.unseen)

    @property
    def possible(self) -> frozenset[Act]:
        """What can be done now. Whoever has not seen the newest of a case must not decide on it."""
        if self.unseen:
            return frozenset({Act.OPEN})
        cancelled = self.case.cancelled or self.state is _S.CANCELLED
        acts = {Act.CLOSE} if cancelled else set(RULES) - {Act.OPEN}
        state = _S.CANCELLED if cancelled and not self.finished else self.state
        return frozenset(act for act in acts if state in RULES[act].in_states)


_entry: Final = msgspec.json.Decoder(Entry)


class NotPossible(Exception):
    """The case has gone on meanwhile: this can't be done with it any more."""


class Board:
    """A connector (`room.Connector`) to a person. What changes something raises OSError when the disk takes nothing.

    `answers`: whether this board tells anything by itself now. The demo has a second board, at which a person sits,
    and while it is there this one is silent.
    """

    def __init__(self, store: Store, answers: Callable[[], bool] = lambda: True) -> None:
        self._store = store
        self._answers = answers
        with store.change():
            store.write("CREATE TABLE IF NOT EXISTS unseen (id TEXT PRIMARY KEY, case_id TEXT NOT NULL)")
            store.write(
                "CREATE TABLE IF NOT EXISTS said (n INTEGER PRIMARY KEY AUTOINCREMENT, case_id TEXT NOT NULL,"
                " words BLOB NOT NULL)"
            )

    @property
    def answers(self) -> bool:
        """Whether this board tells anything now."""
        return self._answers()

    @property
    def takes_callbacks(self) -> bool:
        """A person sits here."""
        return True

    # ---- what comes from the officers ----

    def asked(self, room: Room, case: RoomCase, asking: Asking) -> None:
        """See `Connector`."""
        if case.state in FINISHED:  # known from before a data folder was lost, or a colleague was quicker
            return
        if self.answers:
            self._deliver(room, case, asking)
        if asking.id != case.id or ORDER[case.state] < ORDER[_S.OPENED]:
            self._store.write("INSERT OR IGNORE INTO unseen VALUES (?, ?)", asking.id, case.id)

    def acknowledge(self, room: Room, case_id: str) -> None:
        """Tell what was not told while this board was silent: that all of a case is delivered."""
        case = room.case(case_id)
        waits = [each for each in case.asked if each.id not in case.acked] if case else []
        if case is not None and waits and case.state not in FINISHED:
            with self._store.change():
                for asking in waits:
                    self._deliver(room, case, asking)

    async def run(self, room: Room) -> None:
        """See `Connector`. Keeps nothing of a case whose words are dropped."""
        while True:
            try:
                self._drop_old(room)
            except OSError:
                _log.exception("what was kept long enough could not be dropped")
            await asyncio.sleep(SWEEP_S)

    # ---- what a person sees ----

    def cases(self, room: Room) -> tuple[OnBoard, ...]:
        """All that are kept and could be opened, the oldest first."""
        return tuple(self._on_board(room, case) for case in room.cases() if case.requests)

    def case(self, room: Room, case_id: str) -> OnBoard | None:
        """One of `cases`."""
        case = room.case(case_id)
        return self._on_board(room, case) if case and case.requests else None

    # ---- what a person does ----

    def act(self, room: Room, case_id: str, act: Act, words: str = "") -> None:
        """Do it, and tell the officers. `words`: the unit, the reason or the question, as the act's rule says.

        On disk when this returns. Raises NotPossible, and ValueError when words are missing.
        """
        shown, rule = self.case(room, case_id), RULES[act]
        if shown is None or act not in shown.possible:
            raise NotPossible
        words = words.strip()
        if rule.says and not words:
            raise ValueError("words are missing")
        with self._store.change():
            if act is Act.OPEN:
                self._open(room, shown)
            elif act is Act.ASK:
                self._tell(room, shown.case, shown.case.requests[-1].id, Entry(room.now(), QUESTION, words=words))
            else:
                unit = words if rule.says == "unit" else shown.case.unit if rule.tells in COMING else ""
                said = words if rule.says == "words" else ""
                self._tell(room, shown.case, case_id, Entry(room.now(), rule.tells, unit, said))

    def _open(self, room: Room, shown: OnBoard) -> None:
        self._store.write("DELETE FROM unseen WHERE case_id = ?", shown.id)
        if ORDER[shown.state] < ORDER[_S.OPENED]:
            self._tell(room, shown.case, shown.id, Entry(room.now(), _S.OPENED))

    # ---- parts of the above ----

    def _deliver(self, room: Room, case: RoomCase, asking: Asking) -> None:
        if asking.id not in case.acked and not asking.code:
            self._tell(room, case, asking.id, Entry(room.now(), _S.DELIVERED), "delivered")

    def _tell(self, room: Room, case: RoomCase, re: str, entry: Entry, cause: str = "") -> None:
        # A person may say the same twice and mean it: the same question, the unit of before.
        new = room.tell(re, entry.state, unit=entry.unit, words=entry.words, cause=cause or b64(os.urandom(9)))
        if new:
            words = self._store.seal(f"said {case.id}", msgspec.json.encode(entry))
            self._store.write("INSERT INTO said (case_id, words) VALUES (?, ?)", case.id, words)

    def _on_board(self, room: Room, case: RoomCase) -> OnBoard:
        standing = room.standing(case.id) or case
        waits = {id for (id,) in self._store.rows("SELECT id FROM unseen WHERE case_id = ?", case.id)}
        unseen = tuple(each.id for each in case.asked if each.id in waits)
        untold = (standing.state, standing.acked) != (case.state, case.acked)
        return OnBoard(case, standing.state, standing.state_at, unseen, self._told(case.id), untold)

    def _told(self, case_id: str) -> tuple[Entry, ...]:
        rows = self._store.rows("SELECT words FROM said WHERE case_id = ? ORDER BY n", case_id)
        return tuple(_entry.decode(self._store.open(f"said {case_id}", words)) for (words,) in rows)

    def _drop_old(self, room: Room) -> None:
        rows = self._store.rows("SELECT case_id FROM said UNION SELECT case_id FROM unseen")
        old = [case_id for (case_id,) in rows if room.case(case_id) is None]
        with self._store.change():
            for case_id in old:
                self._store.write("DELETE FROM said WHERE case_id = ?", case_id)
                self._store.write("DELETE FROM unseen WHERE case_id = ?", case_id)
        if old:
            self._store.shred()
