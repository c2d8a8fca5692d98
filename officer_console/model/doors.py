"""Floors, doors and door codes in what people write in a hurry, in French and English.

Patterns over folded text; none repeats without a bound, so the cost is linear: about 0.1 µs a character.
"""

from __future__ import annotations

import re
from typing import Final

from .said import Said, Span
from .words import CITIES, HARD, NO_NAMES, words

_SIDE = "(?:gauche|gche|droite|drte|dte|face)"
_ORDINAL = r"\d{1,2} ?(?:ers?|ere|e|emes?|iemes?|nd|nde|°)"
_FRENCH = "premiere?|deuxieme|second|troisieme|quatrieme|cinquieme|sixieme|septieme|huitieme|neuvieme|dixieme|dernier"
_ENGLISH = r"\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|top|ground"
_OVER = r"$|[,.;!\n\f]"
"""What ends a phrase; in a lookahead."""
LEVELS: Final = (
    rf"(?:au |l')?(?:{_ORDINAL}|\d{{1,2}}|{_FRENCH}) (?:etages?|etg)(?: a {_SIDE}| {_SIDE}| porte {_SIDE})?",
    rf"{_ORDINAL},? (?:a |porte (?:de |a )?)?{_SIDE}", rf"\d{{1,2}} {_SIDE}", rf"{_ORDINAL} en face",
    rf"(?:au|c'?est le|c'?est au|on est le) {_ORDINAL}(?={_OVER}| et | vite| svp| porte| a {_SIDE})",
    rf"(?:(?<=, )|(?<=,)|(?<![^\n\f])){_ORDINAL}(?={_OVER})",
    rf"au (?:{_FRENCH})(?={_OVER}| a {_SIDE}| porte)",
    r"(?:au )?(?:rdc|rez[ -]de[ -](?:chaussee|jardin)|sous[ -]sol|entresol)"
    "(?: (?:a )?(?:gauche|droite|sur cour|sur rue))?",
    r"etage n?°? ?\d{1,2}", rf"(?:{_ENGLISH}) (?:floor|fl)(?: (?:left|right|front|back))?(?! (?:of|is))",
    r"floor (?:no\.? ?)?\d{1,2}", "basement(?: flat)?",
)  # fmt: skip
"""How high: patterns over folded text."""
BUILDINGS: Final = (
    r"(?:batiments?|bat|bt)(?<!(?:me|te|la|se) bat)\.? (?:n?°? ?)?(?:[a-z](?![a-z'])|[a-z]?\d{1,3}[a-z]?)"
    "(?! fois| coups)",
    "(?:escalier|esc|cage|montee|entree|hall|allee|bloc|block|tour|tower|building|staircase)"
    r"\.? (?:n?°? ?)?(?:[b-z](?![a-z'])|\d{1,2}(?!\w| \d| [a-z]{4}))",
)  # fmt: skip
DOORS: Final = (
    r"(?:appts?|apparts?|apts?|app|appartement|apartment|flat|logement|unit|studio|chambre|room|porte|lgt)\.? "
    rf"(?:n ?°|no\.?|numero|number)? ?(?:[a-z]? ?\d{{1,4}}[a-z]?|[b-h](?![a-z'])|a(?={_OVER}))",
    "porte (?:de |a |du |d'en )?(?:gauche|droite|face|milieu|fond)",
    "(?:a gauche|a droite|au fond|en face) (?:en sortant )?(?:de |du )?(?:l')?(?:ascenseur|palier)",
)  # fmt: skip
_OF_WHAT = (
    "(?: (?:de la |de l'|d'|du |en |pour |de )?(?:portes?|entree|entrer|portail|immeuble|bas|acces|hall|rue|grille"
    "|residence|batiment|porche))?"
)
_IS = "(?: ?[:=] ?| ?,? ?(?:c'? ?est|est|is|s|it's|its)(?: le)? ?:? ?| )?"
CODES: Final = (
    rf"(?:digi)?code{_OF_WHAT}{_IS}(?P<after>[*#]?(?:[a-z] ?)?\d[a-z0-9]{{2,7}}[*#]?|[a-z]\d{{2,6}}[a-z]?)"
    "(?![a-z0-9]| (?:fois|ans|euros))",
    r"(?P<before>(?:[a-z]\d{2,6}|\d{2,6}[a-z]?\d{0,4})[*#]?) (?:(?:c'? ?)?est |is )?(?:le |pour le |the |au )"
    "(?:digicode|code|door code)(?! postal)",
    rf"(?:(?<=\n)|(?<=\f)|(?<=, )|^)"
    rf"(?P<bare>\d{{2,4}}[a-gi-z]\d{{1,3}}|\d{{4}}[a-gi-z]|[a-z]\d{{3,5}})(?={_OVER}| svp)",
)  # fmt: skip
"""The code itself is the named part."""
_NO_CODE = words("post zip area country qr promo pin dress bar source morse sms carte parrainage")
"""Words right before "code" that make it another one."""
BELLS: Final = (
    "(?:interphone|sonnette|intercom|buzzer|sonnez|sonner|bell)"
    "(?: ?: ?| (?:au nom de |au nom |a |chez |c'?est |nom |name |is )?)"
)
_NO_BELL = (
    HARD
    | NO_NAMES
    | words(
        "est ne en panne casse hs marche fonctionne sonne qui il pour works work broken is isnt rings ringing rang"
        " doesnt dead off coupe debranche bloque mort bas deux trop abime eteint plusieurs partout encore"
    )
)


def _alternatives(patterns: tuple[str, ...], end: str = "") -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(patterns)}){end}", re.ASCII)


_LEVEL, _BUILDING, _DOOR = (_alternatives(patterns, "(?![a-z0-9])") for patterns in (LEVELS, BUILDINGS, DOORS))
_any_floor = _alternatives((*LEVELS, *BUILDINGS, *DOORS), "(?![a-z0-9])")
_code = _alternatives(CODES)
_bell = _alternatives((BELLS,))
_between = re.compile(r"[ ,.;/\n-]{0,3}")
_name = re.compile(r"(?:(?:m|mr|mme|mlle|mrs|ms)\.? )?(?P<name>[a-z][a-z'-]{1,30}|\d{1,4}(?![a-z0-9]))", re.ASCII)
_lead = re.compile(r"(?:au |l'|c'?est le |c'?est au |on est le )", re.ASCII)
_last_word = re.compile(r"(?<![a-z0-9])([a-z]{1,20})[ ',]{0,2}$", re.ASCII)


def floors(said: Said) -> list[Span]:
    """Floors, buildings and doors in the order said; those beside each other are one: "bat C, 6e etage porte 61"."""
    spans: list[Span] = []
    for match in _any_floor.finditer(said.folded):
        start, end = _without_lead(said.folded, match), match.end()
        if _is_district(said.folded, start, match[0]):
            continue
        if spans and _between.fullmatch(said.folded, spans[-1][1], start):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def parts_of(floor: str) -> frozenset[str]:
    """What a floor's text tells, of "level", "building", "door". `floor` is folded."""
    kinds = {"level": _LEVEL, "building": _BUILDING, "door": _DOOR}
    return frozenset(kind for kind, pattern in kinds.items() if pattern.search(floor)) or frozenset({"level"})


def _without_lead(folded: str, match: re.Match[str]) -> int:
    lead = _lead.match(folded, match.start(), match.end())
    return lead.end() if lead else match.start()


def _is_district(folded: str, at: int, text: str) -> bool:
    """ "Paris, 11e": an arrondissement."""
    last = _last_word.search(folded[max(0, at - 24) : at])
    return bool(last and last[1] in CITIES and text.rstrip(" erm").isdigit())


def codes(said: Said) -> list[Span]:
    """Door codes ("48B2") and names to ring at ("interphone Martin"), in the order said."""
    spans = [_code_span(match) for match in _code.finditer(said.folded) if not _other_code(said.folded, match)]
    spans += [span for match in _bell.finditer(said.folded) if (span := _rung(said, match))]
    return sorted(spans)


def _code_span(match: re.Match[str]) -> Span:
    return match.span(match.lastgroup or 0)


def _other_code(folded: str, match: re.Match[str]) -> bool:
    last = _last_word.search(folded[max(0, match.start() - 24) : match.start()])
    return bool(last and last[1] in _NO_CODE)


def _rung(said: Said, bell: re.Match[str]) -> Span | None:
    match = _name.match(said.folded, bell.end())
    if not match or match["name"] in _NO_BELL:
        return None
    end = match.end()
    ends = end == len(said.folded) or said.folded[end] in ",.;!\n\f"
    if not (ends or match["name"].isdigit() or said.text[match.start("name")].isupper()):
        return None
    return bell.start(), _full_name(said, end)


def _full_name(said: Said, end: int) -> int:
    """The end of a second name: "interphone Martin Durand"."""
    second = re.compile(r"[ -][A-Z][A-Za-zÀ-ÿ'-]{1,30}").match(said.text, end)
    return second.end() if second else end
