"""What the relay checks of patrol requests and answers: everything but what is sealed in them."""

from __future__ import annotations

from typing import Final

import msgspec

from officer_console.model.callback import callback_header
from officer_console.model.envelope import PatrolHeader, PatrolStatusHeader
from officer_console.model.events import (
    CallbackRequested,
    CallbackTold,
    PatrolCancelled,
    PatrolRequested,
    PatrolStatus,
    RoomBox,
)
from officer_console.model.patrol import status_header
from officer_console.protocol import codec
from officer_console.protocol.commands import CancelPatrol, RequestCallback, RequestPatrol, TellCallback, TellPatrol
from officer_console.protocol.refusals import Refused
from officer_console.vault.chain import Directory
from officer_console.vault.enrolment import TextDomain, verify_text
from officer_console.vault.errors import VaultError

from .sizes import NOTE_SIZES, require_sizes

MOST_ROOMS: Final = 8
"""Members of the dispatch role that one request is sealed to."""


Ask = RequestPatrol | CancelPatrol | RequestCallback
Asked = PatrolRequested | PatrolCancelled | CallbackRequested
_BECOMES: Final[dict[type, tuple[str, type[Asked]]]] = {
    RequestPatrol: ("request", PatrolRequested),
    CancelPatrol: ("cancel", PatrolCancelled),
    RequestCallback: ("callback", CallbackRequested),
}
"""Command -> what its header must say, and the event that it becomes."""


def asked_for(do: Ask, kid: str, directory: Directory) -> Asked:
    """The event that an officer's command asks for. Raises Refused."""
    header = codec.header(do.h, PatrolHeader)
    act, event = _BECOMES[type(do)]
    _require_own(header, do, kid)
    if header.act != act or header.use != directory.use:
        raise Refused("malformed")
    _require_signed(directory, kid, "patrol", do)
    require_live_key(header.kid, directory)
    require_sizes(do.box, NOTE_SIZES)
    _require_rooms(do.rooms, directory)
    return event(do.h, do.sig, do.box, tuple(do.rooms))


def told_of(do: TellPatrol, kid: str, directory: Directory) -> PatrolStatus:
    """The event by which the dispatch role tells something. Raises Refused."""
    codec.header(do.h, PatrolStatusHeader)
    try:
        header = status_header(do.h)
    except msgspec.DecodeError:
        raise Refused("malformed") from None
    _require_own(header, do, kid)
    _require_signed(directory, kid, "patrol-status", do)
    if bool(header.kid) != bool(do.box):
        raise Refused("malformed")
    if do.box:
        require_live_key(header.kid, directory)
        require_sizes(do.box, NOTE_SIZES)
    return PatrolStatus(do.h, do.sig, do.box)


def told_of_callback(do: TellCallback, kid: str, directory: Directory) -> CallbackTold:
    """The event by which the dispatch role tells what becomes of a call back. Raises Refused."""
    codec.header(do.h, PatrolStatusHeader)
    try:
        header = callback_header(do.h)
    except msgspec.DecodeError:
        raise Refused("malformed") from None
    _require_own(header, do, kid)
    _require_signed(directory, kid, "patrol-status", do)
    if header.kid:
        raise Refused("malformed")
    return CallbackTold(do.h, do.sig)


def require_live_key(name: str, directory: Directory) -> None:
    """Raises Refused("malformed") unless this is the name of a desk key for conversations."""
    key = directory.desk_keys.get(name)
    if key is None or key.use != "live":
        raise Refused("malformed")


def _require_own(header: PatrolHeader | PatrolStatusHeader, do: Ask | TellPatrol | TellCallback, kid: str) -> None:
    if (header.cid, header.s, header.id) != (do.cid, kid, do.id):
        raise Refused("sender")


def _require_signed(directory: Directory, kid: str, domain: TextDomain, do: Ask | TellPatrol | TellCallback) -> None:
    """Consoles and rooms check it themselves; what they would drop must not be stored as if it were well."""
    try:
        verify_text(directory.members[kid].sig_pub, domain, do.h, do.sig)
    except VaultError:
        raise Refused("bad_signature") from None


def _require_rooms(rooms: list[RoomBox], directory: Directory) -> None:
    names = [each.to for each in rooms]
    if not names or len(names) > MOST_ROOMS or len(set(names)) < len(names):
        raise Refused("no_room")
    for each in rooms:
        member = directory.members.get(each.to)
        if member is None or member.role != "dispatch":
            raise Refused("no_room")
        require_sizes(each.box, NOTE_SIZES)
