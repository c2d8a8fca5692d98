"""One request, one message: in the format that the room takes."""

from __future__ import annotations

from typing import Final, Literal

from .asked import Asked, Kind
from .cap import cap
from .case import cancel, report, update
from .envelope import dump
from .names import Parties

Format = Literal["edxl", "cap"]
EDXL: Final = {"report": report, "update": update, "cancel": cancel}
CONTENT_TYPES: Final = {"edxl": "application/json", "cap": "application/cap+xml"}
"""Format -> what to call it in HTTP (RFC 8259; registered with IANA for CAP)."""


def outgoing(parties: Parties, asked: Asked, kind: Kind, format: Format = "edxl") -> bytes:
    """The message as it travels: the same arguments, the same bytes.

    Raises ValueError for ids or times that are none.
    """
    return cap(parties, asked, kind) if format == "cap" else dump(EDXL[kind](parties, asked))
