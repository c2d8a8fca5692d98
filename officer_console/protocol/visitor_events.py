"""What a visitor's session needs, the keys of a conversation, and what it tells: all that happens in it."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

from officer_console.model.bodies import About, AskConsent, Help, Presence, Text

from .frames import Bundle, Status
from .history import Fault

Domain = Literal["msg", "live"]
DeskBody = Text | About | Help | AskConsent
"""What can come from the desk: a place and a consent are the visitor's alone."""


class Keys(Protocol):
    """The keys of one conversation. What does not fit is told by raising Refused("bad_signature")."""

    @property
    def cid(self) -> str: ...
    @property
    def kc(self) -> str: ...
    @property
    def vt(self) -> str:
        """The visitor's token."""
        ...

    def trust(self, bundle: Bundle, now: int) -> str:
        """Check the chain root → lead → desk key at `now` (ms); gives the desk key's kid."""
        ...

    def box(self, h: str) -> str:
        """The conversation key, sealed to the desk key that was trusted last."""
        ...

    def seal(self, domain: Domain, h: str, body: bytes) -> tuple[str, str]:
        """Nonce and ciphertext of a body towards the desk."""
        ...

    def open(self, domain: Domain, direction: str, h: str, n: str, c: str) -> bytes:
        """The body of what was sealed in a direction ("v" or "d")."""
        ...


class _Happened(msgspec.Struct, frozen=True):
    pass


class DeskKnown(_Happened, frozen=True):
    """The relay answered. `duty`: an officer is on duty; `reachable`: the desk has a key to write to."""

    duty: bool
    waiting: int
    reachable: bool


class Accepted(_Happened, frozen=True):
    """Message `n` of the visitor is on disk at the relay."""

    n: int
    seq: int


class Heard(_Happened, frozen=True):
    """A message of the officer `who`. `fault`: it is readable, but one before it is missing."""

    seq: int
    at: int
    who: str
    body: DeskBody
    fault: Fault | None = None


class Unreadable(_Happened, frozen=True):
    """A stored message was refused: altered, repeated, or of another conversation."""

    seq: int


class Seen(_Happened, frozen=True):
    """The officer's console shows that he types, and how many of her messages were on his screen."""

    presence: Presence


class Stands(_Happened, frozen=True):
    """How the conversation stands now."""

    status: Status


class Failed(_Happened, frozen=True):
    """The event `id` will never be stored; `code` of refusals.py."""

    id: str
    code: str


class HangUp(_Happened, frozen=True):
    """Close this connection and come back after `again` ms; `code` when something was refused."""

    again: int = 0
    code: str = ""


class Over(_Happened, frozen=True):
    """Nothing follows. `why`: "left", "erased", or the code of a refusal that is final."""

    why: str


Happened = DeskKnown | Accepted | Heard | Unreadable | Seen | Stands | Failed | HangUp | Over


class Shown:
    """The presence that this end shows, and when the next live frame is due."""

    EVERY = (20_000, 30_000)
    AT_MOST = 2_000

    def __init__(self) -> None:
        self._shown: dict[str, Any] = {"typing": False, "read": 0, "here": True}
        self._sent_at = 0
        self.due = 0

    def change(self, **shown: Any) -> None:
        """Show something else; a real change brings the next frame forward."""
        if any(self._shown[name] != value for name, value in shown.items()):
            self._shown |= shown
            self.soon()

    def soon(self) -> None:
        """Bring the next frame forward, to two seconds after the last."""
        self.due = min(self.due, self._sent_at + self.AT_MOST)

    def take(self, now: int, wait: int) -> Presence:
        """The presence to send now; the next one is due after `wait` ms."""
        self._sent_at, self.due = now, now + wait
        return Presence(ts=now, **self._shown)
