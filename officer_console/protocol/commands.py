"""What an officer's console, or the dispatch role, asks of the relay: one command inside a signed header.

The statements and wraps of the directory are here too: a command publishes them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from officer_console.model.envelope import Envelope, Note
from officer_console.model.events import Level, RoomBox
from officer_console.model.roster import Duty

from .shapes import B8, B16, B64, Box, Count, Day, Holder, Short


class _Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="do", omit_defaults=True):
    pass


class Say(_Command, frozen=True, tag="say"):
    """Write; the event's id is "<kid>.<n>" of the envelope's header."""

    cid: B16
    env: Envelope


class Claim(_Command, frozen=True, tag="claim"):
    cid: B16
    id: B16


class Release(_Command, frozen=True, tag="release"):
    """Put back into the queue; `why` "relief" at the end of a shift."""

    cid: B16
    id: B16
    why: Literal["", "relief"] = ""


class Close(_Command, frozen=True, tag="close"):
    """End a conversation; the outcome is sealed to the desk. `abuse`: it was abuse of the chat, which the relay must
    know to put the network behind (in memory, for an hour); it stands in no event."""

    cid: B16
    id: B16
    note: Note
    abuse: bool = False


class Remark(_Command, frozen=True, tag="note"):
    cid: B16
    id: B16
    note: Note


class EraseConversation(_Command, frozen=True, tag="erase"):
    """A lead erases a conversation."""

    cid: B16
    id: B16


class History(_Command, frozen=True, tag="history"):
    """All events of one conversation, with the words if the officer may read them."""

    cid: B16


class RequestPatrol(_Command, frozen=True, tag="patrol"):
    """Ask for a patrol: `h` a PatrolHeader, `sig` over it, `box` for the desk, `rooms` for the dispatch role."""

    cid: B16
    id: B16
    h: str
    sig: B64
    box: str
    rooms: list[RoomBox]


class CancelPatrol(_Command, frozen=True, tag="cancel_patrol"):
    """Cancel the open case; as `RequestPatrol`, with a reason in the boxes."""

    cid: B16
    id: B16
    h: str
    sig: B64
    box: str
    rooms: list[RoomBox]


class TellPatrol(_Command, frozen=True, tag="patrol_status"):
    """The dispatch role tells what becomes of a case: `h` a PatrolStatusHeader, `box` words for the desk or ""."""

    cid: B16
    id: B16
    h: str
    sig: B64
    box: str = ""


class Refer(_Command, frozen=True, tag="refer"):
    """A referral was given; the line is sealed to the desk."""

    cid: B16
    id: B16
    note: Note


class ConfirmSignal(_Command, frozen=True, tag="signal"):
    """A danger signal is confirmed; which is sealed to the desk."""

    cid: B16
    id: B16
    note: Note


class RaiseUrgency(_Command, frozen=True, tag="raise"):
    """Hold a conversation for urgent."""

    cid: B16
    id: B16
    level: Level


class Assign(_Command, frozen=True, tag="assign"):
    """A lead gives a conversation to the officer `to`, or takes it over. `was`: who holds it as far as he sees, ""
    nobody; another one by now is a refusal."""

    cid: B16
    id: B16
    to: B8
    was: Holder | None = None


class Offer(_Command, frozen=True, tag="offer"):
    """Offer a conversation to a colleague; the hand-over card is sealed to the desk."""

    cid: B16
    id: B16
    to: B8
    note: Note


class Accept(_Command, frozen=True, tag="accept"):
    cid: B16
    id: B16


class Decline(_Command, frozen=True, tag="decline"):
    """Don't take what was offered, or withdraw the offer."""

    cid: B16
    id: B16


class Whisper(_Command, frozen=True, tag="whisper"):
    """Words between lead and officer, sealed to the desk."""

    cid: B16
    id: B16
    note: Note


class StepIn(_Command, frozen=True, tag="step_in"):
    """A lead reads along, or joins; the reason is sealed to the desk."""

    cid: B16
    id: B16
    way: Literal["read", "join"]
    note: Note


class StepOut(_Command, frozen=True, tag="step_out"):
    cid: B16
    id: B16


class PauseArrivals(_Command, frozen=True, tag="pause"):
    """A lead lets nobody new in, or sends visitors elsewhere; the reason is sealed to the desk (its cid is DESK)."""

    id: B16
    way: Literal["pause", "divert"]
    note: Note


class ResumeArrivals(_Command, frozen=True, tag="resume"):
    id: B16


class TellDuty(_Command, frozen=True, tag="duty"):
    """How this officer is on duty; makes no event, the relay keeps it in memory while the console is there."""

    duty: Duty


class CallBreak(_Command, frozen=True, tag="call_break"):
    """A lead asks an officer who is on duty to take a break; makes no event."""

    to: B8


class RequestCallback(_Command, frozen=True, tag="callback"):
    """Pass on how the visitor may be called back; as `RequestPatrol`."""

    cid: B16
    id: B16
    h: str
    sig: B64
    box: str
    rooms: list[RoomBox]


class TellCallback(_Command, frozen=True, tag="callback_told"):
    """The dispatch role has taken a request for a call back, or refuses it: `h` a PatrolStatusHeader."""

    cid: B16
    id: B16
    h: str
    sig: B64


class Tally(_Command, frozen=True, tag="tally"):
    """One more of what only consoles know (`model/figures.py`): no event, about no conversation. Told again under the
    same id it counts once."""

    id: B16
    measure: Short
    value: Short


class WantFigures(_Command, frozen=True, tag="figures"):
    """A lead asks for the figures of some days of the station's time zone."""

    first: Day
    last: Day


class KeepExport(_Command, frozen=True, tag="export"):
    """A lead keeps a closed conversation to practise on: `h` an ExportHeader, `sig` over it, `box` the export's key for
    the practice key. The pieces follow."""

    cid: B16
    id: B16
    h: str
    sig: B64
    box: Box


class KeepPart(_Command, frozen=True, tag="export_part"):
    """Piece `n` of the export `export`, which this lead has begun."""

    cid: B16
    id: B16
    export: B16
    n: Count
    c: str


class Countersign(_Command, frozen=True, tag="countersign"):
    """Vouch for an export that somebody else has redacted: `h` a CountersignHeader, `sig` over it."""

    cid: B16
    id: B16
    h: str
    sig: B64


class EndExport(_Command, frozen=True, tag="export_end"):
    """End what is kept to practise on: its key is written over."""

    cid: B16
    id: B16


class FetchExport(_Command, frozen=True, tag="export_fetch"):
    """Ask for what is kept of a conversation."""

    cid: B16


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signed statement of the directory."""

    s: str
    sig: str


class Wrap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A desk key's private half, sealed to one member's box key."""

    key: B8
    to: B8
    box: str


class Publish(_Command, frozen=True, tag="publish"):
    """A lead appends statements to the directory and leaves wraps for members."""

    entries: list[Entry]
    wraps: list[Wrap]


Command = (
    Say
    | Claim
    | Release
    | Close
    | Remark
    | EraseConversation
    | RequestPatrol
    | CancelPatrol
    | TellPatrol
    | Refer
    | ConfirmSignal
    | RequestCallback
    | TellCallback
    | RaiseUrgency
    | Assign
    | Offer
    | Accept
    | Decline
    | Whisper
    | StepIn
    | StepOut
    | PauseArrivals
    | ResumeArrivals
    | TellDuty
    | CallBreak
    | History
    | Publish
    | Tally
    | WantFigures
    | KeepExport
    | KeepPart
    | Countersign
    | EndExport
    | FetchExport
)


class Heads(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Size and head of the directory that somebody has."""

    size: int
    head: str


class CommandHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an officer signs: who, in which session, rising count, the directory seen, what to do."""

    kid: B8
    sid: B16
    c: Count
    dir: Heads
    do: Command
