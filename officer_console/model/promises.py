"""What an officer has promised a visitor, by his own words, in French and English. A proposal that he edits, no more.

Patterns over folded text; none repeats without a bound, so the cost is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from .said import fold
from .text import one_line

MOST: Final = 6
"""Promises that are proposed, the last ones said."""
LONGEST: Final = 160

_TO_HER = "(?:vous |te |t'|l'|le |la |les |lui |leur |y |en |m'en |vous y |vous l'|vous le )?"
_DOING: Final = (
    "rappell?e|recontacte|reecris|reponds|repondrai|envoie|envoye|tiens|dirai|redis|reviens|reste|transmets|fais suivre"
    "|previens|cherche|regarde|verifie|demande|donne|prepare|occupe|appelle|note|prends rendez-vous|promets"
)
_FRENCH: Final = (
    rf"je {_TO_HER}(?:{_DOING})",
    rf"j'(?:{_DOING}|appelle|envoie|attends|y reviens)",
    r"je (?:vais|m'engage|m'en occupe)",
    rf"je {_TO_HER}\w{{2,20}}(?:erai|irai|rai)",
    r"(?:on|nous) (?:va|allons) (?:vous |te )?\w{2,20}",
    rf"on {_TO_HER}(?:{_DOING})",
    r"vous (?:serez|allez etre) (?:rappele|appele|recontacte|recu)e?",
    r"quelqu'un (?:va |vous |viendra|arrive)",
    r"(?:une|la) patrouille (?:arrive|vient|va)",
)
_ENGLISH: Final = (
    r"(?:i|we)(?: will|'ll|'m going to| am going to|'re going to| are going to| shall| promise)",
    r"you(?: will|'ll) (?:be called|get|receive|hear)",
    r"(?:somebody|someone|a colleague|a patrol|the patrol)(?: will|'ll| is coming| is on)",
)
_promise = re.compile(rf"(?<![a-z])(?:{'|'.join((*_FRENCH, *_ENGLISH))})(?![a-z])", re.ASCII)
_sentence = re.compile(r"[^.!?…;\n]{2,600}[.!?…;]?")


def promises(said: Iterable[str]) -> list[str]:
    """The promises in an officer's messages, in their order, none twice; questions are none."""
    found: dict[str, None] = {}
    for text in said:
        for sentence in _sentence.findall(text):
            if not sentence.endswith("?") and _promise.search(fold(sentence)):
                found[one_line(sentence.strip(), LONGEST)] = None
    return list(found)[-MOST:]
