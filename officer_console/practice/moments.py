"""What goes into the simulated visitor and what comes out, as data: the trainee's doings and her reactions."""

from __future__ import annotations

from typing import Literal

import msgspec

from officer_console.model.events import How

from .analysis import Reading
from .fields import RoomState


class _Out(msgspec.Struct, frozen=True, tag_field="is"):
    pass


class Types(_Out, frozen=True, tag="types"):
    """She begins or stops typing."""

    on: bool


class Writes(_Out, frozen=True, tag="writes"):
    """She sends a message."""

    id: str
    text: str


class Shares(_Out, frozen=True, tag="shares"):
    """She shares where she is."""

    id: str
    lat: int
    lon: int
    acc: int


class Goes(_Out, frozen=True, tag="goes"):
    """She leaves."""

    how: How


class Comes(_Out, frozen=True, tag="comes"):
    """She is back; `leap`: ms of absence that have passed in a moment."""

    leap: int = 0


class Tells(_Out, frozen=True, tag="tells"):
    """The dispatch room tells something of the patrol."""

    state: RoomState
    unit: str = ""
    text: str = ""
    group: str = ""


class Ends(_Out, frozen=True, tag="ends"):
    """The session has found its end; "": it ends as the trainee left it."""

    end: str = ""


class Over(_Out, frozen=True, tag="over"):
    """Nothing more happens."""


class Enters(_Out, frozen=True, tag="enters"):
    """She is in a branch now ("record": in none). Tells nobody anything; kept for who explains it."""

    branch: str


Out = Types | Writes | Shares | Goes | Comes | Tells | Ends | Over | Enters


class Moment(msgspec.Struct, frozen=True):
    """Something that happens: when (ms of the session), what, and why: "record", "fits:<reply>", "cue:<id>", "nod",
    "unsure", "patience", "room"."""

    at: int
    what: Out
    cause: str


# ---- what the trainee does -------------------------------------------------------------------------------------------


class _Deed(msgspec.Struct, frozen=True, tag_field="did"):
    pass


class Replies(_Deed, frozen=True, tag="replies"):
    """He writes; `reading` is what that does."""

    text: str
    reading: Reading


class Stands(_Deed, frozen=True, tag="stands"):
    """He takes the conversation, puts it back, or closes it."""

    state: Literal["claimed", "released", "closed"]
    outcome: str = ""


class Sends(_Deed, frozen=True, tag="sends"):
    """He asks for a patrol, or tells more of it; the request as the room reads it."""

    request: str


class Cancels(_Deed, frozen=True, tag="cancels"):
    """He cancels the patrol."""

    reason: str


class Gives(_Deed, frozen=True, tag="gives"):
    """He gives a referral: the directory's id."""

    referral: str


class Confirms(_Deed, frozen=True, tag="confirms"):
    """He confirms a danger signal in one of her messages."""

    signal: str
    message: str


class Notes(_Deed, frozen=True, tag="notes"):
    """He writes a note."""

    text: str


class Typing(_Deed, frozen=True, tag="typing"):
    """He is seen typing."""


Did = Replies | Stands | Sends | Cancels | Gives | Confirms | Notes | Typing


class Done(msgspec.Struct, frozen=True):
    """Something the trainee did, and when (ms of the session)."""

    at: int
    what: Did


Entry = Moment | Done
"""One line of what happened in an attempt."""
