"""What each kind of event becomes in a transcript: at most one line, and what could be read in it.

An event that is not honest becomes a line that says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from officer_console.model.bodies import (
    OUTCOMES,
    About,
    Aside,
    AskConsent,
    Body,
    Consent,
    Given,
    Help,
    Outcome,
    Place,
    Remark,
    Signal,
    Text,
)
from officer_console.model.callback import callback_header, load_callback
from officer_console.model.envelope import VISITOR, Note
from officer_console.model.events import (
    Accepted,
    Assigned,
    CallbackRequested,
    CallbackTold,
    Claimed,
    Closed,
    Countersigned,
    Crowded,
    Declined,
    Erased,
    Event,
    Exported,
    ExportEnded,
    ExportPart,
    Left,
    Noted,
    Offered,
    Opened,
    PatrolCancelled,
    PatrolRequested,
    PatrolStatus,
    Referred,
    Released,
    Returned,
    Said,
    SignalConfirmed,
    SteppedIn,
    SteppedOut,
    UrgencyRaised,
    Whispered,
)
from officer_console.model.handover import card_words
from officer_console.model.patrol import PatrolRequest, Point, geo
from officer_console.model.signals import SIGNALS, Confirmed
from officer_console.model.text import displayable, one_line
from officer_console.model.transcript import Kind, Line
from officer_console.protocol.refusals import Refused
from officer_console.vault.errors import VaultError

from .channel import Channel, Reading, read_card, read_note, read_reason
from .keychain import Keychain
from .patrol_files import RoomTold, read
from .patrol_seal import is_honest, read_asked

if TYPE_CHECKING:
    from .record import Record

ABOUT_LENGTH: Final = 40
LINE_LENGTH: Final = 400


def outcome_of(chain: Keychain, event: Event, note: Note) -> Outcome | None:
    """Why a conversation was closed, from the note of its closing."""
    body = read_note(chain, event, note).body
    return body if isinstance(body, Outcome) and body.b in OUTCOMES else None


def _opened(record: Record, event: Event) -> None:
    assert isinstance(event.what, Opened)
    if not event.what.box:
        return
    try:
        if record.channel is not None:
            raise Refused("conflict")
        record.channel = Channel(record.chain, event)
    except (VaultError, Refused):
        record.line(event, Kind.REFUSED)


def _said(record: Record, event: Event) -> Body | None:
    assert isinstance(event.what, Said)
    if event.what.env is None:
        record.line(event, Kind.SEALED)
        return None
    if record.channel is None:
        record.line(event, Kind.SEALED if _sealed_key(record) else Kind.REFUSED)
        return None
    return _told(record, event, record.channel.read(event, event.what.env))


def _sealed_key(record: Record) -> bool:
    """Whether the relay has not given us the conversation's key (rather than a wrong one)."""
    return not any(isinstance(event.what, Opened) and event.what.box for event in record.events)


def _told(record: Record, event: Event, reading: Reading) -> Body | None:
    if reading.fault is not None:
        missing = Line(f"missing@{event.seq}", Kind.MISSING, event.at, event.seq, event.by)
        record.transcript.put(missing)
    match reading.body:
        case Text() as text:
            shown = msgspec.structs.replace(text, b=displayable(text.b))
            record.line(event, Kind.VISITOR if event.by == VISITOR else Kind.OFFICER, shown.b)
            return shown
        case About() as about:
            about = msgspec.structs.replace(about, postcode=one_line(about.postcode, ABOUT_LENGTH))
            record.line(event, Kind.ABOUT, f"{about.lang} {about.postcode}".rstrip())
            return about
        case Place(lat=lat, lon=lon, acc=acc) if event.by == VISITOR:
            record.line(event, Kind.PLACE, geo(Point(lat, lon, acc)))
            return reading.body
        case Help() as told if event.by != VISITOR:
            record.helped.add(told.case)
            record.line(event, Kind.HELP, displayable(told.b))
            return told
        case AskConsent() if event.by != VISITOR:
            record.asked.add(event.id)
            record.line(event, Kind.CONSENT_ASKED)
            return reading.body
        case Consent(ask=ask, yes=yes) if event.by == VISITOR and ask in record.asked:
            record.consent = event.id if yes else ""
            record.line(event, Kind.CONSENT, "yes" if yes else "no")
            return reading.body
    record.line(event, Kind.REFUSED)
    return None


def _noted(record: Record, event: Event) -> None:
    assert isinstance(event.what, Noted)
    if event.what.note is None:
        record.line(event, Kind.SEALED)
        return
    body = read_note(record.chain, event, event.what.note).body
    if isinstance(body, Remark):
        record.line(event, Kind.NOTE, displayable(body.b))
    else:
        record.line(event, Kind.REFUSED)


def _closed(record: Record, event: Event) -> Body | None:
    assert isinstance(event.what, Closed)
    if event.what.note is None:
        record.line(event, Kind.CLOSED)
        return None
    outcome = outcome_of(record.chain, event, event.what.note)
    if outcome is None:
        record.line(event, Kind.REFUSED)
        record.line(event, Kind.CLOSED)
    else:
        record.line(event, Kind.CLOSED, outcome.b, displayable(outcome.remark))
    return outcome


def _left(record: Record, event: Event) -> None:
    assert isinstance(event.what, Left)
    record.line(event, Kind.LEFT, event.what.how)


def _claimed(record: Record, event: Event) -> None:
    record.line(event, Kind.CLAIMED)


def _released(record: Record, event: Event) -> None:
    assert isinstance(event.what, Released)
    record.line(event, Kind.RELEASED, event.what.why)


def _returned(record: Record, event: Event) -> None:
    record.line(event, Kind.RETURNED)


def _patrol(record: Record, event: Event) -> None:
    if not is_honest(record.chain, event):
        return record.line(event, Kind.REFUSED)
    match read(record.chain, event):
        case PatrolRequest() as request:
            record.line(event, Kind.PATROL, request.where_to)
        case RoomTold(words=words, state=state, unit=unit):
            record.line(event, Kind.PATROL_TOLD, words, f"{state} {unit}".rstrip())
        case str() as reason:
            record.line(event, Kind.PATROL_CANCELLED, reason)
        case None:
            record.line(event, Kind.PATROL_CANCELLED if event.kind == "patrol_cancelled" else Kind.PATROL)


def _referred(record: Record, event: Event) -> None:
    assert isinstance(event.what, Referred)
    if event.what.note is None:
        return record.line(event, Kind.SEALED)
    body = read_note(record.chain, event, event.what.note).body
    if not isinstance(body, Given):
        return record.line(event, Kind.REFUSED)
    line = one_line(body.b, LINE_LENGTH)
    record.given[line] = None
    record.line(event, Kind.REFERRED, line)


def _confirmed(record: Record, event: Event) -> None:
    assert isinstance(event.what, SignalConfirmed)
    if event.what.note is None:
        return record.line(event, Kind.SEALED)
    body = read_note(record.chain, event, event.what.note).body
    if not isinstance(body, Signal) or body.b not in SIGNALS:
        return record.line(event, Kind.REFUSED)
    message = one_line(body.message, LINE_LENGTH)
    record.signals.setdefault(body.b, Confirmed(body.b, message, event.by, event.at))
    record.line(event, Kind.SIGNAL, body.b, message)


def _callback(record: Record, event: Event) -> None:
    if not is_honest(record.chain, event):
        return record.line(event, Kind.REFUSED)
    if isinstance(event.what, CallbackTold):
        return record.line(event, Kind.CALLBACK_TOLD, callback_header(event.what.h).state)
    record.line(event, Kind.CALLBACK, _contact(record, event))


def _contact(record: Record, event: Event) -> str:
    """How she may be reached, in one line; "" when it can't be read here."""
    try:
        asked = load_callback(read_asked(record.chain, event) or "")
    except msgspec.DecodeError:
        return ""
    return one_line(" · ".join(filter(None, (asked.name, asked.phone, asked.email, asked.when))), LINE_LENGTH)


def _raised(record: Record, event: Event) -> None:
    assert isinstance(event.what, UrgencyRaised)
    record.line(event, Kind.RAISED, event.what.level)


def _assigned(record: Record, event: Event) -> None:
    assert isinstance(event.what, Assigned)
    record.line(event, Kind.ASSIGNED, event.what.to)


def _offered(record: Record, event: Event) -> None:
    assert isinstance(event.what, Offered)
    card = read_card(record.chain, event)
    record.line(event, Kind.OFFERED, event.what.to, card_words(card) if card else "")


def _accepted(record: Record, event: Event) -> None:
    record.line(event, Kind.ACCEPTED)


def _declined(record: Record, event: Event) -> None:
    record.line(event, Kind.DECLINED)


def _whispered(record: Record, event: Event) -> None:
    assert isinstance(event.what, Whispered)
    if event.what.note is None:
        return None  # it is between others
    body = read_note(record.chain, event, event.what.note).body
    if isinstance(body, Aside):
        return record.line(event, Kind.WHISPER, displayable(body.b))
    return record.line(event, Kind.REFUSED)


def _stepped_in(record: Record, event: Event) -> None:
    assert isinstance(event.what, SteppedIn)
    record.line(event, Kind.STEPPED_IN, event.what.way, read_reason(record.chain, event))


def _stepped_out(record: Record, event: Event) -> None:
    record.line(event, Kind.STEPPED_OUT)


def _exported(record: Record, event: Event) -> None:
    record.line(event, Kind.EXPORTED)


def _countersigned(record: Record, event: Event) -> None:
    record.line(event, Kind.COUNTERSIGNED)


def _export_ended(record: Record, event: Event) -> None:
    record.line(event, Kind.EXPORT_ENDED)


def _nothing(record: Record, event: Event) -> None:
    pass


STEPS: Final[dict[type, Callable[[Any, Any], Body | None]]] = {
    Opened: _opened,
    Said: _said,
    Claimed: _claimed,
    Released: _released,
    Noted: _noted,
    Closed: _closed,
    Left: _left,
    Returned: _returned,
    Erased: _nothing,
    PatrolRequested: _patrol,
    PatrolCancelled: _patrol,
    PatrolStatus: _patrol,
    Referred: _referred,
    SignalConfirmed: _confirmed,
    CallbackRequested: _callback,
    CallbackTold: _callback,
    UrgencyRaised: _raised,
    Crowded: _nothing,
    Assigned: _assigned,
    Offered: _offered,
    Accepted: _accepted,
    Declined: _declined,
    Whispered: _whispered,
    SteppedIn: _stepped_in,
    SteppedOut: _stepped_out,
    Exported: _exported,
    ExportPart: _nothing,
    Countersigned: _countersigned,
    ExportEnded: _export_ended,
}
