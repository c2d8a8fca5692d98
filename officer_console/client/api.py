"""What the screens see of the desk: read state, give commands, be told what changed. Nothing else.

Practice and tests give the console another object of the same shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from officer_console.model.callback import CallBackRequest
from officer_console.model.patrol import OVER, PatrolRequest, PatrolState
from officer_console.model.queue import Queue
from officer_console.model.signals import Confirmed
from officer_console.model.transcript import Line
from officer_console.vault.statements import MemberRole

from .figures_api import Figures

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
    rooms: tuple[str, ...] = ()  # members of the dispatch role who are connected


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

    Of a patrol request: patrol_told (the room told something: `code` its state or "question", `text` its words),
    patrol_unsent (the console stopped in the countdown: it was not sent, and stands in the panel), patrol_old (kept for
    so long that the officer must say whether it is still meant), patrol_asked (a colleague `who` asked for a patrol).

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


class Patrol(msgspec.Struct, frozen=True):
    """The newest patrol request of a conversation, as this console knows it. Times in ms of the relay's clock; what
    cannot be read here is "" or None; all texts are displayable.

    `state` KEPT: only on this machine. `state_at`: since when. `unacked_since`: since when something (the request, an
    update, a cancelling) waits for the room's acknowledgement; 0: nothing does. `due`: when the countdown ends; 0:
    none runs. `old`: kept for so long that `patrol_again` must say whether it is still meant. `unsent`: something of it
    is not at the relay yet. `cancelled`: an officer has cancelled it, acknowledged or not. `unit`, `words`, `code`:
    what the room told last. `question`: asked by the room, and not answered by a later request. `failed`: the newest
    request did not reach the room and is not tried any more.
    """

    state: PatrolState
    state_at: int
    by: str = ""
    request: PatrolRequest | None = None
    unacked_since: int = 0
    due: int = 0
    old: bool = False
    unsent: bool = False
    cancelled: bool = False
    failed: bool = False
    unit: str = ""
    words: str = ""
    code: str = ""
    question: str = ""

    @property
    def over(self) -> bool:
        """Whether another request would be another case."""
        return self.state in OVER


class CallBackSeen(msgspec.Struct, frozen=True):
    """A request that the visitor be called back. `at` ms; `state`: "kept" (on this machine only), "asked", "taken" by
    the room, or "refused"; `request` None when it cannot be read here."""

    at: int
    by: str
    state: str
    request: CallBackRequest | None = None


class Desk(Figures, Protocol):
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

    @property
    def practice(self) -> bool:
        """Whether this is a desk for practice: no request of it ever reaches a real room."""
        ...

    def patrol(self, cid: str) -> Patrol | None:
        """The newest patrol request of a conversation; None when there never was one."""
        ...

    def patrols(self) -> Sequence[tuple[str, Patrol]]:
        """Conversations with a request that is not over (all for a lead, else those this officer may read), what waits
        for an acknowledgement first, then the oldest first."""
        ...

    def patrol_draft(self, cid: str) -> PatrolRequest:
        """What the panel begins with: what was begun there, else the newest request, else what is known from the
        conversation (model/known.py)."""
        ...

    def save_patrol_draft(self, cid: str, request: PatrolRequest) -> None:
        """Keep what is begun in the panel; on disk, sealed, as a draft is."""
        ...

    def request_patrol(self, cid: str, request: PatrolRequest, grace_ms: int) -> None:
        """Ask for a patrol, or tell more of the open case. On disk, sealed, when this returns; sent when `grace_ms` are
        over unless it is taken back. Raises OSError when the disk takes nothing, ValueError when there is no place,
        Refused("no_room") when no dispatch room belongs to the desk, Refused("desk_key"), Refused when rules forbid
        it, Refused("state") while another countdown of this conversation runs."""
        ...

    def take_back_patrol(self, cid: str) -> bool:
        """End the countdown and don't send; gives whether one ran. What was asked stands in the panel's draft."""
        ...

    def patrol_again(self, cid: str, wanted: bool) -> None:
        """A request that was kept for too long (`Patrol.old`) is still meant and is sent, or is not and is dropped into
        the panel's draft."""
        ...

    def cancel_patrol(self, cid: str, reason: str) -> None:
        """Cancel the open case. Raises ValueError without a reason, Refused("no_case"), and as `request_patrol`."""
        ...

    def signals(self, cid: str) -> Sequence[Confirmed]:
        """The danger signals that officers have confirmed, in order, each once."""
        ...

    def confirm_signal(self, cid: str, signal: str, message: str = "") -> None:
        """Confirm a danger signal (signals.SIGNALS) that the line with the key `message` shows. Nothing takes it back,
        and nothing follows by itself. Raises ValueError for another signal, Refused("desk_key"), OSError, and Refused
        when rules forbid it."""
        ...

    def given(self, cid: str) -> Sequence[str]:
        """Ids of the directory's lines that the visitor was given, in order."""
        ...

    def give_referral(self, cid: str, line: str) -> None:
        """Record that she was given this line of the directory; once. Raises Refused("desk_key"), OSError, and Refused
        when rules forbid it."""
        ...

    def request_callback(self, cid: str, request: CallBackRequest) -> None:
        """Pass on to the dispatch room how the visitor may be called back. Raises ValueError when there is no way to
        reach her, and as `request_patrol`."""
        ...

    def callbacks(self, cid: str) -> Sequence[CallBackSeen]:
        """The requests that she be called back."""
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
