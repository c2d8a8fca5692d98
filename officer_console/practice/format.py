"""The lines of a session's file: JSON Lines, the kind of each line in its field `line`. FORMAT.md tells what they mean.

Times are whole milliseconds after the session began, unless a field says seconds.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import Meta

from officer_console.model.events import How
from officer_console.model.patrol import PatrolRequest

from .fields import (
    Act,
    AnySignal,
    Count,
    Field,
    Id,
    Ms,
    Outcome,
    PatrolEvent,
    RoomState,
    Seconds,
    Short,
    Signal,
    Urgency,
    Words,
)  # fmt: skip
from .steps import Step


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="line"):
    pass


class Consent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a real conversation came to be practised on: the event of the visitor's consent, who redacted it, and the
    second officer who countersigned: "" before, when nobody can practise on it yet."""

    event: Short
    redacted_by: Short
    countersigned_by: Annotated[str, Meta(max_length=300)] = ""


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the visitor writes. `pace`: letters a second; `hesitates`: of 100 lines, how many are begun, left and begun
    again; `patience`: seconds without a word to her after which she leaves without one. When neither the record nor a
    cue fits a reply, `nods` answer what she is told, `unsure` what she is asked; each in order, then again."""

    pace: Annotated[float, Meta(gt=0, le=30)] = 6
    hesitates: Annotated[int, Meta(ge=0, le=100)] = 15
    patience: Annotated[int, Meta(ge=60, le=7200)] = 600
    postcode: Annotated[str, Meta(max_length=10)] = ""
    nods: Annotated[list[Words], Meta(min_length=1, max_length=20)]
    unsure: Annotated[list[Words], Meta(min_length=1, max_length=20)]


class Head(_Line, frozen=True, kw_only=True, tag="session"):
    """The first line. `origin`: "written" by hand, "played" by two colleagues, or "live", a real conversation: it has
    `consent`, exists only sealed, and is refused in any file. `difficulty`: 1 to 3."""

    practice: int
    id: Id
    language: Literal["fr", "en"]
    title: Annotated[str, Meta(min_length=1, max_length=120)]
    difficulty: Annotated[int, Meta(ge=1, le=3)]
    minutes: Annotated[int, Meta(ge=1, le=180)]
    warning: Annotated[str, Meta(max_length=400)] = ""
    topics: Annotated[list[Id], Meta(min_length=1, max_length=12)]
    origin: Literal["written", "played", "live"] = "written"
    consent: Consent | None = None
    visitor: Person


class Truth(_Line, frozen=True, kw_only=True, tag="truth"):
    """What is so, whatever anybody writes. `patrol`: whether one is "needed", "possible" (the officer's judgement), or
    "wrong"; `patrol_by`: seconds after the message `patrol_after` ("": after the officer came) within which a needed
    one is sent. `referrals`: ids of fitting lines of the directory; `outcomes`: with what it may be closed."""

    urgency: Urgency
    gist: Words
    patrol: Literal["needed", "possible", "wrong"]
    patrol_by: Annotated[int, Meta(ge=0, le=86_400)] = 0
    patrol_after: str = ""
    referrals: list[Short] = []
    outcomes: list[Outcome] = []


class TrueSignal(_Line, frozen=True, kw_only=True, tag="signal"):
    """A danger signal that is there; `messages`: ids of the visitor's messages of which each shows it."""

    signal: Signal
    messages: Annotated[list[Id], Meta(min_length=1, max_length=20)]


class Fact(_Line, frozen=True, kw_only=True, tag="fact"):
    """What a patrol needs: a field of the request contains one of `any` (capitals and accents don't count), once she
    has told it in one of `messages`."""

    field: Field
    any: Annotated[list[Short], Meta(min_length=1, max_length=20)]
    messages: Annotated[list[Id], Meta(min_length=1, max_length=20)]


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A condition. Of a reply: `does` (one of these acts), `words` (one of these patterns); both given: both hold.
    Of time: `silence` seconds without a word to her while an officer holds the conversation, `waiting` seconds without
    an officer. Else what the trainee did: `patrol`, `referral`, `signal`, or `stands` of the conversation; `unfitting`:
    so many replies in a row that neither the record nor a cue fits."""

    does: list[Act] = []
    words: list[Short] = []
    silence: Annotated[int, Meta(ge=0, le=7200)] = 0
    waiting: Annotated[int, Meta(ge=0, le=7200)] = 0
    unfitting: Annotated[int, Meta(ge=0, le=20)] = 0
    patrol: list[PatrolEvent] = []
    referral: list[Short] = []
    signal: list[AnySignal] = []
    stands: list[Literal["claimed", "released", "closed"]] = []


class Deed(_Line, frozen=True, kw_only=True, tag="deed"):
    """What a good officer does: `when` holds within `by` seconds after the message `after` ("": her first). `weight`:
    1 to 3."""

    id: Id
    when: When
    by: Seconds
    after: str = ""
    text: Short
    weight: Annotated[int, Meta(ge=1, le=3)] = 1


class Cue(_Line, frozen=True, kw_only=True, tag="cue"):
    """When `when` has held `count` times, the branch `then` is played, at most `times` times. Holds only in the
    branches `inside` (empty: everywhere; "record": in none), after all messages `said`, before any of `unsaid`. `cuts`:
    what she was about to write is dropped. `why` tells the trainee what made her react. `example`: a reply that fits
    `words`."""

    id: Id
    when: When
    then: Id
    count: Count = 1
    times: Count = 1
    inside: list[Id] = []
    said: list[Id] = []
    unsaid: list[Id] = []
    cuts: bool = False
    why: Short
    example: Annotated[str, Meta(max_length=1000)] = ""


class End(_Line, frozen=True, kw_only=True, tag="end"):
    """A way in which the session can end; `value`: from -2 (the worst) to 2 (the best)."""

    id: Id
    text: Short
    value: Annotated[int, Meta(ge=-2, le=2)]


# ---- branches ----------------------------------------------------------------------------------------------------


class Branch(_Line, frozen=True, kw_only=True, tag="branch"):
    """What she does when a cue leads here. After the last step she follows the record again, or stays (`stay`): then
    only cues, and this branch's own `nods` and `unsure`, answer."""

    id: Id
    steps: Annotated[list[Step], Meta(min_length=1, max_length=40)]
    stay: bool = False
    nods: list[Words] = []
    unsure: list[Words] = []


# ---- the record --------------------------------------------------------------------------------------------------


class _Event(_Line, frozen=True, kw_only=True):
    at: Ms


class Said(_Event, frozen=True, kw_only=True, tag="said"):
    """She wrote."""

    id: Id
    text: Words


class Shared(_Event, frozen=True, kw_only=True, tag="shared"):
    """She shared where she is: micro-degrees north and east, metres of precision."""

    id: Id
    lat: Annotated[int, Meta(ge=-90_000_000, le=90_000_000)]
    lon: Annotated[int, Meta(ge=-180_000_000, le=180_000_000)]
    acc: Annotated[int, Meta(ge=0, le=100_000_000)] = 20


class Left(_Event, frozen=True, kw_only=True, tag="left"):
    """She went."""

    how: How


class Returned(_Event, frozen=True, kw_only=True, tag="returned"):
    """She came back."""


class Claimed(_Event, frozen=True, kw_only=True, tag="claimed"):
    """The officer took the conversation."""


class Released(_Event, frozen=True, kw_only=True, tag="released"):
    """The officer put it back."""


class Replied(_Event, frozen=True, kw_only=True, tag="replied"):
    """The officer wrote. A trainee's reply fits here when `fits` holds for it (left out: any reply that does no harm),
    once she has said all of `said`; then she goes on with what follows up to the next `replied`. `joined`: nothing that
    a trainee must say: what follows belongs to the reply before."""

    id: Id
    text: Words
    fits: When = When()
    said: list[Id] = []
    joined: bool = False


class Noted(_Event, frozen=True, kw_only=True, tag="noted"):
    """The officer wrote a note for the desk."""

    text: Words


class Confirmed(_Event, frozen=True, kw_only=True, tag="signal_confirmed"):
    """The officer confirmed a danger signal that the message shows."""

    signal: Signal
    message: Id


class Referred(_Event, frozen=True, kw_only=True, tag="referred"):
    """The officer gave a referral: an id of the directory."""

    referral: Short


class PatrolRequested(_Event, frozen=True, kw_only=True, tag="patrol_requested"):
    """The officer asked for a patrol, or told more."""

    request: PatrolRequest


class PatrolCancelled(_Event, frozen=True, kw_only=True, tag="patrol_cancelled"):
    """The officer cancelled it."""

    reason: Short


class PatrolTold(_Event, frozen=True, kw_only=True, tag="patrol_status"):
    """The dispatch room told something of the patrol. When the trainee sends one, the room tells the same, as long
    after."""

    state: RoomState
    unit: Annotated[str, Meta(max_length=80)] = ""
    text: Annotated[str, Meta(max_length=400)] = ""


class Closed(_Event, frozen=True, kw_only=True, tag="closed"):
    """The officer closed the conversation."""

    outcome: Outcome
    remark: Annotated[str, Meta(max_length=1000)] = ""


class Remarked(_Event, frozen=True, kw_only=True, tag="annotated"):
    """What a trainer says of this moment."""

    text: Words
    by: Annotated[str, Meta(max_length=80)] = ""


class Ended(_Event, frozen=True, kw_only=True, tag="ended"):
    """The session ends so."""

    end: Id


Recorded = (
    Said
    | Shared
    | Left
    | Returned
    | Claimed
    | Released
    | Replied
    | Noted
    | Confirmed
    | Referred
    | PatrolRequested
    | PatrolCancelled
    | PatrolTold
    | Closed
    | Ended
    | Remarked
)
"""A line with a moment: what happened, and what a trainer says of it."""
RECORDED: Final = frozenset(get_args(Recorded))
Line = Head | Truth | TrueSignal | Fact | Deed | Cue | End | Branch | Recorded
_decoder: Final[msgspec.json.Decoder[Line]] = msgspec.json.Decoder(Line)


def read_line(written: bytes) -> Line:
    """One line. Raises msgspec.ValidationError or DecodeError."""
    return _decoder.decode(written)


def write_line(line: Line) -> bytes:
    """One line, without its end."""
    return msgspec.json.encode(line)


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one line."""
    made = msgspec.json.schema(Line)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A line of a session's file"} | made
