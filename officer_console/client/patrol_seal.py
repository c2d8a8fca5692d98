"""Sealing a patrol request twice (for the desk, and for the dispatch role), and checking and opening what comes back.

A request is signed by the officer outside, over its header, and inside, over what is sealed; what the room tells is
signed by the dispatch role in the same two ways. So no relay can make, alter or move either of them.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from officer_console.model.bodies import NoteBody, PatrolAsked, PatrolTold
from officer_console.model.callback import callback_header
from officer_console.model.envelope import PatrolHeader, PatrolStatusHeader
from officer_console.model.events import (
    CallbackRequested,
    CallbackTold,
    Event,
    PatrolCancelled,
    PatrolRequested,
    PatrolStatus,
    RoomBox,
)
from officer_console.model.patrol import status_header
from officer_console.model.rules import ANSWERS
from officer_console.protocol import codec
from officer_console.protocol.commands import CancelPatrol, RequestCallback, RequestPatrol, TellCallback, TellPatrol
from officer_console.protocol.refusals import Refused
from officer_console.vault.base64url import b64, unb64, utf8
from officer_console.vault.chain import Member
from officer_console.vault.enrolment import TextDomain, sign_text, verify_text
from officer_console.vault.envelopes import seal_for_room, seal_note, sign_body, verify_body
from officer_console.vault.errors import Untrusted, VaultError
from officer_console.vault.opening import open_note

from .keychain import Keychain

Act = Literal["request", "cancel", "callback"]
Command = RequestPatrol | CancelPatrol | RequestCallback
COMMANDS: Final[dict[Act, type[Command]]] = {
    "request": RequestPatrol,
    "cancel": CancelPatrol,
    "callback": RequestCallback,
}
ACTS: Final[dict[type, Act]] = {
    PatrolRequested: "request",
    PatrolCancelled: "cancel",
    CallbackRequested: "callback",
}
MOST_ROOMS: Final = 8
"""Members of the dispatch role that a request is sealed to: those enrolled last, when there are more."""
DISPATCH: Final = frozenset({"dispatch"})


def words_told(body: PatrolTold) -> bytes:
    """What the dispatch role's signature inside covers. Neither a code nor a unit has a line break."""
    return utf8(f"{body.code}\n{body.unit}\n{body.b}")


# ---- what goes out -----------------------------------------------------------------------------------------------


def seal_patrol(chain: Keychain, cid: str, id: str, act: Act, text: str, now: int) -> Command:
    """The command that asks for a patrol (`text`: patrol.dump_request), cancels one (the reason), or asks for a call
    back (callback.dump_callback). `now` in ms.

    The desk's key may have ended: a patrol does not wait for a shift lead. Raises Refused("no_room") when nobody of the
    dispatch role is enrolled, Untrusted when the desk never had a key.
    """
    directory = chain.directory
    rooms = sorted(directory.rooms(now // 1000), key=lambda each: -each.nbf)[:MOST_ROOMS]
    if not rooms:
        raise Refused("no_room")
    key = directory.newest_desk_key()
    header = PatrolHeader(cid=cid, kid=key.kid, s=chain.kid, id=id, act=act, use=directory.use, at=now)
    h = codec.encode(header)
    body = codec.encode_bytes(PatrolAsked(ts=now, b=text, sig=chain.sign_words(h, text)))
    sig = sign_text(chain.identity.sig_priv, "patrol", h)
    boxes = [RoomBox(each.kid, b64(seal_for_room(each.box_pub, h, body))) for each in rooms]
    return COMMANDS[act](cid, id, h, sig, b64(seal_note(key.pub, h, body)), boxes)


def seal_told(chain: Keychain, header: PatrolStatusHeader, body: PatrolTold | None) -> TellPatrol:
    """The command by which the dispatch role tells something; `header.kid` is set here. `header.at` in ms.

    Raises Untrusted when there are words and the desk never had a key to seal them to.
    """
    if body is None:
        h = codec.encode(msgspec.structs.replace(header, kid=""))
        return TellPatrol(header.cid, header.id, h, sign_text(chain.identity.sig_priv, "patrol-status", h))
    key = chain.directory.newest_desk_key()
    h = codec.encode(msgspec.structs.replace(header, kid=key.kid))
    signed = msgspec.structs.replace(body, sig=b64(sign_body(chain.identity.sig_priv, h, words_told(body))))
    sig = sign_text(chain.identity.sig_priv, "patrol-status", h)
    return TellPatrol(header.cid, header.id, h, sig, b64(seal_note(key.pub, h, codec.encode_bytes(signed))))


def seal_callback_told(chain: Keychain, header: PatrolStatusHeader) -> TellCallback:
    """The command by which the dispatch role tells that it has taken a call back, or refuses it."""
    h = codec.encode(msgspec.structs.replace(header, kid=""))
    return TellCallback(header.cid, header.id, h, sign_text(chain.identity.sig_priv, "patrol-status", h))


# ---- what comes in -----------------------------------------------------------------------------------------------


def is_honest(chain: Keychain, event: Event) -> bool:
    """Whether a patrol event was signed by who may make it, and says what its header says. Costs 0.1 ms."""
    try:
        match event.what:
            case PatrolRequested() | PatrolCancelled() | CallbackRequested():
                asked = codec.header(event.what.h, PatrolHeader)
                _require_own(event, asked.cid, asked.s, asked.id, asked.act == ACTS[type(event.what)])
                _require_signed(chain, event, ANSWERS, "patrol", event.what.h, event.what.sig)
            case CallbackTold(h=h, sig=sig):
                taken = codec.header(h, PatrolStatusHeader)
                _require_own(event, taken.cid, taken.s, taken.id, callback_header(h) == taken)
                _require_signed(chain, event, DISPATCH, "patrol-status", h, sig)
            case PatrolStatus(h=h, sig=sig):
                told = codec.header(h, PatrolStatusHeader)
                _require_own(event, told.cid, told.s, told.id, status_header(h) == told)
                _require_signed(chain, event, DISPATCH, "patrol-status", h, sig)
    except (VaultError, Refused, msgspec.DecodeError):
        return False
    return True


def read_asked(chain: Keychain, event: Event) -> str | None:
    """The request, the reason for cancelling or the call back in an honest event; None when it can't be read or was
    altered."""
    assert isinstance(event.what, PatrolRequested | PatrolCancelled | CallbackRequested)
    h = event.what.h
    try:
        body = _opened(chain, codec.header(h, PatrolHeader).kid, h, event.what.box)
        if not isinstance(body, PatrolAsked):
            return None
        verify_body(_signer(chain, event, ANSWERS).sig_pub, h, utf8(body.b), unb64(body.sig, 64))
    except (VaultError, Refused):
        return None
    return body.b


def read_told(chain: Keychain, event: Event) -> PatrolTold | None:
    """The words in what the room told; None when there are none for us, or they were altered."""
    assert isinstance(event.what, PatrolStatus)
    h = event.what.h
    try:
        body = _opened(chain, status_header(h).kid, h, event.what.box)
        if not isinstance(body, PatrolTold):
            return None
        verify_body(_signer(chain, event, DISPATCH).sig_pub, h, words_told(body), unb64(body.sig, 64))
    except (VaultError, Refused, msgspec.DecodeError):
        return None
    return body


def _opened(chain: Keychain, kid: str, h: str, box: str) -> object:
    return codec.body(open_note(chain.keys.private(kid), h, unb64(box)), NoteBody)


def _require_own(event: Event, cid: str, by: str, id: str, fits: bool) -> None:
    if (cid, by, id) != (event.cid, event.by, event.id) or not fits:
        raise Refused("sender")


def _require_signed(chain: Keychain, event: Event, roles: frozenset[str], domain: TextDomain, h: str, sig: str) -> None:
    verify_text(_signer(chain, event, roles).sig_pub, domain, h, sig)


def _signer(chain: Keychain, event: Event, roles: frozenset[str]) -> Member:
    member = chain.directory.member(event.by, event.at // 1000)
    if member.role not in roles:
        raise Untrusted(event.by)
    return member
