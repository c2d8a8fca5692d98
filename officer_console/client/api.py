"""What the screens see of the desk: read state, give commands, be told what changed. Nothing else.

Practice and tests give the console another object of the same shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from officer_console.model.queue import Queue
from officer_console.model.transcript import Line
from officer_console.vault.statements import MemberRole

KEY_SHORT_MS: Final = 72 * 3_600_000
"""With less left of the desk's key, everybody is warned: no shift lead has logged in for days."""


class LinkPhase(StrEnum):
    """Where the connection stands."""

    CONNECTING = "connecting"  # never connected yet
    CATCHING_UP = "catching_up"  # logged in, events are still coming
    ONLINE = "online"
    RECONNECTING = "reconnecting"
    REFUSED = "refused"  # the relay does not let us in; `problem` says why; tried again by itself, slowly
    STOPPED = "stopped"  # for good; `problem` says why; tried again by `retry` only


class LinkState(msgspec.Struct, frozen=True):
    """The truth about the connection. Times in ms of this machine's clock; `problem`: a refusal's code or "network";
    `disk`: why this machine's disk takes no drafts at this moment (they are kept in memory), or ""."""

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
    disk: str = ""


class Newcomer(msgspec.Struct, frozen=True):
    """Somebody who has shown an invitation made by this console and waits to be let in. `name` is displayable;
    `fingerprint` is of the new key, to be compared by voice."""

    kid: str
    name: str
    role: MemberRole
    fingerprint: str


class Notice(msgspec.Struct, frozen=True):
    """Something an officer must be told once. `kind`: arrived (a conversation began to wait), wrote (the visitor of a
    conversation I hold), taken (I lost a claim to `who`), failed (a command of mine was refused: `code`), erased,
    returned, left, reopened. Without a conversation, of the newcomer `who`: asks, joined, not_joined (`code`).

    Of a failed one: `what` kind of event was refused, and the note or remark in it, `text` (a message is in the draft).
    """

    kind: str
    cid: str
    who: str = ""
    code: str = ""
    what: str = ""
    text: str = ""


class Change(msgspec.Struct, frozen=True):
    """What changed since the last call: conversations, whether the queue's order or size, the link, the newcomers."""

    cids: frozenset[str] = frozenset()
    queue: bool = False
    link: bool = False
    notices: tuple[Notice, ...] = ()
    newcomers: bool = False


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
    @property
    def key_ends(self) -> int:
        """When the desk's newest key ends, ms of the relay's clock; 0 when none is in force. See KEY_SHORT_MS."""
        ...

    @property
    def newcomers(self) -> tuple[Newcomer, ...]:
        """Who waits to be let in, the first to ask first."""
        ...

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
        """Keep a draft; on disk, sealed, within 300 ms and at the end. When the disk takes nothing it is kept in
        memory, `link.disk` says so, and it is written once the disk takes it."""
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
    def close_conversation(self, cid: str, outcome: str, remark: str = "") -> None:
        """Raises as `say`; Refused("desk_key") when no desk key is in force to seal the outcome to."""
        ...

    def note(self, cid: str, text: str) -> None:
        """A note that only the desk reads. Raises as `close_conversation`."""
        ...

    def erase(self, cid: str) -> None:
        """Leads only: erase a conversation for good."""
        ...

    def invite(self, role: MemberRole) -> str:
        """An invitation for one person, good for an hour and as long as this console runs: what the new member gives
        to `officer-console enrol`. Leads only; raises Refused("not_yours"). Only the root key makes another lead."""
        ...

    def admit(self, kid: str) -> None:
        """Let a newcomer in; a notice tells what came of it. Raises Refused("invitation") when none waits."""
        ...

    def turn_away(self, kid: str) -> None:
        """Don't let a newcomer in; the invitation is void."""
        ...

    def open(self, cid: str) -> None:
        """The conversation is on screen: its history is fetched when needed."""
        ...

    def subscribe(self, told: Callable[[Change], None]) -> Callable[[], None]:
        """Be told of changes, on the event loop; while much happens at most five times a second. Gives the function
        that ends it."""
        ...

    def retry(self) -> None:
        """Try to connect now, from whatever phase."""
        ...

    async def run(self) -> None:
        """Keep the link until cancelled; cancelling flushes drafts and closes the connection."""
        ...
