"""What a desk tells of by itself: that something changed, and what an officer must be told once."""

from __future__ import annotations

import msgspec


class Notice(msgspec.Struct, frozen=True):
    """Something an officer must be told once. `kind`: arrived (a conversation began to wait), wrote (the visitor of a
    conversation I hold), taken (I lost a claim to `who`), failed (a command of mine was refused: `code`), erased,
    returned, left, reopened, put_back (the relay gave one of mine back to the queue: `code` why). Without a
    conversation, of the newcomer `who`: asks, joined, not_joined (`code`).

    Of a patrol request: patrol_told (the room told something: `code` its state or "question", `text` its words),
    patrol_unsent (the console stopped in the countdown: it was not sent, and stands in the panel), patrol_old (kept for
    so long that the officer must say whether it is still meant), patrol_asked (a colleague `who` asked for a patrol).

    Of a hand-over: offered (`who` offers me a conversation), accepted, declined (mine was, by `who`; by the
    relay: nobody answered it in time).

    Without a conversation: break_called (the lead `who` asks me to take a break).

    Of a failed one: `what` kind of event was refused, and the note or remark in it, `text` (a message is in the draft).
    """

    kind: str
    cid: str
    who: str = ""
    code: str = ""
    what: str = ""
    text: str = ""


class Change(msgspec.Struct, frozen=True):
    """What changed since the last call: conversations, whether the queue's order or size, the link, the newcomers, who
    is on duty and how."""

    cids: frozenset[str] = frozenset()
    queue: bool = False
    link: bool = False
    notices: tuple[Notice, ...] = ()
    newcomers: bool = False
    shift: bool = False
