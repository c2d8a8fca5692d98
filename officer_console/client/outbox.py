"""The officer's commands that the relay has not answered yet: on disk first, then sent, in order, exactly once.

A command keeps its event id and, for a message, its sealed envelope byte for byte, so that sending it again after a
crash or a lost connection is the same event.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Final

import msgspec

from officer_console.model.envelope import MessageHeader
from officer_console.protocol import codec
from officer_console.protocol.commands import (
    Accept,
    Assign,
    CancelPatrol,
    Claim,
    Close,
    ConfirmSignal,
    Decline,
    EraseConversation,
    Offer,
    RaiseUrgency,
    Refer,
    Release,
    Remark,
    RequestCallback,
    RequestPatrol,
    Say,
    StepIn,
    StepOut,
    Whisper,
)

from .disk import Disk

Order = (
    Say
    | Claim
    | Release
    | Close
    | Remark
    | EraseConversation
    | RequestPatrol
    | CancelPatrol
    | Refer
    | RequestCallback
    | ConfirmSignal
    | RaiseUrgency
    | Assign
    | Offer
    | Accept
    | Decline
    | Whisper
    | StepIn
    | StepOut
)
"""The commands that wait here."""
BECOMES: Final[dict[type, str]] = {
    Say: "said",
    Claim: "claimed",
    Release: "released",
    Close: "closed",
    Remark: "noted",
    EraseConversation: "erased",
    RequestPatrol: "patrol_requested",
    CancelPatrol: "patrol_cancelled",
    Refer: "referred",
    ConfirmSignal: "signal_confirmed",
    RequestCallback: "callback_requested",
    RaiseUrgency: "urgency_raised",
    Assign: "assigned",
    Offer: "offered",
    Accept: "accepted",
    Decline: "declined",
    Whisper: "whispered",
    StepIn: "stepped_in",
    StepOut: "stepped_out",
}
"""Command -> the kind of event that it becomes."""


class Unsent(msgspec.Struct, frozen=True):
    """A command, what was written in it, and when (own clock, ms).

    `due`: when the countdown of a patrol request ends (own clock, ms), 0 once it has. `case`: the patrol case that the
    words of a message announce help of. `asks`: the message asks for her consent, and has no words.
    """

    do: Order
    text: str = ""
    at: int = 0
    due: int = 0
    case: str = ""
    asks: bool = False

    @property
    def cid(self) -> str:
        return self.do.cid

    @property
    def is_patrol(self) -> bool:
        """Whether it asks for a patrol or cancels one."""
        return isinstance(self.do, RequestPatrol | CancelPatrol)

    @property
    def event_id(self) -> str:
        """Id of the event that it will become."""
        if isinstance(self.do, Say):
            return f"{(head := self.header()).s}.{head.n}"
        return self.do.id

    def header(self) -> MessageHeader:
        """The header of a message."""
        assert isinstance(self.do, Say)
        return codec.header(self.do.env.h, MessageHeader)


_decoder = msgspec.json.Decoder(Unsent)


class Outbox:
    """Entries by number, in order. Every change is on disk when the call returns, or raises OSError."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._entries = {number: _decoder.decode(data) for number, data in disk.entries()}

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[tuple[int, Unsent]]:
        """Number and entry, in order; the outbox may change meanwhile."""
        return iter(list(self._entries.items()))

    def get(self, number: int) -> Unsent | None:
        return self._entries.get(number)

    def of(self, cid: str) -> list[Unsent]:
        """A conversation's entries, in order."""
        return [entry for entry in self._entries.values() if entry.cid == cid]

    def has(self, cid: str, *kinds: type) -> bool:
        """Whether a command of one of these kinds waits for a conversation."""
        return any(isinstance(entry.do, kinds) for entry in self.of(cid))

    def highest(self, cid: str) -> int:
        """Highest number of our messages that wait in a conversation, -1 for none."""
        return max((entry.header().n for entry in self.of(cid) if isinstance(entry.do, Say)), default=-1)

    def add(self, entry: Unsent, draft: tuple[str, str] | None = None) -> int:
        """Take a command; `draft` (of what, text) is kept in the same step."""
        with self._disk.change() as change:
            number = change.add(msgspec.json.encode(entry))
            if draft is not None:
                change.draft(*draft)
        self._entries[number] = entry
        return number

    def replace(self, number: int, entry: Unsent) -> None:
        """Put an entry, altered, in its own place. On disk too when the disk takes it; here in any case."""
        with contextlib.suppress(OSError), self._disk.change() as change:
            change.replace(number, msgspec.json.encode(entry))
        self._entries[number] = entry

    def remove(self, *numbers: int, draft: tuple[str, str] | None = None) -> None:
        """Drop what is done or refused; `draft` (of what, text) is kept in the same step.

        Where the disk takes nothing it is dropped in memory only, and sent once more by the next console: it is the
        same event then.
        """
        with contextlib.suppress(OSError), self._disk.change() as change:
            for number in numbers:
                change.remove(number)
            if draft is not None:
                change.draft(*draft)
        for number in numbers:
            self._entries.pop(number, None)

    def confirm(self, cid: str, event_id: str) -> int | None:
        """The event with this id is in the log: drop its entry, and give its number."""
        for number, entry in self:
            if entry.cid == cid and entry.event_id == event_id:
                self.remove(number)
                return number
        return None
