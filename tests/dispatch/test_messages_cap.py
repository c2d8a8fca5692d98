"""CAP 1.2: well formed whatever is written, in the order of the standard, with what a dispatcher needs."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given

from officer_console.dispatch.messages.asked import Asked
from officer_console.dispatch.messages.cap import NAMESPACE, cap
from officer_console.dispatch.messages.names import Parties, Stamp
from officer_console.model.patrol import PatrolRequest

from .messages_requests import AT, CASE, FIRST, HOSTILE, LATER, OURS, TEXT_FIELDS, asking, askings, parties
from .messages_schemas import EXAMPLES, needs_schemas

KINDS = ("report", "update", "cancel")
# CAP 1.2, § 3.2 and appendix A: the order of elements, those that must be there marked "!".
ALERT = (
    *("identifier!", "sender!", "sent!", "status!", "msgType!", "source", "scope!", "addresses", "note", "references"),
    *("incidents", "info!"),
)
INFO = (
    *("language", "category!", "event!", "responseType", "urgency!", "severity!", "certainty!", "eventCode", "expires"),
    *("senderName", "headline", "description", "instruction", "parameter", "area!"),
)
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00")


def parsed(who: Parties, asked: Asked, kind: Any) -> ET.Element:
    return ET.fromstring(cap(who, asked, kind))


def text(element: ET.Element, name: str) -> str | None:
    return element.findtext(f".//{{{NAMESPACE}}}{name}")


def parameters(element: ET.Element) -> list[tuple[str | None, ...]]:
    return [tuple(part.text for part in each) for each in element.iter(f"{{{NAMESPACE}}}parameter")]


def assert_ordered(element: ET.Element, order: tuple[str, ...]) -> None:
    names = [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in element]
    plain = [name.removesuffix("!") for name in order]
    assert names == sorted(names, key=plain.index)
    assert {name.removesuffix("!") for name in order if name.endswith("!")} <= {*names}


@pytest.mark.parametrize("kind", KINDS)
@given(who=parties, asked=askings)
def test_whatever_an_officer_writes_the_message_can_be_read(kind: str, who: Parties, asked: Asked) -> None:
    assert not FORBIDDEN.search(cap(who, asked, kind).decode())  # type: ignore[arg-type]
    alert = parsed(who, asked, kind)
    assert_ordered(alert, ALERT)
    assert_ordered(alert[-1], INFO)
    assert TIME.fullmatch(str(text(alert, "sent")))
    assert TIME.fullmatch(str(text(alert, "expires")))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_stays_text(hostile: str) -> None:
    harmless = parsed(OURS, asking(PatrolRequest(now="x", note="x")), "report")
    alert = parsed(OURS, asking(PatrolRequest(now="x", note=f"x{hostile[:390]}")), "report")
    assert [each.tag for each in alert.iter()] == [each.tag for each in harmless.iter()]


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_each_field_arrives(field: str) -> None:
    assert b"Zebra 7" in cap(OURS, asking(PatrolRequest(**{field: "Zebra 7"})), "report")  # type: ignore[arg-type]


def test_a_report() -> None:
    alert = parsed(OURS, asking(), "report")
    assert (text(alert, "msgType"), text(alert, "status"), text(alert, "scope")) == ("Alert", "Exercise", "Private")
    assert text(alert, "identifier") == f"fr.police.pvss_{CASE}"
    assert text(alert, "incidents") == f"fr.police.pvss.{CASE}"
    assert text(alert, "addresses") == "fr.police.cic999"
    assert text(alert, "references") is None
    assert text(alert, "note") == "EXERCICE : rien de ceci n’est réel."
    assert text(alert, "event") == "Demande de patrouille : Violences intra familiales"
    assert text(alert, "instruction") == "APPROCHE DISCRÈTE : pas de sirène, ne pas appeler la victime"
    assert text(alert, "circle") == "46.5,2.5 0.030"
    assert text(alert, "areaDesc") == "12 rue des Tilleuls, étage : 3e, code : 12B45, 99999 Exempleville"
    assert parameters(alert) == [
        ("approche", "DISCRETE"),
        *(("CISU-RISQUE", code) for code in ("R04", "R21", "R30", "R34")),
        ("acces", "étage : 3e"),
        ("acces", "code : 12B45"),
    ]


def test_what_is_real_has_no_note() -> None:
    alert = parsed(msgspec.structs.replace(OURS, exercise=False), asking(), "report")
    assert (text(alert, "status"), text(alert, "note")) == ("Actual", None)


def test_an_update_and_a_cancelling_name_all_that_went_before() -> None:
    asked = asking(
        id=LATER, at=AT + 60_000, reason="fausse alerte", previous=FIRST, earlier=(Stamp(CASE, AT), Stamp("C" * 22, AT))
    )
    for kind, called in (("update", "Update"), ("cancel", "Cancel")):
        alert = parsed(OURS, asked, kind)
        assert text(alert, "msgType") == called
        assert text(alert, "references") == (
            f"fr.police.pvss,fr.police.pvss_{CASE},2031-03-11T12:53:20-00:00 "
            f"fr.police.pvss,fr.police.pvss_{'C' * 22},2031-03-11T12:53:20-00:00"
        )
    assert "fausse alerte" in str(text(alert, "note"))
    assert "couteau" not in str(text(alert, "description"))
    assert "Rien n’a changé" in str(text(parsed(OURS, asked, "update"), "description"))


@needs_schemas
def test_the_example_of_the_facts_has_no_element_that_this_order_would_forbid() -> None:
    alert = ET.parse(EXAMPLES / "cap12-patrol-request.xml").getroot()
    assert_ordered(alert, ALERT)
    assert_ordered(alert[-1], (*INFO[:-2], "web", *INFO[-2:]))
