"""The half of `client.api.Desk` that is about patrols; `patrols` does the work, and `api` documents every method."""

from __future__ import annotations

from collections.abc import Sequence

from officer_console.model.patrol import PatrolRequest

from .api import Patrol
from .patrols import Patrols


class PatrolDesk:
    """See `client.api.Desk`."""

    _patrols: Patrols

    @property
    def practice(self) -> bool:
        return self._patrols.practice

    def patrol(self, cid: str) -> Patrol | None:
        return self._patrols.of(cid)

    def patrols(self) -> Sequence[tuple[str, Patrol]]:
        return self._patrols.all_open()

    def patrol_draft(self, cid: str) -> PatrolRequest:
        return self._patrols.draft(cid)

    def save_patrol_draft(self, cid: str, request: PatrolRequest) -> None:
        self._patrols.keep_draft(cid, request)

    def request_patrol(self, cid: str, request: PatrolRequest, grace_ms: int) -> None:
        self._patrols.request(cid, request, grace_ms)

    def take_back_patrol(self, cid: str) -> bool:
        return self._patrols.take_back(cid)

    def patrol_again(self, cid: str, wanted: bool) -> None:
        self._patrols.again(cid, wanted)

    def cancel_patrol(self, cid: str, reason: str) -> None:
        self._patrols.cancel(cid, reason)
