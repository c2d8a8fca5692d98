"""A console's connection to its relay as a state machine: no socket, no clock, no key.

Feed it each frame; it gives the effects: frames to send, and what to tell the desk. A session lives as long as one
connection; what outlives it (the last `seq`, the heads of the directory) is handed to the next one.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, Protocol

import msgspec

from officer_console.model.envelope import VERSION

from . import codec
from .commands import Command, CommandHeader, Heads
from .frames import (
    BreakCalled,
    Bye,
    Challenge,
    ChallengeHeader,
    Cmd,
    DeskIn,
    DeskLive,
    DeskOut,
    Directory,
    Done,
    Figures,
    Follow,
    Found,
    Founded,
    Happened,
    Here,
    Join,
    Joined,
    Joining,
    Kept,
    Login,
    LoginHeader,
    NoCmd,
    Past,
    Pending,
    Pulse,
    Standing,
    Welcome,
)
from .refusals import Refused


class Hands(Protocol):
    """What a session needs of the keys."""

    @property
    def kid(self) -> str:
        """Whose session it is."""
        ...

    def check_challenge(self, h: str, sig: str) -> ChallengeHeader:
        """Read the challenge of the relay that is pinned. Raises Refused("bad_signature") for any other."""
        ...

    def sign_login(self, h: str) -> str: ...
    def sign_command(self, h: str) -> str: ...


# ---- effects ---------------------------------------------------------------------------------------------------------


class _Effect(msgspec.Struct, frozen=True):
    pass


class Send(_Effect, frozen=True):
    """Send this frame."""

    frame: DeskIn


class Tell(_Effect, frozen=True):
    """Something the desk must know, as it came; events come in order and once."""

    frame: (
        Welcome
        | Founded
        | Pending
        | Joined
        | Joining
        | Directory
        | Happened
        | Past
        | Figures
        | Kept
        | Here
        | Pulse
        | DeskLive
        | Standing
        | BreakCalled
    )


class Met(_Effect, frozen=True):
    """The relay is the right one and has not gone back; `now` its clock in ms, `dir` the directory it has."""

    now: int
    dir: Heads


class Answered(_Effect, frozen=True):
    """The command given with `ticket` is done (`code` is ""), or was refused."""

    ticket: Any
    seq: int = 0
    code: str = ""
    who: str = ""


class Over(_Effect, frozen=True):
    """Close this connection. `code` of refusals.py, or ""; `again`: come back after so many ms."""

    code: str = ""
    again: int | None = None


Effect = Send | Tell | Met | Answered | Over

# ---- the table -------------------------------------------------------------------------------------------------------


class Phase(StrEnum):
    """Where the session stands."""

    GREETING = "greeting"  # the challenge has not come
    LOGIN = "login"  # we answered it
    FOUNDING = "founding"
    ASKING = "asking"  # we asked to join
    WAITING = "waiting"  # a shift lead must accept
    CATCHING_UP = "catching_up"  # logged in, older events come
    LIVE = "live"
    OVER = "over"


_IN: Final = (Past, Figures, Kept, Done, Pulse, DeskLive, Directory, Joining, Happened, Standing, BreakCalled)
_MOMENTS: Final[dict[Phase, tuple[tuple[type, ...], dict[type, Phase]]]] = {
    # In GREETING it depends on what this connection is for, hence no phase: see _challenged.
    Phase.GREETING: ((Challenge, Pulse), {}),
    Phase.LOGIN: ((), {Welcome: Phase.CATCHING_UP}),
    Phase.FOUNDING: ((Pulse,), {Founded: Phase.GREETING}),
    Phase.ASKING: ((Pulse,), {Pending: Phase.WAITING, Joined: Phase.GREETING}),
    Phase.WAITING: ((Pulse,), {Joined: Phase.GREETING}),
    Phase.CATCHING_UP: (_IN, {Here: Phase.LIVE}),
    Phase.LIVE: (_IN, {}),
}
"""Phase -> frames after which it stays, and those that lead to another one. `no` and `bye` may come in each."""

TRANSITIONS: Final[dict[tuple[Phase, type], Phase]] = {
    (phase, kind): following
    for phase, (staying, leading) in _MOMENTS.items()
    for kind, following in (dict.fromkeys((*staying, NoCmd, Bye), phase) | leading).items()
}
"""(phase, frame) -> phase. What is not here must not come: the relay is broken, and the connection is given up."""


def session_id(nonce: str, n2: str) -> str:
    """SHA-256(nonce ‖ n2)[:16], all in base64url: binds commands to one connection. Raises Refused("malformed")."""
    try:
        joined = b"".join(base64.urlsafe_b64decode(part + "=") for part in (nonce, n2))
    except ValueError:
        raise Refused("malformed") from None
    return _text(hashlib.sha256(joined).digest()[:16])


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# ---- the session -----------------------------------------------------------------------------------------------------


class DeskSession:
    """One connection of one console.

    `host`: host[:port] that was dialled. `heads`: size and head of the directory as last seen; the desk sets it anew
    when it has verified more. `after`: the last event it has. `first`: founds or joins before anything else.
    `follow`: wants the events; a command that only administers does not, and is nobody on duty. `random(n)`: n random
    bytes.
    """

    def __init__(  # noqa: PLR0913 - what a connection needs is known at once and never again
        self,
        hands: Hands,
        host: str,
        heads: Heads,
        random: Callable[[int], bytes],
        *,
        after: int = 0,
        first: Found | Join | None = None,
        follow: bool = True,
    ) -> None:
        self.phase = Phase.GREETING
        self.heads = heads
        self.after = after
        self.sid = ""
        self._hands = hands
        self._host = host
        self._random = random
        self._first = first
        self._follow = follow
        self._count = 0
        self._tickets: dict[int, Any] = {}

    @property
    def logged_in(self) -> bool:
        """Whether commands may be given."""
        return self.phase in (Phase.CATCHING_UP, Phase.LIVE)

    def feed(self, frame: DeskOut) -> list[Effect]:
        """What follows from a frame. One that has no meaning now, or is not honest, ends the session."""
        if self.phase is Phase.OVER:
            return []
        try:
            following = TRANSITIONS.get((self.phase, type(frame)))
            if following is None:
                raise Refused("unexpected")
            self.phase = following
            return _STEPS.get(type(frame), DeskSession._tell)(self, frame)
        except Refused as refused:
            return self._over(refused.code)

    def command(self, do: Command, ticket: Any) -> list[Effect]:
        """Sign and number a command; its answer comes with `ticket`. Raises Refused("state") unless logged in."""
        if not self.logged_in:
            raise Refused("state")
        header = CommandHeader(kid=self._hands.kid, sid=self.sid, c=self._count, dir=self.heads, do=do)
        self._tickets[self._count] = ticket
        self._count += 1
        h = codec.encode(header)
        return [Send(Cmd(h, self._hands.sign_command(h)))]

    # ---- what each frame does, after the table has let it in ----

    def _challenged(self, frame: Challenge) -> list[Effect]:
        header = self._hands.check_challenge(frame.h, frame.sig)
        if header.v != VERSION:
            raise Refused("version")
        self._require_no_step_back(header.dir)
        met = Met(header.now, header.dir)
        if self._first is not None:
            return [met, Send(self._take_first())]
        if not header.dir.size:
            raise Refused("not_founded")
        return [met, Send(self._login(header))]

    def _require_no_step_back(self, theirs: Heads) -> None:
        """A list that is shorter than what was seen, or another one of that length, was rolled back or forked."""
        if theirs.size < self.heads.size or (theirs.size == self.heads.size and theirs.head != self.heads.head):
            raise Refused("directory")

    def _take_first(self) -> Found | Join:
        first, self._first = self._first, None
        assert first is not None
        self.phase = Phase.FOUNDING if isinstance(first, Found) else Phase.ASKING
        return first

    def _login(self, challenge: ChallengeHeader) -> Login:
        n2 = _text(self._random(32))
        self.sid = session_id(challenge.nonce, n2)
        header = LoginHeader(
            v=VERSION,
            kid=self._hands.kid,
            relay=challenge.relay,
            host=self._host,
            nonce=challenge.nonce,
            n2=n2,
            dir=self.heads,
        )
        self.phase = Phase.LOGIN
        h = codec.encode(header)
        return Login(h, self._hands.sign_login(h))

    def _welcomed(self, frame: Welcome) -> list[Effect]:
        if frame.kid != self._hands.kid:
            raise Refused("unexpected")
        return [Tell(frame), *([Send(Follow(self.after))] if self._follow else [])]

    def _happened(self, frame: Happened) -> list[Effect]:
        if frame.e.seq <= self.after:
            return []  # sent again after a reconnect
        self.after = frame.e.seq
        return [Tell(frame)]

    def _done(self, frame: Done) -> list[Effect]:
        return [Answered(self._ticket(frame.c), frame.seq)]

    def _refused(self, frame: NoCmd) -> list[Effect]:
        if frame.c < 0:
            return self._over(frame.code)
        return [Answered(self._ticket(frame.c), code=frame.code, who=frame.who)]

    def _ticket(self, c: int) -> Any:
        if c not in self._tickets:
            raise Refused("unexpected")
        return self._tickets.pop(c)

    def _bye(self, frame: Bye) -> list[Effect]:
        return self._over("", frame.again)

    def _tell(self, frame: Any) -> list[Effect]:
        return [Tell(frame)]

    def _over(self, code: str, again: int | None = None) -> list[Effect]:
        self.phase = Phase.OVER
        return [Over(code, again)]


_STEPS: Final[dict[type, Callable[[DeskSession, Any], list[Effect]]]] = {
    Challenge: DeskSession._challenged,
    Welcome: DeskSession._welcomed,
    Happened: DeskSession._happened,
    Done: DeskSession._done,
    NoCmd: DeskSession._refused,
    Bye: DeskSession._bye,
}
"""Frame -> what it does; all others are told as they are."""
