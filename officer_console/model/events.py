"""The events of a conversation, as the log keeps them and everybody gets them.

An event is immutable. `seq` is the log's number (rises over the whole desk, has gaps), `at` the relay's clock in
milliseconds since 1970, `cid` the conversation, `id` the author's own id of the event (the same id again in the same
conversation is the same event), `by` who: "v" the visitor, "relay", or an officer's kid.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, cast, get_args

import msgspec

from .envelope import Envelope, Note

How = Literal["goodbye", "exit", "closed", "lost"]
"""How a visitor left: said goodbye, pressed the exit button, closed the page, or the network was lost."""


class _What(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", omit_defaults=True):
    pass


class Opened(_What, frozen=True, tag="opened"):
    """A visitor opened a conversation. `h` heads `box`, the boxed conversation key; no `box` for who may not read."""

    h: str
    box: str = ""


class Said(_What, frozen=True, tag="said"):
    """A message; without `env` for who may not read it."""

    env: Envelope | None = None


class Claimed(_What, frozen=True, tag="claimed"):
    """The officer `by` takes the conversation."""


Why = Literal["", "unanswered", "gone", "relief"]
"""Why a conversation goes back into the queue: its officer wants it, he left it unanswered, his console is gone, or his
shift is over."""


class Released(_What, frozen=True, tag="released"):
    """The officer, a lead, or the relay when a timer has run out, puts the conversation back into the queue."""

    why: Why = ""


class Noted(_What, frozen=True, tag="noted"):
    """A note for the desk; no visitor's connection carries this kind."""

    note: Note | None = None


class Closed(_What, frozen=True, tag="closed"):
    """The conversation is closed; the outcome is sealed to the desk."""

    note: Note | None = None


class Left(_What, frozen=True, tag="left"):
    """The visitor went."""

    how: How


class Returned(_What, frozen=True, tag="returned"):
    """The visitor is back."""


class Erased(_What, frozen=True, tag="erased"):
    """Everything else of this conversation has been erased."""


class RoomBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A patrol request sealed to one member `to` of the dispatch role."""

    to: str
    box: str


class PatrolRequested(_What, frozen=True, tag="patrol_requested"):
    """An officer asks for a patrol. `h` is a PatrolHeader, `sig` his signature over it; `box` is sealed to the desk,
    `rooms` to the dispatch role. Who may not read gets neither."""

    h: str
    sig: str
    box: str = ""
    rooms: tuple[RoomBox, ...] = ()


class PatrolCancelled(_What, frozen=True, tag="patrol_cancelled"):
    """An officer cancels the open case, with a reason; as `PatrolRequested`."""

    h: str
    sig: str
    box: str = ""
    rooms: tuple[RoomBox, ...] = ()


class PatrolStatus(_What, frozen=True, tag="patrol_status"):
    """The dispatch role tells what becomes of a case. `h` is a PatrolStatusHeader, `sig` its signature; `box` holds
    words for the desk, or nothing."""

    h: str
    sig: str
    box: str = ""


class Referred(_What, frozen=True, tag="referred"):
    """The officer has given a referral; which line is sealed to the desk."""

    note: Note | None = None


class SignalConfirmed(_What, frozen=True, tag="signal_confirmed"):
    """The officer has confirmed a danger signal; which, and in which message, is sealed to the desk."""

    note: Note | None = None


Level = Literal["amber", "red"]
"""Urgency that an officer gives a conversation; it only ever rises."""


class UrgencyRaised(_What, frozen=True, tag="urgency_raised"):
    """An officer holds the conversation for urgent. In the open: the relay tells visitors their place."""

    level: Level


class Crowded(_What, frozen=True, tag="crowded"):
    """The relay saw `turn` others from the same network wait when this one began to."""

    turn: int


class Assigned(_What, frozen=True, tag="assigned"):
    """A lead gives the conversation to an officer `to`, or takes it over himself. `was`: who held it as far as the lead
    saw, "" nobody; None: whoever it was."""

    to: str
    was: str | None = None


class Offered(_What, frozen=True, tag="offered"):
    """The officer offers the conversation to a colleague `to`; the hand-over card is sealed to the desk."""

    to: str
    note: Note | None = None


class Accepted(_What, frozen=True, tag="accepted"):
    """The colleague takes what he was offered."""


class Declined(_What, frozen=True, tag="declined"):
    """The colleague does not take it, the officer withdraws the offer, or nobody answered it in time."""


class Whispered(_What, frozen=True, tag="whispered"):
    """Lead and officer speak aside; no visitor's connection carries this kind."""

    note: Note | None = None


class SteppedIn(_What, frozen=True, tag="stepped_in"):
    """A lead reads along (`way` "read", the reason is sealed to the desk) or joins; the visitor is told of it."""

    way: Literal["read", "join"]
    note: Note | None = None


class SteppedOut(_What, frozen=True, tag="stepped_out"):
    """The lead neither reads nor writes there any more."""


class ArrivalsPaused(_What, frozen=True, tag="arrivals_paused"):
    """A lead lets no new conversation in (`way` "pause"), or sends visitors elsewhere; the reason is sealed to the
    desk. An event of the desk, not of a conversation: its cid is DESK."""

    way: Literal["pause", "divert"]
    note: Note | None = None


class ArrivalsResumed(_What, frozen=True, tag="arrivals_resumed"):
    """New conversations are welcome again. Its cid is DESK."""


class CallbackRequested(_What, frozen=True, tag="callback_requested"):
    """An officer passes on how the visitor may be called back; as `PatrolRequested`."""

    h: str
    sig: str
    box: str = ""
    rooms: tuple[RoomBox, ...] = ()


class CallbackTold(_What, frozen=True, tag="callback_told"):
    """The dispatch role tells what becomes of a call back. `h` is a PatrolStatusHeader, `sig` its signature."""

    h: str
    sig: str


class Exported(_What, frozen=True, tag="exported"):
    """A lead keeps the conversation to practise on, redacted. `h` is an ExportHeader, `sig` his signature over it; the
    key is in the conversation's slots, and nowhere else. It takes the place of an earlier one."""

    h: str
    sig: str


class ExportPart(_What, frozen=True, tag="export_part"):
    """Piece `n`, from 0, of the export `export`: nonce and ciphertext in base64url; "" for who has not asked for it."""

    export: str
    n: int
    c: str = ""


class Countersigned(_What, frozen=True, tag="countersigned"):
    """Somebody else has read the export and vouches for it. `h` is a CountersignHeader, `sig` the signature over it."""

    h: str
    sig: str


class ExportEnded(_What, frozen=True, tag="export_ended"):
    """The export can't be opened any more: its key is gone."""


What = (
    Opened
    | Said
    | Claimed
    | Released
    | Noted
    | Closed
    | Left
    | Returned
    | Erased
    | PatrolRequested
    | PatrolCancelled
    | PatrolStatus
    | Referred
    | SignalConfirmed
    | CallbackRequested
    | CallbackTold
    | UrgencyRaised
    | Crowded
    | Assigned
    | Offered
    | Accepted
    | Declined
    | Whispered
    | SteppedIn
    | SteppedOut
    | ArrivalsPaused
    | ArrivalsResumed
    | Exported
    | ExportPart
    | Countersigned
    | ExportEnded
)
OF_THE_DESK = (ArrivalsPaused, ArrivalsResumed)
"""Kinds that are about no conversation."""
DESK = "desk"
"""Where a conversation's id stands in an event of the desk; no conversation can have it."""
KINDS: tuple[str, ...] = tuple(str(kind.__struct_config__.tag) for kind in get_args(What))
VERSION = 1
"""Version of the stored form; each record carries it."""


class Draft(msgspec.Struct, frozen=True):
    """An event that the log has not numbered yet."""

    cid: str
    id: str
    by: str
    what: What


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event as stored. See the module."""

    seq: int
    at: int
    cid: str
    id: str
    by: str
    what: What

    @property
    def kind(self) -> str:
        return kind_of(self.what)


class FromNewerVersion(ValueError):
    """A stored event was written by a newer version of this program."""


_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[What] = msgspec.json.Decoder(What)
Upcast = Callable[[dict[str, Any]], dict[str, Any]]
UPCASTS: Mapping[int, Upcast] = {}
"""Stored version -> the step that brings a stored `what` to the next version."""


def kind_of(what: What) -> str:
    """Name of the kind, one of KINDS."""
    return str(what.__struct_config__.tag)


def dump(what: What) -> bytes:
    """The stored form (JSON) of version VERSION."""
    return _encoder.encode(what)


def load(version: int, stored: bytes, upcasts: Mapping[int, Upcast] = UPCASTS, newest: int = VERSION) -> What:
    """Read a stored form of any version up to `newest`.

    Raises FromNewerVersion, or msgspec.ValidationError when the form is broken.
    """
    if version == newest:
        return _decoder.decode(stored)
    if version > newest:
        raise FromNewerVersion(f"event of version {version}, this program knows {newest}")
    raw = msgspec.json.decode(stored)
    for step in range(version, newest):
        raw = upcasts[step](raw)
    return cast(What, msgspec.convert(raw, What))


def numbered(draft: Draft, seq: int, at: int) -> Event:
    """The event that a draft becomes."""
    return Event(seq, at, draft.cid, draft.id, draft.by, draft.what)
