"""What the relay tells, and where in the desk it goes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

from officer_console.model.conversation import State, Visitor
from officer_console.model.envelope import VISITOR
from officer_console.model.events import OF_THE_DESK, Erased, Event
from officer_console.protocol.desk_session import Tell
from officer_console.protocol.frames import (
    BreakCalled,
    DeskLive,
    Figures,
    Happened,
    Here,
    Joining,
    Kept,
    Past,
    Pulse,
    Standing,
    Welcome,
)
from officer_console.vault.errors import VaultError

from .answers import Answers
from .api import Notice
from .caring import Caring
from .exporting import Exporting
from .figures import Figuring
from .handovers import HandingOver
from .histories import Histories
from .keychain import Keychain
from .leading import Leading
from .notices import Notices
from .patrols import PATROL, Patrols
from .presences import Presences
from .sender import Sender
from .shift_lead import ShiftLead
from .shifts import Shifts
from .store import Store
from .talking import Talking
from .tallies import Tallies


class _Part(Protocol):
    """What must know whether there is a link with nothing missing."""

    def linked(self, linked: bool, /) -> None: ...


class Parts(NamedTuple):
    """Those of the desk that hear of the relay."""

    store: Store
    talk: Talking
    histories: Histories
    presences: Presences
    sender: Sender
    notices: Notices
    patrols: Patrols
    answers: Answers
    lead: ShiftLead
    shift: Shifts
    tallies: Tallies
    figures: Figuring
    handovers: HandingOver
    care: Caring
    leading: Leading
    exports: Exporting


class Hearing:
    """See the module. `remember` is called when the list of officers has grown."""

    def __init__(self, chain: Keychain, parts: Parts, remember: Callable[[Keychain], None]) -> None:
        self._chain = chain
        self._parts = parts
        self._remember = remember
        self._leads = parts.store.role == "lead"
        self._known = chain.heads.size
        self._linked = False

    def told(self, tell: Tell) -> None:
        """A frame has come; what needs no more than that is in the chain already."""
        match tell.frame:
            case Happened(e=event):
                self.happened(event)
            case Past() as past:
                self._past(past)
            case DeskLive() as live:
                self._parts.talk.heard(live)
            case Welcome():
                self._parts.store.begin()
            case Here():
                self.caught_up()
            case Joining() as joining if self._leads:
                self._parts.lead.asked(joining)
            case Figures() | Kept() as answer:
                self._answered(answer)
            case Pulse():
                self._parts.lead.tend()
            case Standing() as standing:
                self._parts.shift.standing(standing)
            case BreakCalled(by=lead):
                self._parts.notices.add(Notice("break_called", "", lead))
        self._learn()

    def _answered(self, answer: Figures | Kept) -> None:
        """What somebody has asked for."""
        if isinstance(answer, Figures):
            self._parts.figures.came(answer.report)
        else:
            self._parts.exports.came(answer)

    def happened(self, event: Event) -> None:
        """An event of the log."""
        parts, me = self._parts, self._chain.kid
        if isinstance(event.what, OF_THE_DESK):
            parts.store.happened_to_desk(event)
            return parts.shift.happened(event)
        before, after = parts.store.happened(event)
        parts.leading.happened(event, after)
        if event.by == me:
            parts.answers.confirmed(event)
            parts.tallies.stored(event.id)
        parts.exports.happened(after)
        if isinstance(event.what, Erased):
            parts.answers.erased(event.cid)
            parts.patrols.forget(event.cid)
        parts.presences.hold(event.cid, after.state is State.HELD and after.holder == me)
        if event.by == VISITOR:
            parts.presences.quiet(event.cid, here=after.visitor is Visitor.HERE)
        parts.notices.happened(event, before, after)
        parts.notices.add(parts.handovers.happened(event, before, after))
        parts.care.happened(event, before, after)
        parts.notices.add(parts.leading.notice(event, after))
        if isinstance(event.what, PATROL):
            parts.notices.add(parts.patrols.notice(event, after))

    def caught_up(self) -> None:
        """All that was missing is here."""
        self._parts.store.caught_up()
        self._tell(True)

    def linked(self, linked: bool) -> None:
        """There is a link, or no more."""
        if self._linked and not linked:
            self._parts.store.caught_up(whole=False)  # what is here is all there is for now
            self._tell(False)
        self._linked = linked

    def _tell(self, linked: bool) -> None:
        parts = self._parts
        hearers: list[_Part] = [
            parts.histories,
            parts.presences,
            parts.sender,
            parts.notices,
            parts.patrols,
            parts.shift,
            parts.tallies,
            parts.figures,
            parts.handovers,
            parts.care,
            parts.leading,
            parts.exports,
        ]
        for part in [*hearers, parts.lead] if self._leads else hearers:
            part.linked(linked)

    def _past(self, past: Past) -> None:
        events = self._parts.histories.part(past)
        if events is not None:
            self._parts.store.history(past.cid, events)

    def _learn(self) -> None:
        if self._known != self._chain.heads.size:
            self._known = self._chain.heads.size
            with contextlib.suppress(VaultError, OSError):  # a full disk: it is learnt again at the next login
                self._remember(self._chain)
