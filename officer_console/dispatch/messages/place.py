"""Where to go: the `location` object of RC-EDA, and the one line that every system shows."""

from __future__ import annotations

import zlib
from typing import Final

from officer_console.model.patrol import MICRO, PatrolRequest
from officer_console.model.text import one_line

from .asked import Asked, label, phrase, short_of, shown, within
from .codes import country, precision
from .envelope import Json
from .names import Parties, case_id, moment

LABEL: Final = 255
"""Characters of a locLabel (RC-EDA)."""


def location(parties: Parties, asked: Asked) -> Json:
    """The place. One that stays the same keeps its locID within a case."""
    request, line = asked.request, loc_label(asked.request)
    found = {
        "locLabel": line,
        "detailedAddress": _some(complete=shown(request, "place")),
        "city": _some(name=shown(request, "city")),
        "access": _some(floor=shown(request, "floor"), accessCode=[*filter(None, [shown(request, "code")])]),
        "geometry": _geometry(asked),
        "country": country(parties.sender),
        "freetext": _in_words(request),
    }
    kept = _some(**found)
    same = [part for name, part in kept.items() if name != "geometry"] + [request.point]
    return {"locID": f"{case_id(parties.sender, asked.case)}-{zlib.crc32(repr(same).encode()):08x}", **kept}


def loc_label(request: PatrolRequest) -> str:
    """The place on one line. Floor, code, postcode and town always stand there whole: rooms show nothing else of them.

    What is too long is cut from the address, which stands whole elsewhere.
    """
    floor, code = (short_of(request, field) for field in ("floor", "code"))
    town = " ".join(filter(None, [short_of(request, "postcode"), short_of(request, "city")]))
    tail = [
        phrase(request, "floor", value=floor) if floor else "",
        phrase(request, "code", value=code) if code else "",
        town,
    ]
    end = ", ".join(filter(None, tail))
    head = shown(request, "place") or shown(request, "where") or within(request)
    line = ", ".join(filter(None, [one_line(head, LABEL - len(end) - 2), end]))
    return line or phrase(request, "nowhere")


def _geometry(asked: Asked) -> Json:
    point = asked.request.point
    if point is None:
        return {}
    coord = {"lat": point.lat / MICRO, "lon": point.lon / MICRO, "precision": precision(point.acc)}
    return {"datetime": moment(asked.at), "point": {"coord": coord}}


def _in_words(request: PatrolRequest) -> str:
    lines = [shown(request, "where")]
    if request.point:
        lines.append(phrase(request, "field", label=label(request, "point"), value=within(request)))
    return " · ".join(filter(None, lines))


def _some(**parts: object) -> Json:
    """Those that say something: the schemas want what is unknown left out."""
    return {name: part for name, part in parts.items() if part}
