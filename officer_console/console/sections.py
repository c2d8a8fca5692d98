"""Parts of the queue that the screens ask for. O(log n) by the queue's own order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from officer_console.model.conversation import Conversation
from officer_console.model.queue import Queue, rank

MINE, WAITING, HELD = 0, 1, 2
"""First numbers of `model.queue.rank`."""


def mine(queue: Queue) -> list[Conversation]:
    """The conversations I hold, longest first."""
    return [queue[i] for i in range(_start(queue, WAITING))]


def waiting_count(queue: Queue) -> int:
    """How many wait for an officer."""
    return _start(queue, HELD) - _start(queue, WAITING)


def next_to_answer(queue: Queue, after: str) -> str | None:
    """The next conversation of mine, round from `after`, that needs an answer; None when there is none."""
    cids = [conversation.cid for conversation in mine(queue)]
    turn = cids.index(after) + 1 if after in cids else 0
    return next((cid for cid in _turned(cids, turn) if _needs_answer(queue, cid)), None)


def _turned(cids: Sequence[str], by: int) -> Sequence[str]:
    return [*cids[by:], *cids[:by]]


def _needs_answer(queue: Queue, cid: str) -> bool:
    conversation = queue.get(cid)
    return conversation is not None and conversation.needs_answer


def _start(queue: Queue, section: int) -> int:
    return bisect_left(range(len(queue)), section, key=lambda i: rank(queue[i], queue.me)[0])
