"""Conversations that go from one officer to another, with a card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from officer_console.model.handover import Card


class HandOver(msgspec.Struct, frozen=True):
    """A hand-over that nobody has answered yet: `by` offers the conversation to `to`, since `at` (ms of the relay's
    clock; 0 while it is on its way). `card` is displayable, None when it can't be read here."""

    cid: str
    by: str
    to: str
    at: int
    card: Card | None = None


class HandOvers(Protocol):
    """Hand-overs that this officer offers, and those that he is offered."""

    def card(self, cid: str) -> Card:
        """What the panel begins with: what was begun there, else what is known of the conversation. The signals and
        referrals are always those of now."""
        ...

    def keep_card(self, cid: str, card: Card) -> None:
        """Keep what is begun in the panel; on disk, sealed, until the conversation is another's."""
        ...

    def of(self, cid: str) -> HandOver | None:
        """The hand-over of a conversation that waits for an answer, one that is on its way to the relay too."""
        ...

    def offered(self) -> Sequence[HandOver]:
        """Those offered to me, the oldest first. Their conversations can't be read before they are accepted."""
        ...

    def offer(self, cid: str, to: str, card: Card) -> None:
        """Offer a conversation to a colleague. Raises ValueError for myself, Refused("not_on_duty") when he is not
        there or at the end of his shift, Refused("desk_key"), OSError, and Refused when rules forbid it."""
        ...

    def withdraw(self, cid: str) -> None:
        """End an offer of mine. Raises Refused("no_offer") when there is none, OSError."""
        ...

    def accept(self, cid: str) -> None:
        """Take what I am offered. Raises as `withdraw`."""
        ...

    def decline(self, cid: str) -> None:
        """Don't take it. Raises as `withdraw`."""
        ...
