"""What the screens see of the desk: read state, give commands, be told what changed. Nothing else.

Practice and tests give the console another object of the same shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from officer_console.model.queue import Queue
from officer_console.model.transcript import Line


class LinkPhase(StrEnum):
    """Where the connection stands."""

    CONNECTING = "connecting"  # never connected yet
    CATCHING_UP = "catching_up"  # logged in, events are still coming
    ONLINE = "online"
    RECONNECTING = "reconnecting"
    REFUSED = "refused"  # the relay does not let us in; `problem` says why; no further try by itself
    STOPPED = "stopped"


class LinkState(msgspec.Struct, frozen=True):
    """The truth about the connection. Times in ms of this machine's clock; `problem`: a refusal's code or "network"."""

    phase: LinkPhase = LinkPhase.CONNECTING
    since: int = 0
    last_beat: int = 0
    retry_at: int = 0
    unsent: int = 0
    skew: int = 0  # relay's clock minus ours, ms
    problem: str = ""
    on_duty: tuple[str, ...] = ()
    relay_url: str = ""
    desk_name: str = ""


class Notice(msgspec.Struct, frozen=True):
    """Something an officer must be told once. `kind`: arrived (a conversation began to wait), wrote (the visitor of a
    conversation I hold), taken (I lost a claim to `who`), failed (my message was refused: `code`), erased, returned,
    left, reopened."""

    kind: str
    cid: str
    who: str = ""
    code: str = ""


class Change(msgspec.Struct, frozen=True):
    """What changed since the last call: conversations, whether the queue's order or size, whether the link."""

    cids: frozenset[str] = frozenset()
    queue: bool = False
    link: bool = False
    notices: tuple[Notice, ...] = ()


class Peer(msgspec.Struct, frozen=True):
    """The visitor as the live frames show her now; `read`: how many of the desk's messages her page has shown."""

    typing: bool = False
    here: bool = False
    read: int = 0


class Desk(Protocol):
    """The desk as one officer sees it. All methods return at once; what a command did comes back as a Change."""

    @property
    def me(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def queue(self) -> Queue: ...
    @property
    def link(self) -> LinkState: ...
    def now(self) -> int:
        """Relay's clock as well as known, ms."""
        ...

    def name(self, kid: str) -> str:
        """Displayable name of an officer."""
        ...

    def lines(self, cid: str) -> Sequence[Line]:
        """The transcript; append-only but for own pending lines, whose status changes in place. Empty at first."""
        ...

    def loading(self, cid: str) -> bool:
        """Whether the history of this conversation is still on its way."""
        ...

    def peer(self, cid: str) -> Peer: ...
    def unread(self, cid: str) -> int:
        """Messages of the visitor after the last one that was on this screen."""
        ...

    def first_unread(self, cid: str) -> int | None:
        """Index in `lines` of the first unread one."""
        ...

    def mark_read(self, cid: str) -> None:
        """All lines there are now have been on screen."""
        ...

    def draft(self, cid: str) -> str: ...
    def save_draft(self, cid: str, text: str) -> None:
        """Keep a draft; on disk, sealed, within 300 ms and at `close`."""
        ...

    def say(self, cid: str, text: str) -> None:
        """Write. On disk, sealed, when this returns; the draft is emptied. Raises OSError when the disk takes nothing
        (the draft stays), ValueError when the text is empty or over 16,000 bytes, Refused when rules forbid it."""
        ...

    def typing(self, cid: str, typing: bool) -> None: ...
    def claim(self, cid: str) -> None: ...
    def take_next(self) -> str | None:
        """Claim the first waiting conversation; its cid, or None when nobody waits. Losing it to a colleague takes the
        next one by itself, with a `taken` notice."""
        ...

    def release(self, cid: str) -> None: ...
    def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None: ...
    def note(self, cid: str, text: str) -> None: ...
    def erase(self, cid: str) -> None:
        """Leads only: erase a conversation for good."""
        ...

    def open(self, cid: str) -> None:
        """The conversation is on screen: its history is fetched when needed."""
        ...

    def subscribe(self, told: Callable[[Change], None]) -> Callable[[], None]:
        """Be told of changes (at most 30 times a second, on the event loop); gives the function that ends it."""
        ...

    def retry(self) -> None:
        """Try to connect now."""
        ...

    async def run(self) -> None:
        """Keep the link until cancelled; cancelling flushes drafts and closes the connection."""
        ...
