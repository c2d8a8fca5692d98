"""Everything that opens with a private key. The relay never imports this module."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag

from officer_console.locale import _

from .base64url import utf8
from .envelopes import CK_SIZE, DOMAIN_NOTE, DOMAIN_OPEN, DOMAIN_ROOM, DOMAIN_WRAP, unpad
from .errors import CannotOpen, Malformed
from .exports import DOMAIN as DOMAIN_EXPORT
from .exports import KEY_SIZE, ExportKey
from .primitives import SUITE, box_public, context, kid, private_key


def hpke_open(priv: bytes, info: bytes, box: bytes) -> bytes:
    """The plaintext of an HPKE box, enc‖ct (RFC 9180 §6.1). Raises CannotOpen; Malformed for a broken key."""
    key = private_key(priv)
    try:
        return SUITE.decrypt(box, key, info=info)
    except (InvalidTag, ValueError):
        raise _refusal() from None


def open_box(desk_priv: bytes, h: str, box: bytes) -> bytes:
    """The conversation key (32 bytes) that a visitor's page sealed under header `h`. Raises CannotOpen."""
    ck = hpke_open(desk_priv, context(DOMAIN_OPEN, utf8(h)), box)
    if len(ck) != CK_SIZE:
        raise _refusal()
    return ck


def open_note(desk_priv: bytes, h: str, box: bytes) -> bytes:
    """The body of a note for the desk. Raises CannotOpen."""
    try:
        return unpad(hpke_open(desk_priv, context(DOMAIN_NOTE, utf8(h)), box))
    except Malformed:
        raise _refusal() from None


def open_for_room(room_box_priv: bytes, h: str, box: bytes) -> bytes:
    """The body that was sealed for a member of the dispatch role. Raises CannotOpen."""
    try:
        return unpad(hpke_open(room_box_priv, context(DOMAIN_ROOM, utf8(h)), box))
    except Malformed:
        raise _refusal() from None


def open_export(practice_priv: bytes, h: str, box: bytes) -> ExportKey:
    """The key of an export that was boxed under header `h`. Raises CannotOpen."""
    key = hpke_open(practice_priv, context(DOMAIN_EXPORT, utf8(h)), box)
    if len(key) != KEY_SIZE:
        raise _refusal()
    return ExportKey(key)


def unwrap_desk_key(officer_box_priv: bytes, statement_kid: str, wrap: bytes) -> bytes:
    """The private half of the desk key named `statement_kid`.

    Raises CannotOpen, also when another key is in the wrap: anybody can seal, so what was sealed must fit its
    name.
    """
    desk_priv = hpke_open(officer_box_priv, context(DOMAIN_WRAP, utf8(statement_kid)), wrap)
    try:
        fits = kid(box_public(desk_priv)) == statement_kid
    except Malformed:
        fits = False
    if not fits:
        raise _refusal()
    return desk_priv


def _refusal() -> CannotOpen:
    return CannotOpen(_("this can't be opened: the key does not fit, or it was altered"))
