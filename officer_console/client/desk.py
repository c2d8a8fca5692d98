"""The desk as one officer's console has it: `client.api.Desk` over a relay.

It joins the parts: the link brings events to the store, the officer's commands go through the outbox to the link, and
the announcer tells the screens what changed.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from officer_console.model.bodies import Presence
from officer_console.model.conversation import State, Visitor
from officer_console.model.events import Erased, Event
from officer_console.model.queue import Queue
from officer_console.model.rules import may_append, parts_of
from officer_console.model.text import one_line
from officer_console.model.transcript import Line
from officer_console.protocol.commands import Claim, Close, EraseConversation, History, Release, Remark, Say
from officer_console.protocol.desk_session import Answered, Tell
from officer_console.protocol.frames import DeskLive, Figures, Happened, Here, Joining, Past, Pulse, Welcome
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64
from officer_console.vault.errors import Malformed, VaultError
from officer_console.vault.local import LocalSeal

from .announcer import Announcer
from .answers import Answers
from .api import Change, LinkPhase, LinkState, Notice, Peer
from .channel import seal_outcome, seal_remark
from .disk import Disk
from .drafts import Drafts
from .figures import Asking, FiguresDesk, counts_of_close
from .histories import Histories
from .keychain import Keychain
from .link import Link
from .notices import Notices
from .outbox import Order, Outbox, Unsent
from .patrol_desk import PatrolDesk
from .patrols import PATROL, Patrols, Surroundings
from .presences import Presences
from .record import Record
from .referring import Around, ReferralDesk, Referring
from .sender import Sender
from .shift_lead import LeadDesk, ShiftLead
from .store import Store
from .tallies import Tallies

MAX_TEXT: Final = 16_000
"""Bytes of the longest message."""
NAME_LENGTH: Final = 60
_LINKED: Final = frozenset({LinkPhase.CATCHING_UP, LinkPhase.ONLINE})


class _Part(Protocol):
    """What must know whether there is a link with nothing missing."""

    def linked(self, linked: bool, /) -> None: ...


class OfficerDesk(PatrolDesk, ReferralDesk, LeadDesk, FiguresDesk):
    """See `client.api.Desk`, which documents every method. `folder` keeps what is unsent; `remember` is called when
    the list of officers has grown; `clock` in ms, `random_bytes(n)`."""

    def __init__(
        self, url: str, chain: Keychain, folder: Path, remember: Callable[[Keychain], None],
        clock: Callable[[], int], random_bytes: Callable[[int], bytes],
    ) -> None:  # fmt: skip
        self.me = chain.kid
        self._chain = chain
        self._clock = clock
        self._random = random_bytes
        self._remember = remember
        self._known = chain.heads.size
        self._announcer = Announcer()
        self._disk = Disk(folder, LocalSeal(chain.identity))
        self._outbox = Outbox(self._disk)
        self._drafts = Drafts(self._disk, self._announcer.link)
        self._link = Link(url, chain, lambda: self.queue.seq, self._told, self._link_changed, clock)
        self._histories = Histories(self._ask)
        queue = Queue(chain.kid)
        self._patrols = Patrols(
            Surroundings(
                chain, queue, self._outbox, self._drafts, self._announcer, clock, self._require, self._id,
                lines=self.lines, pump=self._pump, skew=self._skew, say=self._say, record=self._record,
            )
        )  # fmt: skip
        self._referring = Referring(
            Around(chain, self._outbox, self.now, self._require, self._id, self._submit, self._record)
        )
        self._store = Store(chain, queue, self._announcer, self._histories, self._outbox.of, self._patrols)
        self._presences = Presences(self._send_live, self._announcer.conversation, clock, random.randint)
        self._answers = Answers(
            self._outbox, self._drafts, self._disk, self._store.known, self._announcer, self.take_next
        )
        self._sender = Sender(
            self._outbox, self._link, self._answers.done, self._answers.refused, self._patrols.held, clock
        )
        self._notices = Notices(self.queue, self._announcer.notice)
        self._lead = ShiftLead(chain, url, self._link.command, self._announcer.notice, self._announcer.newcomers, clock)
        self._tallies = Tallies(self._drafts, self._link.command, clock, self._id, random.randint)
        self._asking = Asking(self._link.command)
        self._parts: list[_Part] = [self._tallies, self._asking]
        self._parts += [self._histories, self._presences, self._sender, self._notices, self._patrols]
        self._parts += [self._lead] if self.role == "lead" else []
        self._linked = False

    # ---- what there is ----

    @property
    def role(self) -> str:
        return self._store.role

    @property
    def queue(self) -> Queue:
        return self._store.queue

    @property
    def link(self) -> LinkState:
        desk = one_line(self._chain.directory.desk, NAME_LENGTH)
        unsent, disk = len(self._outbox), self._drafts.problem
        return msgspec.structs.replace(self._link.state, unsent=unsent, desk_name=desk, disk=disk)

    @property
    def key_ends(self) -> int:
        try:
            return self._chain.directory.desk_key(self.now() // 1000).exp * 1000
        except VaultError:
            return 0

    def now(self) -> int:
        return self._clock() + self._link.state.skew

    def name(self, kid: str) -> str:
        if member := self._chain.member(kid):
            return one_line(member.name, NAME_LENGTH)
        return next((each.name for each in self.newcomers if each.kid == kid), kid)

    def lines(self, cid: str) -> Sequence[Line]:
        record = self._store.known(cid)
        return record.transcript.lines if record else ()

    def loading(self, cid: str) -> bool:
        return self._store.loading(cid)

    def peer(self, cid: str) -> Peer:
        return self._presences.peer(cid)

    def unread(self, cid: str) -> int:
        record = self._store.known(cid)
        return record.unread if record else 0

    def first_unread(self, cid: str) -> int | None:
        record = self._store.known(cid)
        return record.transcript.first_unread(record.mark) if record else None

    def mark_read(self, cid: str) -> None:
        record = self._store.known(cid)
        if record and record.mark_read():
            self._presences.show(cid, read=record.seen)
            self._announcer.conversation(cid)

    def draft(self, cid: str) -> str:
        return self._drafts.get(cid)

    def save_draft(self, cid: str, text: str) -> None:
        self._drafts.keep(cid, text)

    def open(self, cid: str) -> None:
        self._store.show(cid)

    def subscribe(self, told: Callable[[Change], None]) -> Callable[[], None]:
        return self._announcer.subscribe(told)

    # ---- commands ----

    def say(self, cid: str, text: str) -> None:
        self._say(cid, text)

    def _say(self, cid: str, text: str, case: str = "") -> None:
        """Write; with `case`, that help of this patrol case is coming."""
        _require_text(text)
        self._require(cid, "said")
        record = self._store.open_now(cid)
        if record.channel is None or not record.complete:
            raise Refused("state")
        taken = max(self._outbox.highest(cid), record.taken)
        event_id, envelope = record.channel.seal(text, self.now(), taken, case)
        entry = Unsent(Say(cid, envelope), text, self._clock(), case=case)
        draft = self._drafts.get(cid) if case else ""  # what is said by itself leaves the officer's draft alone
        with self._drafts.replacing(cid, draft):
            self._outbox.add(entry, draft=(cid, draft))
        record.taken = int(event_id.rpartition(".")[2])
        record.pend(entry)
        self._presences.show(cid, typing=False)
        self._submitted(cid)

    def typing(self, cid: str, typing: bool) -> None:
        self._presences.show(cid, typing=typing)

    def claim(self, cid: str) -> None:
        conversation = self.queue.get(cid)
        if conversation and conversation.state is State.HELD and conversation.holder != self.me:
            self._announcer.notice(Notice("taken", cid, conversation.holder))
        elif not self._outbox.has(cid, Claim):
            self._submit(Claim(cid, self._id()))

    def take_next(self) -> str | None:
        for conversation in self.queue.waiting():
            if not self._outbox.has(conversation.cid, Claim):
                self._answers.taking.add(conversation.cid)
                self.claim(conversation.cid)
                return conversation.cid
        return None

    def release(self, cid: str) -> None:
        self._require(cid, "released")
        self._submit(Release(cid, self._id()))

    def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None:
        self._require(cid, "closed")
        id_ = self._id()
        note = self._sealed(lambda: seal_outcome(self._chain, cid, id_, outcome, remark, self.now()))
        conversation, signals = self.queue.get(cid), [each.signal for each in self.signals(cid)]
        if conversation:
            self._tallies.add(counts_of_close(conversation, outcome, signals), of=id_)
        self._submit(Close(cid, id_, note), remark)

    def note(self, cid: str, text: str) -> None:
        _require_text(text)
        self._require(cid, "noted")
        id_ = self._id()
        note = self._sealed(lambda: seal_remark(self._chain, cid, id_, text, self.now()))
        self._submit(Remark(cid, id_, note), text)

    def erase(self, cid: str) -> None:
        self._require(cid, "erased")
        self._submit(EraseConversation(cid, self._id()))

    def retry(self) -> None:
        self._link.retry()

    async def run(self) -> None:
        self._patrols.begin()
        try:
            await self._link.run()
        finally:
            self._patrols.close()
            self._sender.close()
            self._tallies.close()
            self._presences.close()
            self._store.close()
            self._announcer.close()
            with contextlib.suppress(OSError):
                await self._drafts.close()
            self._disk.close()

    # The parts ask for each other while the desk is put together: hence these.

    def _callback_states(self, cid: str) -> dict[str, str]:
        conversation = self.queue.get(cid)
        return {each.id: each.state for each in conversation.callbacks} if conversation else {}

    def _pump(self) -> None:
        self._sender.pump()

    def _skew(self) -> int:
        return self._link.state.skew

    def _record(self, cid: str) -> Record | None:
        return self._store.known(cid)

    def _require(self, cid: str, kind: str) -> None:
        conversation = self.queue.get(cid)
        if conversation is None:
            raise Refused("unknown")
        if not may_append(conversation, kind, parts_of(conversation, self.me, self.role)):
            raise Refused("not_yours" if conversation.holder != self.me else "state")

    def _sealed(self, seal: Callable[[], Any]) -> Any:
        try:
            return seal()
        except Malformed as error:
            raise ValueError(str(error)) from None
        except VaultError:
            raise Refused("desk_key") from None

    def _id(self) -> str:
        return b64(self._random(16))

    def _submit(self, do: Order, text: str = "") -> None:
        entry = Unsent(do, text, self._clock())
        self._outbox.add(entry)
        if isinstance(do, Remark):
            self._store.record(do.cid).pend(entry)
        self._submitted(do.cid)

    def _submitted(self, cid: str) -> None:
        self._announcer.conversation(cid)
        self._announcer.link()
        self._announcer.hurry()
        self._sender.pump()

    # ---- what the relay tells ----

    def _told(self, tell: Tell) -> None:
        match tell.frame:
            case Happened(e=event):
                self._happened(event)
            case Past() as past:
                events = self._histories.part(past)
                if events is not None:
                    self._store.history(past.cid, events)
            case DeskLive() as live:
                self._live(live)
            case Figures(report=report):
                self._asking.came(report)
            case Welcome():
                self._store.begin()
            case Here():
                self._caught_up()
            case Joining() if self.role == "lead":
                self._lead.asked(tell.frame)
            case Pulse():
                self._lead.tend()
        if self._known != self._chain.heads.size:
            self._known = self._chain.heads.size
            with contextlib.suppress(VaultError, OSError):  # a full disk: it is learnt again at the next login
                self._remember(self._chain)

    def _caught_up(self) -> None:
        self._store.caught_up()
        for part in self._parts:
            part.linked(True)

    def _link_changed(self) -> None:
        linked = self._link.state.phase in _LINKED
        if self._linked and not linked:
            self._store.caught_up()  # what is here is all there is for now
            for part in self._parts:
                part.linked(False)
        self._linked = linked
        self._announcer.link()

    def _happened(self, event: Event) -> None:
        before, after = self._store.happened(event)
        if event.by == self.me:
            self._answers.confirmed(event)
            self._tallies.stored(event.id)
        if isinstance(event.what, Erased):
            self._answers.erased(event.cid)
            self._patrols.forget(event.cid)
        self._presences.hold(event.cid, after.state is State.HELD and after.holder == self.me)
        if event.by == "v":
            self._presences.quiet(event.cid, here=after.visitor is Visitor.HERE)
        self._notices.happened(event, before, after)
        if isinstance(event.what, PATROL):
            self._notices.add(self._patrols.notice(event, after))

    # ---- live frames and histories ----

    def _live(self, frame: DeskLive) -> None:
        record = self._store.known(frame.cid)
        presence = record.channel.read_live(frame) if record and record.channel else None
        if record is None or presence is None:
            return
        self._presences.heard(frame.cid, presence)
        if record.transcript.read_by_visitor(presence.read):
            self._announcer.conversation(frame.cid)

    def _send_live(self, cid: str, presence: Presence) -> None:
        record = self._store.known(cid)
        if record and record.channel:
            self._link.send(record.channel.seal_live(presence, self._clock() // 1000))

    def _ask(self, cid: str) -> None:
        def answered(answer: Answered) -> None:
            if answer.code:
                self._histories.end(cid)

        self._link.command(History(cid), answered)


def _require_text(text: str) -> None:
    """Raises ValueError for what can't be sent."""
    if not text.strip():
        raise ValueError("empty")
    if len(text.encode()) > MAX_TEXT:
        raise ValueError("too long")
