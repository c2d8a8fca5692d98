"""One conversation as this console has it: its events, what could be opened of them, and the lines they make.

Events are opened one at a time and only as far as somebody needs them, so that ten thousand waiting conversations
cost little and the fewest words lie in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from officer_console.model.bodies import Body
from officer_console.model.envelope import VISITOR
from officer_console.model.events import (
    CallbackRequested,
    Closed,
    Event,
    Noted,
    Offered,
    Opened,
    PatrolCancelled,
    PatrolRequested,
    Referred,
    Said,
    SignalConfirmed,
    Whispered,
)
from officer_console.model.signals import Confirmed
from officer_console.model.text import displayable
from officer_console.model.transcript import Kind, Line, Status
from officer_console.protocol.commands import Remark as RemarkCommand
from officer_console.protocol.commands import Say, Whisper

from .channel import Channel
from .keychain import Keychain
from .lines import STEPS, outcome_of
from .outbox import Unsent
from .transcript import Transcript

_PENDS: Final[dict[type, Kind]] = {Say: Kind.OFFICER, RemarkCommand: Kind.NOTE, Whisper: Kind.WHISPER}
"""Commands that have a line before they are stored."""


_WORDY: Final = (
    Opened
    | Said
    | Noted
    | Closed
    | PatrolRequested
    | PatrolCancelled
    | Referred
    | CallbackRequested
    | SignalConfirmed
    | Offered
)


def bare(event: Event) -> Event:
    """The event without the words in it, as the relay gives it to who may not read. Patrol requests stay: they are
    read by who asked for one, whoever has the conversation."""
    what = event.what
    if isinstance(what, Opened):
        return msgspec.structs.replace(event, what=Opened(what.h))
    if isinstance(what, Said | Noted | Closed | Referred | SignalConfirmed | Whispered):
        return msgspec.structs.replace(event, what=type(what)())
    if isinstance(what, Offered):
        return msgspec.structs.replace(event, what=Offered(what.to))
    if isinstance(what, CallbackRequested):
        return msgspec.structs.replace(event, what=CallbackRequested(what.h, what.sig))
    return event


def carries(event: Event) -> bool:
    """Whether there are sealed words in it."""
    what = event.what
    match what:
        case Opened(box=words) | Said(env=words) | Noted(note=words) | Closed(note=words):
            return bool(words)
        case Referred(note=note) | SignalConfirmed(note=note) | Whispered(note=note) | Offered(note=note):
            return bool(note)
        case PatrolRequested(box=box) | PatrolCancelled(box=box) | CallbackRequested(box=box):
            return bool(box)
    return False


def lacks(event: Event) -> bool:
    """Whether its words were left out."""
    return isinstance(event.what, _WORDY) and not carries(event)


class Record:
    """See the module. `unsent`: gives the commands that wait for this conversation."""

    def __init__(self, chain: Keychain, cid: str, unsent: Callable[[str], Iterable[Unsent]]) -> None:
        self.cid = cid
        self.shown = False  # has been on screen
        self.taken = -1  # highest number of our messages that was sealed
        self.mark = 0  # `seq` of the last line that was on screen
        self.seen = 0  # how many of the visitor's messages were on screen
        self.helped: set[str] = set()  # patrol cases of which she was told that help is coming
        self.given: dict[str, None] = {}  # lines of the directory that she was given, in order
        self.asked: set[str] = set()  # events by which she was asked for her consent
        self.consent = ""  # the event of her consent, as long as it stands
        self.signals: dict[str, Confirmed] = {}  # confirmed danger signals, in order
        self.events: list[Event] = []
        self.channel: Channel | None = None
        self.transcript = Transcript()
        self.chain = chain
        self._unsent = unsent
        self._numbers: set[int] = set()
        self._done = 0
        self._lacking = 0
        self.has_words = False  # whether there are sealed words in the events
        self._pended = False  # whether the commands that wait have their lines: they stand after all that is stored

    # ---- events ----

    @property
    def complete(self) -> bool:
        """Whether every event that is here has its words."""
        return not self._lacking

    @property
    def behind(self) -> bool:
        """Whether there are events that have no lines yet."""
        return self._done < len(self.events)

    def add(self, event: Event) -> None:
        """The next event; one that is here already changes nothing."""
        if event.seq in self._numbers:
            return
        if self.events and event.seq < self.events[-1].seq:
            self.merge([event])
            return
        self._keep(event)

    def merge(self, events: Iterable[Event]) -> bool:
        """Take a history: events that were not here, and words that were missing; whether there were any.

        Then the lines begin anew.
        """
        known = {event.seq: event for event in self.events}
        news = [e for e in events if e.cid == self.cid and (e.seq not in known or _tells_more(e, known[e.seq]))]
        if news:
            known |= {event.seq: event for event in news}
            self._restart(known[seq] for seq in sorted(known))
        return bool(news)

    def wipe(self, keep: str = "") -> None:
        """Drop the words and the keys: another officer has the conversation now. `keep`: the event of the hand-over
        that this officer is offered, whose card he may read."""
        bared = [event if event.id == keep or self._stays(event) else bare(event) for event in self.events]
        if bared != self.events or self.channel is not None:
            self.seen = 0
            self._restart(bared)

    def _stays(self, event: Event) -> bool:
        """What leads and officers speak aside is a lead's to read, whoever has the conversation."""
        return self.chain.role == "lead" and isinstance(event.what, Whispered)

    def _restart(self, events: Iterable[Event]) -> None:
        self.channel = None
        self.transcript = Transcript()
        kept, self.events, self._numbers = list(events), [], set()
        self._done = self._lacking = 0
        self.has_words = self._pended = False
        self.helped, self.given, self.signals = set(), {}, {}
        self.asked, self.consent = set(), ""
        for event in kept:
            self._keep(event)

    def _keep(self, event: Event) -> None:
        self.events.append(event)
        self._numbers.add(event.seq)
        self._lacking += lacks(event)
        self.has_words |= carries(event) and not self._stays(event)

    # ---- what this officer has done with it ----

    def pend(self, entry: Unsent) -> None:
        """Show a command that waits; as long as there are events without lines, it follows them."""
        if not self._pended:
            return
        special = Kind.HELP if entry.case else Kind.CONSENT_ASKED if entry.asks else None
        if kind := special or _PENDS.get(type(entry.do)):
            text = displayable(entry.text)
            pending = Line(entry.event_id, kind, entry.at, 0, self.chain.kid, text, status=Status.PENDING)
            self.transcript.pend(pending)

    def _pend_all(self) -> None:
        self._pended = True
        for entry in self._unsent(self.cid):
            self.pend(entry)

    def mark_read(self) -> bool:
        """All lines have been on screen; gives whether that is news."""
        before = (self.mark, self.seen)
        if self._done:
            self.mark = max(self.mark, self.events[self._done - 1].seq)
        if self.channel is not None:
            self.seen = max(self.seen, self.channel.heard)
        return before != (self.mark, self.seen)

    @property
    def unread(self) -> int:
        """Messages of the visitor after the last one that was on screen."""
        coming = self.events[self._done :]
        later = sum(isinstance(e.what, Said) and e.by == VISITOR and e.seq > self.mark for e in coming)
        return self.transcript.unread(self.mark) + later

    def outcome(self) -> Body | None:
        """Why it was closed last, without opening anything else."""
        for event in reversed(self.events):
            if isinstance(event.what, Closed) and event.what.note is not None:
                return outcome_of(self.chain, event, event.what.note)
        return None

    # ---- from events to lines ----

    def step(self) -> Body | None:
        """Make the lines of the next event; gives what could be read in it, fit to be shown."""
        event = self.events[self._done]
        if self._overtakes(event):
            self._restart(self.events)
            return None
        self._done += 1
        body = STEPS[type(event.what)](self, event)
        if not self.behind and not self._pended:
            self._pend_all()
        return body

    def _overtakes(self, event: Event) -> bool:
        """Whether this is an earlier message of ours than one that waits: another console of ours had sent it, and
        its event comes only now."""
        own = isinstance(event.what, Said) and event.by == self.chain.kid
        return own and self.transcript.has_pending and not self.transcript.is_pending(event.id)

    def line(self, event: Event, kind: Kind, text: str = "", remark: str = "") -> None:
        key = event.id
        if kind is Kind.REFUSED and not self.transcript.is_pending(key):
            key = f"{key}@{event.seq}"  # its own id may belong to another
        self.transcript.put(Line(key, kind, event.at, event.seq, event.by, text, remark))


def _tells_more(event: Event, known: Event) -> bool:
    return carries(event) and not carries(known)
