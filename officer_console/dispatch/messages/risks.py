"""Risk codes from what the officer wrote: only what plain words say, and never from words that deny it.

Conservative on purpose: a risk that is missed here still stands in the notes, one that is made up sends a patrol in
ready to shoot. Words are compared without case and accents.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from officer_console.model.patrol import PatrolRequest

from .codes import words

BLADES: Final = words(
    "arme_blanche axe blade blades canif ciseaux couteau couteaux cutter dagger hache katana knife knives lame machete"
    " poignard rasoir razor sabre scissors sword tournevis"
)
FIREARMS: Final = words(
    "arme_a_feu arme_de_poing armes_a_feu carabine firearm firearms fusil gun guns handgun kalachnikov pistol pistolet"
    " revolver rifle shotgun"
)
THREATS: Final = words(
    "menacant menacante menace menacee menacent menacer menaces threat threaten threatened threatening threatens"
    " threats"
)
CLUBS: Final = words("bat baton batte club crowbar hammer marteau matraque stick")
DENIALS: Final = words(
    "0 aucun aucune cannot indemne indemnes inconnu inconnue jamais ne neant neither never ni no nobody non none nor"
    " not nothing pas plus ras rien sans unharmed unhurt uninjured unknown without zero"
)
"""What makes of a clause the contrary, or nothing known: French and English."""
OWN_WORDS: Final = words("a an des he her his il elle la le les sa ses she son the un une")
"""A part of a list that has one of these does not go on denying what the part before it denied."""
_PHRASES: Final = (
    (re.compile(r"n['’]t\b"), " not "),
    (re.compile(r"\bn['’]"), " ne "),
    (re.compile(r"\b(?:sans (?:aucun )?doute|(?:pas|non) seulement|not only|no doubt)\b"), " "),
    (re.compile(r"\b(arme)s? (blanche)s?\b"), r"\1_\2"),
    (re.compile(r"\b(armes?) (a) (feu)\b"), r"\1_\2_\3"),
    (re.compile(r"\b(arme)s? (de) (poing)\b"), r"\1_\2_\3"),
)
_clauses: Final = re.compile(r"[.;!\n]|\b(?:mais|but|however|sauf|except)\b").split
_words: Final = re.compile(r"\w+").findall


def risks(request: PatrolRequest) -> list[str]:
    """The codes of what threatens, in ascending order."""
    weapons = affirmed(request.weapon)
    found = {
        "R03": bool((weapons | affirmed(request.now)) & THREATS or weapons & CLUBS),
        "R04": bool(weapons & BLADES),
        "R05": bool(weapons & FIREARMS),
        "R21": bool(affirmed(request.code)),
        "R30": bool(affirmed(request.injuries)),
        "R34": bool(affirmed(request.children)),
    }
    return [code for code, there in found.items() if there]


def affirmed(text: str) -> frozenset[str]:
    """The words of `text` that stand in no clause that denies, plain, in lower case."""
    found: set[str] = set()
    for clause in _clauses(_plain(text)):
        denied = False
        for part in clause.split(","):
            said = frozenset(_words(part))
            denied = bool(said & DENIALS) or (denied and not said & OWN_WORDS)
            found |= frozenset() if denied else said
    return frozenset(found)


def _plain(text: str) -> str:
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)).lower()
    for pattern, put in _PHRASES:
        bare = pattern.sub(put, bare)
    return bare
