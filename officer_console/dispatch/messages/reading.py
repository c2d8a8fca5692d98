"""What the room's system tells us, as a state of a case of ours, or refused.

Who sent it is not read here: the transport proves it, and a hub may answer in a room's place. What is read is whom it
is for, and whether it is an exercise: a practice message never moves a live case, nor a live one a practice case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from officer_console.model.patrol import QUESTION, PatrolState
from officer_console.model.text import displayable, one_line

from .names import Parties, event_of
from .shapes import Emsi, Envelope, Error, Message, Reference, Resource

LARGEST: Final = 262_144
"""Bytes of the largest answer: an error may quote our whole message."""
WORDS: Final = 400
UNIT: Final = 60
CODE: Final = 80
NO_STATE: Final = ""
"""Nothing has moved; there are only words."""

STEPS: Final = {
    "RECU": PatrolState.SENT,
    "INTEGRE": PatrolState.DELIVERED,
    "CONSULTE": PatrolState.OPENED,
    "ERREUR": PatrolState.TROUBLE,
}
"""RC-REF's step of a message that is not refused -> state. SUPPRIME is ours alone to say."""
CONTENT_ERRORS: Final = frozenset({300, 404})
CONTENT_ERROR_NAMES: Final = frozenset({"INVALID_MESSAGE", "NOT_FOUND"})
"""Errors that no second attempt mends: what the message says is not taken. All others are the way's."""
RESOURCES: Final = {
    "IN_USE/ON_SCENE": PatrolState.ON_SCENE,
    "IN_USE/MOBILE": PatrolState.ON_THE_WAY,
    "RESRVD": PatrolState.ASSIGNED,
}
"""EMSI's RESOURCE.STATUS -> state, the furthest first."""
IDLE: Final = frozenset({"AVAILB", "UNAV", "MAINTC", "VIRTUAL"})
"""Those that say nothing of the case."""
PAUSED: Final = "STOP"
EVENTS: Final = {
    "NST": NO_STATE,
    "IPR": PatrolState.ACCEPTED,
    PAUSED: NO_STATE,
    "COM": PatrolState.CLOSED,
    "": NO_STATE,
}
"""EMSI's EVENT.STATUS -> state, as far as no resource says more."""
TYPES: Final = {"ACK": PatrolState.ACCEPTED, "ALERT": NO_STATE, "UPDATE": NO_STATE, "ERROR": PatrolState.REFUSED}
"""EMSI's CONTEXT.MSGTYPE -> state, as far as nothing says more."""

_decoder: Final = msgspec.json.Decoder(Envelope)


class Garbage(Exception):
    """Not understandable, or not for us; says why in English, for the log and for the room's technicians."""


class Answer(msgspec.Struct, frozen=True):
    """What the room tells: a `PatrolState`, "question", or NO_STATE.

    `case` the id of the event that opened the case, `re` of the request that this answers: one of the two is known.
    `unit` the car's name, `words` for the officer, `code` what stood in the message, for the log. `id` the message's
    own, the same when it comes twice.
    """

    state: str
    case: str | None = None
    re: str | None = None
    unit: str = ""
    words: str = ""
    code: str = ""
    id: str = ""


def read(data: bytes, parties: Parties) -> Answer:
    """Read one message of the room; it must be for the sender of `parties`, which are ours. Raises Garbage."""
    envelope = _envelope(data)
    message = envelope.content[0].jsonContent.embeddedJsonContent.message
    _check_addressee(envelope, parties)
    _check_status(envelope.status, message.status, parties)
    return msgspec.structs.replace(_answer(envelope.kind, message, parties), id=one_line(envelope.id, 2 * CODE))


def _envelope(data: bytes) -> Envelope:
    if len(data) > LARGEST:
        raise Garbage(f"more than {LARGEST} bytes")
    try:
        envelope = _decoder.decode(data)
    except msgspec.DecodeError as error:
        raise Garbage(one_line(str(error), WORDS)) from None
    except (RecursionError, UnicodeError):
        raise Garbage("not JSON that can be read") from None
    if len(envelope.content) != 1:
        raise Garbage("there must be exactly one content")
    return envelope


def _check_addressee(envelope: Envelope, parties: Parties) -> None:
    if envelope.addressee != parties.sender:
        raise Garbage(f"it is for {one_line(envelope.addressee, CODE)}, not for {parties.sender}")


def _check_status(outer: str, inner: str, parties: Parties) -> None:
    """An error has no header, and so no inner status."""
    if {outer, inner or outer} != {parties.status}:
        raise Garbage(f"its status is {one_line(f'{outer} {inner}', CODE)}, here everything is {parties.status}")


def _answer(kind: str, message: Message, parties: Parties) -> Answer:
    said = [part for part in (message.reference, message.error, message.emsi) if part]
    if len(said) != 1:
        raise Garbage("there must be exactly one of reference, error and emsi")
    match kind, said[0]:
        case "Ack", Reference() as reference:
            return _referred(reference, parties)
        case "Error", Error() as error:
            return _failed(error, parties)
        case (("Report" | "Update" | "Ack"), Emsi() as emsi):
            return _moved(emsi, parties)
    raise Garbage(f"its kind {one_line(kind, CODE)!r} does not fit what is in it")


def _referred(reference: Reference, parties: Parties) -> Answer:
    state = PatrolState.REFUSED if reference.refused else _known(STEPS, reference.step, "step")
    return Answer(state, re=_ours(reference.of, parties), code=one_line(reference.step, CODE))


def _failed(error: Error, parties: Parties) -> Answer:
    content = error.code.number in CONTENT_ERRORS or error.code.name in CONTENT_ERROR_NAMES
    state = PatrolState.REFUSED if content else PatrolState.TROUBLE
    code = one_line(f"{error.code.number:g} {error.code.name}", CODE)
    return Answer(state, re=_ours(error.of, parties), words=_words(error.cause), code=code)


def _moved(emsi: Emsi, parties: Parties) -> Answer:
    """EMSI's own mode is "ACTUAL" by the profile even in an exercise, so only a live desk can insist on it."""
    if emsi.context.mode != "ACTUAL" and not parties.exercise:
        raise Garbage(f"its mode is {one_line(emsi.context.mode, CODE)}, here everything is real")
    car = _furthest(emsi.resources)
    words = _words(emsi.context.words)
    state = _state(emsi, car, words)
    parts = [emsi.context.msgtype, emsi.event.status, car.status if car else ""]
    code = one_line(" ".join(filter(None, parts)), CODE)
    return Answer(
        state, case=_case(emsi, parties), unit=one_line(car.name, UNIT) if car else "", words=words, code=code
    )


def _state(emsi: Emsi, car: Resource | None, words: str) -> str:
    event = _known(EVENTS, emsi.event.status, "EVENT.STATUS")
    kind = _known(TYPES, emsi.context.msgtype, "CONTEXT.MSGTYPE")
    if kind == PatrolState.REFUSED:
        return kind
    if event == PatrolState.CLOSED:
        return event
    of_car = RESOURCES.get(car.status, NO_STATE) if car else NO_STATE
    state = NO_STATE if emsi.event.status == PAUSED else of_car or event or kind
    # Words that ask something are a question where no state says more: the standard has none.
    return QUESTION if state == NO_STATE and words.endswith("?") else state


def _furthest(resources: tuple[Resource, ...]) -> Resource | None:
    """The car that is furthest on; of cars that are as far, the first."""
    order = [*RESOURCES, *sorted(IDLE)]
    for resource in resources:
        if resource.status not in order:
            raise Garbage(f"RESOURCE.STATUS {one_line(resource.status, CODE)!r} is not known")
    return min(resources, key=lambda each: order.index(each.status), default=None)


def _case(emsi: Emsi, parties: Parties) -> str:
    names = [emsi.event.main, *(link.id for link in emsi.context.links)]
    found = next((own for name in names if (own := event_of(f"{parties.sender}.", name))), None)
    if found is None:
        raise Garbage("it names no case of ours")
    return found


def _ours(name: str, parties: Parties) -> str:
    event = event_of(f"{parties.sender}_", name)
    if event is None:
        raise Garbage("it names no message of ours")
    return event


def _known(states: Mapping[str, str], code: str, what: str) -> str:
    if code not in states:
        raise Garbage(f"{what} {one_line(code, CODE)!r} is not known")
    return states[code]


def _words(text: str) -> str:
    return displayable(text, limit=WORDS).strip()
