"""What stands inside a sealed body, once opened.

`ts` is the sender's clock in milliseconds since 1970 and proves nothing. `sig` is an officer's signature over the
header and the digest of `b`; only consoles check it (the visitor's page has no list of officers).
"""

from __future__ import annotations

from typing import Literal

import msgspec


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="k", kw_only=True):
    ts: int


class Text(_Body, frozen=True, tag="text"):
    """Something written, by the visitor or the officer. At most 16,000 bytes in UTF-8."""

    b: str
    sig: str = ""


class About(_Body, frozen=True, tag="about"):
    """What the visitor's page tells of her: language of the page, postcode when she gave one."""

    lang: Literal["fr", "en"]
    postcode: str = ""


class Presence(_Body, frozen=True, tag="presence"):
    """Live only, each 20 to 30 s and at each change: it is the cover traffic too.

    `typing` now; `read` how many messages of the other direction have been on screen; `here` whether page or console
    is in view.
    """

    typing: bool = False
    read: int = 0
    here: bool = True


class Remark(_Body, frozen=True, tag="note"):
    """An officer's note for the desk."""

    b: str
    sig: str = ""


OUTCOMES = ("advised", "referred", "complaint", "patrol", "no_answer", "test", "abuse", "other")
"""Codes an officer closes a conversation with."""


class Outcome(_Body, frozen=True, tag="outcome"):
    """Why a conversation was closed: `b` is one of OUTCOMES."""

    b: str
    remark: str = ""
    sig: str = ""


MessageBody = Text | About
LiveBody = Presence
NoteBody = Remark | Outcome
Body = Text | About | Presence | Remark | Outcome
