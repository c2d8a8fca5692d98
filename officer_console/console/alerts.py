"""What an officer must see: told until seen, rung again and again. Pure: the clock is an argument."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from officer_console.client.api import Notice
from officer_console.console.patrol_words import LOUD, ring, told_by_room
from officer_console.console.words import Level, Told, undone
from officer_console.locale import N_, ngettext
from officer_console.model.conversation import State
from officer_console.model.queue import Queue

WAITS: Final = frozenset({"arrived", "reopened"})
"""Kinds about someone who waits: over when nobody waits there any more."""
SEEN_IN_QUEUE: Final = WAITS | {"erased", "put_back"}
SEEN_IN_CONVERSATION: Final = frozenset({"wrote", "failed", "reopened", "patrol_told", "patrol_asked", "declined"})
PATROL: Final = frozenset({"patrol_late", "patrol_told", "patrol_unsent", "patrol_old", "patrol_asked"})
"""Kinds about a patrol request. `patrol_late` is made here: the room has not acknowledged for too long."""
CANCELLED: Final = "patrol_cancelled"
"""Code of a `patrol_asked` that asks for a patrol no longer."""
STAYS: Final = SEEN_IN_QUEUE | SEEN_IN_CONVERSATION | PATROL | {"asks", "put_back"}
ANYWHERE: Final = frozenset({"patrol_old", "patrol_unsent", "put_back"})
"""Kinds that must be seen even when their conversation is on screen."""
TENDED: Final = ("answer_late", "answer_lead", "holder_gone")
"""Kinds that are made here: a visitor of mine waits for a word for too long, one of a colleague's does, and a
colleague's console is gone."""
OFFERED: Final = "offered"
"""Kind of an alert that only an answer ends: a colleague offers a conversation."""

GLANCE: Final = 1000
"""Milliseconds an alert must have been there before a key can mean that it was seen."""

TOLD_ONCE: Final = {
    "left": N_("A visitor of yours has gone; the conversation is still yours"),
    "returned": N_("A visitor of yours is back"),
}


class Ways(NamedTuple):
    """What an alert says to do: keys as keyboards write them, and the room's telephone."""

    next: str
    answer: str
    join: str
    patrols: str
    phone: str
    offered: str = ""
    hand_over: str = ""


class Alerts:
    """Alerts nobody has seen yet. Times in ms, of any clock that only rises."""

    def __init__(self, repeat: int) -> None:
        self._repeat = repeat
        self._unseen: dict[tuple[str, str, str], tuple[Notice, int]] = {}
        self._known: dict[str, frozenset[str]] = {}  # by kind: seen, and it is still so
        self._rung_at: int | None = None

    def __len__(self) -> int:
        return len(self._unseen)

    def add(self, notice: Notice, now: int) -> None:
        """Keep an alert until it is seen, and ring for it at once."""
        key = (notice.kind, notice.cid or notice.who, notice.code if notice.kind == "patrol_told" else "")
        if key not in self._unseen:
            self._rung_at = None
        self._unseen[key] = (notice, self._unseen.get(key, (notice, now))[1])

    def stays(self, notice: Notice) -> bool:
        """Whether it must be seen: not all that the room tells must."""
        return notice.kind in STAYS and (notice.kind != "patrol_told" or notice.code in LOUD)

    def seen_queue(self, now: int) -> None:
        """The officer has pressed a key in the queue: what came within GLANCE of it has not been seen."""
        self._keep(lambda notice, at: notice.kind not in SEEN_IN_QUEUE or now - at < GLANCE)
        for kind in TENDED[1:]:
            self._see(kind, {notice.cid for notice, at in self._unseen.values() if now - at >= GLANCE})

    def seen(self, cid: str) -> None:
        """The conversation is on screen."""
        self._keep(lambda notice, _at: notice.cid != cid or notice.kind not in SEEN_IN_CONVERSATION)

    def seen_newcomers(self) -> None:
        """Who asks to join is on screen."""
        self._keep(lambda notice, _at: notice.kind != "asks")

    # patrol requests

    def late(self, cids: frozenset[str], now: int) -> None:
        """These requests have not been acknowledged for too long: an alert for each, once it is not known already."""
        self.stands("patrol_late", cids, now)

    def stands(self, kind: str, cids: frozenset[str], now: int) -> None:
        """It is so of these conversations, and of no other: an alert for each, once it is not known already."""
        known = self._known[kind] = self._known.get(kind, frozenset()) & cids
        self._keep(lambda notice, _at: notice.kind != kind or notice.cid in cids)
        for cid in cids - known:
            self.add(Notice(kind, cid), now)

    def seen_late(self, cids: Collection[str], now: int) -> bool:
        """The officer has pressed a key while these conversations are on screen; whether that was news."""
        alerts = [notice for notice, at in self._unseen.values() if now - at >= GLANCE and notice.cid in cids]
        news = {(notice.kind, notice.cid) for notice in alerts if notice.kind in ("patrol_late", *TENDED)}
        for kind, cid in news:
            self._see(kind, {cid})
        return bool(news)

    def seen_patrols(self, cid: str = "") -> None:
        """The panel of this conversation is on screen, or without `cid` the list of all requests."""
        late = {notice.cid for notice in self._of("patrol_late") if not cid or notice.cid == cid}
        self._keep(lambda notice, _at: notice.kind not in PATROL or cid not in ("", notice.cid))
        self._see("patrol_late", late)

    def about(self, kind: str) -> list[str]:
        """The conversations that alerts of this kind are about."""
        return [notice.cid for notice in self._of(kind)]

    # hand-overs

    def offered(self, cids: Collection[str], now: int) -> None:
        """What I am offered and have not answered: an alert for each, until then."""
        self._keep(lambda notice, _at: notice.kind != OFFERED or notice.cid in cids)
        for cid in set(cids) - set(self.about(OFFERED)):
            self.add(Notice(OFFERED, cid), now)

    # as time goes by

    def settle(self, queue: Queue, newcomers: Collection[str] = (), old: Collection[str] = ()) -> None:
        """Forget the alerts about those who wait no longer, in the queue or (by their keys' names) to join, and about
        requests that need no word any more (`old` still do), or whose conversation is no more."""
        self._keep(lambda notice, _at: notice.kind not in WAITS or _waits(queue, notice.cid))
        self._keep(lambda notice, _at: notice.kind != "asks" or notice.who in newcomers)
        self._keep(lambda notice, _at: notice.kind != "patrol_old" or notice.cid in old)
        self._keep(lambda notice, _at: notice.kind not in PATROL or _is_there(queue, notice.cid))

    def rings(self, now: int) -> bool:
        """Whether to ring now: at once for a new alert, then each `repeat` ms while one is unseen."""
        if not self._unseen or (self._rung_at is not None and now - self._rung_at < self._repeat):
            return False
        self._rung_at = now
        return True

    def told(self, ways: Ways) -> Told:
        """All that is unseen in one line, the gravest first; empty when there is nothing."""
        parts = [*self._of_patrols(ways), _failed(self._of("failed"), ways.answer)]
        parts.insert(0, _offered(len(self._of(OFFERED)), ways.offered))
        parts += [_declined(len(self._of("declined")), ways.hand_over)]
        parts += [_tended(kind, len(self._of(kind)), ways.answer) for kind in TENDED]
        parts += [_put_back(self._of("put_back"))]
        parts += [_wrote(len(self._of("wrote")), ways.answer), _waiting(len(self._of(*WAITS)), ways.next)]
        parts += [_erased(len(self._of("erased"))), _asks(len(self._of("asks")), ways.join)]
        grave = self._of("failed", "patrol_late", "patrol_unsent", "patrol_old", "patrol_told", *TENDED, "put_back")
        return Told(" · ".join(filter(None, parts)), Level.DANGER if grave else Level.WARNING)

    def _of_patrols(self, ways: Ways) -> list[str]:
        parts = [_late(len(self._of("patrol_late")), ways), _old(len(self._of("patrol_old")), ways.patrols)]
        parts += [_unsent(len(self._of("patrol_unsent")), ways.patrols)]
        parts += [f"{told_by_room(each.code, each.text).text} ({ways.patrols})" for each in self._of("patrol_told")]
        cancelled = [each for each in self._of("patrol_asked") if each.code == CANCELLED]
        parts.append(_cancelled(len(cancelled), ways.patrols))
        return [*parts, _asked(len(self._of("patrol_asked")) - len(cancelled), ways.patrols)]

    def _see(self, kind: str, cids: set[str]) -> None:
        self._known[kind] = self._known.get(kind, frozenset()) | cids
        self._keep(lambda notice, _at: notice.kind != kind or notice.cid not in cids)

    def _of(self, *kinds: str) -> list[Notice]:
        return [notice for notice, _at in self._unseen.values() if notice.kind in kinds]

    def _keep(self, wanted: Callable[[Notice, int], bool]) -> None:
        self._unseen = {key: kept for key, kept in self._unseen.items() if wanted(*kept)}


def _waits(queue: Queue, cid: str) -> bool:
    conversation = queue.get(cid)
    return conversation is not None and conversation.state is State.WAITING


def _is_there(queue: Queue, cid: str) -> bool:
    conversation = queue.get(cid)
    return conversation is not None and conversation.state is not State.ERASED


def _late(n: int, ways: Ways) -> str:
    told = ngettext(
        "The room has NOT ACKNOWLEDGED a patrol request: {ring} ({key})",
        "The room has NOT ACKNOWLEDGED {n} patrol requests: {ring} ({key})",
        n,
    )
    return told.format(n=n, ring=ring(ways.phone), key=ways.patrols) if n else ""


def _old(n: int, key: str) -> str:
    told = ngettext(
        "A patrol request was kept too long and NOT SENT: still meant? ({key})",
        "{n} patrol requests were kept too long and NOT SENT: still meant? ({key})",
        n,
    )
    return told.format(n=n, key=key) if n else ""


def _unsent(n: int, key: str) -> str:
    told = ngettext(
        "NOT SENT: the console stopped in the countdown; the patrol request stands in its panel ({key})",
        "NOT SENT: the console stopped in the countdown; {n} patrol requests stand in their panels ({key})",
        n,
    )
    return told.format(n=n, key=key) if n else ""


def _asked(n: int, key: str) -> str:
    told = ngettext("A colleague asks for a patrol ({key})", "{n} patrols are asked for by colleagues ({key})", n)
    return told.format(n=n, key=key) if n else ""


def _cancelled(n: int, key: str) -> str:
    told = ngettext("A colleague has cancelled a patrol ({key})", "Colleagues have cancelled {n} patrols ({key})", n)
    return told.format(n=n, key=key) if n else ""


def _failed(notices: list[Notice], key: str) -> str:
    if not notices:
        return ""
    return f"{undone(notices[-1])} ({key})"


def _offered(n: int, key: str) -> str:
    told = ngettext("A colleague OFFERS YOU a conversation ({key})", "You are OFFERED {n} conversations ({key})", n)
    return told.format(n=n, key=key) if n else ""


def _declined(n: int, key: str) -> str:
    told = ngettext(
        "A hand-over of yours was NOT taken: it is still yours ({key})",
        "{n} hand-overs of yours were NOT taken: they are still yours ({key})",
        n,
    )
    return told.format(n=n, key=key) if n else ""


def _tended(kind: str, n: int, key: str) -> str:
    if kind == "answer_late":
        told = ngettext(
            "A visitor of yours WAITS TOO LONG for a word ({key})",
            "{n} visitors of yours WAIT TOO LONG for a word ({key})",
            n,
        )
    elif kind == "answer_lead":
        told = ngettext("A colleague's visitor WAITS TOO LONG for a word", "{n} colleagues' visitors WAIT TOO LONG", n)
    else:
        told = ngettext(
            "A COLLEAGUE'S CONSOLE IS GONE: a conversation of his goes back by itself",
            "CONSOLES OF COLLEAGUES ARE GONE: {n} conversations go back by themselves",
            n,
        )
    return told.format(n=n, key=key) if n else ""


def _put_back(notices: list[Notice]) -> str:
    if not notices:
        return ""
    n = len(notices)
    return ngettext(
        "A conversation of yours WENT BACK to the queue: left alone for too long",
        "{n} conversations of yours WENT BACK to the queue: left alone for too long",
        n,
    ).format(n=n)


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
