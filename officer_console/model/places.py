"""Street addresses in what people write in a hurry, in French and English.

No gazetteer: a street is a word of its kind ("rue", "bd", "street"), a name beside it, and mostly a number. Each find
looks at no more than 80 characters around it, so the cost is linear: about 0.06 µs a character.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from .said import NEXT_WORD, Said, Span, in_phone, words_before
from .words import (
    ABBREVIATED,
    ADJECTIVES,
    CITIES,
    COUNTED,
    DIRECT,
    ENGLISH,
    ENGLISH_LEADS,
    ENGLISH_NAMES,
    ENGLISH_OPEN,
    FRENCH,
    GUARDED,
    HARD,
    HARD_BUT,
    INDEFINITE,
    LOCATORS,
    MONTHS,
    NO_NAMES,
    OPEN,
    PARTICLES,
    SHARED,
    SOFT,
    UNITS,
    WEAK_ENGLISH,
)

MOST_WORDS: Final = 10
"""Words in the name of a street, "de la" among them."""
LONGEST: Final = 200
_AROUND: Final = 60
_NO_ENGLISH_NAMES: Final = (HARD | UNITS | FRENCH | NO_NAMES | SOFT) - ENGLISH_NAMES
_YEARS: Final = range(1900, 2100)


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


_SUFFIX = r"(?: ?(?:bis|ter|quater)(?![a-z])| ?[a-d](?![a-z0-9']))?"
_NUMBER = rf"\d{{1,4}}{_SUFFIX}(?: ?(?:[-/&]|et) ?\d{{1,4}}{_SUFFIX})?"
_ALONE = r"(?<![a-z0-9€-])(?<!\d[.,:/])"
_KINDS = "|".join(sorted({*FRENCH, *ENGLISH}, key=lambda word: (-len(word), word))).replace(" ", "[ -]")
_kinds = _re(rf"(?<![a-z])(?:{_KINDS})(?![a-z0-9])")
_number_before = _re(
    rf"{_ALONE}(?P<n>{_NUMBER})[ ,.\n]{{0,3}}(?:(?:de la|de l'|du|de l) ?)?"
    rf"(?P<adjective>(?:{'|'.join(ADJECTIVES)})['. -])?$"
)
_number_after = _re(
    r"(?:[ ,]{1,2}(?:a|in|at) [a-z]{3,20}(?:[ -][a-z]{3,20})?(?=,? ?(?:au|n|le n)))?[ ,\n]{1,3}"
    rf"(?P<lead>(?:c'? ?est )?(?:au |le |a )?(?:(?:n ?°|no\.?|num|numero|number|nr) ?)?)"
    rf"(?P<n>[1-9]\d{{0,3}}{_SUFFIX})(?![a-z0-9°€%])"
)
_english_name = _re(rf"{_ALONE}(?P<n>\d{{1,4}}[a-d]?)[ ,]{{1,2}}(?P<name>(?:[a-z][a-z']{{0,24}}\.?[ -]){{1,3}})$")
_english_title = _re(r"(?:[A-Z][A-Za-z']{1,24}[ -]){1,3}$")
_english_lower = _re(r"(?<![a-z])(?:on|at|near|off|in) (?P<name>[a-z']{3,20} )$")
_denied = _re(
    r"(?<![a-z])(?:(?:habite|habitons|suis|est|vis|vit|loge|non|et|mais) (?:pas|plus)|(?:is|am|are|but|its|it's) not"
    r"|(?:is|do|does|are)n'?t(?: live)?|no longer(?: live)?) (?:(?:au|le|a|at|on|in|dans la) )?$"
)


class Street(msgspec.Struct, frozen=True):
    """One address. `numbered`: whether it has a house number."""

    start: int
    end: int
    numbered: bool

    @property
    def span(self) -> Span:
        return self.start, self.end


class _Name(msgspec.Struct, frozen=True):
    """The words after "rue": where they end, how many name words, the first one, what leads to it, where it starts."""

    end: int
    names: int = 0
    first: str = ""
    led: bool = False
    start: int = 0


def streets(said: Said, english: bool = False) -> list[Street]:
    """The addresses, in the order said. `english`: "22 Victoria Avenue" is tried before "avenue Foch"."""
    found: list[Street] = []
    at = 0
    while match := _kinds.search(said.folded, at):
        street = _street(said, match, english)
        at = max(street.end, match.end()) if street else match.end()
        if street and not _denied.search(said.folded[max(0, street.start - 40) : street.start]):
            found.append(street)
    return found


def _street(said: Said, kind: re.Match[str], english: bool) -> Street | None:
    word = kind[0].replace("-", " ")
    ways = [_french] * (word in FRENCH) + [_english] * (word in ENGLISH)
    for way in reversed(ways) if english and word in SHARED else ways:
        if street := way(said, kind, word):
            return street
    return None


def _french(said: Said, kind: re.Match[str], word: str) -> Street | None:
    number = _house_number(said.folded, kind.start())
    name = _name(said, kind.end(), word)
    if number:
        start, adjective = number
        counted = word in GUARDED and name.first in COUNTED
        return Street(start, max(name.end, kind.end()), True) if (name.names or adjective) and not counted else None
    if not name.names or not _stands_alone(said, kind, word, name):
        return None
    return _with_number_after(said.folded, kind.start(), name.end)


def _house_number(folded: str, at: int) -> tuple[int, bool] | None:
    """Where the number before a street starts, and whether "grande" is between; None without one."""
    before = folded[max(0, at - _AROUND) : at]
    match = _number_before.search(before)
    if not match or in_phone(before, match.start()):
        return None
    lead = before[: match.start()].rpartition("\n")[2]
    if "\n" in match[0] and len(lead.strip()) > len("j'habite au"):
        return None
    if (
        match["n"].isdigit()
        and int(match["n"]) in _YEARS
        and lead.split()[-1:] in (["en"], ["depuis"], ["since"], ["in"])
    ):
        return None
    return at - len(before) + match.start("n"), bool(match["adjective"])


def _name(said: Said, at: int, kind: str) -> _Name:
    """The name that goes on from `at`."""
    name, before, led = _Name(at), kind, False
    at += said.folded[at : at + 1] == "." and kind in ABBREVIATED
    for _turn in range(MOST_WORDS):
        match = NEXT_WORD.match(said.folded, at)
        if not match or not _goes_on(said, match, before, name.names):
            break
        before, at = match["word"], match.end()
        if before in PARTICLES or before == "et":
            led = led or not name.names
        else:
            name = _Name(at, name.names + 1, name.first or before, led, name.start or match.start("word"))
    return name


def _goes_on(said: Said, match: re.Match[str], before: str, names: int) -> bool:
    joint, word = match["joint"], match["word"]
    if joint[0] == "." and before not in ABBREVIATED and len(before) > 1:
        return False
    if word[0].isdigit():
        return (not names and before in PARTICLES) or (before in MONTHS and len(word) == len("1945"))
    if joint == "-":
        return names > 0 or before in PARTICLES or word not in HARD
    if word in PARTICLES:
        return not names or word in ("de", "du", "des", "d", "aux") or before == "de"
    if word == "et":
        after = NEXT_WORD.match(said.folded, match.end())
        return names > 0 and after is not None and said.text[after.start("word")].isupper()
    return _is_name(said, match, before, names)


def _is_name(said: Said, match: re.Match[str], before: str, names: int) -> bool:
    word = match["word"]
    if len(word) == 1 and said.folded[match.end() : match.end() + 1] == ".":
        return not names
    if word in HARD:
        return not names and HARD_BUT.get(word) == before
    if word in SOFT or word in FRENCH:
        return not names and before in PARTICLES
    if names and before not in PARTICLES and word in CITIES:
        return False
    return not (names and len(word) > len("chez") and word.endswith("ez"))


def _stands_alone(said: Said, kind: re.Match[str], word: str, name: _Name) -> bool:
    """Whether a street without a number before it is one, and not "dans la rue hier" or "à ma place"."""
    first, second = words_before(said.folded, kind.start())
    if first in INDEFINITE or name.first in NO_NAMES or name.first in SOFT:
        return False
    capital = said.text[name.start].isupper()
    if word in OPEN:
        known_by_article = first in ("la", "le", "l", "les") and not name.led and not capital
        return not known_by_article or name.names > 1 or word in DIRECT
    if word not in GUARDED or first in GUARDED[word]:
        return False
    if word in ("place", "pl") and first == "la" and second in ("a", "prendre", "prends", "pris", "prend"):
        return False
    return capital or (name.led and (not first or first in LOCATORS))


def _with_number_after(folded: str, start: int, end: int) -> Street:
    match = _number_after.match(folded, end)
    if match and _may_follow(folded, match):
        return Street(start, match.end("n"), True)
    return Street(start, end, False)


def _may_follow(folded: str, number: re.Match[str]) -> bool:
    """Whether the number after a name is the house's: said so, or nothing counted follows."""
    after = NEXT_WORD.match(folded, number.end())
    word = after["word"] if after else ""
    if word in UNITS or word in ("gauche", "droite", "etage") or word[:1].isdigit():
        return False
    lead = number["lead"].strip()
    return lead not in ("", "le", "a") or (not lead and (not word or word in HARD or word in SOFT))


def _english(said: Said, kind: re.Match[str], word: str) -> Street | None:
    before = said.folded[max(0, kind.start() - _AROUND) : kind.start()]
    offset = kind.start() - len(before)
    match = _english_name.search(before)
    if match and _names_street(match["name"]) and not in_phone(before, match.start()):
        sure = word not in WEAK_ENGLISH or _sure(said, kind, offset + match.start("n"), offset + match.start("name"))
        return Street(offset + match.start("n"), kind.end(), True) if sure else None
    if word not in ENGLISH_OPEN:
        return None
    return _unnumbered(said, kind, before)


def _names_street(name: str) -> bool:
    words = re.split(r"[ .-]+", name.strip(" .-"))
    return not any(word in _NO_ENGLISH_NAMES for word in words)


def _sure(said: Said, kind: re.Match[str], start: int, name: int) -> bool:
    """Whether "22 … close" is an address: at the start, after "at", or with capitals; and not "close to"."""
    after = NEXT_WORD.match(said.folded, kind.end())
    if after and after["word"] in HARD and after["word"] not in ("he", "please", "he's", "and"):
        return False
    first, _second = words_before(said.folded, start)
    capitals = said.text[name].isupper() and said.text[kind.start()].isupper()
    return not first or first in ENGLISH_LEADS or capitals or first.isdigit()


def _unnumbered(said: Said, kind: re.Match[str], before: str) -> Street | None:
    title = _english_title.search(said.text[kind.start() - len(before) : kind.start()])
    lower = _english_lower.search(before)
    name = title[0] if title else lower["name"] if lower else ""
    while name and not _names_street(name.split(" ")[0].lower()):
        name = name.partition(" ")[2]
    if not name.strip():
        return None
    return _with_number_after(said.folded, kind.start() - len(name), kind.end())
