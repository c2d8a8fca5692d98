"""What becomes of the officer's commands once the relay has answered, or the log shows what they did."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from officer_console.model.events import Event, Said
from officer_console.protocol.commands import Claim, RequestPatrol, Say

from .announcer import Announcer
from .api import Notice
from .claims import Claiming
from .disk import Disk
from .drafts import Drafts
from .outbox import BECOMES, Outbox, Unsent
from .patrols import draft_of
from .record import Record

GONE = frozenset({"erased", "unknown"})
LOST = frozenset({"taken", "state", *GONE})
"""Refusals of a claim that mean: somebody else was faster, or there is nothing to take any more."""


class Answers:
    """See the module. `known` gives a conversation's record.

    A full disk stops none of it: an entry that stays there is sent again by the next console, and is the same event.
    """

    def __init__(
        self,
        outbox: Outbox,
        drafts: Drafts,
        disk: Disk,
        known: Callable[[str], Record | None],
        announcer: Announcer,
        claims: Claiming,
    ) -> None:
        self._outbox = outbox
        self._drafts = drafts
        self._disk = disk
        self._known = known
        self._announcer = announcer
        self._claims = claims

    def done(self, number: int) -> None:
        """The relay has carried out an entry."""
        entry = self._outbox.get(number)
        self._outbox.remove(number)
        if entry and isinstance(entry.do, Claim):
            self._claims.taking.discard(entry.cid)
        self._announcer.link()

    def confirmed(self, event: Event) -> None:
        """An event of ours is in the log. Under a message's number other words may be there, of a console that knew
        more: then what waits here can't be sent any more, and is given back."""
        others = self._others(event)
        if others:
            self.refused(others, "conflict", "")
        else:
            self._outbox.confirm(event.cid, event.id)
        self._announcer.link()

    def _others(self, event: Event) -> list[int]:
        """The messages that wait with this one's number and above, when it is not the one that waits with its own."""
        said = event.what
        if not isinstance(said, Said) or said.env is None:
            return []
        waiting = [(n, e.event_id, e.do.env) for n, e in self._outbox if e.cid == event.cid and isinstance(e.do, Say)]
        for at, (_number, event_id, envelope) in enumerate(waiting):
            if event_id == event.id:
                return [number for number, _, _ in waiting[at:]] if envelope != said.env else []
        return []

    def refused(self, numbers: list[int], code: str, who: str) -> None:
        """The relay will never take these entries: what was meant for the visitor goes back into the draft."""
        entries = [entry for number in numbers if (entry := self._outbox.get(number))]
        if not entries:
            return
        cid = entries[0].cid
        draft = self._taken_back(cid, entries, code)
        self._outbox.remove(*numbers, draft=draft)
        if draft:
            self._drafts.keep(*draft)
        self._mark_failed(cid, entries)
        self._tell_refused(entries[0], code, who)
        self._announcer.link()

    def _taken_back(self, cid: str, entries: list[Unsent], code: str) -> tuple[str, str] | None:
        """The draft, and what stands in it again: in the composer only what was meant for the visitor (never a note or
        a remark, nor what is said by itself), in the panel a patrol request."""
        if code in GONE:
            return None
        if isinstance(entries[0].do, RequestPatrol):
            return draft_of(cid), entries[0].text
        texts = [entry.text for entry in entries if isinstance(entry.do, Say) and not (entry.case or entry.asks)]
        return (cid, "\n".join(filter(None, [self._drafts.get(cid), *texts]))) if texts else None

    def erased(self, cid: str) -> None:
        """Nothing of an erased conversation stays here; that a patrol was not sent is told all the same."""
        for entry in self._outbox.of(cid):
            if isinstance(entry.do, RequestPatrol):
                self._announcer.notice(Notice("failed", cid, code="erased", what=BECOMES[RequestPatrol]))
        self._drafts.keep(cid, "")
        numbers = [number for number, entry in self._outbox if entry.cid == cid]
        self._outbox.remove(*numbers, draft=(cid, ""))
        with contextlib.suppress(OSError):
            self._disk.shred()

    def _mark_failed(self, cid: str, entries: list[Unsent]) -> None:
        record = self._known(cid)
        if record is None:
            return
        numbers = [entry.header().n for entry in entries if isinstance(entry.do, Say)]
        if numbers:
            record.taken = min(numbers) - 1
        for entry in entries:
            record.transcript.fail(entry.event_id)

    def _tell_refused(self, entry: Unsent, code: str, who: str) -> None:
        lost = isinstance(entry.do, Claim) and code in LOST
        text = "" if isinstance(entry.do, Say) or entry.is_patrol else entry.text
        kind = "taken" if lost else "failed"
        self._announcer.notice(Notice(kind, entry.cid, who, code, BECOMES[type(entry.do)], text))
        if entry.cid in self._claims.taking:
            self._claims.taking.discard(entry.cid)
            if lost:
                self._claims.take_next()
