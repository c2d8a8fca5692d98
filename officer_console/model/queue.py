"""The desk as a fold of all events: every conversation, and the order in which the queue shows them."""

from __future__ import annotations

from collections.abc import Iterator

from sortedcontainers import SortedList

from .bodies import Body
from .conversation import Conversation, State, Visitor, apply, start
from .events import Event

Rank = tuple[int, bool, int, str]
_FIRST_WAITING: Rank = (1, False, -1, "")
_AFTER_WAITING: Rank = (2, False, -(2**62), "")
_AFTER_HELD: Rank = (3, False, -(2**62), "")
GONE = frozenset({Visitor.GOODBYE, Visitor.EXIT, Visitor.CLOSED})
"""Ways of leaving after which nobody can come back: the page keeps nothing. A lost network may return."""
_SECTION = {State.OPENING: 5, State.WAITING: 1, State.HELD: 2, State.CLOSED: 3, State.ERASED: 4}


def rank(conversation: Conversation, me: str) -> Rank:
    """Place in the queue: mine first, then waiting (who can still read an answer before who is gone, each the longest
    first), held by others, closed (latest first)."""
    c = conversation
    if c.holder == me and c.state is State.HELD:
        return (0, False, c.held_since, c.cid)
    since = {State.WAITING: c.waiting_since, State.HELD: c.held_since, State.CLOSED: -c.closed_at}.get(c.state, 0)
    return (_SECTION[c.state], c.state is State.WAITING and c.visitor in GONE, since, c.cid)


class Queue:
    """All conversations of the desk, ordered. One `apply` costs O(log n)."""

    def __init__(self, me: str = "") -> None:
        self.me = me
        self.seq = 0
        self._all: dict[str, Conversation] = {}
        self._ranks: SortedList[Rank] = SortedList()

    def __len__(self) -> int:
        """How many conversations have a place in the queue."""
        return len(self._ranks)

    def __getitem__(self, index: int) -> Conversation:
        return self._all[self._ranks[index][-1]]

    def get(self, cid: str) -> Conversation | None:
        return self._all.get(cid)

    def everything(self) -> Iterator[Conversation]:
        """All conversations, in no order, those that have no place in the queue too."""
        return iter(self._all.values())

    def index(self, cid: str) -> int | None:
        """Place of a conversation, or None when it has none."""
        conversation = self._all.get(cid)
        if conversation is None or conversation.state is State.OPENING:
            return None
        return int(self._ranks.index(rank(conversation, self.me)))

    def waiting(self) -> Iterator[Conversation]:
        """Waiting conversations, the one to take next first."""
        for *_, cid in self._ranks.irange(_FIRST_WAITING, _AFTER_WAITING):
            yield self._all[cid]

    @property
    def waiting_size(self) -> int:
        """How many wait."""
        return int(self._ranks.bisect_left(_AFTER_WAITING) - self._ranks.bisect_left(_FIRST_WAITING))

    @property
    def held_size(self) -> int:
        """How many are held by somebody."""
        mine = self._ranks.bisect_left(_FIRST_WAITING)
        return int(mine + self._ranks.bisect_left(_AFTER_HELD) - self._ranks.bisect_left(_AFTER_WAITING))

    def ahead(self, cid: str) -> int | None:
        """How many wait before this one, or None when it does not wait."""
        conversation = self._all.get(cid)
        if conversation is None or conversation.state is not State.WAITING:
            return None
        return int(self._ranks.bisect_left(rank(conversation, self.me)) - self._ranks.bisect_left(_FIRST_WAITING))

    def apply(self, event: Event, body: Body | None = None) -> tuple[Conversation | None, Conversation]:
        """Fold one event in; gives the conversation before and after."""
        before = self._all.get(event.cid)
        after = apply(before, event, body) if before else start(event, body)
        self.seq = max(self.seq, event.seq)
        self._place(before, after)
        return before, after

    def replace(self, conversation: Conversation) -> None:
        """Put a conversation that was folded anew (its words became readable, say) in place of the old one."""
        self._place(self._all.get(conversation.cid), conversation)

    def forget(self, cid: str) -> None:
        """Take a conversation out for good."""
        gone = self._all.pop(cid, None)
        if gone and gone.state is not State.OPENING:
            self._ranks.remove(rank(gone, self.me))

    def _place(self, before: Conversation | None, after: Conversation) -> None:
        self._all[after.cid] = after
        old = rank(before, self.me) if before and before.state is not State.OPENING else None
        new = rank(after, self.me) if after.state is not State.OPENING else None
        if old == new:
            return
        if old is not None:
            self._ranks.remove(old)
        if new is not None:
            self._ranks.add(new)
