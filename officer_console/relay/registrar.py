"""The one door to the log: folds every conversation, and lets in what the rules allow.

Per conversation one at a time, so that the state a rule is checked against is the state the event is appended to;
the log's expected sequence number keeps that true when another relay appends too.
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

import msgspec

from officer_console.config import Limits
from officer_console.model.conversation import Conversation, State
from officer_console.model.envelope import SEALED_SIZES, VISITOR, Envelope, MessageHeader, OpenHeader
from officer_console.model.events import Draft, Erased, Event, Opened, Said, kind_of
from officer_console.model.queue import Queue
from officer_console.model.rules import may_append, part_of
from officer_console.protocol import codec
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.errors import Malformed

from .limits import Buckets
from .log.interface import Conflict, Log, Opening

PAGE = 1000


class Weight(msgspec.Struct):
    """What the fold does not keep: the commitment to the conversation's key, and how many bytes it has stored."""

    kc: str
    size: int = 0


class Registrar:
    """State of all conversations, and the way events get into the log. Cost of one event: O(log n), no I/O but the
    append itself."""

    def __init__(self, log: Log, limits: Limits, buckets: Buckets) -> None:
        self.queue = Queue()
        self._log = log
        self._limits = limits
        self._buckets = buckets
        self._weights: dict[str, Weight] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def load(self) -> None:
        """Fold the whole log. Everything the relay knows is rebuilt from it."""
        while batch := await self._log.read(self.queue.seq, PAGE):
            for event in batch:
                self.learn(event)

    def learn(self, event: Event) -> None:
        """Fold one event; one that was folded before changes nothing."""
        known = self.queue.get(event.cid)
        if known and event.seq <= known.seq:
            return
        self.queue.apply(event)
        match event.what:
            case Opened(h=h):
                self._weights[event.cid] = Weight(codec.header(h, OpenHeader).kc)
            case Said(env=Envelope() as env):
                self._weights[event.cid].size += len(env.c)
            case Erased():
                self._weights.pop(event.cid, None)

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
        async with self._lock(cid):
            return self.require(cid)

    async def open(self, h: str, box: str, vt: str, desk_keys: frozenset[str]) -> Event:
        """A visitor opens a conversation under one of the desk keys that are valid now. Raises Refused."""
        header = codec.header(h, OpenHeader)
        for field, size in ((header.cid, 16), (header.kc, 16), (box, 113), (vt, 32)):
            _canonical(field, size)
        if header.kid not in desk_keys or header.e != 0:
            raise Refused("malformed")
        if self.queue.get(header.cid) is None and self.queue.waiting_size >= self._limits.unanswered_max:
            raise Refused("busy")
        draft = Draft(header.cid, "open", VISITOR, Opened(h))
        async with self._lock(header.cid):
            event = await self._log.open(draft, Opening(box, vt))
            self.learn(event)
        return event

    async def submit(self, draft: Draft, role: str) -> Event | None:
        """Append an event if the rules allow it; the event, or None when there was nothing left to do.

        Sent again it answers the first event. Raises Refused.
        """
        async with self._lock(draft.cid):
            while True:
                conversation = self.require(draft.cid)
                if conversation.holder == draft.by and _is(draft, "claimed") and conversation.state is State.HELD:
                    return None
                try:
                    self._check(conversation, draft, role)
                except Refused as refusal:
                    return await self._again(draft, refusal)
                try:
                    event = await self._log.append(draft, conversation.seq)
                except Conflict:
                    await self._catch_up(conversation)
                else:
                    self.learn(event)
                    return event

    async def erase(self, cid: str, by: str, role: str, id_: str) -> Event:
        """Erase a conversation; when it returns no row is left. Again: answers the first event. Raises Refused."""
        async with self._lock(cid):
            conversation = self.queue.get(cid)
            if conversation is None:
                raise Refused("unknown")
            gone = conversation.state is State.ERASED
            if not gone and not may_append(conversation, "erased", part_of(conversation, by, role)):
                raise Refused("not_yours")
            event = await self._log.erase(Draft(cid, id_, by, Erased()))
            self.learn(event)
            return event

    def _lock(self, cid: str) -> asyncio.Lock:
        lock = self._locks.get(cid)
        if lock is None:
            lock = self._locks[cid] = asyncio.Lock()
        return lock

    async def _catch_up(self, conversation: Conversation) -> None:
        for event in await self._log.read(conversation.seq, PAGE, conversation.cid):
            self.learn(event)

    async def _again(self, draft: Draft, refusal: Refused) -> Event:
        """What was refused may be an event that is stored already and was sent again: then it is no refusal."""
        if refusal.code in ("rate", "full", "malformed", "sender"):
            raise refusal
        after = 0
        while batch := await self._log.read(after, PAGE, draft.cid):
            for event in batch:
                if event.id == draft.id:
                    if (event.by, event.what) != (draft.by, draft.what):
                        raise Refused("conflict")
                    return event
            after = batch[-1].seq
        raise refusal

    def _check(self, conversation: Conversation, draft: Draft, role: str) -> None:
        part = part_of(conversation, draft.by, role)
        kind = kind_of(draft.what)
        if not may_append(conversation, kind, part):
            raise _why_not(conversation, kind, draft.by)
        if isinstance(draft.what, Said):
            self._check_said(conversation, draft, draft.what)

    def _check_said(self, conversation: Conversation, draft: Draft, said: Said) -> None:
        if said.env is None:
            raise Refused("malformed")
        header = codec.header(said.env.h, MessageHeader)
        weight = self._weights[draft.cid]
        direction = VISITOR if draft.by == VISITOR else "d"
        if (header.cid, header.s, header.d, header.kc) != (draft.cid, draft.by, direction, weight.kc):
            raise Refused("sender")
        _canonical(said.env.n, 12)
        _canonical(header.p, 16)
        if _canonical(said.env.c) not in SEALED_SIZES:
            raise Refused("malformed")
        if header.n != conversation.counts.get(draft.by, 0):
            raise Refused("sequence")
        self._check_room(conversation, draft, weight, said.env)

    def _check_room(self, conversation: Conversation, draft: Draft, weight: Weight, env: Envelope) -> None:
        count = sum(conversation.counts.values())
        if count >= self._limits.messages_max or weight.size + len(env.c) > self._limits.bytes_max:
            raise Refused("full")
        if draft.by == VISITOR and not self._buckets.take(draft.cid):
            raise Refused("rate")


def _is(draft: Draft, kind: str) -> bool:
    return kind_of(draft.what) == kind


def _canonical(text: str, size: int | None = None) -> int:
    """Length in bytes of canonical base64url. Raises Refused("malformed")."""
    try:
        data = unb64(text, size)
    except Malformed:
        raise Refused("malformed") from None
    if b64(data) != text:
        raise Refused("malformed")
    return len(data)


def _why_not(conversation: Conversation, kind: str, by: str) -> Refused:
    if conversation.state is State.HELD and by not in (conversation.holder, VISITOR):
        return Refused("taken", conversation.holder) if kind == "claimed" else Refused("not_yours")
    return Refused("not_yours" if kind in ("said", "noted") and by != VISITOR else "state")
