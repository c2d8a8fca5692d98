"""Patrol requests on the officer's side: asked for, counted down, taken back, sent; and how each of them stands.

A request is in the outbox, sealed, before the key press is over. While its countdown runs it is not sent, and a console
that is stopped meanwhile finds it there and does not send it. One that was kept for too long is not sent either until
the officer has said that it is still meant.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, Protocol

import msgspec

from officer_console.model.conversation import Conversation, State
from officer_console.model.events import (
    CallbackRequested,
    CallbackTold,
    Event,
    PatrolCancelled,
    PatrolRequested,
    PatrolStatus,
)
from officer_console.model.patrol import COMING, Case, PatrolRequest, PatrolState, dump_request, load_request, open_case
from officer_console.model.rules import may_read_patrol
from officer_console.model.transcript import Line
from officer_console.protocol.commands import CancelPatrol, RequestPatrol
from officer_console.protocol.refusals import Refused
from officer_console.vault.errors import VaultError

from .api import Notice, Patrol
from .orders import Orders
from .outbox import Unsent
from .patrol_files import PatrolFile, RoomTold, asked_last, shown_request
from .patrol_seal import Act, Command, seal_patrol
from .record import Record
from .surroundings import Surroundings

OLD_MS: Final = 120_000
"""Milliseconds after which a request that is still kept here is not sent without asking again."""
LOUD: Final = frozenset({"trouble", "failed", "refused", "question"})
"""What the room tells that every lead must hear of."""


class Say(Protocol):
    """Writes to the visitor that help of a case is coming. Raises as `Talk.say`."""

    def __call__(self, cid: str, text: str, case: str) -> None: ...


class Patrols:
    """See the module, and `client.api.PatrolRequests`, which documents what the screens use. `lines(cid)`
    gives the transcript."""

    def __init__(self, around: Surroundings, orders: Orders, lines: Callable[[str], Sequence[Line]], say: Say) -> None:
        self._around = around
        self._orders = orders
        self._lines = lines
        self._say = say
        self._queue = around.queue
        self._outbox = around.outbox
        self._drafts = around.drafts
        self._announcer = around.announcer
        self._clock = around.clock
        self._skew = around.skew
        self._role = around.chain.role
        self._files: dict[str, PatrolFile] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._told_old: set[int] = set()

    # ---- events ----

    def happened(self, event: Event) -> None:
        """An honest patrol event, whether it is new or tells more of one that is here."""
        self.file(event.cid).add(event)

    def forget(self, cid: str) -> None:
        """Nothing of an erased conversation stays here."""
        self._files.pop(cid, None)
        self._drafts.keep(draft_of(cid), "")

    def file(self, cid: str) -> PatrolFile:
        if cid not in self._files:
            self._files[cid] = PatrolFile(self._around.chain)
        return self._files[cid]

    def notice(self, event: Event, after: Conversation) -> Notice | None:
        """What an officer must be told of a patrol event of somebody else, if anything."""
        if event.by == self._queue.me or not self._concerns(after):
            return None
        if not isinstance(event.what, PatrolStatus):
            return Notice("patrol_asked", event.cid, event.by, code=event.kind)
        told = self.file(event.cid).read(event)
        if not isinstance(told, RoomTold) or (told.state not in LOUD and not self._answers_for(after)):
            return None
        return Notice("patrol_told", event.cid, code=told.state, text=told.words or told.unit)

    def _answers_for(self, conversation: Conversation) -> bool:
        me = self._queue.me
        return conversation.holder == me or any(me in case.askers for case in conversation.cases)

    def _concerns(self, conversation: Conversation) -> bool:
        return self._role == "lead" or self._answers_for(conversation)

    # ---- how they stand ----

    def of(self, cid: str) -> Patrol | None:
        conversation = self._queue.get(cid)
        cases = conversation.cases if conversation else ()
        kept = [entry for entry in self._outbox.of(cid) if entry.is_patrol]
        joins = open_case(cases)
        if cases and (joins or not any(isinstance(entry.do, RequestPatrol) for entry in kept)):
            return self._stored(cid, cases[-1], kept)
        return self._kept(kept) if kept else None

    def all_open(self) -> list[tuple[str, Patrol]]:
        found = [(cid, patrol) for cid in self._with_patrols() if (patrol := self.of(cid)) and not patrol.over]
        return sorted(found, key=lambda each: (not each[1].unacked_since, each[1].unacked_since or each[1].state_at))

    def _with_patrols(self) -> Iterator[str]:
        kept = {entry.cid for _number, entry in self._outbox if entry.is_patrol}
        yield from kept
        for cid in self._files.keys() - kept:
            conversation = self._queue.get(cid)
            if conversation and conversation.patrol and may_read_patrol(conversation, self._queue.me, self._role):
                yield cid

    def _kept(self, kept: list[Unsent]) -> Patrol:
        last, since = kept[-1], kept[0].at + self._skew()
        return Patrol(
            PatrolState.KEPT, since, self._queue.me, _request(kept), since,
            due=last.due and last.due + self._skew(), old=any(map(self._old, kept)), unsent=True,
        )  # fmt: skip

    def _stored(self, cid: str, case: Case, kept: list[Unsent]) -> Patrol:
        file = self.file(cid)
        requests, told = file.requests(case), file.told(case)
        waiting = [case.unacked_since, *(entry.at + self._skew() for entry in kept)]
        newest = [each.id for each in case.asked][-1]
        last = told[-1] if told else None
        return Patrol(
            case.state,
            case.state_at,
            case.asked[0].by,
            _request(kept) or (requests[-1][1] if requests else None),
            min(filter(None, waiting), default=0),
            due=max((entry.due + self._skew() for entry in kept if entry.due), default=0),
            old=any(map(self._old, kept)),
            unsent=bool(kept),
            cancelled=case.cancelled or any(isinstance(entry.do, CancelPatrol) for entry in kept),
            failed=newest in case.failed,
            unit=next((each.unit for each in reversed(told) if each.unit), ""),
            words=last.words if last and last.state != "question" else "",
            code=last.code if last else "",
            question=asked_last(told, requests[-1][0] if requests else 0),
        )

    # ---- help that is coming ----

    def settled(self, cid: str) -> None:
        """Tell the visitor that help is coming, once the room has accepted: the console of who holds the conversation
        does it, when it knows all that was said."""
        conversation, record = self._queue.get(cid), self._around.record(cid)
        if conversation is None or not conversation.cases or record is None or not record.complete:
            return
        mine = conversation.state is State.HELD and conversation.holder == self._queue.me
        if mine and (owed := self._help_owed(conversation, record)):
            with contextlib.suppress(Refused, OSError, ValueError):  # it is owed still, at the next event
                self._say(cid, owed[1], owed[0])

    def _help_owed(self, conversation: Conversation, record: Record) -> tuple[str, str] | None:
        """The case and the words that she must be told now, if any."""
        cid, case = conversation.cid, conversation.patrol
        if case is None or case.state not in COMING or case.cancelled or case.id in record.helped:
            return None
        if any(entry.case == case.id for entry in self._outbox.of(cid)):
            return None
        requests = self.file(cid).requests(case)
        words = requests[-1][1].words.strip() if requests else ""
        return (case.id, words) if words else None

    # ---- the panel's draft ----

    def draft(self, cid: str) -> PatrolRequest:
        """The place that is known is in it, also when it was begun without one."""
        from officer_console.model.known import known, prefilled  # 25 ms that no console should wait for at its start

        begun = self._begun(cid)
        if begun is not None and begun.has_place:
            return begun
        conversation = self._queue.get(cid)
        english = conversation is not None and conversation.language == "en"
        postcode = conversation.postcode if conversation else ""
        language: Literal["fr", "en"] = "en" if english else "fr"
        found = prefilled(known(self._lines(cid), postcode, language), language=language)
        if begun is None:
            return found
        where = {name: getattr(begun, name) or getattr(found, name) for name in ("place", "point", "floor", "code")}
        return msgspec.structs.replace(begun, **where)

    def _begun(self, cid: str) -> PatrolRequest | None:
        """What was begun in the panel, else the newest request of the open case; None for neither."""
        try:
            return shown_request(load_request(self._drafts.get(draft_of(cid))))
        except msgspec.DecodeError:
            patrol = self.of(cid)
            return patrol.request if patrol and not patrol.over and not patrol.cancelled else None

    def keep_draft(self, cid: str, request: PatrolRequest) -> None:
        self._drafts.keep(draft_of(cid), dump_request(request))

    # ---- what the officer does ----

    def request(self, cid: str, request: PatrolRequest, grace_ms: int) -> None:
        self._orders.require(cid, "patrol_requested")
        if not request.has_place:
            raise ValueError("place")
        if self._counting(cid):
            raise Refused("state")
        self._submit(cid, "request", dump_request(shown_request(request)), grace_ms)

    def cancel(self, cid: str, reason: str) -> None:
        self._orders.require(cid, "patrol_cancelled")
        conversation = self._queue.get(cid)
        if not reason.strip():
            raise ValueError("empty")
        if conversation is None or open_case(conversation.cases) is None:
            raise Refused("no_case")
        self._submit(cid, "cancel", reason.strip(), 0)

    def take_back(self, cid: str) -> bool:
        number = self._counting(cid)
        if number:
            self._timers.pop(number).cancel()
            self._into_draft(number)
        return bool(number)

    def again(self, cid: str, wanted: bool) -> None:
        for number, entry in list(self._outbox):
            if entry.cid != cid or not self._old(entry):
                continue
            self._told_old.discard(number)
            if wanted:
                self._outbox.replace(number, msgspec.structs.replace(entry, at=self._clock()))
            else:
                self._into_draft(number)
        self._orders.kept(cid)

    def _sealed(self, cid: str, act: Act, text: str) -> Command:
        try:
            return seal_patrol(self._around.chain, cid, self._orders.new_id(), act, text, self._around.now())
        except VaultError:
            raise Refused("desk_key") from None

    def _submit(self, cid: str, act: Act, text: str, grace_ms: int) -> None:
        now = self._clock()
        entry = Unsent(self._sealed(cid, act, text), text, now, now + grace_ms if grace_ms else 0)
        key = draft_of(cid)
        if act == "request":
            with self._drafts.replacing(key, ""):
                number = self._outbox.add(entry, draft=(key, ""))
        else:
            number = self._outbox.add(entry)
        if entry.due:
            loop = asyncio.get_running_loop()
            self._timers[number] = loop.call_later(grace_ms / 1000, self._let_go, number)
        self._orders.kept(cid)

    def _let_go(self, number: int) -> None:
        """The countdown is over."""
        self._timers.pop(number, None)
        if entry := self._outbox.get(number):
            self._outbox.replace(number, msgspec.structs.replace(entry, due=0))
            self._orders.kept(entry.cid)

    def _into_draft(self, number: int) -> None:
        """What is not sent stands in the panel's draft again."""
        entry = self._outbox.get(number)
        if entry is None:
            return
        draft = (draft_of(entry.cid), entry.text) if isinstance(entry.do, RequestPatrol) else None
        self._outbox.remove(number, draft=draft)
        if draft:
            self._drafts.keep(*draft)
        self._orders.kept(entry.cid)

    def _counting(self, cid: str) -> int:
        """The entry of this conversation whose countdown runs; 0 for none."""
        return next((n for n in self._timers if (entry := self._outbox.get(n)) and entry.cid == cid), 0)

    # ---- what must not be sent ----

    def held(self, entry: Unsent) -> bool:
        """Whether an entry must not be sent yet."""
        return entry.is_patrol and (bool(entry.due) or self._old(entry))

    def _old(self, entry: Unsent) -> bool:
        return entry.is_patrol and not entry.due and self._clock() - entry.at > OLD_MS

    def linked(self, linked: bool) -> None:
        """There is a link: what was kept for too long needs the officer's word."""
        for number, entry in self._outbox:
            if linked and self._old(entry) and number not in self._told_old:
                self._told_old.add(number)
                self._announcer.notice(Notice("patrol_old", entry.cid))

    def begin(self) -> None:
        """The console starts: whatever was in its countdown when the one before was stopped is not sent."""
        for number, entry in list(self._outbox):
            if entry.due and number not in self._timers:
                self._into_draft(number)
                self._announcer.notice(Notice("patrol_unsent", entry.cid))

    def close(self) -> None:
        """The console ends: what is in its countdown is not sent, and is found at the next start."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()


def draft_of(cid: str) -> str:
    """Under which name the panel's draft is kept beside the composer's."""
    return f"patrol {cid}"


def _request(kept: list[Unsent]) -> PatrolRequest | None:
    asked = [entry for entry in kept if isinstance(entry.do, RequestPatrol)]
    return shown_request(load_request(asked[-1].text)) if asked else None


PATROL: Final = (PatrolRequested, PatrolCancelled, PatrolStatus)
"""The kinds of events that are about patrols."""
SIGNED: Final = (*PATROL, CallbackRequested, CallbackTold)
"""The kinds of events that their authors sign in the open."""
