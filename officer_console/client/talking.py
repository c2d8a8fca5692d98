"""Transcripts, what is written into them, and live frames: `client.api.Talk`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from officer_console.model.bodies import AskConsent
from officer_console.model.envelope import Envelope
from officer_console.model.transcript import Line
from officer_console.protocol.commands import Remark, Say
from officer_console.protocol.frames import DeskLive
from officer_console.protocol.refusals import Refused

from .api import Peer
from .channel import Channel, seal_remark
from .orders import Orders
from .outbox import Unsent
from .presences import Presences
from .store import Store
from .surroundings import Surroundings

MAX_TEXT: Final = 16_000
"""Bytes of the longest message."""


class Talking:
    """See `client.api.Talk`, which documents every method."""

    def __init__(self, around: Surroundings, orders: Orders, store: Store, presences: Presences) -> None:
        self._around = around
        self._orders = orders
        self._store = store
        self._drafts = around.drafts
        self._presences = presences
        self._announcer = around.announcer

    # ---- what there is ----

    def lines(self, cid: str) -> Sequence[Line]:
        record = self._store.known(cid)
        return record.transcript.lines if record else ()

    def loading(self, cid: str) -> bool:
        return self._store.loading(cid)

    def peer(self, cid: str) -> Peer:
        return self._presences.peer(cid)

    def unread(self, cid: str) -> int:
        record = self._store.known(cid)
        return record.unread if record else 0

    def first_unread(self, cid: str) -> int | None:
        record = self._store.known(cid)
        return record.transcript.first_unread(record.mark) if record else None

    def mark_read(self, cid: str) -> None:
        record = self._store.known(cid)
        if record and record.mark_read():
            self._presences.show(cid, read=record.seen)
            self._announcer.conversation(cid)

    def draft(self, cid: str) -> str:
        return self._drafts.get(cid)

    def save_draft(self, cid: str, text: str) -> None:
        self._drafts.keep(cid, text)

    # ---- what the officer writes ----

    def say(self, cid: str, text: str) -> None:
        self.write(cid, text)

    def write(self, cid: str, text: str, case: str = "") -> None:
        """As `say`; with `case`, that help of this patrol case is coming."""
        _require_text(text)
        self._orders.require(cid, "said")
        now = self._around.now()
        event_id, envelope = self._sealed(cid, lambda channel, taken: channel.seal(text, now, taken, case))
        entry = Unsent(Say(cid, envelope), text, self._around.clock(), case=case)
        draft = self._drafts.get(cid) if case else ""  # what is said by itself leaves the officer's draft alone
        self._send(cid, event_id, entry, draft)

    def ask_consent(self, cid: str) -> None:
        self._orders.require(cid, "said")
        body = AskConsent(ts=self._around.now())
        event_id, envelope = self._sealed(cid, lambda channel, taken: channel.seal_body(body, taken))
        self._send(
            cid, event_id, Unsent(Say(cid, envelope), "", self._around.clock(), asks=True), self._drafts.get(cid)
        )

    def consent(self, cid: str) -> str:
        record = self._store.known(cid)
        return record.consent if record else ""

    def _sealed(self, cid: str, seal: Callable[[Channel, int], tuple[str, Envelope]]) -> tuple[str, Envelope]:
        record = self._store.open_now(cid)
        # Sealed onto half a history, its number may be another's, and she is told that the history was altered.
        if record.channel is None or not record.complete or not self._store.whole:
            raise Refused("state")
        return seal(record.channel, max(self._around.outbox.highest(cid), record.taken))

    def _send(self, cid: str, event_id: str, entry: Unsent, draft: str) -> None:
        """Keep a sealed message, and with it the draft as it is afterwards."""
        record = self._store.record(cid)
        with self._drafts.replacing(cid, draft):
            self._around.outbox.add(entry, draft=(cid, draft))
        record.taken = int(event_id.rpartition(".")[2])
        record.pend(entry)
        self._presences.show(cid, typing=False)
        self._orders.kept(cid)

    def note(self, cid: str, text: str) -> None:
        _require_text(text)
        self._orders.require(cid, "noted")
        id_ = self._orders.new_id()
        note = self._orders.sealed(lambda: seal_remark(self._around.chain, cid, id_, text, self._around.now()))
        self._store.record(cid).pend(self._orders.keep(Remark(cid, id_, note), text))
        self._orders.kept(cid)

    def typing(self, cid: str, typing: bool) -> None:
        self._presences.show(cid, typing=typing)

    # ---- live frames ----

    def heard(self, frame: DeskLive) -> None:
        """A live frame of a visitor."""
        record = self._store.known(frame.cid)
        presence = record.channel.read_live(frame) if record and record.channel else None
        if record is None or presence is None:
            return
        self._presences.heard(frame.cid, presence)
        if record.transcript.read_by_visitor(presence.read):
            self._announcer.conversation(frame.cid)


def _require_text(text: str) -> None:
    """Raises ValueError for what can't be sent."""
    if not text.strip():
        raise ValueError("empty")
    if len(text.encode()) > MAX_TEXT:
        raise ValueError("too long")
