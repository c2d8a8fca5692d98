"""Postcodes, cities and coordinates in what people write in a hurry, in French and English.

Each find looks at no more than 80 characters around it, so the cost is linear: about 0.06 µs a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from .patrol import Point, point_of
from .places import Street
from .said import NEXT_WORD, Said, Span, in_phone, words_before
from .words import (
    ABBREVIATED,
    CITIES,
    CITY_STARTS,
    ENGLISH,
    FRENCH,
    HARD,
    LOCATORS,
    NO_CITY,
    NUMBERISH,
    POSTCODE_LEADS,
    SOFT,
    UNITS,
)

_AROUND: Final = 60
_FIRST_POSTCODE, _LAST_POSTCODE = 1000, 98999
_NO_TOWN: Final = HARD | SOFT | UNITS | NO_CITY | FRENCH | ENGLISH | NUMBERISH


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


_to_city = _re(r"[ ,\n]{1,2}(?P<lead>(?:a|in|at) )?")
_inside = _re(r" (?:a|in|at)(?= [a-z]{3,20},? )")
_city_words = _re(r"(?<![a-z0-9])[a-z]{1,30}(?![a-z0-9])")
_five = _re(r"(?<![a-z0-9/+°#€-])(?<!\d[.,:])(?P<code>\d{5})(?![a-z0-9°%€$/]|[.,]\d| ?[€$%]|[ .-]\d\d[ .-]?\d\d)")
_british = _re(r"(?<![a-z0-9])[a-z]{1,2}\d[a-z0-9]? ?\d[abd-hjlnp-uw-z]{2}(?![a-z0-9]| floor)")
_coordinates = re.compile(
    r"(?<![\d.])(?P<lat>-?\d{1,2}\.\d{4,15})(?P<ns> ?°? ?[NSns]?)(?:[,;/ ]|%2C|!4d|&m?l(?:on|ng)=){1,2}[ +]{0,2}"
    r"(?P<lon>-?\d{1,3}\.\d{4,15})(?P<ew> ?°? ?(?:[EWOewo](?![a-z]))?)(?!\d)",
    re.ASCII,
)
_first_word = _re(r"(?P<joint> {0,2})(?P<word>[a-z0-9]{1,40})")


# ---- postcodes and cities ----------------------------------------------------------------------------------------


def postcodes(said: Said, found: Sequence[Street], taken: Sequence[Span] = ()) -> list[Span]:
    """French and British postcodes, in the order said; numbers that only look like one are left out.

    `taken`: where door codes are.
    """
    ends = {street.end for street in found}
    spans = [match.span("code") for match in _five.finditer(said.folded) if _is_postcode(said, match, ends)]
    spans += [match.span() for match in _british.finditer(said.folded) if _is_british(said.folded, match)]
    return sorted(span for span in spans if span not in taken)


def _is_postcode(said: Said, match: re.Match[str], ends: set[int]) -> bool:
    if not _FIRST_POSTCODE <= int(match["code"]) <= _LAST_POSTCODE:
        return False
    if in_phone(said.folded, match.start()):
        return False
    after = NEXT_WORD.match(said.folded, match.end())
    first, second = words_before(said.folded, match.start())
    if (after and after["word"] in UNITS) or first in NUMBERISH or (first in ("is", "est") and second in NUMBERISH):
        return False
    if not first or first in POSTCODE_LEADS or not ends.isdisjoint(range(match.start() - 3, match.start())):
        return not (after and after["word"] in ("c", "est"))
    return _city_from(said, match.end()) is not None or first in CITIES


def _is_british(folded: str, match: re.Match[str]) -> bool:
    first, second = words_before(folded, match.start())
    return not (first in NUMBERISH or (first in ("is", "est") and second in NUMBERISH)) and any(
        map(str.isalpha, match[0][-2:])
    )


def cities(said: Said, found: Sequence[Street], codes: Sequence[Span], english: bool = False) -> list[Span]:
    """Names of towns beside a postcode or an address, in the order said. `english`: "a" is an article."""
    near = [_city_from(said, end) for _start, end in codes]
    near += [_city_before(said, start, found) for start, _end in codes]
    near += [_city_after(said, street, english) for street in found]
    near += [_city_inside(said, street) for street in found]
    return sorted({span for span in near if span})


def _city_after(said: Said, street: Street, english: bool) -> Span | None:
    """In "14 rue des lilas, à Lyon" and "14 rue des lilas, Lyon"; the latter for large cities alone."""
    match = _to_city.match(said.folded, street.end)
    if not match or (english and said.text[slice(*match.span("lead"))].lower() == "a "):
        return None
    city = _city_from(said, match.end())
    return city if city and (match["lead"] or said.folded[slice(*city)].split(" ")[0] in CITIES) else None


def _city_inside(said: Said, street: Street) -> Span | None:
    """In "rue Oberkampf in paris, number 96"."""
    match = _inside.search(said.folded, street.start, street.end)
    return _city_from(said, match.end()) if match else None


def _city_before(said: Said, at: int, found: Sequence[Street]) -> Span | None:
    """In "Lyon 69003" and "London SW1A 1AA": the words after an address, a comma, "à" or the start of the line."""
    before = said.folded[max(0, at - _AROUND) : at]
    for match in list(_city_words.finditer(before))[-4:]:
        start = at - len(before) + match.start()
        city = _city_from(said, start)
        if city and before[city[1] - at :].strip(" ,") == "" and _may_start(said, start, found):
            return city
    return None


def _may_start(said: Said, at: int, found: Sequence[Street]) -> bool:
    if any(street.start <= at < street.end for street in found):
        return False
    return any(street.end in (at - 1, at - 2) for street in found) or words_before(said.folded, at)[0] in (
        "",
        *LOCATORS,
    )


def _city_from(said: Said, at: int) -> Span | None:
    """The town that goes on from a position, after at most a comma."""
    at += said.folded[at : at + 1] == ","
    start, end, before = -1, 0, ""
    for turn in range(6):
        match = (NEXT_WORD if turn else _first_word).match(said.folded, at)
        if not match or not _in_city(said, match, before, turn):
            break
        before, at = match["word"], match.end()
        start = match.start("word") if start < 0 else start
        if before not in CITY_STARTS and before not in ("en", "sur", "sous", "de", "du", "d", "aux"):
            end = at
    return (start, end) if end else None


def _in_city(said: Said, match: re.Match[str], before: str, turn: int) -> bool:
    joint, word = match["joint"], match["word"]
    if word[0].isdigit() or (joint[:1] == "." and before not in ABBREVIATED):
        return False
    if turn and joint == "-":
        return True
    if word in CITY_STARTS:
        return not turn or before in CITY_STARTS or before in ("sur", "de")
    if turn and word in ("en", "sur", "sous", "de", "du", "d", "aux"):
        after = NEXT_WORD.match(said.folded, match.end())
        return bool((after and after["word"] in ("la", "le", "l")) or (after and _plain(after["word"])))
    if not _plain(word):
        return False
    led = before in CITY_STARTS or before in ("en", "sur", "sous", "de", "du", "d", "aux")
    return not turn or led or said.text[match.start("word")].isupper()


def _plain(word: str) -> bool:
    return len(word) > 1 and word.isalpha() and word not in _NO_TOWN


# ---- coordinates -------------------------------------------------------------------------------------------------


def coordinates(text: str) -> Iterator[tuple[int, Point]]:
    """Where in `text` she typed or pasted coordinates, and the point (of unknown accuracy: 0)."""
    for match in _coordinates.finditer(text):
        south, west = "s" in match["ns"].lower(), any(letter in match["ew"].lower() for letter in "wo")
        lat, lon = "-" * south + match["lat"], "-" * west + match["lon"]
        point = point_of(f"geo:{lat},{lon}")
        if point and (point.lat or point.lon):
            yield match.start(), point
