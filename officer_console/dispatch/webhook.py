"""Signed webhooks as Standard Webhooks 1.0.0 says: HMAC-SHA256 over `id.timestamp.body`, several secrets at a time.

Written out here because the project's own Python library takes the clock from the system, one secret only, and raises
ValueError for a header that is not of its form. Source: github.com/standard-webhooks/standard-webhooks, spec/.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from officer_console.errors import UserError, reason
from officer_console.locale import _

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE_S: Final = 300
"""Seconds that the sender's clock may differ from ours, either way."""
SIZES: Final = range(24, 65)
"""Bytes of a secret."""
MOST_SIGNATURES: Final = 20
"""Signatures that are looked at in one header: with each comes one comparison for every secret."""
_PREFIX: Final = "whsec_"
_VERSION: Final = "v1"
_id: Final = re.compile(r"[!-\-/-~]{1,256}").fullmatch  # visible ASCII but the dot, which joins what is signed
_seconds: Final = re.compile(r"[0-9]{1,12}").fullmatch


class NotSigned(Exception):
    """What came is not from who has a secret of ours, or not of now. `why`: malformed, stale or wrong."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def sign(secrets: Sequence[bytes], id: str, at: int, body: bytes) -> dict[str, str]:
    """The three headers of a webhook; `at` in s. One signature for each secret, so that the other side can change to a
    new one at any moment. Raises ValueError for an id that can't be signed."""
    if not _id(id):
        raise ValueError("not the id of a webhook")
    signatures = (base64.b64encode(_mac(secret, id, str(at), body)).decode() for secret in secrets)
    return {ID: id, TIMESTAMP: str(at), SIGNATURE: " ".join(f"{_VERSION},{each}" for each in signatures)}


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now: int) -> str:
    """The id of a webhook that was signed with one of the secrets within TOLERANCE_S of `now` (s).

    `headers` by small names. Raises NotSigned.
    """
    id, at, signatures = (headers.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not _id(id) or not _seconds(at) or not signatures:
        raise NotSigned("malformed")
    expected = [_mac(secret, id, at, body) for secret in secrets]
    given = [_signature(each) for each in signatures.split(" ")[:MOST_SIGNATURES]]
    # Every pair is compared, so that the time tells neither which secret fits nor which signature.
    if not sum(hmac.compare_digest(ours, theirs) for ours in expected for theirs in given):
        raise NotSigned("wrong")
    if abs(now - int(at)) > TOLERANCE_S:  # asked last: who can't sign learns nothing of our clock
        raise NotSigned("stale")
    return id


def read_secrets(file: Path) -> list[bytes]:
    """The secrets in a file, one `whsec_…` a line, the first one signs first; empty lines and "#" are passed over.

    Raises UserError when the file can't be read, is open to others, or has none.
    """
    try:
        mode = file.stat().st_mode
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = reason(error) if isinstance(error, OSError) else _("it is no text")
        raise UserError(_("The secrets in {file} can't be read: {reason}.").format(file=file, reason=why)) from None
    if os.name == "posix" and mode & 0o077:
        raise UserError(_("Others may read the secrets in {file}; close it with: chmod 600 {file}").format(file=file))
    told = [(n, line.strip()) for n, line in enumerate(lines, 1) if line.strip() and not line.strip().startswith("#")]
    if not told:
        raise UserError(_("There is no secret in {file}; one stands in a line: whsec_…").format(file=file))
    return [_secret(line, file, number) for number, line in told]


def _secret(line: str, file: Path, number: int) -> bytes:
    try:
        secret = base64.b64decode(line.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        secret = b""
    if not line.startswith(_PREFIX) or len(secret) not in SIZES:
        text = _("Line {n} of {file} is no secret: “whsec_” and 24 to 64 bytes in base64 are needed.")
        raise UserError(text.format(n=number, file=file))
    return secret


def _mac(secret: bytes, id: str, at: str, body: bytes) -> bytes:
    return hmac.digest(secret, f"{id}.{at}.".encode() + body, "sha256")


def _signature(text: str) -> bytes:
    """The bytes of a `v1` signature; b"" for all others, which fits none."""
    version, _comma, encoded = text.partition(",")
    try:
        return base64.b64decode(encoded, validate=True) if version == _VERSION else b""
    except ValueError:  # binascii.Error is one; so is a letter beyond ASCII
        return b""
