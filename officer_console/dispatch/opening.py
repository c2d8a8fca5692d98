"""Opening a patrol request with the member's own box key, and checking what only who opens it can check."""

from __future__ import annotations

from typing import Final

import msgspec

from officer_console.client.keychain import Keychain
from officer_console.model.bodies import PatrolAsked
from officer_console.model.events import CallbackRequested, Event, PatrolCancelled, PatrolRequested
from officer_console.model.patrol import PatrolRequest, load_request, patrol_header
from officer_console.model.text import one_line
from officer_console.protocol import codec
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import unb64
from officer_console.vault.errors import VaultError
from officer_console.vault.opening import open_for_room

from .codes import LIVE, PRACTICE, UNSEALED, UNTRUSTED

NAME_LENGTH: Final = 60
REASON_LENGTH: Final = 400
"""Characters kept of the words with which a request is cancelled."""


class Opened(msgspec.Struct, frozen=True):
    """A request that is what it says. `request` None: it cancels, for this `reason`. `said_at`: the officer's clock,
    ms."""

    said_at: int
    request: PatrolRequest | None = None
    reason: str = ""


class Rejected(Exception):
    """It must not reach the room. `code` is one of `codes`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def open_asked(chain: Keychain, event: Event, exercise: bool) -> Opened:
    """What an officer asks in a PatrolRequested or PatrolCancelled that is honest (`client.patrol_seal.is_honest`).

    `exercise`: the room takes requests of practice desks alone, any other room those of real desks alone. Raises
    Rejected.
    """
    body = open_for_us(chain, event, exercise)
    assert isinstance(event.what, PatrolRequested | PatrolCancelled)
    said_at = patrol_header(event.what.h).at
    if isinstance(event.what, PatrolCancelled):
        return Opened(said_at, reason=body.b[:REASON_LENGTH])
    return Opened(said_at, _request(body.b))


def open_for_us(chain: Keychain, event: Event, exercise: bool) -> PatrolAsked:
    """What is sealed to us in an honest event, for a room of this kind. Raises Rejected."""
    what = event.what
    assert isinstance(what, PatrolRequested | PatrolCancelled | CallbackRequested)
    wanted, code = ("practice", LIVE) if exercise else ("live", PRACTICE)
    if patrol_header(what.h).use != wanted or chain.directory.use != wanted:
        raise Rejected(code)
    body = _body(chain, what)
    try:
        chain.check_words(event.by, event.at, what.h, body.b, body.sig)
    except VaultError:
        raise Rejected(UNTRUSTED) from None
    return body


def officer_name(chain: Keychain, kid: str) -> str:
    """What colleagues call this officer, displayable; "" for a stranger."""
    member = chain.member(kid)
    return one_line(member.name, NAME_LENGTH) if member else ""


def _body(chain: Keychain, what: PatrolRequested | PatrolCancelled | CallbackRequested) -> PatrolAsked:
    box = next((each.box for each in what.rooms if each.to == chain.kid), "")
    for key in filter(None, (chain.identity.box_priv, chain.identity.old_box_priv)):
        try:
            body: PatrolAsked = codec.body(open_for_room(key, what.h, unb64(box)), PatrolAsked)
        except (VaultError, Refused):
            continue  # sealed for the other box key, or not for us at all
        return body
    raise Rejected(UNSEALED)


def _request(text: str) -> PatrolRequest:
    try:
        return load_request(text)
    except msgspec.DecodeError:  # ValidationError is one, and quotes what it finds
        raise Rejected(UNSEALED) from None
