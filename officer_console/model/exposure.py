"""How much an officer has had to bear in a shift: a fold of what every console is told without words.

Grave is a conversation that was held for danger now, in which a patrol was asked for, or in which a grave danger signal
was confirmed (its officer's console alone can read which).
"""

from __future__ import annotations

from typing import Final

import msgspec

from .conversation import Conversation, State
from .events import Erased, Event

GRAVE_SIGNALS: Final = frozenset(
    {"en_cours", "arme", "etranglement", "menace_mort", "sequestration", "sexuel", "suicide_victime", "suicide_auteur"}
)
DAY_MS: Final = 86_400_000
"""What ended so long ago belongs to no shift of now."""


class Exposure(msgspec.Struct, frozen=True):
    """One officer's shift. `on_ms` since it began, `unrested_ms` since it began or the last break ended (0: on one
    now), `conversations` he had, `grave` ones among them, and how many of those since the last break."""

    on_ms: int = 0
    unrested_ms: int = 0
    conversations: int = 0
    grave: int = 0
    grave_unrested: int = 0


class Turn(msgspec.Struct, frozen=True):
    """An officer has held a conversation: until `end` ms, 0 while he does; `grave` since when, 0 for not."""

    end: int = 0
    grave: int = 0


class Exposures:
    """Of all officers. One `apply` costs O(1), but for what is dropped after a day."""

    def __init__(self) -> None:
        self._turns: dict[str, dict[str, Turn]] = {}

    def apply(self, event: Event, before: Conversation | None, after: Conversation) -> None:
        """Fold an event in, with its conversation before and after."""
        held, holds = _holder(before), _holder(after)
        if held and held != holds:
            self._change(held, event.cid, end=event.at)
        if holds and held != holds:
            self._begin(holds, event.cid, event.at)
        if holds and _is_grave(after):
            self.found_grave(holds, event.cid, event.at)
        if isinstance(event.what, Erased):
            self._forget_name(event.cid, event.at)

    def found_grave(self, kid: str, cid: str, at: int) -> None:
        """A conversation that this officer holds is grave, since `at` ms at the latest."""
        turn = self._turns.get(kid, {}).get(cid)
        if turn and not turn.end and not turn.grave:
            self._change(kid, cid, grave=at)

    def is_grave(self, kid: str, cid: str) -> bool:
        """Whether a conversation was grave for this officer."""
        turn = self._turns.get(kid, {}).get(cid)
        return bool(turn and turn.grave)

    def of(self, kid: str, since: int, rested: int, now: int, *, resting: bool = False) -> Exposure:
        """One officer's shift, begun at `since`, last rested until `rested` (0: never); all ms of the relay's clock."""
        turns = [turn for turn in self._turns.get(kid, {}).values() if not turn.end or turn.end > since]
        fresh = max(since, rested)
        return Exposure(
            on_ms=max(0, now - since) if since else 0,
            unrested_ms=0 if resting or not since else max(0, now - fresh),
            conversations=len(turns),
            grave=sum(bool(turn.grave) for turn in turns),
            grave_unrested=0
            if resting
            else sum(bool(turn.grave) and (not turn.end or turn.end > fresh) for turn in turns),
        )

    def _begin(self, kid: str, cid: str, at: int) -> None:
        turns = self._turns.setdefault(kid, {})
        for old in [each for each, turn in turns.items() if turn.end and at - turn.end > DAY_MS]:
            del turns[old]
        turns[cid] = Turn(0, turns.get(cid, Turn()).grave)

    def _change(self, kid: str, cid: str, **changes: int) -> None:
        turns = self._turns.setdefault(kid, {})
        turns[cid] = msgspec.structs.replace(turns.get(cid, Turn()), **changes)

    def _forget_name(self, cid: str, at: int) -> None:
        """Of an erased conversation stays that there was one, not which."""
        for turns in self._turns.values():
            if turn := turns.pop(cid, None):
                turns[f"erased {at} {len(turns)}"] = msgspec.structs.replace(turn, end=turn.end or at)


def _holder(conversation: Conversation | None) -> str:
    held = conversation is not None and conversation.state is State.HELD
    return conversation.holder if conversation and held else ""


def _is_grave(conversation: Conversation) -> bool:
    return conversation.urgency == "red" or bool(conversation.cases)
