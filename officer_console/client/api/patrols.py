"""Requests for patrols, as the screens see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from officer_console.model.patrol import OVER, PatrolRequest, PatrolState


class Patrol(msgspec.Struct, frozen=True):
    """The newest patrol request of a conversation, as this console knows it. Times in ms of the relay's clock; what
    cannot be read here is "" or None; all texts are displayable.

    `state` KEPT: only on this machine. `state_at`: since when. `unacked_since`: since when something (the request, an
    update, a cancelling) waits for the room's acknowledgement; 0: nothing does. `due`: when the countdown ends; 0:
    none runs. `old`: kept for so long that `again` must say whether it is still meant. `unsent`: something of it is not
    at the relay yet. `cancelled`: an officer has cancelled it, acknowledged or not. `unit`, `words`, `code`:
    what the room told last. `question`: asked by the room, and not answered by a later request. `failed`: the newest
    request did not reach the room and is not tried any more.
    """

    state: PatrolState
    state_at: int
    by: str = ""
    request: PatrolRequest | None = None
    unacked_since: int = 0
    due: int = 0
    old: bool = False
    unsent: bool = False
    cancelled: bool = False
    failed: bool = False
    unit: str = ""
    words: str = ""
    code: str = ""
    question: str = ""

    @property
    def over(self) -> bool:
        """Whether another request would be another case."""
        return self.state in OVER


class PatrolRequests(Protocol):
    """The patrol requests of every conversation, and the panel in which one is begun."""

    def of(self, cid: str) -> Patrol | None:
        """The newest patrol request of a conversation; None when there never was one."""
        ...

    def all_open(self) -> Sequence[tuple[str, Patrol]]:
        """Conversations with a request that is not over (all for a lead, else those this officer may read), what waits
        for an acknowledgement first, then the oldest first."""
        ...

    def draft(self, cid: str) -> PatrolRequest:
        """What the panel begins with: what was begun there, else the newest request, else what is known from the
        conversation (model/known.py)."""
        ...

    def keep_draft(self, cid: str, request: PatrolRequest) -> None:
        """Keep what is begun in the panel; on disk, sealed, as a draft is."""
        ...

    def request(self, cid: str, request: PatrolRequest, grace_ms: int) -> None:
        """Ask for a patrol, or tell more of the open case. On disk, sealed, when this returns; sent when `grace_ms` are
        over unless it is taken back. Raises OSError when the disk takes nothing, ValueError when there is no place,
        Refused("no_room") when no dispatch room belongs to the desk, Refused("desk_key"), Refused when rules forbid
        it, Refused("state") while another countdown of this conversation runs."""
        ...

    def take_back(self, cid: str) -> bool:
        """End the countdown and don't send; gives whether one ran. What was asked stands in the panel's draft."""
        ...

    def again(self, cid: str, wanted: bool) -> None:
        """A request that was kept for too long (`Patrol.old`) is still meant and is sent, or is not and is dropped into
        the panel's draft."""
        ...

    def cancel(self, cid: str, reason: str) -> None:
        """Cancel the open case. Raises ValueError without a reason, Refused("no_case"), and as `request`."""
        ...
