"""A request as RC-EDA `createCase`: the first of a case, and those that bring it up to date; and its cancelling."""

from __future__ import annotations

from typing import Final

from officer_console.model.text import one_line

from .asked import LONGEST, NAME, Asked, label, phrase, shown
from .codes import NATURES, REFERENCE_VERSION, RISKS, coded
from .envelope import Json, envelope, headed, short
from .names import Parties, case_id, distribution_id, moment
from .picture import lines, picture
from .place import location
from .risks import risks
from .wording import TAGS

DISCREET: Final = "DISCRETE"
"""The value of customMap's `approche`, and of CAP's parameter."""


def report(parties: Parties, asked: Asked) -> Json:
    """The message that opens a case. Raises ValueError for ids or times that are none."""
    alert = _alert(parties, asked, picture(asked))
    return _message(parties, asked, "Report", {"createCase": {**_case(parties, asked), "initialAlert": alert}})


def update(parties: Parties, asked: Asked) -> Json:
    """A later request of a case: a new alert that says what has changed, then the whole picture. Raises as `report`.

    The first alert is not repeated: an alert is a photograph and is never edited.
    """
    alert = _alert(parties, asked, picture(asked, new=True))
    return _message(parties, asked, "Update", {"createCase": {**_case(parties, asked), "newAlert": [alert]}})


def cancel(parties: Parties, asked: Asked) -> Json:
    """The officer takes the case back. Raises as `report`.

    The reason stands beside the reference, as RC-EDA's `freetext` would: RC-REF has no room for it, RC-DE is open.
    """
    opening = distribution_id(parties.sender, asked.case)
    body = {"reference": {"distributionID": opening, "step": "SUPPRIME"}, "freetext": [why(asked)]}
    return _message(parties, asked, "Cancel", body)


def why(asked: Asked) -> str:
    """Why a case is cancelled, in one sentence."""
    cancelled, reason = phrase(asked.request, "cancelled"), one_line(asked.reason, LONGEST)
    return phrase(asked.request, "field", label=cancelled, value=reason) if reason else cancelled


def officer(asked: Asked) -> str:
    """The officer's name, fit to leave."""
    return one_line(asked.officer, NAME)


def _message(parties: Parties, asked: Asked, kind: str, body: Json) -> Json:
    message = headed(parties, asked.stamp, kind, body)
    return envelope(parties, asked.stamp, kind, TAGS[asked.request.language], message)


def _case(parties: Parties, asked: Asked) -> Json:
    return {
        "caseId": case_id(parties.sender, asked.case),
        "senderCaseId": asked.case,
        "creation": moment(asked.opened.at),
        "referenceVersion": REFERENCE_VERSION,
        "qualification": _qualification(asked),
        "location": location(parties, asked),
        "freetext": [phrase(asked.request, "asked")],
        **_additional(asked),
    }


def _qualification(asked: Asked) -> Json:
    victims = lines(asked.request, ("people", "children", "injuries"))
    found = {
        "whatsHappen": coded(asked.request.nature, NATURES),
        "riskThreat": [coded(code, RISKS) for code in risks(asked.request)],
        "victims": {"freetext": " · ".join(victims)} if victims else {},
    }
    return {name: part for name, part in found.items() if part}


def _additional(asked: Asked) -> Json:
    """Three entries at most, the schema takes no more."""
    request = asked.request
    entries = [
        ("approche", phrase(request, "approach"), DISCREET if request.silent else ""),
        ("auteur", label(request, "author"), shown(request, "author")),
        ("arme", label(request, "weapon"), shown(request, "weapon")),
    ]
    custom = [{"key": key, "label": name, "value": value} for key, name, value in entries if value]
    return {"additionalInformation": {"customMap": custom}} if custom else {}


def _alert(parties: Parties, asked: Asked, notes: list[str]) -> Json:
    at = moment(asked.at)
    return {
        "id": f"{case_id(parties.sender, asked.case)}.{asked.id}",
        "reception": at,
        "reporting": "ATTENTION",
        "notes": [{"creation": at, "freetext": line} for line in notes],
        "caller": _caller(parties, asked),
        "location": location(parties, asked),
        "qualification": _qualification(asked),
        "callTaker": _call_taker(parties, asked),
    }


def _caller(parties: Parties, asked: Asked) -> Json:
    """Who writes: nothing of her but how to reach her. Her address in the chat is the case, which leads nowhere."""
    written = [phrase(asked.request, "written"), *lines(asked.request, ("contact",))]
    contact = {"channel": "APPLICATION", "type": "WEB", "detail": case_id(parties.sender, asked.case)}
    return {"callerContact": contact, "communication": "AUTRE", "freetext": " ".join(written)}


def _call_taker(parties: Parties, asked: Asked) -> Json:
    who = {"organization": parties.sender, "controlRoom": short(parties.sender), "role": "AUTRE"}
    return {**who, "calltakerId": officer(asked)} if officer(asked) else who
