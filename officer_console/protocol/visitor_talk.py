"""What a visitor's session knows of its conversation: what is written, sealed, acknowledged and heard."""

from __future__ import annotations

from collections.abc import Iterator

from officer_console.model.bodies import About, AskConsent, LiveBody, MessageBody
from officer_console.model.envelope import VISITOR, Envelope, LiveHeader, MessageHeader, OpenHeader

from . import codec
from .frames import Live, Msg, Open, Stored
from .history import REFUSED_FAULTS, History
from .refusals import Refused
from .visitor_events import Accepted, DeskBody, Happened, Heard, Keys, Seen, Shown, Unreadable

WINDOW = 8
"""Messages on their way at most: below what the relay takes at once."""


class Talk:
    """One conversation, as the visitor's end has it."""

    def __init__(self, keys: Keys, about: About) -> None:
        self.opening: Open | None = None
        self.after = 0
        self.count = 1
        self.asked = ""  # the event that asked for her consent last
        self._keys = keys
        self._history: History | None = None
        self._bodies: list[MessageBody] = [about]  # not sealed yet
        self._pending: dict[int, Msg] = {}  # sealed, and not known to be on disk at the relay
        self._acked: set[int] = set()  # numbers of the log above `after` that need not be heard again
        self._live_out = 0
        self._live_in: dict[str, int] = {}

    @property
    def wants_to_open(self) -> bool:
        """Whether something is written: nothing is opened before."""
        return self.opening is not None or len(self._bodies) > 1

    @property
    def unsent(self) -> int:
        return len(self._bodies) + len(self._pending)

    def write(self, body: MessageBody) -> int:
        """Take what she sends; gives its number."""
        self._bodies.append(body)
        self.count += 1
        return self.count - 1

    def open(self, kid: str) -> Open:
        """The frame that opens the conversation towards desk key `kid`; the same one each time."""
        if self.opening is None:
            h = codec.encode(OpenHeader(cid=self._keys.cid, e=0, kid=kid, kc=self._keys.kc))
            self.opening = Open(h, self._keys.box(h), self._keys.vt)
            self._history = History(VISITOR, h, self.opening.box, self._keys.kc)
        return self.opening

    def pending(self) -> list[Msg]:
        """What has been sealed and is not known to be stored, in order."""
        return list(self._pending.values())

    def seal(self) -> Iterator[Msg]:
        """Seal what is written, as far as the window lets."""
        assert self._history is not None
        while self._bodies and len(self._pending) < WINDOW:
            head = self._history.next_header(len(self._pending))
            h = codec.encode(head)
            body = codec.encode_bytes(self._bodies.pop(0))
            self._pending[head.n] = Msg(h, *self._keys.seal("msg", h, body))
            yield self._pending[head.n]

    def give_up(self) -> None:
        """Drop what is not stored."""
        self._bodies.clear()
        self._pending.clear()

    def acknowledged(self, n: int, seq: int) -> Happened | None:
        """Message `n` is on disk under `seq`."""
        message = self._pending.pop(n, None)
        if message is None or self._history is None:
            return None
        self._acked.add(seq)
        self._history.accept(Envelope(message.h, message.n, message.c), VISITOR)
        return Accepted(n, seq)

    def caught_up(self, seq: int) -> None:
        """Everything up to `seq` has come."""
        self.after = max(self.after, seq)
        self._acked = {each for each in self._acked if each > self.after}

    def stored(self, frame: Stored) -> Happened | None:
        """A stored message of either direction; None for one that was here before."""
        if frame.seq <= self.after:
            return None
        known = frame.seq in self._acked
        self.caught_up(frame.seq)
        return None if known else self._hear(frame)

    def _hear(self, frame: Stored) -> Happened | None:
        try:
            head = codec.header(frame.h, MessageHeader)
            if head.d == "v":
                return self._own(head.n, frame)
            body = codec.body(self._keys.open("msg", head.d, frame.h, frame.n, frame.c), DeskBody)
        except Refused:
            return Unreadable(frame.seq)
        assert self._history is not None
        fault = self._history.accept(Envelope(frame.h, frame.n, frame.c), head.s)
        if fault in REFUSED_FAULTS:
            return Unreadable(frame.seq)
        if isinstance(body, AskConsent):
            self.asked = f"{head.s}.{head.n}"
        return Heard(frame.seq, frame.at, head.s, body, fault)

    def _own(self, n: int, frame: Stored) -> Happened | None:
        """Her own message comes back: nobody else, not even an officer, writes in her name."""
        if self._pending.get(n) != Msg(frame.h, frame.n, frame.c):
            return Unreadable(frame.seq)
        return self.acknowledged(n, frame.seq)

    def show(self, shown: Shown, now: int, wait: int) -> Live:
        """The live frame that shows this end's presence."""
        keys = self._keys
        h = codec.encode(LiveHeader(cid=keys.cid, kc=keys.kc, d="v", s=VISITOR, ln=self._live_out))
        self._live_out += 1
        return Live(h, *keys.seal("live", h, codec.encode_bytes(shown.take(now, wait))))

    def live(self, frame: Live) -> Happened | None:
        """A live frame; None when it does not fit or is an old one: it may get lost without harm."""
        try:
            head = codec.header(frame.h, LiveHeader)
            ours = (head.cid, head.kc, head.d) == (self._keys.cid, self._keys.kc, "d") and head.s != VISITOR
            if not ours or head.ln <= self._live_in.get(head.s, -1):
                return None
            body = codec.body(self._keys.open("live", "d", frame.h, frame.n, frame.c), LiveBody)
        except Refused:
            return None
        self._live_in[head.s] = head.ln
        return Seen(body)
