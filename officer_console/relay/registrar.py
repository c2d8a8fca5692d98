"""The one door to the log: folds every conversation, and lets in what the rules allow.

Per conversation one at a time, so that the state a rule is checked against is the state the event is appended to;
the log's expected sequence number keeps that true when another relay appends too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import msgspec

from officer_console.config import Limits
from officer_console.model.conversation import Conversation, State
from officer_console.model.envelope import SEALED_SIZES, VISITOR, Envelope, MessageHeader, Note, OpenHeader
from officer_console.model.events import (
    OF_THE_DESK,
    Closed,
    Draft,
    Erased,
    Event,
    Left,
    Noted,
    Opened,
    Said,
    What,
    kind_of,
)
from officer_console.model.exports import refusal_of
from officer_console.model.queue import Queue
from officer_console.model.rules import (
    DESK_ROLES,
    EVER,
    MAY_APPEND,
    has_case,
    has_offer,
    is_as_seen,
    is_told,
    may_append,
    parts_of,
)
from officer_console.protocol import codec
from officer_console.protocol.refusals import Refused

from .limits import Buckets
from .log.interface import Conflict, Log, Opening
from .sizes import BOX_SIZES, DIGEST_SIZES, NONCE_SIZES, require_sizes

PAGE = 1000
MAX_COUNT = 2**31
ERASERS = MAY_APPEND["erased"][State.WAITING]
"""Who may erase: the same in every state, and afterwards, when it is only answered again."""
NEVER = -1
"""An expected sequence number that no conversation has."""
_OF_ITSELF = frozenset({"rate", "malformed", "sender"})
"""Refusals that no state of the conversation changes."""
Timed = Callable[[], AbstractContextManager[object]]
Still = Callable[[Conversation], bool]


class Watcher(Protocol):
    """Who is told of every event that is folded, with its conversation before and after; `settle` is waited for before
    anything is erased."""

    def learnt(self, event: Event, before: Conversation | None, after: Conversation) -> None: ...
    async def settle(self) -> None: ...


class Beside(msgspec.Struct):
    """What the fold does not keep: the commitment to the conversation's key, how many bytes are stored, whose turn
    it is to append."""

    kc: str
    turn: asyncio.Lock
    size: int = 0


class Registrar:
    """State of all conversations, and the way events get into the log. Cost of one event: O(log n), no I/O but the
    append itself, which runs inside `timed()`."""

    def __init__(self, log: Log, limits: Limits, buckets: Buckets, queue: Queue, timed: Timed) -> None:
        self.queue = queue
        self.watcher: Watcher | None = None
        self.learnt: Callable[[Conversation], None] = lambda conversation: None
        """Called with each conversation after an event of it has been folded."""
        self._log = log
        self._limits = limits
        self._buckets = buckets
        self._timed = timed
        self._beside: dict[str, Beside] = {}

    async def load(self) -> None:
        """Fold the whole log. Everything the relay knows is rebuilt from it."""
        while batch := await self._log.read(self.queue.seq, PAGE):
            for event in batch:
                self.learn(event)

    def learn(self, event: Event) -> None:
        """Fold one event; one that was folded before changes nothing."""
        if isinstance(event.what, OF_THE_DESK):
            return self.queue.apply_to_desk(event)
        known = self.queue.get(event.cid)
        if known and event.seq <= known.seq:
            return
        if isinstance(event.what, Erased):  # all that stays of it is that it was
            self.queue.forget(event.cid)
            self._beside.pop(event.cid, None)
            for kind in _BUCKETS:
                self._buckets.forget(kind + event.cid)
        _before, after = self.queue.apply(event)
        if self.watcher:
            self.watcher.learnt(event, known, after)
        if isinstance(event.what, Opened):
            self._beside[event.cid] = Beside(_commitment(event.what), asyncio.Lock())
        elif not isinstance(event.what, Erased):
            # Without its opening, which could not be read, nobody can write in it, but it can be closed and erased.
            self._beside.setdefault(event.cid, Beside("", asyncio.Lock())).size += _size(event.what)
        self.learnt(after)

    async def meet(self, cid: str) -> None:
        """Learn of a conversation that another relay has let in just now; one that is known is left alone."""
        if self.queue.get(cid) is not None or not await self._log.has_news(cid, 0):
            return
        events: list[Event] = []
        while batch := await self._log.read(events[-1].seq if events else 0, PAGE, cid):
            events += batch
        if self.queue.get(cid) is None:  # still: nobody else may have learnt of it from the middle on
            for event in events:
                self.learn(event)

    def require(self, cid: str) -> Conversation:
        """The conversation. Raises Refused("unknown") or Refused("erased")."""
        conversation = self.queue.get(cid)
        if conversation is None:
            raise Refused("unknown")
        if conversation.state is State.ERASED:
            raise Refused("erased")
        return conversation

    async def settled(self, cid: str) -> Conversation:
        """The conversation, once everything asked for before has been done. Raises Refused."""
        self.require(cid)
        async with self._beside[cid].turn:
            return self.require(cid)

    async def open(self, h: str, box: str, vt: str, desk_keys: frozenset[str]) -> Event:
        """A visitor opens a conversation under a desk key that is valid now; `vt`: her token's hash. Raises Refused."""
        header = codec.header(h, OpenHeader)
        for field, sizes in ((header.cid, {16}), (header.kc, {16}), (box, BOX_SIZES)):
            require_sizes(field, sizes)
        if header.kid not in desk_keys or header.e != 0:
            raise Refused("malformed")
        new = self.queue.get(header.cid) is None
        if new and not self.queue.arrivals.open:
            raise Refused("paused")
        if new and self.queue.waiting_size >= self._limits.unanswered_max:
            raise Refused("busy")
        draft = Draft(header.cid, "open", VISITOR, Opened(h))
        with self._timed():
            event = await self._log.open(draft, Opening(box, vt))
        self.learn(event)
        return event

    async def say(self, cid: str, by: str, role: str, env: Envelope) -> Event:
        """Append a message; its id is "<by>.<n>" of its header. As `submit`."""
        header = codec.header(env.h, MessageHeader)
        draft = Draft(cid, f"{by}.{header.n}", by, Said(env))
        event = await self.submit(draft, role, header)
        assert event is not None
        return event

    async def submit(
        self, draft: Draft, role: str, header: MessageHeader | None = None, still: Still | None = None
    ) -> Event | None:
        """Append an event if the rules allow it; the event, or None when there was nothing left to do.

        `still`: asked of the state that it is appended to, whether it is to be appended. Sent again it answers the
        first event. Raises Refused.
        """
        await self.meet(draft.cid)
        self.require(draft.cid)
        async with self._beside[draft.cid].turn:
            while True:
                conversation = self.require(draft.cid)
                if still is not None and not still(conversation):
                    return None
                told = is_told(conversation, draft.by, draft.what) and _concerns(conversation, draft, role)
                try:
                    if not told:
                        self._check(conversation, draft, role, header)
                except Refused as refusal:
                    if refusal.code not in _OF_ITSELF and await self._has_moved(conversation):
                        continue  # it was judged by what another relay has changed since
                    return await self._again(draft, refusal)
                if told:
                    if await self._has_moved(conversation):
                        continue
                    return await self._stored(draft)
                try:
                    with self._timed():
                        event = await self._log.append(draft, conversation.seq)
                except Conflict:
                    await self._catch_up(conversation)
                    if self.require(draft.cid).seq == conversation.seq:  # to ask again and again would stop everybody
                        raise Refused("storage") from None
                    continue
                self.learn(event)
                return event

    async def submit_for_desk(self, draft: Draft, role: str) -> Event:
        """Append an event of the desk itself; sent again it answers the first event. Raises Refused."""
        if role not in DESK_ROLES:
            raise Refused("not_yours")
        with self._timed():
            event = await self._log.append(draft)
        self.learn(event)
        return event

    async def erase(self, cid: str, by: str, role: str, id_: str) -> Event:
        """Erase a conversation; when it returns no row is left. Again: answers the first event. Raises Refused."""
        await self.meet(cid)
        conversation = self.queue.get(cid)
        if conversation is None:
            raise Refused("unknown")
        if ERASERS.isdisjoint(parts_of(conversation, by, role)):
            raise Refused("not_yours")
        beside = self._beside.get(cid)
        async with beside.turn if beside else nullcontext():
            if self.watcher:
                await self.watcher.settle()
            with self._timed():
                event = await self._log.erase(Draft(cid, id_, by, Erased()))
            self.learn(event)
        return event

    async def _catch_up(self, conversation: Conversation) -> None:
        for event in await self._log.read(conversation.seq, PAGE, conversation.cid):
            self.learn(event)

    async def _has_moved(self, conversation: Conversation) -> bool:
        """Whether another relay has appended something that this one had not heard of."""
        if not await self._log.has_news(conversation.cid, conversation.seq):
            return False
        await self._catch_up(conversation)
        return self.require(conversation.cid).seq > conversation.seq

    async def _again(self, draft: Draft, refusal: Refused) -> Event:
        """What was refused may be an event that is stored already and was sent again: then it is no refusal."""
        first = None if refusal.code in _OF_ITSELF else await self._stored(draft)
        if first is None:
            raise refusal
        return first

    async def _stored(self, draft: Draft) -> Event | None:
        """The event that is stored under the draft's id, if any. Raises Refused("conflict") when it is another one."""
        try:
            return await self._log.append(draft, NEVER)
        except Conflict:
            return None

    def _check(self, conversation: Conversation, draft: Draft, role: str, header: MessageHeader | None) -> None:
        kind = kind_of(draft.what)
        if not has_offer(conversation, draft.what):
            raise Refused("no_offer")
        if not may_append(conversation, kind, parts_of(conversation, draft.by, role)):
            raise _why_not(conversation, kind, draft.by, role)
        if not is_as_seen(conversation, draft.what):
            raise Refused("taken", conversation.holder) if conversation.state is State.HELD else Refused("state")
        if not has_case(conversation, draft.what):
            raise Refused("no_case")
        if code := refusal_of(conversation.export, draft.by, draft.what):
            raise Refused(code)
        if isinstance(draft.what, Said):
            self._check_said(conversation, draft, draft.what.env, header)
        self._check_room(conversation, draft)

    def _check_said(
        self, conversation: Conversation, draft: Draft, env: Envelope | None, header: MessageHeader | None
    ) -> None:
        if env is None or header is None or not 0 <= header.a <= MAX_COUNT:
            raise Refused("malformed")
        direction = VISITOR if draft.by == VISITOR else "d"
        ours = (draft.cid, draft.by, direction, self._beside[draft.cid].kc)
        if (header.cid, header.s, header.d, header.kc) != ours:
            raise Refused("sender")
        require_sizes(env.n, NONCE_SIZES)
        require_sizes(header.p, DIGEST_SIZES)
        require_sizes(env.c, SEALED_SIZES)
        if header.n != conversation.counts.get(draft.by, 0):
            raise Refused("sequence")

    def _check_room(self, conversation: Conversation, draft: Draft) -> None:
        what, limits = draft.what, self._limits
        if draft.by == VISITOR and isinstance(what, Said | Left) and not self._buckets.take(_bucket(draft)):
            raise Refused("rate")
        first = isinstance(what, Said) and conversation.state is State.OPENING
        if first and self.queue.waiting_size >= limits.unanswered_max:
            raise Refused("busy")
        many = isinstance(what, Said) and sum(conversation.counts.values()) >= limits.messages_max
        large = isinstance(what, Said | Noted) and self._beside[draft.cid].size + _size(what) > limits.bytes_max
        if many or large:  # it can be closed nevertheless
            raise Refused("full")


def _commitment(opened: Opened) -> str:
    """What the opening says of its key; "" when it is damaged on the disk."""
    try:
        return codec.header(opened.h, OpenHeader).kc
    except Refused:
        return ""


def _concerns(conversation: Conversation, draft: Draft, role: str) -> bool:
    """Whether who says it could say it at some time, or holds the conversation."""
    parts = parts_of(conversation, draft.by, role)
    return "holder" in parts or not parts.isdisjoint(EVER[kind_of(draft.what)])


_BUCKETS = ("said ", "presence ")


def _bucket(draft: Draft) -> str:
    """Coming and going is counted apart: she can say goodbye after a burst of words."""
    return _BUCKETS[not isinstance(draft.what, Said)] + draft.cid


def _size(what: What) -> int:
    """Bytes of what is sealed in an event."""
    match what:
        case Said(env=Envelope(c=sealed)) | Noted(note=Note(box=sealed)) | Closed(note=Note(box=sealed)):
            return len(sealed) * 3 // 4
    return 0


def _why_not(conversation: Conversation, kind: str, by: str, role: str) -> Refused:
    parts = parts_of(conversation, by, role)
    if parts.isdisjoint(EVER[kind]):  # in no state ever
        return Refused("not_yours")
    if conversation.state is State.HELD and by not in (conversation.holder, VISITOR):
        return Refused("taken", conversation.holder) if kind == "claimed" else Refused("not_yours")
    return Refused("not_yours" if kind in ("said", "noted") and by != VISITOR else "state")
