"""What is already known of a conversation, for the patrol panel: candidates for each field, in the visitor's own words.

Nothing is concluded: an officer reads every candidate before it is sent. Cost of `known`: see its docstring.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from . import cues, doors, places, towns
from .patrol import LIMITS, PatrolRequest, Point, point_of
from .said import Said, Span, fold, said_of
from .transcript import Kind, Line

Language = Literal["fr", "en"]


class Found(msgspec.Struct, frozen=True):
    """One candidate: her words, the `key` of the line that they end in ("" for what she told at the start), its ms."""

    text: str
    key: str
    at: int


class Known(msgspec.Struct, frozen=True):
    """All candidates, the latest said first, none twice.

    `places` are street addresses, those with a house number before the others; `points` positions with the ms at which
    they were told; `people` to `author` whole short sentences, three each at most; `nature` a code of patrol.NATURES.
    """

    nature: str
    places: tuple[Found, ...] = ()
    postcodes: tuple[Found, ...] = ()
    cities: tuple[Found, ...] = ()
    points: tuple[tuple[Point, int], ...] = ()
    floors: tuple[Found, ...] = ()
    codes: tuple[Found, ...] = ()
    people: tuple[Found, ...] = ()
    children: tuple[Found, ...] = ()
    weapon: tuple[Found, ...] = ()
    injuries: tuple[Found, ...] = ()
    now: tuple[Found, ...] = ()
    author: tuple[Found, ...] = ()


def known(lines: Sequence[Line], postcode: str = "", language: str = "fr") -> Known:
    """What the visitor's lines and positions tell. `postcode` is the one given at the start, `language` the visitor's.

    For 2,000 lines of 60 characters 50 ms; 75 ms when no cue is in any of them, 100 ms when each holds an address and
    more. So it is called once, when the panel opens.
    """
    said = said_of(lines)
    streets = places.streets(said, english=language == "en")
    door_codes = doors.codes(said)
    codes = towns.postcodes(said, streets, door_codes)
    told = cues.sentences(said)
    at_start = (Found(postcode.strip(), "", 0),) if postcode.strip() else ()
    return Known(
        nature=cues.nature(said),
        places=_found(said, [street.span for street in sorted(streets, key=lambda street: street.numbered)]),
        postcodes=_distinct((*_found(said, codes), *at_start)),
        cities=_found(said, towns.cities(said, streets, codes, english=language == "en")),
        points=_points(lines),
        floors=_found(said, doors.floors(said)),
        codes=_found(said, door_codes),
        **{field: _quotes(said, spans) for field, spans in told.items()},
    )


def _found(said: Said, spans: Sequence[Span]) -> tuple[Found, ...]:
    """Candidates of spans, the last first."""
    return _distinct(_candidate(said, span, said.quote(span)[: places.LONGEST]) for span in reversed(spans))


def _quotes(said: Said, spans: Sequence[Span]) -> tuple[Found, ...]:
    return tuple(_candidate(said, span, cues.quoted(said, span)) for span in spans)


def _candidate(said: Said, span: Span, text: str) -> Found:
    line = said.line_at(span[1] - 1)
    return Found(text, line.key, line.at)


def _distinct(found: Iterable[Found]) -> tuple[Found, ...]:
    """Without those that only repeat an earlier one in other letters."""
    kept: dict[str, Found] = {}
    for each in found:
        kept.setdefault(" ".join(fold(each.text).replace(",", " ").split()), each)
    return tuple(kept.values())


def _points(lines: Sequence[Line]) -> tuple[tuple[Point, int], ...]:
    kept: dict[Point, int] = {}
    for line in reversed(lines):
        for point in reversed(_points_of(line)):
            kept.setdefault(point, line.at)
    return tuple(kept.items())


def _points_of(line: Line) -> list[Point]:
    if line.kind is Kind.PLACE:
        point = point_of(line.text)
        return [point] if point else []
    return [point for _at, point in towns.coordinates(line.text)] if line.kind is Kind.VISITOR else []


# ---- a request of it ---------------------------------------------------------------------------------------------


def prefilled(known: Known, words: str = "", language: Language = "fr") -> PatrolRequest:
    """A request with the best candidate of each field, "" where there is none; `words` are for the visitor."""
    first = {"place": known.places, "postcode": known.postcodes, "city": known.cities, "code": known.codes}
    first |= {field: getattr(known, field) for field in cues.CUES}
    texts = {field: found[0].text if found else "" for field, found in first.items()}
    texts |= {"floor": _whole_floor(known.floors), "words": words}
    point = known.points[0][0] if known.points else None
    cut: dict[str, Any] = {field: text[: LIMITS[field]] for field, text in texts.items()}
    return PatrolRequest(nature=known.nature, point=point, language=language, **cut)


def _whole_floor(floors: Sequence[Found]) -> str:
    """The latest floor, building and door, told in one message or in three."""
    kept: list[str] = []
    told: frozenset[str] = frozenset()
    for floor in floors:
        parts = doors.parts_of(fold(floor.text))
        if told.isdisjoint(parts):
            kept, told = [*kept, floor.text], told | parts
    return ", ".join(kept)
