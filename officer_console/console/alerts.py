"""What an officer must see: told until seen, rung again and again. Pure: the clock is an argument."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from officer_console.client.api import Notice
from officer_console.console.words import Level, Told, undone
from officer_console.locale import N_, ngettext
from officer_console.model.conversation import State
from officer_console.model.queue import Queue

WAITS: Final = frozenset({"arrived", "reopened"})
"""Kinds about someone who waits: over when nobody waits there any more."""
SEEN_IN_QUEUE: Final = WAITS | {"erased"}
SEEN_IN_CONVERSATION: Final = frozenset({"wrote", "failed", "reopened"})
STAYS: Final = SEEN_IN_QUEUE | SEEN_IN_CONVERSATION | {"asks"}

GLANCE: Final = 1000
"""Milliseconds an alert must have been there before a key can mean that it was seen."""

TOLD_ONCE: Final = {
    "left": N_("A visitor of yours has gone; the conversation is still yours"),
    "returned": N_("A visitor of yours is back"),
}


class Alerts:
    """Alerts nobody has seen yet. Times in ms, of any clock that only rises."""

    def __init__(self, repeat: int) -> None:
        self._repeat = repeat
        self._unseen: dict[tuple[str, str], tuple[Notice, int]] = {}
        self._rung_at: int | None = None

    def __len__(self) -> int:
        return len(self._unseen)

    def add(self, notice: Notice, now: int) -> None:
        """Keep an alert until it is seen, and ring for it at once."""
        key = (notice.kind, notice.cid or notice.who)
        if key not in self._unseen:
            self._rung_at = None
        self._unseen[key] = (notice, self._unseen.get(key, (notice, now))[1])

    def seen_queue(self, now: int) -> None:
        """The officer has pressed a key in the queue: what came within GLANCE of it has not been seen."""
        fresh = {key for key, (_notice, at) in self._unseen.items() if now - at < GLANCE}
        self._keep(lambda *key: key[0] not in SEEN_IN_QUEUE or key in fresh)

    def seen(self, cid: str) -> None:
        """The conversation is on screen."""
        self._keep(lambda kind, other: other != cid or kind not in SEEN_IN_CONVERSATION)

    def seen_newcomers(self) -> None:
        """Who asks to join is on screen."""
        self._keep(lambda kind, _kid: kind != "asks")

    def settle(self, queue: Queue, newcomers: Collection[str] = ()) -> None:
        """Forget the alerts about those who wait no longer, in the queue or (by their keys' names) to join."""
        self._keep(lambda kind, cid: kind not in WAITS or _waits(queue, cid))
        self._keep(lambda kind, kid: kind != "asks" or kid in newcomers)

    def rings(self, now: int) -> bool:
        """Whether to ring now: at once for a new alert, then each `repeat` ms while one is unseen."""
        if not self._unseen or (self._rung_at is not None and now - self._rung_at < self._repeat):
            return False
        self._rung_at = now
        return True

    def told(self, next_key: str, answer_key: str, join_key: str) -> Told:
        """All that is unseen in one line, the gravest first; empty when there is nothing."""
        parts = [_failed(self._of("failed"), answer_key), _wrote(len(self._of("wrote")), answer_key)]
        parts += [_waiting(len(self._of(*WAITS)), next_key), _erased(len(self._of("erased")))]
        parts += [_asks(len(self._of("asks")), join_key)]
        level = Level.DANGER if self._of("failed") else Level.WARNING
        return Told(" · ".join(filter(None, parts)), level)

    def _of(self, *kinds: str) -> list[Notice]:
        return [notice for notice, _at in self._unseen.values() if notice.kind in kinds]

    def _keep(self, wanted: Callable[[str, str], bool]) -> None:
        self._unseen = {key: kept for key, kept in self._unseen.items() if wanted(*key)}


def _waits(queue: Queue, cid: str) -> bool:
    conversation = queue.get(cid)
    return conversation is not None and conversation.state is State.WAITING


def _failed(notices: list[Notice], key: str) -> str:
    if not notices:
        return ""
    return f"{undone(notices[-1])} ({key})"


def _wrote(n: int, key: str) -> str:
    told = ngettext("A visitor of yours has written ({key})", "{n} visitors of yours have written ({key})", n)
    return told.format(n=n, key=key) if n else ""


def _waiting(n: int, key: str) -> str:
    told = ngettext(
        "Someone new is waiting ({key} takes the next)", "{n} new ones are waiting ({key} takes the next)", n
    )
    return told.format(n=n, key=key) if n else ""


def _erased(n: int) -> str:
    told = ngettext("A visitor has erased her conversation", "{n} visitors have erased their conversations", n)
    return told.format(n=n) if n else ""


def _asks(n: int, key: str) -> str:
    told = ngettext("Somebody asks to join the desk ({key})", "{n} people ask to join the desk ({key})", n)
    return told.format(n=n, key=key) if n else ""
