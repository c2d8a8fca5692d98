"""The desk as a fold of all events: every conversation, and the order in which the queue shows them."""

from __future__ import annotations

from collections.abc import Iterator

from sortedcontainers import SortedList

from .arrivals import Arrivals, arrive
from .bodies import Body
from .conversation import URGENCY, Conversation, State, Visitor, apply, start
from .events import Event
from .timers import Timers

Rank = tuple[int, bool, int, str]
_FIRST_WAITING: Rank = (1, False, -(2**62), "")
_AFTER_WAITING: Rank = (2, False, -(2**62), "")
_AFTER_HELD: Rank = (3, False, -(2**62), "")
GONE = frozenset({Visitor.GOODBYE, Visitor.EXIT, Visitor.CLOSED})
"""Ways of leaving after which nobody can come back: the page keeps nothing. A lost network may return."""
_SECTION = {State.OPENING: 5, State.WAITING: 1, State.HELD: 2, State.CLOSED: 3, State.ERASED: 4}


MOST_TURNS = 30
"""So many of the same network count at most: who shares a crowded network is not put off for ever."""
BACK_TO_ME = "amber"
DEFAULT = Timers()


def counts_from(conversation: Conversation, timers: Timers = DEFAULT, proposed: str = "") -> int:
    """From when a waiting conversation's wait counts, ms: since it began to wait, earlier by what urgency (confirmed,
    or `proposed` by the danger signals) is worth, later by the others of its network. The earliest is to be taken next.

    Two conversations never change places by time alone, and none can be overtaken by one that began to wait more than
    the largest advance later: nobody starves.
    """
    level = max(conversation.urgency, proposed, key=URGENCY.index)
    ahead = {"red": timers.ahead_red_s, "amber": timers.ahead_amber_s}.get(level, 0)
    behind = min(conversation.turn, MOST_TURNS) * timers.network_step_s
    return conversation.waiting_since + (behind - ahead) * 1000


def rank(conversation: Conversation, me: str, timers: Timers = DEFAULT, proposed: str = "") -> Rank:
    """Place in the queue: mine first, then waiting (who can still read an answer before who is gone, each by
    `counts_from`; who comes back to me is amber at least, for me), held by others, closed (latest first)."""
    c = conversation
    if c.holder == me and c.state is State.HELD:
        return (0, False, c.held_since, c.cid)
    if c.state is State.WAITING:
        if me and c.came_back_to == me:
            proposed = max(proposed, BACK_TO_ME, key=URGENCY.index)
        return (1, c.visitor in GONE, counts_from(c, timers, proposed), c.cid)
    since = {State.HELD: c.held_since, State.CLOSED: -c.closed_at}.get(c.state, 0)
    return (_SECTION[c.state], False, since, c.cid)


class Queue:
    """All conversations of the desk, ordered. One `apply` costs O(log n)."""

    def __init__(self, me: str = "", timers: Timers = DEFAULT) -> None:
        self.me = me
        self.seq = 0
        self.arrivals = Arrivals()
        self.timers = timers
        self._proposed: dict[str, str] = {}
        self._held: dict[str, set[str]] = {}
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
        return int(self._ranks.index(self._rank(conversation)))

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
        return int(self._ranks.bisect_left(self._rank(conversation)) - self._ranks.bisect_left(_FIRST_WAITING))

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
        self._hold(gone, None)
        if gone and gone.state is not State.OPENING:
            self._ranks.remove(self._rank(gone))
        self._proposed.pop(cid, None)

    def apply_to_desk(self, event: Event) -> None:
        """Fold an event that is about the desk itself."""
        self.arrivals = arrive(self.arrivals, event)
        self.seq = max(self.seq, event.seq)

    def load(self, kid: str) -> int:
        """How many conversations an officer holds."""
        return len(self._held.get(kid, ()))

    def holders(self) -> tuple[str, ...]:
        """Officers who hold something."""
        return tuple(self._held)

    def held_by(self, kid: str) -> Iterator[Conversation]:
        """The conversations that an officer holds, in no order."""
        return (self._all[cid] for cid in tuple(self._held.get(kid, ())))

    def proposed(self, cid: str) -> str:
        """The urgency that the danger signals propose; it counts for the order until an officer says more."""
        return self._proposed.get(cid, "")

    def propose(self, cid: str, level: str) -> bool:
        """The danger signals propose this urgency; a lower one than before changes nothing. Gives whether it is new."""
        if URGENCY.index(level) <= URGENCY.index(self.proposed(cid)):
            return False
        conversation = self._all.get(cid)
        ranked = conversation is not None and conversation.state is not State.OPENING
        if conversation is not None and ranked:
            self._ranks.remove(self._rank(conversation))
        self._proposed[cid] = level
        if conversation is not None and ranked:
            self._ranks.add(self._rank(conversation))
        return True

    def retime(self, timers: Timers) -> None:
        """Order anew, by other timers."""
        if timers == self.timers:
            return
        self.timers = timers
        ranked = (each for each in self._all.values() if each.state is not State.OPENING)
        self._ranks = SortedList(self._rank(each) for each in ranked)

    def _rank(self, conversation: Conversation) -> Rank:
        return rank(conversation, self.me, self.timers, self._proposed.get(conversation.cid, ""))

    def _hold(self, before: Conversation | None, after: Conversation | None) -> None:
        """Keep who holds what."""
        was = before.holder if before and before.state is State.HELD else ""
        now = after.holder if after and after.state is State.HELD else ""
        if was == now:
            return
        if before and was:
            self._held[was].discard(before.cid)
            if not self._held[was]:
                del self._held[was]
        if after and now:
            self._held.setdefault(now, set()).add(after.cid)

    def _place(self, before: Conversation | None, after: Conversation) -> None:
        self._all[after.cid] = after
        self._hold(before, after)
        old = self._rank(before) if before and before.state is not State.OPENING else None
        new = self._rank(after) if after.state is not State.OPENING else None
        if old == new:
            return
        if old is not None:
            self._ranks.remove(old)
        if new is not None:
            self._ranks.add(new)
