"""What each command of a console becomes: an event of its conversation, once what it carries has been checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from officer_console.model.envelope import Note, NoteHeader
from officer_console.model.events import (
    DESK,
    Accepted,
    ArrivalsPaused,
    ArrivalsResumed,
    Assigned,
    Claimed,
    Closed,
    Declined,
    ExportEnded,
    Noted,
    Offered,
    Referred,
    Released,
    SignalConfirmed,
    SteppedIn,
    SteppedOut,
    UrgencyRaised,
    What,
    Whispered,
)
from officer_console.protocol import codec
from officer_console.protocol.commands import (
    Accept,
    Assign,
    CancelPatrol,
    Claim,
    Close,
    ConfirmSignal,
    Countersign,
    Decline,
    EndExport,
    KeepPart,
    Offer,
    PauseArrivals,
    RaiseUrgency,
    Refer,
    Release,
    Remark,
    RequestCallback,
    RequestPatrol,
    ResumeArrivals,
    StepIn,
    StepOut,
    TellCallback,
    TellPatrol,
    Whisper,
)
from officer_console.protocol.refusals import Refused
from officer_console.vault.chain import Directory

from .exports import countersigned, part_of
from .patrols import asked_for, require_live_key, told_of, told_of_callback
from .roster import Roster
from .sizes import NOTE_SIZES, require_sizes


class Actor(NamedTuple):
    """Who gives a command, and what it is checked against."""

    kid: str
    directory: Directory
    roster: Roster


def becomes(do: Any, actor: Actor) -> What:
    """The event that a command becomes. Raises Refused."""
    return _BECOMES[type(do)](do, actor)


def _noted(kind: Callable[[Note], What]) -> Callable[[Any, Actor], What]:
    """A kind that carries a note and nothing else."""

    def become(do: Close | Remark | Refer | ConfirmSignal | Whisper, actor: Actor) -> What:
        return kind(_own_note(do.cid, do.id, do.note, actor))

    return become


def _own_note(cid: str, id: str, note: Note, actor: Actor) -> Note:
    header = codec.header(note.h, NoteHeader)
    if (header.cid, header.s, header.id) != (cid, actor.kid, id):
        raise Refused("sender")
    require_live_key(header.kid, actor.directory)
    require_sizes(note.box, NOTE_SIZES)
    return note


def _present(to: str, actor: Actor) -> str:
    if not actor.roster.answers(to):
        raise Refused("not_on_duty")
    return to


def _offered(do: Offer, actor: Actor) -> What:
    if do.to == actor.kid:
        raise Refused("state")
    return Offered(_present(do.to, actor), _own_note(do.cid, do.id, do.note, actor))


def _stepped_in(do: StepIn, actor: Actor) -> What:
    return SteppedIn(do.way, _own_note(do.cid, do.id, do.note, actor))


def _paused(do: PauseArrivals, actor: Actor) -> What:
    return ArrivalsPaused(do.way, _own_note(DESK, do.id, do.note, actor))


def _asked(do: RequestPatrol | CancelPatrol | RequestCallback, actor: Actor) -> What:
    return asked_for(do, actor.kid, actor.directory)


_BECOMES: Final[dict[type, Callable[[Any, Actor], What]]] = {
    Claim: lambda do, actor: Claimed(),
    Release: lambda do, actor: Released(do.why),
    Close: _noted(Closed),
    Remark: _noted(Noted),
    Refer: _noted(Referred),
    ConfirmSignal: _noted(SignalConfirmed),
    Whisper: _noted(Whispered),
    RaiseUrgency: lambda do, actor: UrgencyRaised(do.level),
    Assign: lambda do, actor: Assigned(_present(do.to, actor), do.was),
    Offer: _offered,
    Accept: lambda do, actor: Accepted(),
    Decline: lambda do, actor: Declined(),
    StepIn: _stepped_in,
    StepOut: lambda do, actor: SteppedOut(),
    PauseArrivals: _paused,
    ResumeArrivals: lambda do, actor: ArrivalsResumed(),
    RequestPatrol: _asked,
    CancelPatrol: _asked,
    RequestCallback: _asked,
    TellPatrol: lambda do, actor: told_of(do, actor.kid, actor.directory),
    KeepPart: lambda do, actor: part_of(do),
    Countersign: lambda do, actor: countersigned(do, actor.kid, actor.directory),
    EndExport: lambda do, actor: ExportEnded(),
    TellCallback: lambda do, actor: told_of_callback(do, actor.kid, actor.directory),
}
OF_CONVERSATIONS: Final = frozenset(_BECOMES) - {PauseArrivals, ResumeArrivals}
"""Commands that become an event of a conversation."""
