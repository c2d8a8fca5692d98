"""A case as the dispatch side has it: what was asked, opened and checked, and how far it has come."""

from __future__ import annotations

import msgspec

from officer_console.model.patrol import OVER, PatrolRequest, PatrolState


class Asking(msgspec.Struct, frozen=True):
    """One request, or the cancelling of a case. `id` is the event's, `seq` its place in the log, `at` ms by the relay's
    clock, `by` the officer's kid and `officer` his name.

    `request` the whole picture as he knew it then; None for a cancelling, for what was rejected (`code` of `codes` says
    why; nothing of it is to be shown). `reason` of a cancelling. `said_at`: the officer's own clock, ms.
    """

    id: str
    seq: int
    at: int
    by: str
    officer: str = ""
    cancels: bool = False
    request: PatrolRequest | None = None
    reason: str = ""
    code: str = ""
    said_at: int = 0


class RoomCase(msgspec.Struct, frozen=True):
    """One case. `id` is that of the event that opened it, `at` when (ms by the relay's clock).

    `asked` oldest first; `acked` and `failed` hold ids of it. `state` is the log's: what was told and is not at the
    relay yet is not in it. `unit`, `words`, `question` are what this side told last. `erased`: the visitor has erased
    her conversation, so the officers learn nothing more; what was asked for still holds.
    """

    id: str
    cid: str
    at: int
    asked: tuple[Asking, ...]
    state: PatrolState = PatrolState.STORED
    state_at: int = 0
    acked: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    unit: str = ""
    words: str = ""
    question: str = ""
    erased: bool = False

    @property
    def requests(self) -> tuple[Asking, ...]:
        """The requests that could be opened and are kept, the newest last."""
        return tuple(each for each in self.asked if each.request is not None)

    @property
    def newest(self) -> PatrolRequest | None:
        """The whole picture as it is known now."""
        return self.requests[-1].request if self.requests else None

    @property
    def officer(self) -> str:
        """Name of the officer who asked first."""
        return self.asked[0].officer

    @property
    def cancelling(self) -> Asking | None:
        """The officer's cancelling, if it could be opened."""
        return next((each for each in self.asked if each.cancels and not each.code), None)

    @property
    def cancelled(self) -> bool:
        return self.cancelling is not None

    @property
    def reason(self) -> str:
        """Why the officer cancelled."""
        return self.cancelling.reason if self.cancelling else ""

    @property
    def over(self) -> bool:
        return self.state in OVER
