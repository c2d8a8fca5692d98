"""Every frame on the wire, as structs. One JSON text frame of a WebSocket is one struct; `t` says which.

Four unions: what a visitor sends and gets (`/ws`), what a console sends and gets (`/desk`); see PROTOCOL.md.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from officer_console.model.events import Event
from officer_console.model.roster import OnDuty
from officer_console.model.shown_figures import Report
from officer_console.model.timers import Timers

from .commands import Entry, Heads, Wrap
from .shapes import B8, B16, B32, B64, Box, Seq


class _Frame(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="t", omit_defaults=True):
    pass


# ---- visitor → relay -------------------------------------------------------------------------------------------


class Hello(_Frame, frozen=True, tag="hello"):
    """First frame of a new visitor."""

    v: int


class Resume(_Frame, frozen=True, tag="resume"):
    """First frame of a visitor who comes back: `vt` proves it, `after` is the last `seq` her page has."""

    v: int
    cid: B16
    vt: B32
    after: Seq


class Open(_Frame, frozen=True, tag="open"):
    """Opens a conversation: header, boxed conversation key, the visitor's token."""

    h: str
    box: Box
    vt: B32


class Msg(_Frame, frozen=True, tag="msg"):
    """A sealed message, to be stored. Sent again, byte for byte, until it has a `seq`."""

    h: str
    n: str
    c: str


class Live(_Frame, frozen=True, tag="live"):
    """A sealed frame that is passed on and never stored."""

    h: str
    n: str
    c: str


class Leave(_Frame, frozen=True, tag="leave"):
    """The visitor goes, knowingly."""

    how: Literal["goodbye", "exit", "closed"]


class Erase(_Frame, frozen=True, tag="erase"):
    """Erase this conversation, everywhere, now."""

    cid: B16


VisitorIn = Hello | Resume | Open | Msg | Live | Leave | Erase

# ---- relay → visitor -------------------------------------------------------------------------------------------


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The chain root → lead → desk key: two signed statements and their signatures."""

    lead: str
    lsig: str
    key: str
    sig: str


class Desk(_Frame, frozen=True, tag="desk"):
    """Answer to the first frame. `now` is the relay's clock in ms; no `bundle`: nobody can be written to."""

    v: int
    now: int
    duty: bool
    waiting: int
    bundle: Bundle | None = None


class Ack(_Frame, frozen=True, tag="ack"):
    """The event `id` ("open", or "v.<n>" for message n) is on disk under `seq`."""

    id: str
    seq: int
    at: int


class Stored(_Frame, frozen=True, tag="msg"):
    """A stored message of either direction."""

    seq: int
    at: int
    h: str
    n: str
    c: str


class Status(_Frame, frozen=True, tag="status"):
    """How the conversation stands: `ahead` people wait before her (only while waiting), `duty` an officer is on duty,
    `linked` the console of the officer who holds it is connected. `handed`: how often another officer took it on;
    `back`: why it went back into the queue; `guests`: how many more of the desk read along, `joined` of them write.
    `shut`, only before she has written: no new conversation is let in, or ("divert") go where `instead` says."""

    state: Literal["opening", "waiting", "held", "closed", "erased"]
    duty: bool
    ahead: int = 0
    linked: bool = False
    handed: int = 0
    back: Literal["", "unanswered", "gone", "relief"] = ""
    guests: int = 0
    joined: int = 0
    shut: Literal["", "pause", "divert"] = ""
    instead: str = ""


class Here(_Frame, frozen=True, tag="here"):
    """All that was missing has been sent, up to `seq`."""

    seq: int


class Gone(_Frame, frozen=True, tag="erased"):
    """The conversation is erased."""


class No(_Frame, frozen=True, tag="no"):
    """Refused: `code` of refusals.py and its sentence. `id` when one event was refused and the connection goes on."""

    code: str
    text: str
    id: str = ""


class Beat(_Frame, frozen=True, tag="beat"):
    """Heartbeat. `now` relay's clock in ms."""

    now: int


class Bye(_Frame, frozen=True, tag="bye"):
    """The relay stops or cuts this connection; come back after `again` ms, nothing is lost."""

    again: int


VisitorOut = Desk | Ack | Stored | Live | Status | Here | Gone | No | Beat | Bye

# ---- console → relay -------------------------------------------------------------------------------------------


class LoginHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an officer signs to log in, bound to this relay, host and challenge."""

    v: int
    kid: B8
    relay: B8
    host: str
    nonce: B32
    n2: B32
    dir: Heads


class Login(_Frame, frozen=True, tag="login"):
    h: str
    sig: B64


class Found(_Frame, frozen=True, tag="found"):
    """Found the desk: the token that the relay printed, the first statements, the first wraps."""

    token: str
    entries: list[Entry]
    wraps: list[Wrap]


class Join(_Frame, frozen=True, tag="join"):
    """Ask to be enrolled with an invitation. `request` is signed by the new key and authenticated by the invitation."""

    invite: B8
    request: str
    mac: B32
    sig: B64


class Follow(_Frame, frozen=True, tag="follow"):
    """Send all events after `after`, then what comes."""

    after: Seq


class Cmd(_Frame, frozen=True, tag="cmd"):
    """`h` is a CommandHeader in JSON, exactly as signed."""

    h: str
    sig: B64


class DeskLive(_Frame, frozen=True, tag="live"):
    """A live frame of a conversation, from or to the console that holds it."""

    cid: B16
    h: str
    n: str
    c: str


DeskIn = Login | Found | Join | Follow | Cmd | DeskLive

# ---- relay → console -------------------------------------------------------------------------------------------


class ChallengeHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the relay signs with its own key. `dir` its directory; size 0: the desk is not founded."""

    v: int
    relay: str
    pub: str
    nonce: str
    now: int
    dir: Heads


class Challenge(_Frame, frozen=True, tag="challenge"):
    h: str
    sig: str


class Welcome(_Frame, frozen=True, tag="welcome"):
    """Logged in: the statements after those the console said it has, all wraps for it, the log's head."""

    kid: str
    role: str
    now: int
    seq: int
    entries: list[Entry]
    wraps: list[Wrap]


class Founded(_Frame, frozen=True, tag="founded"):
    """The desk is founded."""


class Pending(_Frame, frozen=True, tag="pending"):
    """The request to join waits for a shift lead's console."""


class Joined(_Frame, frozen=True, tag="joined"):
    """The directory that now has the new member; log in next."""

    entries: list[Entry]


class Joining(_Frame, frozen=True, tag="joining"):
    """To leads: somebody asks to be enrolled."""

    invite: str
    request: str
    mac: str
    sig: str


class Directory(_Frame, frozen=True, tag="directory"):
    """New statements, and wraps for this console."""

    entries: list[Entry]
    wraps: list[Wrap]


class Happened(_Frame, frozen=True, tag="event"):
    """One event, in order."""

    e: Event


class Past(_Frame, frozen=True, tag="past"):
    """Part of the answer to `history`; `last` on the final one."""

    cid: str
    events: list[Event]
    last: bool


class Figures(_Frame, frozen=True, tag="figures"):
    """The answer to `figures`."""

    report: Report


class Kept(_Frame, frozen=True, tag="export"):
    """The answer to `export_fetch`: `h` and `sig` of the export, the pieces in order, `box` its key; `ch` and `csig` of
    the second officer, "" as long as nobody has countersigned."""

    cid: str
    at: int
    by: str
    h: str
    sig: str
    box: str
    parts: list[str]
    signed_at: int = 0
    signed_by: str = ""
    ch: str = ""
    csig: str = ""


class Done(_Frame, frozen=True, tag="done"):
    """Command `c` is done; `seq` of the event it made (0 when it made none)."""

    c: int
    seq: int = 0


class NoCmd(_Frame, frozen=True, tag="no"):
    """Refused: command `c` (or the connection, without). `who` holds the conversation, for "taken"."""

    code: str
    text: str
    c: int = -1
    who: str = ""


class Pulse(_Frame, frozen=True, tag="beat"):
    """Heartbeat: relay's clock in ms, the log's head, officers who are connected, members of the dispatch role who
    are."""

    now: int
    seq: int
    on_duty: list[str]
    rooms: list[str] = []


class Standing(_Frame, frozen=True, tag="standing"):
    """The desk's timers, and who is on duty: after `here`, and at each change, gathered."""

    timers: Timers
    officers: list[OnDuty]


class BreakCalled(_Frame, frozen=True, tag="break_called"):
    """The lead `by` asks this officer to take a break."""

    by: str


DeskOut = (
    Challenge
    | Welcome
    | Founded
    | Pending
    | Joined
    | Joining
    | Directory
    | Happened
    | Past
    | Figures
    | Kept
    | Done
    | NoCmd
    | Pulse
    | Standing
    | BreakCalled
    | DeskLive
    | Here
    | Bye
)
