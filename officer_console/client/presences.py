"""Who is there: live frames of the conversations this officer holds, both ways. They are the cover traffic too.

One timer for all of them, and none while nothing is held.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import msgspec

from officer_console.model.bodies import Presence
from officer_console.protocol.visitor_events import Shown

from .api import Peer

SILENT_MS: Final = 70_000
"""Milliseconds without a live frame after which the visitor is not taken to be there: two frames were missed."""
NOBODY: Final = Peer()


class Presences:
    """`send(cid, presence)` sends ours; `changed(cid)` tells of hers; `time` is any clock in ms that only rises."""

    def __init__(
        self,
        send: Callable[[str, Presence], None],
        changed: Callable[[str], None],
        time: Callable[[], int],
        between: Callable[[int, int], int],
    ) -> None:
        self._send = send
        self._changed = changed
        self._time = time
        self._between = between
        self._linked = False
        self._shown: dict[str, Shown] = {}
        self._peers: dict[str, Peer] = {}
        self._heard_at: dict[str, int] = {}
        self._timer: asyncio.TimerHandle | None = None

    def hold(self, cid: str, held: bool) -> None:
        """This officer holds the conversation now, or no more."""
        if held:
            self._shown.setdefault(cid, Shown())
        elif self._shown.pop(cid, None):
            self._peers.pop(cid, None)
            self._heard_at.pop(cid, None)
        self._plan()

    def show(self, cid: str, **shown: Any) -> None:
        """Show `typing` or `read` in a conversation that is held."""
        if cid in self._shown:
            self._shown[cid].change(**shown)
            self._plan()

    def heard(self, cid: str, presence: Presence) -> None:
        """A live frame of the visitor."""
        if cid in self._shown:
            self._heard_at[cid] = self._time()
            self._peers[cid] = Peer(typing=presence.typing, here=presence.here, read=max(0, presence.read))
            self._changed(cid)
            self._plan()

    def quiet(self, cid: str, **known: bool) -> None:
        """The log says more than the last live frame: she has written (not typing), or gone (not here)."""
        if peer := self._peers.get(cid):
            self._peers[cid] = msgspec.structs.replace(peer, typing=False, **known)

    def peer(self, cid: str) -> Peer:
        return self._peers.get(cid, NOBODY)

    def linked(self, linked: bool) -> None:
        self._linked = linked
        self._plan()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _plan(self) -> None:
        self.close()
        due = [heard + SILENT_MS for heard in self._heard_at.values()]
        if self._linked:
            due += [shown.due for shown in self._shown.values()]
        if due:
            wait = max(0, min(due) - self._time())
            self._timer = asyncio.get_running_loop().call_later(wait / 1000, self._tick)

    def _tick(self) -> None:
        self._timer = None
        now = self._time()
        for cid in [cid for cid, heard in self._heard_at.items() if now >= heard + SILENT_MS]:
            del self._heard_at[cid]
            self.quiet(cid, here=False)
            self._changed(cid)
        if self._linked:
            for cid, shown in self._shown.items():
                if now >= shown.due:
                    self._send(cid, shown.take(now, self._between(*Shown.EVERY)))
        self._plan()
