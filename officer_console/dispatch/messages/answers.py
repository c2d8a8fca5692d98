"""What a room sends back, made as a room makes it: for tests, the simulated room and the rehearsal of a real one.

`room` are the parties as the room sees them: it is the sender. `stamp` is the answer's own id and the room's clock.
"""

from __future__ import annotations

from typing import Any, Final

from .envelope import Json, envelope, headed, short
from .names import Parties, Stamp, moment
from .wording import TAGS

LANGUAGE: Final = TAGS["fr"]
INVALID: Final = (300, "INVALID_MESSAGE")
"""Code and name of the error by which a room refuses what a request says."""
PATROL_CAR: Final = "MAT/VEH/ROADVE/POLICE/RSPONSE"

# State -> kind of message, CONTEXT.MSGTYPE, EVENT.STATUS, RESOURCE.STATUS; "" leaves it out.
_STATES: Final = {
    "accepted": ("Report", "ACK", "NST", ""),
    "assigned": ("Update", "UPDATE", "IPR", "RESRVD"),
    "on_the_way": ("Update", "UPDATE", "IPR", "IN_USE/MOBILE"),
    "on_scene": ("Update", "UPDATE", "IPR", "IN_USE/ON_SCENE"),
    "closed": ("Update", "UPDATE", "COM", "AVAILB"),
    "refused": ("Update", "ERROR", "NST", ""),
    "question": ("Update", "UPDATE", "", ""),
    "": ("Update", "UPDATE", "STOP", ""),
}
EMSI_STATES: Final = tuple(_STATES)
"""What `emsi` can tell; "" is words without a state: the case is paused."""


def ack(room: Parties, stamp: Stamp, distribution_id: str, step: str = "INTEGRE") -> Json:
    """The message of ours is RECU (arrived), INTEGRE (in the room's system), or CONSULTE (a person has opened it)."""
    return _answer(room, stamp, "Ack", {"reference": {"distributionID": distribution_id, "step": step}})


def refusal(room: Parties, stamp: Stamp, distribution_id: str, error_id: str = "") -> Json:
    """The room does not take it. `error_id`: the distribution id of the `error` that says why."""
    why = {"errorDistributionID": error_id} if error_id else {}
    reference = {"distributionID": distribution_id, "refused": True, **why, "step": "ERREUR"}
    return _answer(room, stamp, "Ack", {"reference": reference})


def error(room: Parties, stamp: Stamp, distribution_id: str, cause: str, code: tuple[int, str] = INVALID) -> Json:
    """What is wrong with a message of ours. Errors have no RC-DE header."""
    number, name = code
    body = {
        "errorCode": {"statusCode": number, "statusString": name},
        "errorCause": cause,
        "referencedDistributionID": distribution_id,
    }
    return envelope(room, stamp, "Error", LANGUAGE, {"error": body})


def emsi(room: Parties, stamp: Stamp, state: str, case: str, unit: str = "", words: str = "") -> Json:
    """How far a case has come. `case` is the whole case id, as in our request; `unit` the name of a car.

    The standard has no question: it is told as words that end with a question mark, with no state.
    Raises KeyError for a state that is none of EMSI_STATES.
    """
    kind, msgtype, status, resource = _STATES[state]
    if state == "question" and not words.rstrip().endswith("?"):
        words = f"{words} ?"
    event = {"ID": stamp.id, "MAIN_EVENT_ID": case, "STATUS": status}
    body: Json = {
        "CONTEXT": _context(room, stamp, msgtype, case, words),
        "EVENT": {name: value for name, value in event.items() if value},
    }
    if unit and resource:
        body["RESOURCE"] = [_car(room, unit, resource)]
    return _answer(room, stamp, kind, {"emsi": body})


def _context(room: Parties, stamp: Stamp, msgtype: str, case: str, words: str) -> Json:
    return {
        "ID": stamp.id,
        "MODE": "EXERCS" if room.exercise else "ACTUAL",
        "MSGTYPE": msgtype,
        "CREATION": moment(stamp.at),
        "SECLASS": "RESTRC",
        "URGENCY": "URGENT",
        "FREETEXT": words,
        "LINK": [{"ID": case, "LINK_ROLE": "ADDSTO"}],
        "ORIGIN": {"ORG_ID": room.sender, "NAME": short(room.sender)},
    }


def _car(room: Parties, unit: str, status: str) -> Json:
    return {
        "RTYPE": {"RCLASS": [PATROL_CAR]},
        "ID": f"{short(room.sender)}-{unit}",
        "ORG_ID": room.sender,
        "NAME": unit,
        "STATUS": status,
    }


def _answer(room: Parties, stamp: Stamp, kind: str, body: dict[str, Any]) -> Json:
    return envelope(room, stamp, kind, LANGUAGE, headed(room, stamp, kind, body))
