"""What stands inside a sealed body, once opened.

`ts` is the sender's clock in milliseconds since 1970 and proves nothing. `sig` is an officer's signature over the
header and the digest of `b`; only consoles check it (the visitor's page has no list of officers).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


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


class Place(_Body, frozen=True, tag="place"):
    """Where the visitor's device is, shared by her: micro-degrees north and east (WGS 84), precision in metres."""

    lat: Annotated[int, Meta(ge=-90_000_000, le=90_000_000)]
    lon: Annotated[int, Meta(ge=-180_000_000, le=180_000_000)]
    acc: Annotated[int, Meta(ge=0, le=100_000_000)]


class Help(_Body, frozen=True, tag="help"):
    """The officer's words that help is coming, sent once the dispatch room has accepted the case `case`."""

    b: str
    case: str
    sig: str = ""


class AskConsent(_Body, frozen=True, tag="ask_consent"):
    """The officer asks whether the conversation may be kept to practise on; her page says in its own words what that
    means."""

    b: Literal["practice"] = "practice"
    sig: str = ""


class Consent(_Body, frozen=True, tag="consent"):
    """Her answer to the question whose event is `ask`; the last one counts."""

    ask: str
    yes: bool


class Given(_Body, frozen=True, tag="given"):
    """A referral that the visitor was given: `b` is the id of the directory's line."""

    b: str
    sig: str = ""


class Signal(_Body, frozen=True, tag="signal"):
    """A danger signal that the officer confirms: `b` one of signals.SIGNALS, `message` the event that showed it."""

    b: str
    message: str = ""
    sig: str = ""


class Aside(_Body, frozen=True, tag="aside"):
    """What lead and officer say to each other, the visitor apart."""

    b: str
    sig: str = ""


class Reason(_Body, frozen=True, tag="reason"):
    """Why a lead steps in, or pauses the arrivals."""

    b: str
    sig: str = ""


class CardBody(_Body, frozen=True, tag="card"):
    """A hand-over card: `b` is `handover.dump_card`."""

    b: str
    sig: str = ""


class PatrolAsked(_Body, frozen=True, tag="patrol"):
    """A patrol request: `b` is `patrol.dump_request`, the reason for cancelling one, or `callback.dump_callback`."""

    b: str
    sig: str = ""


class PatrolTold(_Body, frozen=True, tag="patrol-status"):
    """Words of the dispatch room: `unit` that was assigned, `code` of what went wrong on the way (dispatch.codes)."""

    b: str = ""
    unit: str = ""
    code: str = ""
    sig: str = ""


MessageBody = Text | About | Place | Help | AskConsent | Consent
LiveBody = Presence
NoteBody = Remark | Outcome | Given | Signal | Aside | Reason | CardBody | PatrolAsked | PatrolTold
Body = MessageBody | LiveBody | NoteBody
