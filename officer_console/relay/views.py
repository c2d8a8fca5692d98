"""What of an event each console gets: the words only who may read them, the dispatch role only what is sealed to it."""

from __future__ import annotations

from typing import Final

import msgspec

from officer_console.model.conversation import Conversation
from officer_console.model.events import (
    OF_THE_DESK,
    ArrivalsPaused,
    CallbackRequested,
    CallbackTold,
    Closed,
    Erased,
    Event,
    ExportPart,
    Noted,
    Offered,
    Opened,
    PatrolCancelled,
    PatrolRequested,
    PatrolStatus,
    Referred,
    Said,
    SignalConfirmed,
    SteppedIn,
    What,
    Whispered,
)
from officer_console.model.rules import ANSWERS, may_read, may_read_offer, may_read_patrol, may_read_whisper
from officer_console.protocol import codec
from officer_console.protocol.frames import Happened

from .wire import framed

_BLANKS: Final[dict[type, What]] = {
    kind: kind() for kind in (Said, Noted, Closed, Referred, SignalConfirmed, Whispered)
}
_WITH_NOTE: Final = (Offered, SteppedIn, ArrivalsPaused)
"""Kinds that say something in the open beside a note."""
_MAY_READ: Final = {
    **dict.fromkeys((PatrolRequested, PatrolCancelled, PatrolStatus), may_read_patrol),
    Offered: may_read_offer,
    Whispered: may_read_whisper,
}
"""Who may read the words of these kinds; of all others, who may read the conversation."""


class Views:
    """One event, as the conversation stands now. `box`: the boxed key of the conversation, when the event opens it.

    A frame is encoded once for all who see the same.
    """

    def __init__(self, event: Event, conversation: Conversation | None, box: str) -> None:
        self._event = _unasked(event)
        self._conversation = conversation
        self._box = box
        self._may_read = _MAY_READ.get(type(event.what), may_read)
        self._author = event.by if isinstance(event.what, CallbackRequested | Offered | SteppedIn) else None
        self._frames: dict[bool, bytes] = {}

    def of(self, kid: str, role: str) -> Event | None:
        """The event as this console gets it; None when it is none of its business."""
        if role == "dispatch":
            return _for_room(self._event, kid)
        return _with_words(self._event, self._box) if self._readable(kid, role) else _without_words(self._event)

    def frame(self, kid: str, role: str) -> bytes | None:
        """The same, as it goes over the wire."""
        if role == "dispatch":
            seen = _for_room(self._event, kid)
            return framed(codec.encode(Happened(seen))) if seen else None
        readable = self._readable(kid, role)
        if readable not in self._frames:
            seen = _with_words(self._event, self._box) if readable else _without_words(self._event)
            self._frames[readable] = framed(codec.encode(Happened(seen)))
        return self._frames[readable]

    def _readable(self, kid: str, role: str) -> bool:
        if isinstance(self._event.what, OF_THE_DESK):
            return role in ANSWERS
        of = self._conversation
        return of is not None and (self._may_read(of, kid, role) or kid == self._author)


def _unasked(event: Event) -> Event:
    """A piece of an export goes to who asks for it, and not to everybody who follows."""
    what = event.what
    if not isinstance(what, ExportPart):
        return event
    return msgspec.structs.replace(event, what=ExportPart(what.export, what.n))


def _for_room(event: Event, kid: str) -> Event | None:
    match event.what:
        case PatrolRequested() | PatrolCancelled() | CallbackRequested():
            h, sig, rooms = event.what.h, event.what.sig, event.what.rooms
            own = tuple(each for each in rooms if each.to == kid)
            return msgspec.structs.replace(event, what=type(event.what)(h, sig, rooms=own))
        case PatrolStatus(h=h, sig=sig):
            return msgspec.structs.replace(event, what=PatrolStatus(h, sig))
        case Erased() | CallbackTold():
            return event
    return None


def _with_words(event: Event, box: str) -> Event:
    match event.what:
        case Opened(h=h):
            return msgspec.structs.replace(event, what=Opened(h, box))
        case PatrolRequested() | PatrolCancelled() | CallbackRequested():
            bare = msgspec.structs.replace(event.what, rooms=())  # rooms open their own boxes
            return msgspec.structs.replace(event, what=bare)
    return event


def _without_words(event: Event) -> Event:
    match event.what:
        case PatrolRequested() | PatrolCancelled() | PatrolStatus() | CallbackRequested():
            return msgspec.structs.replace(event, what=type(event.what)(event.what.h, event.what.sig))
    if isinstance(event.what, _WITH_NOTE):
        return msgspec.structs.replace(event, what=msgspec.structs.replace(event.what, note=None))
    blank = _BLANKS.get(type(event.what))
    return msgspec.structs.replace(event, what=blank) if blank else event
