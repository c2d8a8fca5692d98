"""The founding code: what `relay init` prints and the first shift lead types.

One line: `oc0.` and base64url of a JSON object with the relay's address, a one-time token and the name of the
relay's key, followed by four bytes of checksum, so that a slip in copying is told from a wrong code.
"""

from __future__ import annotations

import base64
import hashlib

import msgspec

from .shapes import B8

PREFIX = "oc0."
_CHECK = 4


class FoundingCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Address of the relay, token that founds the desk once, kid of the relay's key."""

    url: str
    token: str
    relay: B8


class NotAFoundingCode(ValueError):
    """The text is no founding code, or was copied wrongly."""


def make_founding_code(code: FoundingCode) -> str:
    """The printable form."""
    raw = msgspec.json.encode(code)
    return PREFIX + base64.urlsafe_b64encode(raw + _checksum(raw)).decode().rstrip("=")


def parse_founding_code(text: str) -> FoundingCode:
    """Read the printable form; spaces and line breaks in it don't matter. Raises NotAFoundingCode."""
    packed = "".join(text.split())
    if not packed.startswith(PREFIX):
        raise NotAFoundingCode
    body = packed.removeprefix(PREFIX)
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        raw, check = data[:-_CHECK], data[-_CHECK:]
        if check != _checksum(raw):
            raise NotAFoundingCode
        return msgspec.json.decode(raw, type=FoundingCode)
    except (ValueError, msgspec.DecodeError):  # letters beyond ASCII too
        raise NotAFoundingCode from None


def _checksum(raw: bytes) -> bytes:
    return hashlib.sha256(b"desk/1 founding\n" + raw).digest()[:_CHECK]
