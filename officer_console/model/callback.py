"""A request for a call back: how the competent unit may reach the visitor, given freely by her, and who has taken it.

It goes the way of a patrol request, but nothing rings: it is read when the room has time. It is erased with the
conversation, at the room too.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from .envelope import PatrolStatusHeader

LIMITS: Final = {"name": 80, "phone": 40, "email": 120, "when": 200, "unit": 200, "note": 400}
"""Field of a request -> characters it takes at most."""
STATES: Final = frozenset({"taken", "refused"})
"""What the dispatch role can tell of one."""


class CallBackRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What she gave: what to call her, a telephone or mail address, when and how it is safe, which unit, the
    officer's note."""

    name: str = ""
    phone: str = ""
    email: str = ""
    when: str = ""
    unit: str = ""
    note: str = ""
    language: Literal["fr", "en"] = "fr"

    @property
    def has_contact(self) -> bool:
        """Whether there is any way to reach her."""
        return bool(self.phone.strip() or self.email.strip())


class CallBack(msgspec.Struct, frozen=True):
    """One request as the log has it: event's id, who asked, when (ms by the relay's clock), "asked", "taken" or
    "refused"."""

    id: str
    by: str
    at: int
    state: str = "asked"


CallBacks = tuple[CallBack, ...]
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(CallBackRequest)
_status: Final = msgspec.json.Decoder(PatrolStatusHeader)


def dump_callback(request: CallBackRequest) -> str:
    """A request as the text that is signed and sealed; every field cut to its limit."""
    cut = {name: getattr(request, name)[:limit] for name, limit in LIMITS.items()}
    return _encoder.encode(msgspec.structs.replace(request, **cut)).decode()


def load_callback(text: str) -> CallBackRequest:
    """Read `dump_callback`. Raises msgspec.ValidationError or DecodeError, also for a field over its limit."""
    request = _decoder.decode(text)
    if any(len(getattr(request, name)) > limit for name, limit in LIMITS.items()):
        raise msgspec.ValidationError("not a request for a call back")
    return request


def callback_header(h: str) -> PatrolStatusHeader:
    """Read the header of what the room told of one. Raises msgspec.ValidationError or DecodeError."""
    header = _status.decode(h)
    if header.state not in STATES or header.case != header.re:
        raise msgspec.ValidationError("not a state of a call back")
    return header


def told_callback(callbacks: CallBacks, h: str) -> CallBacks:
    """The call backs after the room has told what stands in the header. What fits none changes nothing, nor does what
    is damaged or a newer version's."""
    try:
        header = callback_header(h)
    except msgspec.DecodeError:
        return callbacks
    return tuple(
        msgspec.structs.replace(each, state=header.state) if each.id == header.case else each for each in callbacks
    )
