"""A visitor's side of a conversation, as her page plays it, without a socket, a clock or a key.

Feed it `connected`, `received`, `cut` and `tick`, and what she does; after each, send `frames()` and look at
`happened()`. Times are milliseconds. What she has written is kept until the relay says that it is on disk,
and is sent again, byte for byte, after each lost connection: so it arrives once.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, Literal

from officer_console.model.bodies import About, Consent, MessageBody, Place, Text
from officer_console.model.envelope import VERSION

from . import codec
from .frames import Ack, Bye, Desk, Erase, Gone, Hello, Here, Leave, Live, No, Resume, Status, Stored, VisitorOut
from .refusals import Refused
from .visitor_events import DeskKnown, Failed, HangUp, Happened, Keys, Over, Shown, Stands
from .visitor_talk import Talk

DEAD_AFTER: Final = 15_000
"""Milliseconds without a frame from the relay after which the link is dead."""
RETRY: Final = (1_000, 4_000)
"""Milliseconds before something refused is sent again: the first time, and at most. What the relay could not store for
a while must not wait much longer than that."""
NO_DESK_RETRY: Final = 30_000
SEND_AGAIN: Final = frozenset({"rate", "storage", "sequence", "busy"})
"""Refusals of one event after which the same bytes are sent again; "sequence": one before it was refused.
While `open` has not succeeded, so do all refusals of messages, for the same reason."""
NO_SUCH: Final = frozenset({"unknown", "erased"})
OPEN: Final = "open"
"""The id of the event that opens a conversation."""

# ---- the table ----


class Phase(StrEnum):
    """Where the session stands."""

    AWAY = "away"  # no connection
    GREETED = "greeted"  # `hello` is sent
    READY = "ready"  # the desk is known, nothing is opened
    OPENING = "opening"  # `open` is sent
    RESUMING = "resuming"  # `resume` is sent, what was missing comes
    TALKING = "talking"
    ERASING = "erasing"  # `erase` is sent
    OVER = "over"


_EVER = "beat bye no"
_TALK = f"ack msg live status refusal {_EVER}"
_END = {"erased": Phase.OVER, "cut": Phase.AWAY}
_MOMENTS: dict[Phase, tuple[str, dict[str, Phase]]] = {
    Phase.AWAY: ("cut", {"new link": Phase.GREETED, "link again": Phase.RESUMING}),
    Phase.GREETED: (_EVER, {"desk": Phase.READY, "cut": Phase.AWAY}),
    Phase.READY: (f"status {_EVER}", {"we open": Phase.OPENING, "cut": Phase.AWAY}),
    Phase.OPENING: (_TALK, {"opened": Phase.TALKING, **_END}),
    Phase.RESUMING: (f"desk opened {_TALK}", {"here": Phase.TALKING, **_END}),  # `opened`: who asks for all hears it
    Phase.TALKING: (f"opened {_TALK}", {"we erase": Phase.ERASING, **_END}),
    Phase.ERASING: (f"opened {_TALK}", _END),
}
"""Phase -> the moments that change nothing in it, and those that lead to another phase."""

TRANSITIONS: Final[dict[tuple[Phase, str], Phase]] = {
    (phase, moment): following
    for phase, (staying, leading) in _MOMENTS.items()
    for moment, following in (dict.fromkeys(staying.split(), phase) | leading).items()
}
"""(phase, moment) -> phase. What is not here must not come: the relay is broken, and the link is given up."""


def moment(frame: VisitorOut) -> str:
    """The name by which TRANSITIONS knows a frame of the relay."""
    if isinstance(frame, Ack) and frame.id == OPEN:
        return "opened"
    if isinstance(frame, No) and frame.id:
        return "refusal"
    return str(frame.__struct_config__.tag)


# ---- the session ----


class VisitorSession:
    """One conversation of one visitor, over as many connections as it takes. `between(a, b)`: any number."""

    def __init__(self, keys: Keys, about: About, between: Callable[[int, int], int]) -> None:
        self.phase = Phase.AWAY
        self._keys = keys
        self._between = between
        self._talk = Talk(keys, about)
        self._shown = Shown()
        self._linked = False
        self._frames: list[str] = []
        self._happened: list[Happened] = []
        self._desk_key = ""
        self._sent_open = False  # the relay may have the conversation
        self._opened = False  # the relay has it
        self._erases = False
        self._full = ""  # the refusal after which nothing can be written
        self._heard_at = 0
        self._retry_at = 0
        self._retry_ms = RETRY[0]

    def frames(self) -> list[str]:
        """The frames to send now, in order; each is given once."""
        taken, self._frames = self._frames, []
        return taken

    def happened(self) -> list[Happened]:
        """What happened since the last call."""
        taken, self._happened = self._happened, []
        return taken

    @property
    def unsent(self) -> int:
        """How many messages are not known to be on disk at the relay."""
        return self._talk.unsent

    # ---- what the visitor does ----

    def say(self, text: str, now: int) -> int:
        """Write; gives the message's number (0 is the page's own `about`).

        Raises Refused: "state" after the end, or what the relay said when it took nothing more.
        """
        number = self._write(Text(ts=now, b=text))
        self._shown.change(typing=False)
        return number

    def share_place(self, lat: int, lon: int, acc: int, now: int) -> int:
        """Tell where she is, in the integers of `Place`; gives the message's number and raises as `say`."""
        return self._write(Place(ts=now, lat=lat, lon=lon, acc=acc))

    def consent(self, yes: bool, now: int) -> int:
        """Answer the question that came last; gives and raises as `say`. Refused("state") also when none came."""
        if not self._talk.asked:
            raise Refused("state")
        return self._write(Consent(ts=now, ask=self._talk.asked, yes=yes))

    def show(self, **shown: Any) -> None:
        """Change `typing`, `read` or `here` of the presence that the officer sees."""
        self._shown.change(**shown)

    def leave(self, how: Literal["goodbye", "exit", "closed"]) -> None:
        """Go for good. What the relay has not stored by then is lost, as it is on the page."""
        if self.phase in (Phase.OPENING, Phase.RESUMING, Phase.TALKING):
            self._send(Leave(how))
        self._end("left")

    def erase(self) -> None:
        """Erase the conversation: now, or as soon as there is a link again."""
        self._erases = True
        if not self._sent_open:
            self._end("erased")
        self._settle()

    # ---- what the link does ----

    def connected(self, now: int) -> None:
        """A connection is open."""
        self._heard_at = now
        self._desk_key = ""
        self._go("link again" if self._sent_open else "new link")
        if self._sent_open:
            self._send(Resume(VERSION, self._keys.cid, self._keys.vt, self._talk.after))
        else:
            self._send(Hello(VERSION))

    def cut(self) -> None:
        """The connection is lost or closed."""
        self._frames.clear()
        self._retry_at = 0
        if self.phase is not Phase.OVER:
            self._go("cut")

    def received(self, text: str | bytes, now: int) -> None:
        """A frame of the relay. One that has no meaning now ends the connection, not the conversation."""
        if self.phase is Phase.OVER:
            return
        self._heard_at = now
        try:
            frame = codec.visitor_out(text)
            self._go(moment(frame))
        except Refused as refused:
            self._tell(HangUp(RETRY[0], refused.code))
            return
        if act := _ACTS.get(type(frame)):
            act(self, frame, now)
        self._settle()

    def tick(self, now: int) -> None:
        """Time has passed: send what is due, give up a dead link."""
        if self.phase in (Phase.AWAY, Phase.OVER):
            return
        if now >= self._heard_at + DEAD_AFTER:
            self._tell(HangUp())
        if self._retry_at and now >= self._retry_at:
            self._retry_at = 0
            self._send_again()
        if self.phase is Phase.TALKING and now >= self._shown.due:
            self._send(self._talk.show(self._shown, now, self._between(*Shown.EVERY)))
        self._settle()

    def wake_at(self) -> int:
        """When `tick` must be called at the latest, in ms."""
        due = self._heard_at + DEAD_AFTER
        if self.phase is Phase.TALKING:
            due = min(due, self._shown.due)
        return min(due, self._retry_at) if self._retry_at else due

    # ---- inside ----

    def _write(self, body: MessageBody) -> int:
        if self.phase is Phase.OVER or self._full:
            raise Refused(self._full or "state")
        number = self._talk.write(body)
        self._settle()
        return number

    def _go(self, what: str) -> None:
        following = TRANSITIONS.get((self.phase, what))
        if following is None:
            raise Refused("unexpected")
        self.phase = following

    def _send(self, frame: Any) -> None:
        self._frames.append(codec.padded(frame))

    def _tell(self, happened: Happened | None) -> None:
        if happened is not None:
            self._happened.append(happened)

    def _end(self, why: str) -> None:
        if self.phase is not Phase.OVER:
            self.phase = Phase.OVER
            self._tell(Over(why))

    def _settle(self) -> None:
        """Do what has become possible: open, seal and send what is written, erase."""
        if self.phase is Phase.READY and self._desk_key and self._talk.wants_to_open:
            self._go("we open")
            self._sent_open = True
            self._send_again()
        if self.phase in (Phase.OPENING, Phase.TALKING) and not self._retry_at:
            for message in self._talk.seal():
                self._send(message)
        if self.phase is Phase.TALKING and self._erases:
            self._go("we erase")
            self._send(Erase(self._keys.cid))

    def _send_again(self) -> None:
        if self.phase is Phase.OPENING:
            self._send(self._talk.open(self._desk_key))
        for message in self._talk.pending():
            self._send(message)

    # ---- what each frame does, after the table has let it in ----

    def _on_desk(self, frame: Desk, now: int) -> None:
        self._tell(DeskKnown(frame.duty, frame.waiting, frame.bundle is not None))
        if self.phase is not Phase.READY:
            return
        try:
            if frame.bundle is None:
                raise Refused("not_founded")
            self._desk_key = self._keys.trust(frame.bundle, now)
        except Refused as refused:
            self._tell(HangUp(NO_DESK_RETRY, refused.code))

    def _on_ack(self, frame: Ack, now: int) -> None:
        self._retry_ms = RETRY[0]
        if frame.id == OPEN:
            self._opened = True
        elif (number := frame.id.removeprefix("v.")).isdecimal():
            self._tell(self._talk.acknowledged(int(number), frame.seq))

    def _on_stored(self, frame: Stored, now: int) -> None:
        self._tell(self._talk.stored(frame))

    def _on_live(self, frame: Live, now: int) -> None:
        self._tell(self._talk.live(frame))

    def _on_status(self, frame: Status, now: int) -> None:
        if frame.linked and not self._linked:  # the officer who has just taken it knows nothing of her yet
            self._shown.soon()
        self._linked = frame.linked
        self._tell(Stands(frame))

    def _on_here(self, frame: Here, now: int) -> None:
        self._opened = True
        self._talk.caught_up(frame.seq)
        self._send_again()

    def _on_gone(self, frame: Gone, now: int) -> None:
        self._tell(Over("erased"))

    def _on_bye(self, frame: Bye, now: int) -> None:
        self._tell(HangUp(frame.again))

    def _on_no(self, frame: No, now: int) -> None:
        if frame.id:
            self._on_refusal(frame, now)
        elif frame.code in NO_SUCH and self.phase is Phase.RESUMING and not self._opened:
            self._sent_open = False  # `open` was lost on its way: from the beginning
            self._tell(HangUp(0, frame.code))
        elif frame.code in NO_SUCH or frame.code == "version":
            self._end("erased" if self._erases else frame.code)
        else:
            self._tell(HangUp(RETRY[0], frame.code))

    def _on_refusal(self, frame: No, now: int) -> None:
        if frame.code in SEND_AGAIN or (self.phase is Phase.OPENING and frame.id != OPEN):
            self._retry_at = self._retry_at or now + self._retry_ms
            self._retry_ms = min(2 * self._retry_ms, RETRY[1])
            return
        self._full = frame.code
        self._talk.give_up()
        self._tell(Failed(frame.id, frame.code))
        if frame.id == OPEN or frame.code in NO_SUCH:
            self._end(frame.code)


_ACTS: dict[type, Callable[[VisitorSession, Any, int], None]] = {
    Desk: VisitorSession._on_desk,
    Ack: VisitorSession._on_ack,
    Stored: VisitorSession._on_stored,
    Live: VisitorSession._on_live,
    Status: VisitorSession._on_status,
    Here: VisitorSession._on_here,
    Gone: VisitorSession._on_gone,
    Bye: VisitorSession._on_bye,
    No: VisitorSession._on_no,
}
