"""What the patrol panel asks for: its fields as rows, what is missing among them, and what was found for each. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, NamedTuple

import msgspec

from officer_console.client.api import Desk
from officer_console.console.patrol_words import HELP
from officer_console.locale import N_
from officer_console.model.known import Found, Known, known
from officer_console.model.patrol import LIMITS, PatrolRequest, changed, geo
from officer_console.model.text import one_line


class Form(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    POINT = "point"  # there or not
    NATURE = "nature"  # one of a list
    SILENT = "silent"  # yes or no


class Field(NamedTuple):
    """`name` as in PatrolRequest; `found` the attribute of Known that has candidates for it, or ""."""

    name: str
    label: str
    hint: str
    form: Form = Form.TEXT
    found: str = ""


FIELDS: Final = (
    Field("place", N_("Place *"), N_("Street and number; one * is enough"), found="places"),
    Field("postcode", N_("Postcode"), N_("Goes with the street"), found="postcodes"),
    Field("city", N_("Town"), N_("Goes with the street"), found="cities"),
    Field("where", N_("Described *"), N_("In words: blue house by the church")),
    Field("point", N_("Position *"), N_("Of her device; Space: in or out"), Form.POINT),
    Field("floor", N_("Floor"), N_("Staircase, floor, name at the door"), found="floors"),
    Field("code", N_("Door code"), N_("Of the gate and of the door"), found="codes"),
    Field("people", N_("Who is there"), N_("With her, and with him"), found="people"),
    Field("children", N_("Children"), N_("How many, how old, where"), found="children"),
    Field("weapon", N_("Weapon"), N_("Also when there is none"), found="weapon"),
    Field("injuries", N_("Injuries"), N_("Who is hurt, and how badly"), found="injuries"),
    Field("now", N_("Happening now"), N_("At this moment, in a few words"), found="now"),
    Field("author", N_("Author looks"), N_("Clothes, height, age, how he is"), found="author"),
    Field("silent", N_("Silent"), N_("No siren, nobody rings her; Space"), Form.SILENT),
    Field("contact", N_("Reaching her"), N_("How, safely: window, neighbour …")),
    Field("nature", N_("Kind of facts"), N_("← → choose"), Form.NATURE),
    Field("note", N_("For the room"), N_("Anything else; what the room asks")),
    Field("words", N_("She will read"), N_("Only once the room has ACCEPTED")),
)
BY_NAME: Final = {field.name: field for field in FIELDS}
PLACES: Final = frozenset({"place", "postcode", "city", "where", "point"})
PINNED: Final = ("place", "postcode", "city")
"""Fields that are always on screen: a patrol at a wrong address helps nobody."""
ASKED: Final = tuple(
    field.name for field in FIELDS if field.name in LIMITS and field.name not in PLACES | {"note", "words"}
)
"""What else the room wants to know, in the order of the fields."""


def prepared(desk: Desk, cid: str) -> PatrolRequest:
    """What the panel begins with: as the desk has it, with what a colleague has told the room meanwhile, and words for
    the visitor."""
    draft, patrol = desk.patrols.draft(cid), desk.patrols.of(cid)
    open_request = patrol.request if patrol and not patrol.over and not patrol.cancelled else None
    if open_request:
        empty = {name: value for name, value in _texts(draft).items() if not value}
        draft = msgspec.structs.replace(draft, **{name: getattr(open_request, name) for name in empty})
    shown = {name: one_line(text, LIMITS[name]) for name, text in _texts(draft).items()}
    request = msgspec.structs.replace(draft, **shown)
    return request if request.words else msgspec.structs.replace(request, words=HELP[request.language])


def merged(base: PatrolRequest, mine: PatrolRequest, theirs: PatrolRequest) -> PatrolRequest:
    """What I have changed since `base`, for the rest what a colleague asks now, and what only I know."""
    only_mine = {name: text for name, text in _texts(mine).items() if not getattr(theirs, name)}
    values = {"point": theirs.point or mine.point, **only_mine, **changed(base, mine)}
    return msgspec.structs.replace(theirs, **values)


def missing(request: PatrolRequest, question: str = "") -> str:
    """The first field that is missing: a place, an answer to the room's `question`, the town of a street, what else the
    room wants to know; else what is left to say."""
    if not request.has_place:
        return "place"
    if question:
        return "note"
    if request.place and not (request.postcode or request.city or request.point):
        return "postcode"
    return next((name for name in ASKED if not getattr(request, name)), "note")


def known_of(desk: Desk, cid: str) -> Known:
    """What can be known from the conversation."""
    conversation = desk.queue.get(cid)
    postcode, language = (conversation.postcode, conversation.language) if conversation else ("", "")
    return known(desk.talk.lines(cid), postcode, language)


def offers(found: Known, request: PatrolRequest, name: str) -> tuple[Found, ...]:
    """What was found for a field; nothing when all of it is in it already."""
    field = BY_NAME[name]
    candidates: tuple[Found, ...] = getattr(found, field.found) if field.form is Form.TEXT and field.found else ()
    if field.form is Form.POINT:
        candidates = tuple(Found(geo(point), "", at) for point, at in found.points)
    current = value(request, name)
    return candidates if any(each.text != current for each in candidates) else ()


def beside(found: Known, request: PatrolRequest, place: str) -> dict[str, str]:
    """Postcode and town when this place that was found is put in: those she wrote with it. Those of the place before
    are taken out, what the officer has written himself stays."""
    keys = {each.text: each.key for each in found.places}
    return {
        "postcode": _with(found.postcodes, request.postcode, keys.get(place, ""), keys.get(request.place, "")),
        "city": _with(found.cities, request.city, keys.get(place, ""), keys.get(request.place, "")),
    }


def _with(candidates: tuple[Found, ...], current: str, key: str, key_before: str) -> str:
    """The candidate of the line `key`, else what stands there unless it came from the line `key_before`."""
    here = next((each.text for each in candidates if key and each.key == key), "")
    came = any(each.text == current and key_before and each.key == key_before for each in candidates)
    return here or ("" if came and key != key_before else current)


def value(request: PatrolRequest, name: str) -> str:
    """What stands in a field, as text."""
    held: Any = getattr(request, name)
    return geo(held) if name == "point" and held else held if isinstance(held, str) else ""


def _texts(request: PatrolRequest) -> dict[str, str]:
    return {name: getattr(request, name) for name in LIMITS}
