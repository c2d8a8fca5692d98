"""One conversation as this console has it: its events, what could be opened of them, and the lines they make.

Events are opened one at a time and only as far as somebody needs them, so that ten thousand waiting conversations
cost little and the fewest words lie in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from officer_console.model.bodies import OUTCOMES, About, Body, Given, Help, Outcome, Place, Remark, Signal, Text
from officer_console.model.callback import callback_header, load_callback
from officer_console.model.envelope import VISITOR, Note
from officer_console.model.events import (
    CallbackRequested,
    CallbackTold,
    Claimed,
    Closed,
    Erased,
    Event,
    Left,
    Noted,
    Opened,
    PatrolCancelled,
    PatrolRequested,
    PatrolStatus,
    Referred,
    Released,
    Returned,
    Said,
    SignalConfirmed,
)
from officer_console.model.patrol import PatrolRequest, Point, geo
from officer_console.model.signals import SIGNALS, Confirmed
from officer_console.model.text import displayable, one_line
from officer_console.model.transcript import Kind, Line, Status
from officer_console.protocol.commands import Remark as RemarkCommand
from officer_console.protocol.commands import Say
from officer_console.protocol.refusals import Refused
from officer_console.vault.errors import VaultError

from .channel import Channel, Reading, read_note
from .keychain import Keychain
from .outbox import Unsent
from .patrol_files import RoomTold, read
from .patrol_seal import is_honest, read_asked
from .transcript import Transcript

ABOUT_LENGTH: Final = 40
LINE_LENGTH: Final = 400
_PENDS: Final[dict[type, Kind]] = {Say: Kind.OFFICER, RemarkCommand: Kind.NOTE}
"""Commands that have a line before they are stored."""


_WORDY: Final = (
    Opened | Said | Noted | Closed | PatrolRequested | PatrolCancelled | Referred | CallbackRequested | SignalConfirmed
)


def bare(event: Event) -> Event:
    """The event without the words in it, as the relay gives it to who may not read. Patrol requests stay: they are
    read by who asked for one, whoever has the conversation."""
    what = event.what
    if isinstance(what, Opened):
        return msgspec.structs.replace(event, what=Opened(what.h))
    if isinstance(what, Said | Noted | Closed | Referred | SignalConfirmed):
        return msgspec.structs.replace(event, what=type(what)())
    if isinstance(what, CallbackRequested):
        return msgspec.structs.replace(event, what=CallbackRequested(what.h, what.sig))
    return event


def carries(event: Event) -> bool:
    """Whether there are sealed words in it."""
    what = event.what
    match what:
        case Opened(box=words) | Said(env=words) | Noted(note=words) | Closed(note=words):
            return bool(words)
        case Referred(note=note) | SignalConfirmed(note=note):
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
        self.signals: dict[str, Confirmed] = {}  # confirmed danger signals, in order
        self.events: list[Event] = []
        self.channel: Channel | None = None
        self.transcript = Transcript()
        self._chain = chain
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

    def wipe(self) -> None:
        """Drop the words and the keys: another officer has the conversation now."""
        self.seen = 0
        self._restart([bare(event) for event in self.events])

    def _restart(self, events: Iterable[Event]) -> None:
        self.channel = None
        self.transcript = Transcript()
        kept, self.events, self._numbers = list(events), [], set()
        self._done = self._lacking = 0
        self.has_words = self._pended = False
        self.helped, self.given, self.signals = set(), {}, {}
        for event in kept:
            self._keep(event)

    def _keep(self, event: Event) -> None:
        self.events.append(event)
        self._numbers.add(event.seq)
        self._lacking += lacks(event)
        self.has_words |= carries(event)

    # ---- what this officer has done with it ----

    def pend(self, entry: Unsent) -> None:
        """Show a command that waits; as long as there are events without lines, it follows them."""
        if not self._pended:
            return
        if kind := Kind.HELP if entry.case else _PENDS.get(type(entry.do)):
            text = displayable(entry.text)
            pending = Line(entry.event_id, kind, entry.at, 0, self._chain.kid, text, status=Status.PENDING)
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
                return self._outcome(event, event.what.note)
        return None

    def _outcome(self, event: Event, note: Note) -> Outcome | None:
        body = read_note(self._chain, event, note).body
        return body if isinstance(body, Outcome) and body.b in OUTCOMES else None

    # ---- from events to lines ----

    def step(self) -> Body | None:
        """Make the lines of the next event; gives what could be read in it, fit to be shown."""
        event = self.events[self._done]
        if self._overtakes(event):
            self._restart(self.events)
            return None
        self._done += 1
        body = _STEPS[type(event.what)](self, event)
        if not self.behind and not self._pended:
            self._pend_all()
        return body

    def _overtakes(self, event: Event) -> bool:
        """Whether this is an earlier message of ours than one that waits: another console of ours had sent it, and
        its event comes only now."""
        own = isinstance(event.what, Said) and event.by == self._chain.kid
        return own and self.transcript.has_pending and not self.transcript.is_pending(event.id)

    def _line(self, event: Event, kind: Kind, text: str = "", remark: str = "") -> None:
        key = event.id
        if kind is Kind.REFUSED and not self.transcript.is_pending(key):
            key = f"{key}@{event.seq}"  # its own id may belong to another
        self.transcript.put(Line(key, kind, event.at, event.seq, event.by, text, remark))

    def _opened(self, event: Event) -> None:
        assert isinstance(event.what, Opened)
        if not event.what.box:
            return
        try:
            if self.channel is not None:
                raise Refused("conflict")
            self.channel = Channel(self._chain, event)
        except (VaultError, Refused):
            self._line(event, Kind.REFUSED)

    def _said(self, event: Event) -> Body | None:
        assert isinstance(event.what, Said)
        if event.what.env is None:
            self._line(event, Kind.SEALED)
            return None
        if self.channel is None:
            self._line(event, Kind.SEALED if self._sealed_key() else Kind.REFUSED)
            return None
        return self._told(event, self.channel.read(event, event.what.env))

    def _sealed_key(self) -> bool:
        """Whether the relay has not given us the conversation's key (rather than a wrong one)."""
        return not any(isinstance(event.what, Opened) and event.what.box for event in self.events)

    def _told(self, event: Event, reading: Reading) -> Body | None:
        if reading.fault is not None:
            missing = Line(f"missing@{event.seq}", Kind.MISSING, event.at, event.seq, event.by)
            self.transcript.put(missing)
        match reading.body:
            case Text() as text:
                shown = msgspec.structs.replace(text, b=displayable(text.b))
                self._line(event, Kind.VISITOR if event.by == VISITOR else Kind.OFFICER, shown.b)
                return shown
            case About() as about:
                about = msgspec.structs.replace(about, postcode=one_line(about.postcode, ABOUT_LENGTH))
                self._line(event, Kind.ABOUT, f"{about.lang} {about.postcode}".rstrip())
                return about
            case Place(lat=lat, lon=lon, acc=acc) if event.by == VISITOR:
                self._line(event, Kind.PLACE, geo(Point(lat, lon, acc)))
                return reading.body
            case Help() as told if event.by != VISITOR:
                self.helped.add(told.case)
                self._line(event, Kind.HELP, displayable(told.b))
                return told
        self._line(event, Kind.REFUSED)
        return None

    def _noted(self, event: Event) -> None:
        assert isinstance(event.what, Noted)
        if event.what.note is None:
            self._line(event, Kind.SEALED)
            return
        body = read_note(self._chain, event, event.what.note).body
        if isinstance(body, Remark):
            self._line(event, Kind.NOTE, displayable(body.b))
        else:
            self._line(event, Kind.REFUSED)

    def _closed(self, event: Event) -> Body | None:
        assert isinstance(event.what, Closed)
        if event.what.note is None:
            self._line(event, Kind.CLOSED)
            return None
        outcome = self._outcome(event, event.what.note)
        if outcome is None:
            self._line(event, Kind.REFUSED)
            self._line(event, Kind.CLOSED)
        else:
            self._line(event, Kind.CLOSED, outcome.b, displayable(outcome.remark))
        return outcome

    def _left(self, event: Event) -> None:
        assert isinstance(event.what, Left)
        self._line(event, Kind.LEFT, event.what.how)

    def _claimed(self, event: Event) -> None:
        self._line(event, Kind.CLAIMED)

    def _released(self, event: Event) -> None:
        self._line(event, Kind.RELEASED)

    def _returned(self, event: Event) -> None:
        self._line(event, Kind.RETURNED)

    def _patrol(self, event: Event) -> None:
        if not is_honest(self._chain, event):
            return self._line(event, Kind.REFUSED)
        match read(self._chain, event):
            case PatrolRequest() as request:
                self._line(event, Kind.PATROL, request.where_to)
            case RoomTold(words=words, state=state, unit=unit):
                self._line(event, Kind.PATROL_TOLD, words, f"{state} {unit}".rstrip())
            case str() as reason:
                self._line(event, Kind.PATROL_CANCELLED, reason)
            case None:
                self._line(event, Kind.PATROL_CANCELLED if event.kind == "patrol_cancelled" else Kind.PATROL)

    def _referred(self, event: Event) -> None:
        assert isinstance(event.what, Referred)
        if event.what.note is None:
            return self._line(event, Kind.SEALED)
        body = read_note(self._chain, event, event.what.note).body
        if not isinstance(body, Given):
            return self._line(event, Kind.REFUSED)
        line = one_line(body.b, LINE_LENGTH)
        self.given[line] = None
        self._line(event, Kind.REFERRED, line)

    def _confirmed(self, event: Event) -> None:
        assert isinstance(event.what, SignalConfirmed)
        if event.what.note is None:
            return self._line(event, Kind.SEALED)
        body = read_note(self._chain, event, event.what.note).body
        if not isinstance(body, Signal) or body.b not in SIGNALS:
            return self._line(event, Kind.REFUSED)
        message = one_line(body.message, LINE_LENGTH)
        self.signals.setdefault(body.b, Confirmed(body.b, message, event.by, event.at))
        self._line(event, Kind.SIGNAL, body.b, message)

    def _callback(self, event: Event) -> None:
        if not is_honest(self._chain, event):
            return self._line(event, Kind.REFUSED)
        if isinstance(event.what, CallbackTold):
            return self._line(event, Kind.CALLBACK_TOLD, callback_header(event.what.h).state)
        self._line(event, Kind.CALLBACK, self._contact(event))

    def _contact(self, event: Event) -> str:
        """How she may be reached, in one line; "" when it can't be read here."""
        try:
            asked = load_callback(read_asked(self._chain, event) or "")
        except msgspec.DecodeError:
            return ""
        return one_line(" · ".join(filter(None, (asked.name, asked.phone, asked.email, asked.when))), LINE_LENGTH)

    def _nothing(self, event: Event) -> None:
        pass


_STEPS: Final[dict[type, Callable[[Record, Any], Body | None]]] = {
    Opened: Record._opened,
    Said: Record._said,
    Claimed: Record._claimed,
    Released: Record._released,
    Noted: Record._noted,
    Closed: Record._closed,
    Left: Record._left,
    Returned: Record._returned,
    Erased: Record._nothing,
    PatrolRequested: Record._patrol,
    PatrolCancelled: Record._patrol,
    PatrolStatus: Record._patrol,
    Referred: Record._referred,
    SignalConfirmed: Record._confirmed,
    CallbackRequested: Record._callback,
    CallbackTold: Record._callback,
}


def _tells_more(event: Event, known: Event) -> bool:
    return carries(event) and lacks(known)
