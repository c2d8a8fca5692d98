"""Bytes as text: unpadded base64url (RFC 4648 §5), one spelling for each byte string."""

from __future__ import annotations

import base64

from officer_console.locale import _

from .errors import Malformed


def b64(data: bytes) -> str:
    """`data` as unpadded base64url."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str, size: int | None = None) -> bytes:
    """The bytes of `text`, `size` of them if given. Raises Malformed unless `b64` would write this text."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise Malformed(_("this is not base64url")) from None
    if b64(data) != text:  # the decoder skips foreign characters and spare bits
        raise Malformed(_("this is not base64url"))
    if size is not None and len(data) != size:
        raise Malformed(_("{size} bytes are expected here").format(size=size))
    return data


def utf8(text: str) -> bytes:
    """`text` in UTF-8. Raises Malformed for half surrogates, which JSON can smuggle into a string."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Malformed(_("this is not text")) from None
