"""Who writes to whom, what messages and cases are called, and times as the schemas want them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, NamedTuple

import msgspec

_own: Final = re.compile(r"[A-Za-z0-9_-]{1,64}").fullmatch


class Parties(msgspec.Struct, frozen=True):
    """Sender and recipient, organisations such as "fr.police.pvss"; `exercise`: nothing of it is real.

    `expires_min`: minutes after which a message must be destroyed, not delivered.
    """

    sender: str
    recipient: str
    exercise: bool = False
    expires_min: int = 30

    @property
    def turned(self) -> Parties:
        """The same from the other side."""
        return msgspec.structs.replace(self, sender=self.recipient, recipient=self.sender)

    @property
    def status(self) -> str:
        """EDXL's distributionStatus, RC-DE's and CAP's status."""
        return "Exercise" if self.exercise else "Actual"


class Stamp(NamedTuple):
    """What makes a message one of its own: its event's id, and when that was, in ms since 1970."""

    id: str
    at: int


def distribution_id(sender: str, event_id: str) -> str:
    """What a message is called: always the same for one event, so a room that gets it twice takes it once.

    Raises ValueError for an event id that is not made of 1 to 64 letters, digits, "_" and "-".
    """
    return f"{sender}_{_checked(event_id)}"


def case_id(sender: str, event_id: str) -> str:
    """What a case is called: {country}.{domain}.{organisation}.{event that opened it}. Raises as `distribution_id`."""
    return f"{sender}.{_checked(event_id)}"


def webhook_id(distribution_id: str) -> str:
    """A message's id for Standard Webhooks, which joins what it signs by dots and allows none in an id."""
    return distribution_id.replace(".", "-")


def event_of(prefix: str, name: str) -> str | None:
    """The event id in a name that begins so: "<sender>_" for messages, "<sender>." for cases; None for another's.

    Never uses the schema's pattern for a case id: that one takes a minute for 41 characters.
    """
    own = name[len(prefix) :]
    return own if name.startswith(prefix) and _own(own) else None


def moment(at: int) -> str:
    """A time in ms as the schemas want it: whole seconds, and no "Z". Raises ValueError beyond the year 9999."""
    try:
        return datetime.fromtimestamp(at // 1000, UTC).isoformat()
    except OverflowError:
        raise ValueError("not a time") from None


def _checked(event_id: str) -> str:
    if not _own(event_id):
        raise ValueError("not an event's id")
    return event_id
