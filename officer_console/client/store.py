"""What this console knows of the desk: the queue, and a record of each conversation.

Folding an event is cheap and done at once; opening what is sealed is done afterwards, in slices that leave the event
loop free. A conversation that may not be read any more loses its words here at that moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Final, Protocol

import msgspec

from officer_console.model.bodies import About, Body, Outcome, Place, Text
from officer_console.model.conversation import Conversation, State, first_words_of, start
from officer_console.model.events import Erased, Event, Noted
from officer_console.model.queue import Queue, rank
from officer_console.model.rules import may_read, may_read_offer

from .announcer import Announcer
from .histories import Histories
from .keychain import Keychain
from .outbox import Unsent
from .patrol_seal import is_honest
from .patrols import PATROL, SIGNED
from .record import Record

SLICE_S: Final = 0.004
"""Seconds of one turn of opening; as long again the loop has for everything else."""


class Watcher(Protocol):
    """What follows the patrol requests."""

    def happened(self, event: Event, /) -> None:
        """An honest patrol event, new, or with more words than before."""
        ...

    def settled(self, cid: str, /) -> None:
        """Nothing is left to do for a conversation now."""
        ...


class Store:
    """See the module. `queue` is folded here and nowhere else."""

    def __init__(
        self, chain: Keychain, queue: Queue, announcer: Announcer, histories: Histories,
        unsent: Callable[[str], Iterable[Unsent]], watcher: Watcher,
    ) -> None:  # fmt: skip
        self.role = chain.role
        self.queue = queue
        self._me = chain.kid
        self._chain = chain
        self._announcer = announcer
        self._histories = histories
        self._unsent = unsent
        self._watcher = watcher
        self._records: dict[str, Record] = {}
        self._behind: dict[str, None] = {}  # conversations to look at, the oldest wish first
        self._catching_up = True
        self.whole = False
        """Whether all that there was when this console began has come; what is missing later is newer than all here."""
        self._reads_waiting = False
        self._timer: asyncio.TimerHandle | None = None
        self.read_through: Callable[[str], None] = lambda cid: None
        """Called when everything has been read of a conversation that is here."""

    # ---- events ----

    def happened_to_desk(self, event: Event) -> None:
        """Fold an event that is about the desk itself."""
        self.queue.apply_to_desk(event)
        self._announcer.link()

    def happened(self, event: Event) -> tuple[Conversation | None, Conversation]:
        """Fold an event in; gives the conversation before and after."""
        before, after = self.queue.apply(self._trusted(event))
        if isinstance(event.what, Erased):
            after = self._erase(event)
        else:
            self.record(event.cid).add(event)
            after = self._settled(after)
            self._look_at(event.cid)
        self._announcer.conversation(event.cid, order=self._moved(before, after))
        return before, after

    def _trusted(self, event: Event) -> Event:
        """The event that is folded: a patrol event that its author did not sign says nothing."""
        if not isinstance(event.what, SIGNED):
            return event
        if not is_honest(self._chain, event):
            return msgspec.structs.replace(event, what=Noted())
        if isinstance(event.what, PATROL):
            self._watcher.happened(event)
        return event

    def begin(self) -> None:
        """Older events follow: what they mean is seen when all are here."""
        self._catching_up = True

    def caught_up(self, *, whole: bool = True) -> None:
        """All is here; not `whole`: all that there is for now, for the link was lost before."""
        self._catching_up = False
        self.whole |= whole
        self._schedule()

    def history(self, cid: str, events: Iterable[Event]) -> None:
        """The relay's answer with the words of a conversation."""
        events = list(events)
        for event in events:
            if isinstance(event.what, PATROL) and event.cid == cid and is_honest(self._chain, event):
                self._watcher.happened(event)
        conversation = self.queue.get(cid)
        readable = conversation is not None and may_read(conversation, self._me, self.role)
        if conversation is not None and readable and self.record(cid).merge(events):
            self._with(conversation, first_words="")  # earlier ones may have come to light
        self._look_at(cid)
        self._announcer.conversation(cid)

    def _settled(self, conversation: Conversation) -> Conversation:
        if conversation.outcome and conversation.state is not State.CLOSED:
            conversation = self._with(conversation, outcome="")
        if self._catching_up or may_read(conversation, self._me, self.role):
            return conversation
        return self._hide(conversation)

    # ---- what is known ----

    def record(self, cid: str) -> Record:
        """The record of a conversation, made when there is none."""
        record = self._records.get(cid)
        if record is None:
            record = self._records[cid] = Record(self._chain, cid, self._unsent)
        return record

    def known(self, cid: str) -> Record | None:
        return self._records.get(cid)

    def loading(self, cid: str) -> bool:
        """Whether lines of a conversation that is shown are still to come."""
        record = self._records.get(cid)
        return record is not None and (self._histories.loading(cid) or (record.behind and self._wanted_whole(record)))

    def show(self, cid: str) -> None:
        """A conversation is on screen: all its lines are wanted, before all others."""
        conversation = self.queue.get(cid)
        if conversation is None or conversation.state is State.ERASED:
            return
        record = self.record(cid)
        if not record.shown:
            record.shown = True
            record.mark = max(record.mark, conversation.last_desk_seq)
        self._behind = {cid: None} | self._behind
        self._schedule()

    def read_waiting(self) -> None:
        """All lines of all who wait are wanted from now on."""
        self._reads_waiting = True
        for conversation in self.queue.waiting():
            self._look_at(conversation.cid)

    def open_now(self, cid: str) -> Record:
        """The record with every event opened that is here."""
        record = self.record(cid)
        conversation = self.queue.get(cid)
        while conversation is not None and record.behind:
            self._learn(cid, record.step())
        return record

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # ---- opening, in slices ----

    def _look_at(self, cid: str) -> None:
        self._behind[cid] = None
        self._schedule()

    def _schedule(self) -> None:
        if self._timer is None and self._behind and not self._catching_up:
            self._timer = asyncio.get_running_loop().call_later(0, self._work)

    def _work(self) -> None:
        self._timer = None
        end = perf_counter() + SLICE_S
        while self._behind and perf_counter() < end:
            cid = next(iter(self._behind))
            if self._attend(cid):
                del self._behind[cid]
                self._watcher.settled(cid)
                self.read_through(cid)
        if self._behind and not self._catching_up:
            self._timer = asyncio.get_running_loop().call_later(SLICE_S, self._work)

    def _attend(self, cid: str) -> bool:
        """Do a little for a conversation; gives whether nothing is left to do for it now."""
        conversation, record = self.queue.get(cid), self._records.get(cid)
        if conversation is None or record is None or conversation.state is State.ERASED:
            return True
        if not may_read(conversation, self._me, self.role):
            return self._advance(record, self._hide(conversation)) if record.shown else self._hidden(conversation)
        if conversation.state is State.CLOSED and not conversation.outcome:
            self._learn(cid, record.outcome())
        if not record.complete and (self._wanted_whole(record) or not conversation.first_words):
            self._histories.want(cid, urgent=record.shown)
        return self._advance(record, conversation)

    def _advance(self, record: Record, conversation: Conversation) -> bool:
        if not record.behind or not (self._wanted_whole(record) or not conversation.first_words):
            return True
        self._learn(record.cid, record.step())
        self._announcer.conversation(record.cid)
        return not record.behind

    def _wanted_whole(self, record: Record) -> bool:
        conversation = self.queue.get(record.cid)
        if conversation is None or record.shown:
            return record.shown
        if conversation.state is State.WAITING:
            return self._reads_waiting
        return conversation.holder == self._me and conversation.state is State.HELD

    def _learn(self, cid: str, body: Body | None) -> None:
        conversation = self.queue.get(cid)
        if conversation is None or body is None:
            return
        match body:
            case About(lang=lang, postcode=postcode):
                known = {"language": lang, "postcode": postcode or conversation.postcode}
            case Text() | Place() if words := first_words_of(conversation, body):
                known = {"first_words": words}
            case Outcome(b=outcome) if conversation.state is State.CLOSED:
                known = {"outcome": outcome}
            case _:
                return
        self._with(conversation, **known)

    def _with(self, conversation: Conversation, **known: str) -> Conversation:
        changed = msgspec.structs.replace(conversation, **known)
        self.queue.replace(changed)
        self._announcer.conversation(changed.cid)
        return changed

    # ---- closing again ----

    def _hide(self, conversation: Conversation) -> Conversation:
        """Drop the words of a conversation that is not ours to read."""
        record = self.record(conversation.cid)
        self._histories.forget(conversation.cid)
        if record.has_words:
            offer = conversation.offer if may_read_offer(conversation, self._me, self.role) else None
            record.wipe(keep=offer.id if offer else "")
        if any((conversation.language, conversation.postcode, conversation.first_words, conversation.outcome)):
            return self._with(conversation, language="", postcode="", first_words="", outcome="")
        return conversation

    def _hidden(self, conversation: Conversation) -> bool:
        self._hide(conversation)
        return True

    def _erase(self, event: Event) -> Conversation:
        """Keep of an erased conversation what a console that starts now learns of it: that it is erased."""
        self._records.pop(event.cid, None)
        self._behind.pop(event.cid, None)
        self._histories.forget(event.cid)
        self.queue.replace(erased := start(event))
        return erased

    def _moved(self, before: Conversation | None, after: Conversation) -> bool:
        if before is None or before.state is not after.state:
            return True
        timers = self.queue.timers
        return rank(before, self._me, timers) != rank(after, self._me, timers)
