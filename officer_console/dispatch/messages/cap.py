"""The same requests as CAP 1.2 (OASIS): for rooms that don't speak the French format. It carries no answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from .asked import Asked, Kind, degrees, phrase, shown
from .case import DISCREET, officer, why
from .envelope import MINUTE, short
from .names import Parties, Stamp, case_id, distribution_id, moment
from .picture import picture
from .place import loc_label
from .risks import risks
from .wording import TAGS

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"
TYPES: Final = {"report": "Alert", "update": "Update", "cancel": "Cancel"}
_URGENT: Final = (
    ("responseType", "Execute"),
    ("urgency", "Immediate"),
    ("severity", "Severe"),
    ("certainty", "Likely"),
)
_PAST: Final = (("responseType", "AllClear"), ("urgency", "Past"), ("severity", "Unknown"), ("certainty", "Unknown"))
_VALUED: Final = frozenset({"eventCode", "parameter"})

Parts = Iterator[tuple[str, str]]


def cap(parties: Parties, asked: Asked, kind: Kind) -> bytes:
    """A request, an update of it or its cancelling as one CAP alert in UTF-8.

    The order of elements is the schema's. Nothing that XML 1.0 forbids gets in, for nothing hidden does.
    Raises ValueError for ids or times that are none.
    """
    alert = ET.Element("alert", xmlns=NAMESPACE)
    for name, text in _head(parties, asked, kind):
        ET.SubElement(alert, name).text = text
    info = ET.SubElement(alert, "info")
    for name, text in _info(parties, asked, kind):
        _add(info, name, text)
    area = ET.SubElement(info, "area")
    for name, text in _area(asked):
        ET.SubElement(area, name).text = text
    made: bytes = ET.tostring(alert, encoding="utf-8", xml_declaration=True)
    return made


def _head(parties: Parties, asked: Asked, kind: Kind) -> Parts:
    yield "identifier", distribution_id(parties.sender, asked.id)
    yield "sender", parties.sender
    yield "sent", _moment(asked.at)
    yield "status", parties.status
    yield "msgType", TYPES[kind]
    yield "source", officer(asked) or short(parties.sender)
    yield "scope", "Private"
    yield "addresses", parties.recipient
    yield from _note(parties, asked, kind)
    if kind != "report":
        yield "references", " ".join(_reference(parties, each) for each in asked.earlier or (asked.opened,))
    yield "incidents", case_id(parties.sender, asked.case)


def _note(parties: Parties, asked: Asked, kind: Kind) -> Parts:
    exercise = phrase(asked.request, "exercise") if parties.exercise else ""
    note = " ".join(filter(None, [exercise, why(asked) if kind == "cancel" else ""]))
    if note:
        yield "note", note


def _info(parties: Parties, asked: Asked, kind: Kind) -> Parts:
    request = asked.request
    yield "language", TAGS[request.language]
    yield "category", "Security"
    yield "event", phrase(request, "event", value=asked.label)
    yield from _PAST if kind == "cancel" else _URGENT
    yield "eventCode", f"CISU-FAIT={request.nature}"
    yield "expires", _moment(asked.at + parties.expires_min * MINUTE)
    yield "senderName", short(parties.sender)
    yield "headline", f"{asked.label} – {loc_label(request)}"
    yield "description", why(asked) if kind == "cancel" else " · ".join(picture(asked, new=kind == "update"))
    if kind != "cancel":
        yield from _orders(asked)


def _orders(asked: Asked) -> Parts:
    request = asked.request
    if request.silent:
        yield "instruction", phrase(request, "discreet")
        yield "parameter", f"approche={DISCREET}"
    for code in risks(request):
        yield "parameter", f"CISU-RISQUE={code}"
    for field in ("floor", "code"):
        if shown(request, field):
            yield "parameter", f"acces={phrase(request, field, value=shown(request, field))}"


def _area(asked: Asked) -> Parts:
    point = asked.request.point
    yield "areaDesc", loc_label(asked.request)
    if point:
        yield "circle", f"{degrees(point)} {point.acc / 1000:.3f}"


def _reference(parties: Parties, stamp: Stamp) -> str:
    return f"{parties.sender},{distribution_id(parties.sender, stamp.id)},{_moment(stamp.at)}"


def _moment(at: int) -> str:
    """CAP 1.2 § 3.3.2: UTC is written "-00:00"."""
    return moment(at).replace("+00:00", "-00:00")


def _add(parent: ET.Element, name: str, text: str) -> None:
    element = ET.SubElement(parent, name)
    if name not in _VALUED:
        element.text = text
        return
    key, _mark, value = text.partition("=")
    ET.SubElement(element, "valueName").text = key
    ET.SubElement(element, "value").text = value
