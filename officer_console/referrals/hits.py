"""What a search gives, and what it can be narrowed to."""

from __future__ import annotations

from typing import Literal

import msgspec

from .departments import department_of
from .entries import Referral
from .places import Place
from .replies import Reply

Entry = Referral | Reply | Place


class Filters(msgspec.Struct, frozen=True):
    """What is known of the conversation. `language` of its visitor, `signals` that an officer confirmed; "": not known.

    Replies without a text in `language` are left out. Rows for other departments are left out. Replies for other
    signals are left out while nothing is typed, and come last when words are: what is typed is never hidden because
    nobody has confirmed it yet.
    """

    language: str = ""
    postcode: str = ""
    department: str = ""
    signals: tuple[str, ...] = ()

    @property
    def area(self) -> str:
        """The department, given or by the postcode."""
        return self.department or department_of(self.postcode)


ANY = Filters()
"""Nothing is known."""


class Hit(msgspec.Struct, frozen=True):
    """One entry that was found. `why` is for the officer, in his language. `low`: uncertain, to be marked.

    `tier`: 3 by its short code, 2 by all words, 1 by some; inside a tier by `score`.
    """

    entry: Entry
    why: str
    tier: int
    score: float

    @property
    def kind(self) -> Literal["referral", "reply", "place"]:
        match self.entry:
            case Referral():
                return "referral"
            case Reply():
                return "reply"
        return "place"

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def low(self) -> bool:
        return isinstance(self.entry, Referral) and self.entry.low
