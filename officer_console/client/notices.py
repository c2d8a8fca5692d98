"""What an officer must be told of events: at once while the link stands, and after it was lost what still holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from officer_console.model.conversation import Conversation, State, Visitor
from officer_console.model.envelope import RELAY, VISITOR
from officer_console.model.events import Erased, Event, Released, Said
from officer_console.model.queue import Queue

from .api import Notice

_OF_THE_QUEUE: Final = frozenset({"arrived", "reopened"})
_OF_PATROLS: Final = frozenset({"patrol_asked", "patrol_told"})
_OF_HANDOVERS: Final = frozenset({"accepted", "declined"})
_GONE: Final = {"left": True, "returned": False}
"""Notice -> whether the visitor is gone."""


class Notices:
    """`tell` is called with each notice. What was there before the first `live` is no news: the officer has come to
    look at it. What came while the link was down is told at the next one, each kind once for a conversation, and only
    if it holds still: whom a colleague has taken meanwhile needs nobody."""

    def __init__(self, queue: Queue, tell: Callable[[Notice], None]) -> None:
        self._queue = queue
        self._tell = tell
        self._live = False
        self._begun = False
        self._missed: dict[Notice, None] = {}

    def happened(self, event: Event, before: Conversation | None, after: Conversation) -> None:
        """An event, and the conversation before and after it."""
        self.add(notice_of(self._queue.me, event, before, after))

    def add(self, notice: Notice | None) -> None:
        """Something that an event means, if anything."""
        if notice is None or not self._begun:
            return
        if self._live:
            self._tell(notice)
        else:
            self._missed[notice] = None

    def linked(self, live: bool) -> None:
        """All that was missing is here, or the link is lost."""
        self._live = live
        if not live:
            return
        self._begun = True
        missed, self._missed = self._missed, {}
        for notice in missed:
            if self._holds(notice):
                self._tell(notice)

    def _holds(self, notice: Notice) -> bool:
        conversation = self._queue.get(notice.cid)
        if conversation is None or notice.kind == "erased" or notice.kind in _OF_PATROLS:
            return conversation is not None
        if notice.kind in _OF_HANDOVERS:
            return conversation.offer is None
        if notice.kind == "offered":
            return conversation.offer is not None and conversation.offer.to == self._queue.me
        if notice.kind == "put_back":
            return conversation.holder != self._queue.me
        if notice.kind in _OF_THE_QUEUE:
            return conversation.state is State.WAITING
        gone = conversation.visitor is not Visitor.HERE
        mine = conversation.state is State.HELD and conversation.holder == self._queue.me
        return mine and _GONE.get(notice.kind, gone) == gone


def notice_of(me: str, event: Event, before: Conversation | None, after: Conversation) -> Notice | None:
    """What an officer must be told of an event, if anything."""
    mine = after.state is State.HELD and after.holder == me
    if isinstance(event.what, Erased):
        return Notice("erased", event.cid) if before and before.holder == me else None
    was = before.state if before else State.OPENING
    if event.by == RELAY and isinstance(event.what, Released) and before and before.holder == me:
        return Notice("put_back", event.cid, code=event.what.why)
    if after.state is State.WAITING and was is not State.WAITING and event.by != me:
        return Notice("reopened" if was is State.CLOSED else "arrived", event.cid)
    if mine and isinstance(event.what, Said) and event.by == VISITOR:
        return Notice("wrote", event.cid)
    return Notice(event.kind, event.cid) if mine and event.kind in ("left", "returned") else None
