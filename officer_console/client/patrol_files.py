"""What this console could open of the patrol requests of one conversation, beside the fold that says how they stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from officer_console.model.bodies import PatrolTold
from officer_console.model.events import Event, PatrolCancelled, PatrolRequested, PatrolStatus
from officer_console.model.patrol import LIMITS, QUESTION, Case, PatrolRequest, load_request, status_header
from officer_console.model.text import displayable, one_line

from .keychain import Keychain
from .patrol_seal import read_asked, read_told

WORDS: Final = 400
UNIT: Final = 60
CODE: Final = 20
"""Characters of what the room tells that are shown."""


class RoomTold(msgspec.Struct, frozen=True):
    """One thing that the room told, displayable. `state` as in its header; `re` the request that it answers."""

    seq: int
    case: str
    re: str
    state: str
    words: str = ""
    unit: str = ""
    code: str = ""


class PatrolFile(msgspec.Struct):
    """The honest patrol events of one conversation, opened when they are first looked at."""

    chain: Keychain
    events: dict[int, Event] = {}
    opened: dict[int, PatrolRequest | str | RoomTold | None] = {}

    def add(self, event: Event) -> None:
        """Take an event; one that is here is replaced when it tells more now."""
        assert isinstance(event.what, PatrolRequested | PatrolCancelled | PatrolStatus)
        known = self.events.get(event.seq)
        if known is None or len(msgspec.json.encode(event)) > len(msgspec.json.encode(known)):
            self.events[event.seq] = event
            self.opened.pop(event.seq, None)

    def requests(self, case: Case) -> list[tuple[int, PatrolRequest]]:
        """The requests of a case that can be read here, with their `seq`, in order."""
        found = ((event.seq, self.read(event)) for event in self._of(each.id for each in case.asked))
        return [(seq, read) for seq, read in found if isinstance(read, PatrolRequest)]

    def told(self, case: Case) -> list[RoomTold]:
        """What the room told of a case, in order."""
        told = (self.read(event) for event in self._ordered() if isinstance(event.what, PatrolStatus))
        return [each for each in told if isinstance(each, RoomTold) and each.case == case.id]

    def read(self, event: Event) -> PatrolRequest | str | RoomTold | None:
        """A request, a reason for cancelling, or what the room told; None when it can't be read here."""
        if event.seq not in self.opened:
            self.opened[event.seq] = read(self.chain, event)
        return self.opened[event.seq]

    def _ordered(self) -> list[Event]:
        return [self.events[seq] for seq in sorted(self.events)]

    def _of(self, ids: Iterable[str]) -> list[Event]:
        wanted = set(ids)
        return [event for event in self._ordered() if event.id in wanted]


def read(chain: Keychain, event: Event) -> PatrolRequest | str | RoomTold | None:
    """What an honest patrol event says, displayable; None when it can't be read."""
    if isinstance(event.what, PatrolStatus):
        return _told(event, event.what, read_told(chain, event))
    text = read_asked(chain, event)
    if text is None:
        return None
    if isinstance(event.what, PatrolCancelled):
        return displayable(text, limit=WORDS)
    try:
        return shown_request(load_request(text))
    except msgspec.DecodeError:
        return None


def _told(event: Event, what: PatrolStatus, body: PatrolTold | None) -> RoomTold:
    header, said = status_header(what.h), body or PatrolTold(ts=0)
    words, unit = displayable(said.b, limit=WORDS), one_line(said.unit, UNIT)
    return RoomTold(event.seq, header.case, header.re, header.state, words, unit, one_line(said.code, CODE))


def shown_request(request: PatrolRequest) -> PatrolRequest:
    """A request with every text displayable."""
    texts = {name: one_line(getattr(request, name), limit) for name, limit in LIMITS.items()}
    return msgspec.structs.replace(request, **texts)


def asked_last(told: list[RoomTold], answered_at: int) -> str:
    """The room's last question, unless a request with a later `seq` (`answered_at`) has answered it."""
    asked = [each for each in told if each.state == QUESTION and each.seq > answered_at]
    return asked[-1].words if asked else ""
