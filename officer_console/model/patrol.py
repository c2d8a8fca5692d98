"""A patrol request: what an officer asks of the dispatch room, and what has become of it.

A request joins the open case of its conversation, or opens one: two officers who ask at the same moment have one case,
and later facts are an update of it. A request is always the whole picture, never a difference. Which case it belongs to
follows from the log alone, so the relay, the consoles and the dispatch room agree without asking each other.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from .envelope import PatrolHeader, PatrolStatusHeader

NATURES: Final = (
    "C02.15.04", "C02.15.02", "C02.15.06", "C02.14.01", "C02.14.02", "C02.14.03", "C02.14.04", "C02.04.03", "C02.04.02",
    "C02.13.00", "C02.03.01", "C06.08.06", "C07.03.01", "C07.09.01", "C07.12.00", "C03.04.01",
)  # fmt: skip
"""Kinds of facts, by the codes of the French inter-service list (CISU "fait"), the most usual first."""
MICRO: Final = 1_000_000
"""Micro-degrees in a degree."""
LIMITS: Final = {
    "place": 200, "postcode": 10, "city": 80, "where": 400, "floor": 60, "code": 60, "people": 200, "children": 200,
    "weapon": 200, "injuries": 200, "now": 400, "author": 300, "contact": 200, "note": 400, "words": 400,
}  # fmt: skip
"""Field of a request -> characters it takes at most. Displayable, they fit together into one sealed body."""


class Point(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where her device says that it is (WGS 84): micro-degrees north and east, and metres within which it is right."""

    lat: Annotated[int, Meta(ge=-90 * MICRO, le=90 * MICRO)]
    lon: Annotated[int, Meta(ge=-180 * MICRO, le=180 * MICRO)]
    acc: Annotated[int, Meta(ge=0, le=100_000_000)]


class PatrolRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the officer tells the room; "" is what is not known.

    `place` street and number, `where` a description in words, `code` of the door, `people` who is there, `now` what is
    happening, `author` what he looks like, `silent` come without a siren and don't ring her, `contact` how to reach her
    safely, `note` anything else, also the answer to the room's question. `words` is what the visitor reads when the
    room has accepted; the room may see it.
    """

    nature: str = NATURES[0]
    place: str = ""
    postcode: str = ""
    city: str = ""
    point: Point | None = None
    where: str = ""
    floor: str = ""
    code: str = ""
    people: str = ""
    children: str = ""
    weapon: str = ""
    injuries: str = ""
    now: str = ""
    author: str = ""
    silent: bool = True
    contact: str = ""
    note: str = ""
    words: str = ""
    language: Literal["fr", "en"] = "fr"

    @property
    def has_place(self) -> bool:
        """Whether a patrol could find it: a street, a point, or a description. A postcode alone is no place."""
        return bool(self.place.strip() or self.where.strip() or self.point)

    @property
    def where_to(self) -> str:
        """The place in one line, as far as known."""
        town = f"{self.postcode} {self.city}".strip()
        known = (self.place, self.floor, town, self.where, geo(self.point) if self.point else "")
        return " · ".join(filter(None, known))


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(PatrolRequest)


def dump_request(request: PatrolRequest) -> str:
    """A request as the text that is signed and sealed; every field cut to its limit."""
    cut = {name: getattr(request, name)[:limit] for name, limit in LIMITS.items()}
    return _encoder.encode(msgspec.structs.replace(request, **cut)).decode()


def load_request(text: str) -> PatrolRequest:
    """Read `dump_request`. Raises msgspec.ValidationError or DecodeError, also for a field over its limit."""
    request = _decoder.decode(text)
    if request.nature not in NATURES or any(len(getattr(request, name)) > limit for name, limit in LIMITS.items()):
        raise msgspec.ValidationError("not a patrol request")
    return request


def changed(before: PatrolRequest, after: PatrolRequest) -> dict[str, Any]:
    """Field -> its new value, for each that the later request tells otherwise."""
    old, new = msgspec.structs.asdict(before), msgspec.structs.asdict(after)
    return {name: value for name, value in new.items() if value != old[name]}


# ---- what becomes of it ------------------------------------------------------------------------------------------


class PatrolState(StrEnum):
    """How far a case has come. The order is the order of the states: the furthest one counts, whatever comes later."""

    KEPT = "kept"  # on the officer's machine only
    STORED = "stored"  # at the relay
    TROUBLE = "trouble"  # the room's system does not take it; it is tried again
    FAILED = "failed"  # it did not reach the room, and is not tried any more
    SENT = "sent"  # the room's system has it, and has not acknowledged it
    DELIVERED = "delivered"  # acknowledged
    OPENED = "opened"  # a dispatcher has it on his screen
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"  # a unit is named
    ON_THE_WAY = "on_the_way"
    ON_SCENE = "on_scene"
    CANCELLED = "cancelled"  # by the officer
    REFUSED = "refused"  # by the room
    CLOSED = "closed"  # by the room


ORDER: Final = {state: place for place, state in enumerate(PatrolState)}
QUESTION: Final = "question"
"""What the room can tell besides states: it asks the officer something."""
TOLD: Final = frozenset({*PatrolState} - {PatrolState.KEPT, PatrolState.STORED, PatrolState.CANCELLED}) | {QUESTION}
"""What the dispatch role may tell."""
OVER: Final = frozenset({PatrolState.FAILED, PatrolState.CANCELLED, PatrolState.REFUSED, PatrolState.CLOSED})
"""States after which another request is another case."""
COMING: Final = frozenset({PatrolState.ACCEPTED, PatrolState.ASSIGNED, PatrolState.ON_THE_WAY, PatrolState.ON_SCENE})
"""States in which help is coming, or there."""
_OF_REQUEST: Final = frozenset({"trouble", "failed", "sent", "delivered", "refused"})
"""What is told of one request apart: a later one that is refused ends no case on which a patrol is out. All other
states are the whole case's."""


class Asked(msgspec.Struct, frozen=True):
    """One request or cancelling: the event's id, the officer, the relay's time in ms."""

    id: str
    by: str
    at: int
    cancels: bool = False


class Case(msgspec.Struct, frozen=True):
    """One case. `id` is that of the event that opened it; times in ms by the relay's clock.

    `acked`: ids of what the room has acknowledged; `failed`: of what it refused, or will never get. `told`: how many
    times the room has told something.
    """

    id: str
    asked: tuple[Asked, ...]
    state: PatrolState = PatrolState.STORED
    state_at: int = 0
    acked: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()
    told: int = 0

    @property
    def over(self) -> bool:
        return self.state in OVER

    @property
    def cancelled(self) -> bool:
        """Whether an officer has cancelled it, acknowledged or not."""
        return any(each.cancels for each in self.asked)

    @property
    def askers(self) -> frozenset[str]:
        """The officers who asked."""
        return frozenset(each.by for each in self.asked)

    @property
    def unacked_since(self) -> int:
        """Since when something waits for the room's acknowledgement, ms; 0 when nothing does."""
        if self.state in (PatrolState.REFUSED, PatrolState.CLOSED, PatrolState.CANCELLED):
            return 0
        return min((each.at for each in self.asked if each.id not in self.acked), default=0)

    def knows(self, id: str) -> bool:
        """Whether a request or cancelling of this id belongs to it."""
        return any(each.id == id for each in self.asked)


Cases = tuple[Case, ...]
"""The cases of a conversation, the newest last."""
_status: Final = msgspec.json.Decoder(PatrolStatusHeader)
_patrol: Final = msgspec.json.Decoder(PatrolHeader)


def open_case(cases: Cases) -> Case | None:
    """The case that a request would join now."""
    last = cases[-1] if cases else None
    return last if last and not last.over and not last.cancelled else None


def asked(cases: Cases, asking: Asked) -> Cases:
    """The cases after a request, or after a cancelling of the open one (of none: nothing changes)."""
    case = open_case(cases)
    if case is None:
        opened = Case(asking.id, (asking,), state_at=asking.at)
        return cases if asking.cancels else (*cases, opened)
    return (*cases[:-1], msgspec.structs.replace(case, asked=(*case.asked, asking)))


def told(cases: Cases, h: str, at: int) -> Cases:
    """The cases after the room has told what stands in the header `h`. What fits no case changes nothing, nor does what
    is damaged or a newer version's."""
    try:
        header = status_header(h)
    except msgspec.DecodeError:
        return cases
    return tuple(_told(case, header, at) if case.id == header.case else case for case in cases)


def _told(case: Case, header: PatrolStatusHeader, at: int) -> Case:
    if not case.knows(header.re):
        return case
    case = msgspec.structs.replace(case, told=case.told + 1)
    if header.state == QUESTION:
        return case
    state = PatrolState(header.state)
    if state in (PatrolState.FAILED, PatrolState.REFUSED):
        case = msgspec.structs.replace(case, failed=case.failed | {header.re})
    elif ORDER[state] >= ORDER[PatrolState.DELIVERED]:
        case = msgspec.structs.replace(case, failed=case.failed - {header.re})
    if ORDER[state] >= ORDER[PatrolState.DELIVERED]:
        case = msgspec.structs.replace(case, acked=case.acked | {header.re})
    return _moved(case, state, header, at)


def _moved(case: Case, state: PatrolState, header: PatrolStatusHeader, at: int) -> Case:
    if header.re != case.id and header.state in _OF_REQUEST:
        done = header.state == "delivered" and any(each.id == header.re and each.cancels for each in case.asked)
        if not done:
            return case
        state = PatrolState.CANCELLED
    if ORDER[state] <= ORDER[case.state]:
        return case
    return msgspec.structs.replace(case, state=state, state_at=at)


def status_header(h: str) -> PatrolStatusHeader:
    """Read the header of what the room told. Raises msgspec.ValidationError or DecodeError."""
    header = _status.decode(h)
    if header.state not in TOLD:
        raise msgspec.ValidationError("not a state")
    return header


def patrol_header(h: str) -> PatrolHeader:
    """Read the header of a request. Raises as `status_header`."""
    return _patrol.decode(h)


# ---- places ------------------------------------------------------------------------------------------------------


def geo(point: Point) -> str:
    """The point as a `geo:` address (RFC 5870), with its uncertainty in metres."""
    return f"geo:{_degrees(point.lat)},{_degrees(point.lon)};u={point.acc}"


def point_of(geo: str) -> Point | None:
    """Read `geo`; None for what is none."""
    try:
        place, _mark, acc = geo.removeprefix("geo:").partition(";u=")
        lat, lon = (round(float(part) * MICRO) for part in place.split(","))
        return msgspec.convert({"lat": lat, "lon": lon, "acc": int(acc or 0)}, Point)
    except (ValueError, OverflowError, msgspec.ValidationError):
        return None


def _degrees(micro: int) -> str:
    sign, size = ("-" if micro < 0 else ""), abs(micro)
    return f"{sign}{size // MICRO}.{size % MICRO:06}".rstrip("0").rstrip(".")
