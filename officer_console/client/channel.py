"""One conversation's keys and history: opens what comes, seals what goes, and hides nothing that does not fit.

What a relay altered, repeated or moved is refused here; what it withheld is told beside the next message.
"""

from __future__ import annotations

from typing import Final

import msgspec

from officer_console.locale import _
from officer_console.model.bodies import (
    About,
    Aside,
    AskConsent,
    CardBody,
    Consent,
    Given,
    Help,
    LiveBody,
    MessageBody,
    NoteBody,
    Outcome,
    Place,
    Presence,
    Reason,
    Remark,
    Signal,
    Text,
)
from officer_console.model.envelope import VISITOR, Envelope, LiveHeader, MessageHeader, Note, NoteHeader, OpenHeader
from officer_console.model.events import ArrivalsPaused, Event, Offered, Opened, SteppedIn
from officer_console.model.handover import Card, dump_card, load_card, shown_card
from officer_console.model.text import one_line
from officer_console.protocol import codec
from officer_console.protocol.frames import DeskLive
from officer_console.protocol.history import REFUSED_FAULTS, Fault, History
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64, unb64
from officer_console.vault.envelopes import ConversationKeys, open_message, seal_message, seal_note
from officer_console.vault.errors import CannotOpen, VaultError
from officer_console.vault.opening import open_box, open_note

from .keychain import Keychain


class Reading(msgspec.Struct, frozen=True):
    """What a sealed thing held. No body: refused. `fault`: readable, but one before it is missing."""

    body: MessageBody | NoteBody | None = None
    fault: Fault | None = None


REFUSED = Reading()
REASON_LENGTH: Final = 400


def words_of(body: MessageBody | NoteBody) -> str:
    """What an officer's signature covers. Neither an outcome's code nor a case's name has a line break, so that what
    follows one is told apart."""
    match body:
        case About() | Place() | Consent():
            return ""
        case Outcome(b=code, remark=remark) if remark:
            return f"{code}\n{remark}"
        case Help(b=words, case=case):
            return f"{case}\n{words}"
        case AskConsent(b=what):
            return f"ask_consent\n{what}"
        case Signal(b=signal, message=message):
            return f"{signal}\n{message}"
    return body.b


class Channel:
    """The desk's end of one conversation. Raises CannotOpen, Refused when its boxed key does not fit its header."""

    def __init__(self, chain: Keychain, event: Event) -> None:
        assert isinstance(event.what, Opened)
        self._chain = chain
        head = codec.header(event.what.h, OpenHeader)
        ck = open_box(chain.keys.private(head.kid), event.what.h, unb64(event.what.box))
        self._keys = ConversationKeys.derive(ck)
        self._keys.require(unb64(head.kc))
        if head.cid != event.cid:
            raise CannotOpen(_("the key belongs to another conversation"))
        self._history = History(chain.kid, event.what.h, event.what.box, head.kc)
        self._live_in = -1
        self._live_out = -1

    @property
    def heard(self) -> int:
        """How many of the visitor's messages have been accepted."""
        return self._history.accepted("v")

    def read(self, event: Event, envelope: Envelope) -> Reading:
        """Open the next message in the log's order; only an honest one changes the history."""
        try:
            head = codec.header(envelope.h, MessageHeader)
            body = self._body(head, envelope)
            if event.id != f"{head.s}.{head.n}":
                return REFUSED
            if head.s != VISITOR:
                self._chain.check_words(event.by, event.at, envelope.h, words_of(body), _signature(body))
        except (VaultError, Refused):
            return REFUSED
        fault = self._history.accept(envelope, event.by)
        return REFUSED if fault in REFUSED_FAULTS else Reading(body, fault)

    def seal(self, text: str, ts: int, taken: int, case: str = "") -> tuple[str, Envelope]:
        """The event's id and the envelope of our next message.

        `taken`: the highest number of ours that is on its way, -1 for none; `case`: the words are that help of this
        patrol case is coming. Raises Malformed when it is too long.
        """
        return self.seal_body(Help(ts=ts, b=text, case=case) if case else Text(ts=ts, b=text), taken)

    def seal_body(self, body: Text | Help | AskConsent, taken: int) -> tuple[str, Envelope]:
        """As `seal`, of any body that is the desk's to send."""
        number = self._history.next_header().n
        head = self._history.next_header(ahead=max(0, taken + 1 - number))
        h = codec.encode(head)
        signed = msgspec.structs.replace(body, sig=self._chain.sign_words(h, words_of(body)))
        n, c = seal_message(self._keys.k_d, "msg", h, codec.encode_bytes(signed))
        return f"{head.s}.{head.n}", Envelope(h, b64(n), b64(c))

    def seal_live(self, presence: Presence, number: int) -> DeskLive:
        """A live frame. `number` should rise from one console of ours to the next; within one it always does."""
        self._live_out = max(self._live_out + 1, number)
        cid, kc = self._history.cid, self._history.kc
        h = codec.encode(LiveHeader(cid=cid, kc=kc, d="d", s=self._chain.kid, ln=self._live_out))
        n, c = seal_message(self._keys.k_d, "live", h, codec.encode_bytes(presence))
        return DeskLive(cid, h, b64(n), b64(c))

    def read_live(self, frame: DeskLive) -> Presence | None:
        """The visitor's presence; None for a frame that is not hers, altered, or older than the last."""
        try:
            head = codec.header(frame.h, LiveHeader)
            if (head.cid, head.kc, head.d, head.s) != (self._history.cid, self._history.kc, "v", VISITOR):
                return None
            opened = open_message(self._keys.k_v, "live", frame.h, unb64(frame.n), unb64(frame.c))
            presence: Presence = codec.body(opened, LiveBody)
        except (VaultError, Refused):
            return None
        if head.ln <= self._live_in:
            return None
        self._live_in = head.ln
        return presence

    def _body(self, head: MessageHeader, envelope: Envelope) -> MessageBody:
        key = self._keys.k_v if head.d == "v" else self._keys.k_d
        opened = open_message(key, "msg", envelope.h, unb64(envelope.n), unb64(envelope.c))
        return codec.body(opened, MessageBody)  # type: ignore[no-any-return]


def read_note(chain: Keychain, event: Event, note: Note) -> Reading:
    """Open a note for the desk, and check who wrote it."""
    try:
        head = codec.header(note.h, NoteHeader)
        body: NoteBody = codec.body(open_note(chain.keys.private(head.kid), note.h, unb64(note.box)), NoteBody)
        if (head.cid, head.s, head.id) != (event.cid, event.by, event.id):
            return REFUSED
        chain.check_words(event.by, event.at, note.h, words_of(body), body.sig)
    except (VaultError, Refused):
        return REFUSED
    return Reading(body)


def seal_remark(chain: Keychain, cid: str, id: str, text: str, at: int) -> Note:
    """A note for the desk, sealed to its newest key. Raises Malformed when too long, Untrusted without a valid key."""
    return _sealed_note(chain, cid, id, Remark(ts=at, b=text), at)


def seal_outcome(chain: Keychain, cid: str, id: str, outcome: str, remark: str, at: int) -> Note:
    """Why a conversation is closed. Raises as `seal_remark`."""
    return _sealed_note(chain, cid, id, Outcome(ts=at, b=outcome, remark=remark), at)


def seal_given(chain: Keychain, cid: str, id: str, line: str, at: int) -> Note:
    """Which referral was given. Raises as `seal_remark`."""
    return _sealed_note(chain, cid, id, Given(ts=at, b=line), at)


def seal_signal(chain: Keychain, cid: str, id: str, signal: str, message: str, at: int) -> Note:
    """Which danger signal is confirmed, and the message that showed it. Raises as `seal_remark`."""
    return _sealed_note(chain, cid, id, Signal(ts=at, b=signal, message=message), at)


def seal_aside(chain: Keychain, cid: str, id: str, text: str, at: int) -> Note:
    """What lead and officer say to each other. Raises as `seal_remark`."""
    return _sealed_note(chain, cid, id, Aside(ts=at, b=text), at)


def seal_reason(chain: Keychain, cid: str, id: str, text: str, at: int) -> Note:
    """Why a lead steps in or pauses the arrivals. Raises as `seal_remark`."""
    return _sealed_note(chain, cid, id, Reason(ts=at, b=text), at)


def seal_card(chain: Keychain, cid: str, id: str, card: Card, at: int) -> Note:
    """A hand-over card. Raises as `seal_remark`."""
    return _sealed_note(chain, cid, id, CardBody(ts=at, b=dump_card(card)), at)


def read_card(chain: Keychain, event: Event) -> Card | None:
    """The card of an offer, every text fit to be shown; None when it can't be read here."""
    if not isinstance(event.what, Offered) or event.what.note is None:
        return None
    body = read_note(chain, event, event.what.note).body
    try:
        return shown_card(load_card(body.b)) if isinstance(body, CardBody) else None
    except msgspec.DecodeError:
        return None


def read_reason(chain: Keychain, event: Event) -> str:
    """Why a lead stepped in or paused the arrivals, in one line; "" when it can't be read here."""
    note = event.what.note if isinstance(event.what, SteppedIn | ArrivalsPaused) else None
    body = read_note(chain, event, note).body if note else None
    return one_line(body.b, REASON_LENGTH) if isinstance(body, Reason) else ""


def _sealed_note(chain: Keychain, cid: str, id: str, body: NoteBody, at: int) -> Note:
    key = chain.directory.desk_key(at // 1000)
    h = codec.encode(NoteHeader(cid=cid, kid=key.kid, s=chain.kid, id=id))
    signed = msgspec.structs.replace(body, sig=chain.sign_words(h, words_of(body)))
    return Note(h, b64(seal_note(key.pub, h, codec.encode_bytes(signed))))


def _signature(body: MessageBody) -> str:
    return body.sig if isinstance(body, Text | Help | AskConsent) else ""
