"""The visitor's sentences about who is there, children, a weapon, injuries, what happens now and what he looks like.

A sentence is quoted for a word in it, never read: "non pas d'arme je crois" is about a weapon too, and the room wants
to know it. Costs 0.1 µs a character, 0.3 where nothing is found.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from .patrol import NATURES
from .said import Said, Span

MOST: Final = 3
LONGEST: Final = 120
_BEFORE_CUE: Final = 40
_LINES_AT_ONCE: Final = 50

_HE = "(?:il|elle|he|she|mon mari|mon ex|mon mec|mon copain|mon conjoint|my husband|my boyfriend|my ex)"
_BODY = (
    "bras|nez|poignet|cotes?|dents?|jambe|doigts?|main|machoire|epaule|cheville|genou|coude|tete|pied"
    "|arm|nose|wrist|ribs?|teeth|tooth|leg|fingers?|hand|jaw|shoulder|ankle|collarbone"
)
CUES: Final[dict[str, tuple[str, ...]]] = {
    "people": (
        "(?:il|elle|he|she) est (?:encore |toujours |tjs |deja )?(?:la|ici|avec|rentre|chez|dans|en bas|dehors"
        "|parti|sorti)",
        r"(?:ils|elles) sont (?:la|ici|deux|trois|quatre|plusieurs|encore|toujours|avec|dans|\d)",
        r"on est (?:deux|trois|quatre|tous|\d)", r"nous sommes (?:deux|trois|quatre|\d)", "(?:toute )?seule?",
        "ma coloc", r"y'a (?:sa|son|ses|ma|mon|mes|des|deux|trois|\d) [a-z]+",
        "y'a une? (?:autre |vieille )?(?:mec|homme|type|gars|femme|fille|dame|famille|prof|monsieur|voisine?|ami"
        "|pote)",
        r"il y a (?:sa|son|ses|ma|mon|mes|deux|trois|\d) [a-z]+",
        "(?:sa|ma) (?:mere|s(?:oe|o)ur|voisine|belle-mere|coloc) est",
        "(?:son|mon) (?:pere|frere|pote|ami|cousin|voisin|beau-pere) est", "ses (?:potes|copains|amis|parents|freres)",
        "y'a personne",
        "(?:he|she)'?s (?:is )?(?:still )?(?:here|there|back|home|gone|out|inside|upstairs|downstairs|with|in the)",
        "(?:he|she) is (?:still )?(?:not )?(?:here|there|back|home|gone|out|inside|upstairs|downstairs|with|in the"
        "|at)",
        "they'?(?:re| are) (?:here|both|two|three|inside|with|downstairs|upstairs)", "alone", "by myself", "just me",
        r"there are (?:two|three|four|\d)", "his (?:friends?|brothers?|mates?|mother|father|mum|dad)",
        "with (?:his|my) (?:friends?|brother|mother|sister|mum|dad)", "everybody is", "nobody (?:around|here|else)",
        "(?:nous|on) est seuls",
    ),
    "children": (
        "(?:ma|sa|notre|nos|mes|ses|les|nos) (?:petites?[ -]|jeune |belle-)?filles?", "une petite fille",
        r"filles? de \d", "(?:mon|notre|mes|ses|nos) (?:petit |jeune |beau-)?fils", "bebes?", "enfants?",
        "(?:les|mes|nos|ses|le|la|ma|mon|notre) petite?s?(?! (?:copain|copine|ami|amie|mari|dej|ton))", "gamine?s?",
        "gosses?", "nourrisson", "enceinte", "mineure?s?", "ados?", "le grand (?:a|est|dort|pleure)",
        r"(?:mes|les) jumea\w+", "creche", "kids?", "child", "children", "baby", "babies", "toddler", "daughters?",
        "(?:my|our|his|her|the) sons?", "pregnant", "(?:little|small) (?:girl|boy|one|ones)", "twins", "newborn",
    ),
    "weapon": (
        "couteaux?", "armee?s?", "fusils?", "pistolets?", "carabines?", "flingues?", "revolvers?", "calibre",
        "haches?", "battes?", "acide", "essence", "machettes?", "marteau", "cutter", "tournevis", "gazeuse",
        r"lacrymo\w*", "ciseaux", "barre de fer", "matraque", "tasers?", r"kalach\w*", "opinel", "kni(?:fe|ves)",
        "guns?", "rifles?", "shotguns?", "pistols?", "petrol", "gasoline", "axe", "baseball bat", "a bat", "machetes?",
        "hammer", "weapons?", "blade", "box cutter", "scissors", "pepper spray", "acid", "armed", "screwdriver",
        "crowbar",
    ),
    "injuries": (
        r"saign\w*", "sang(?!-froid| froid)", f"(?:{_BODY}) (?:est |sont )?(?:casse|pete|foule|demis)e?s?",
        f"(?:casse|pete) (?:le|la|les|mon|ma|mes|un|une|2|deux) (?:{_BODY})", "rien de casse",
        "bleus?(?= |$|[,.!])(?! (?:marine|ciel|fonce|clair))", "hematomes?", r"blesse\w*", "blessures?",
        r"j'ai (?:\w+ ){0,2}mal(?! dormi| compris| lu)", "mal (?:au|a la|aux|partout)(?! tele)", "fait mal",
        "vois (?:tout )?(?:flou|trouble|double)", "perd(?:u|re|s)? connaissance", r"evanoui\w*",
        "dans les pommes", r"brule\w*", "brulures?", "coupures?", r"gonfle\w*", r"etrangl\w*",
        "(?:arrive|peux|peut) (?:pas|plus) (?:a )?respirer",
        "du mal a respirer", "recoudre", r"ouvert (?:le|la) \w+", "contractions",
        "perd(?:s|u)? (?:du|les) (?:sang|eaux)", r"bleed\w*", "blood", "hurts?", r"injur\w+",
        rf"(?:broken|broke|fractured) (?:\w+ )?(?:{_BODY})", f"(?:{_BODY}) (?:is |might be |looks? )?broken",
        r"bruis\w+", "wounds?", "wounded", "passed out", "blacked out", "unconscious", "a cut",
        "(?:can'?t|cannot|couldn'?t) breathe", "swollen", "stabbed", "burned", "burnt", r"chok\w+", r"strangl\w+",
        "blurry", "dizzy", "in pain", "swallow",
    ),
    "now": (
        f"{_HE} (?:me |la |lui |nous |y |re)?(?:tape|frappe|cogne|crie|hurle|casse|force|sonne|arrive|rentre|monte"
        f"|revient|approche|menace|essaie|essaye|defonce|attend|cherche|suit|entre|tambourine|pete|gueule|dort)",
        "derriere(?: la porte| moi| la maison)?", r"devant (?:la|ma|chez) \w+", "en bas de", "en train de",
        "en ce moment", "maintenant",
        "dans (?:l'|le |la )(?:escalier|couloir|hall|palier|salle de bain|cuisine|salon)", r"enferme\w*", "cachee?",
        "porte d'entree", "j'entends",
        r"(?:he|she)(?:'s|s| is| was| keeps)? (?:\w+ )?(?:bang|knock|com|shout|scream|break|kick|hit|yell|throw"
        r"|wait|try|follow|smash|hammer|ring|sleep|driv|threaten|call|punch)ing",
        "(?:he|she)'?s? (?:is )?(?:right )?(?:outside|at the door|behind|downstairs|in the hall|on the stairs"
        "|on his way|drunk)",
        "at the door", "behind the door", "on the stairs", "on the balcony", "right now", "outside my",
        "locked (?:in|me|myself|the)", "hiding", "i (?:can )?hear", "comes? home", "is coming",
    ),
    "author": (
        "(?:il|elle|mon mari|mon ex|mon copain|lui c'est|lui|le mec) s'appelle", "lui c'est",
        "son (?:nom|prenom) c'?est", "nom de famille", r"(?:il|elle) (?:mesure|fait \d|porte)", r"1 ?m ?\d\d",
        r"1[.,]\d\d ?m", r"(?:il a|homme|lui|mec|type|gars) [a-z, ]{0,20}\d{2} ans", r"\d{2} ans (?:peut|env|a peu)",
        "barbes?", "barbue?", "moustachu?e?", "vestes?(?<!ma veste)(?<!sa veste)", "blouson(?<!mon blouson)",
        "doudoune", "casquette(?<!ma casquette)", "capuche", "bonnet", r"survet\w*", "jogging", "sweat", "tee?-?shirt",
        "baskets", r"tatou\w+", "cheveux", "chauve", "cicatrice", "(?:a|porte|avec) des lunettes",
        r"(?:il est|il etait|un|homme|mec|gars|type|elle est|c'est un) (?:\w+ )?(?:(?:assez|tres"
        r"|plutot) )?(?:grand|petit|gros|mince|maigre|costaud|muscle|brun|blond|roux|metis|noir|blanc|trapu|jeune"
        r"|vieux)(?! (?:ami|copain|pote|sac|bruit|coup|peu|appart\w*|probleme))",
        "corpulence", r"immatricul\w+", r"plaque (?:d'immat\w+|[a-z]{2}[ -]?\d{3}[ -]?[a-z]{2})", "(?:sa|la) plaque",
        "(?:sa|une) (?:voiture|clio|golf|megane|audi|bmw|mercedes|peugeot|renault|citroen|moto|camionnette)",
        "(?:il a|il roule|en) (?:une? |en )?(?:clio|golf|megane|audi|bmw|mercedes|scooter|moto)", "his name(?: is|'s)",
        "(?:he|she)(?:'s| is) called", "beard(?:ed)?", "m(?:o)?ustache", "jacket", "hoodie",
        "baseball cap", "a cap", "tattoos?", "(?:blond|blonde|brown|black|dark|red|grey|long|short) hair", "bald",
        "wearing", "wears",
        r"(?:he'?s|he is|man|guy) (?:very |quite |really |about |a )?(?:tall|short|big|thin|slim|fat|young|old"
        r"|heavy|skinny|muscular|\d{2}|6 ?f\w*|5 ?f\w*)",
        "his (?:car|van|plate|truck)", "number plate", "licen[cs]e plate", "scar", r"\d{2} years? old",
    ),
}  # fmt: skip
"""Field of a request -> cues over folded text. In them "'" may be missing or a space: "jai mal" is "j'ai mal"."""
NATURE_CUES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("C02.03.01", (
        "il (?:l')?a tue (?:ma|mon|sa|son|notre)", "il l'a tuee?(?= |$|[,.!])", "(?:he|she) killed (?:her|him|my|his)",
    )),
    ("C02.14.01", (
        "viole", "violee?s?", "viol(?= |$|[,.!])", "raped?", "raping",
    )),
    ("C07.12.00", (
        "coups? de (?:feu|fusil)", "tire (?:dessus|sur)", "gunshots?", "shots? fired", "(?:he|she) (?:shot|fired)",
        "is shooting",
    )),
    ("C02.13.00", (
        r"j'ai (?:avale|pris) (?:tous?|toute|tout|plein|une boite|la boite|trop)(?: \w+){0,2} (?:cachets?"
        r"|medicaments?|medocs?|comprimes?|boites?|somniferes?)",
        "ouvert les veines", r"(?:took|taken|swallowed) (?:all |too many |a lot of )?(?:\w+ )?pills", "cut my wrists?",
        "overdosed?",
    )),
    ("C02.04.02", (
        "(?:m'a|l'a|les a) (?:kidnappee?s?|enlevee?s?)(?! (?:mon|ma|mes|le|la|les|l'))", r"kidnapp\w+", "abducted",
    )),
    ("C02.04.03", (
        r"(?:m'a|nous a|l'a|m'ont|il m'|il nous) ?(?:re)?enferme\w*(?! (?:dehors|a l'exterieur))", r"sequestr\w+",
        "(?:m'empeche|nous empeche|empeche) de (?:sortir|partir)",
        "il (?:me |nous )?(?:laisse|veut) pas (?:que je )?(?:sortir|partir|sorte|parte)",
        "il (?:bloque|a bloque) la porte", r"il a (?:tout )?ferme (?:\w+ ){0,3}a clef?", "il a (?:tout )?verrouille",
        "il a pris (?:mes|les|toutes les) (?:cles|clefs)", "je peux pas sortir il a (?:les|pris)",
        "he'?s? (?:has )?locked (?:me|us|the door|it)(?! out)", "locked me in", "locked us in",
        "won'?t let (?:me|us) (?:out|leave|go)", "(?:doesn|didn)'t let (?:me|us) (?:out|leave|go)",
        "he'?s? (?:is )?block(?:s|ing) the door", "took (?:the|my) keys",
    )),
    ("C02.14.02", (
        "attouchements?", "agression sexuelle", "agressee? sexuellement",
        "touche (?:les seins|les fesses|le sexe|entre les jambes)",
        "main (?:aux fesses|dans ma culotte|entre mes jambes)", "sexually assaulted", "groped?",
        "touched (?:my|me) (?:breasts?|leg|thigh|between|there|down)",
    )),
    ("C02.14.03", (
        r"exhib\w+", "masturbe devant", "(?:montre|sorti) son sexe", "flashed (?:me|his)", "exposed himself",
    )),
    ("C02.14.04", (
        "harcelement sexuel", "sexual harassment", r"sexually harass\w+",
    )),
    ("C06.08.06", (
        "ordonnance de protection", "pas le droit de (?:venir|m'approcher|s'approcher|me voir|approcher)",
        "interdiction (?:de |d')(?:m'|s'|me |)?(?:approcher|contact|rentrer en contact|entrer en contact)",
        "bracelet anti", "restraining order", "non[ -]molestation", "not allowed to (?:come|be) (?:near|here|close)",
    )),
    ("C03.04.01", (
        r"(?:quelqu'un|un homme|un inconnu|un type|qqn|un mec) (?:est |a |essaie |essaye )?(?:entre|rentre"
        r"|d'entrer|de rentrer|entrer|force)(?: \w+){0,2} (?:chez moi|maison|appart\w*|fenetre|porte)",
        "quelqu'un (?:essaie|essaye) d'entrer", "inconnu chez moi",
        "(?:someone|somebody|a stranger|a man) (?:is in my|broke in|is breaking in|got into)", "intruder",
    )),
    ("C02.15.02", (
        r"(?:un inconnu|un type|un homme|deux hommes|des inconnus) (?:m'a|m'ont|l'a) (?:frappe|agresse|tape)\w*",
        "agressee? dans la rue", "a stranger (?:hit|attacked|punched|pushed)", "attacked me in the street",
    )),
)  # fmt: skip
"""Code of NATURES -> cues. The first whose cue is said without "pas", "peur" or "si" before it counts."""


def _compiled(cues: tuple[str, ...]) -> re.Pattern[str]:
    loose = (cue.replace("'?", "'").replace("'", "[' ]?") for cue in cues)
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(loose)})(?![a-z0-9])", re.ASCII)


_CUES: Final = {field: _compiled(cues) for field, cues in CUES.items()}
_NATURES: Final = tuple((code, _compiled(cues)) for code, cues in NATURE_CUES)
_denied = re.compile(
    r"(?<![a-z])(?:pas|jamais|non|not|never|didnt|didn't|peur|afraid|scared|si|if|pour ne)(?: [a-z']+){0,3} ?'?$",
    re.ASCII,
)
_stops = re.compile(r"[.!?…]{1,9}(?=\s|$)|[\n\f]")
_comma = re.compile(r"[,;:]")


def sentences(said: Said) -> dict[str, list[Span]]:
    """Field -> where the sentences with its cues are, the latest first, MOST at most. `quoted` makes text of one."""
    stops = [match.end() for match in _stops.finditer(said.text)]
    return {field: _latest(said, pattern, stops) for field, pattern in _CUES.items()}


def _latest(said: Said, pattern: re.Pattern[str], stops: list[int]) -> list[Span]:
    found: dict[str, Span] = {}
    for match in _from_the_end(said, pattern):
        span = _sentence(said, match, stops)
        found.setdefault(said.folded[slice(*span)].strip(" .,!\n\f"), span)
        if len(found) == MOST:
            break
    return list(found.values())


def _from_the_end(said: Said, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """All matches, the last first; what comes before is not looked at until it is asked for."""
    end = len(said.folded)
    for start in reversed(said.starts[::_LINES_AT_ONCE]):
        yield from reversed(list(pattern.finditer(said.folded, start, end)))
        end = start


def _sentence(said: Said, cue: re.Match[str], stops: list[int]) -> Span:
    """The sentence around a cue; of one that is too long the part between commas, or the words around it."""
    index = bisect_right(stops, cue.start())
    start = stops[index - 1] if index else 0
    end = stops[index] if index < len(stops) else len(said.text)
    if len(said.text[start:end].strip()) <= LONGEST:
        return start, end
    commas = [
        match.end()
        for match in _comma.finditer(said.text, max(start, cue.start() - LONGEST), min(end, cue.start() + LONGEST))
    ]
    start = max([start, *(comma for comma in commas if comma <= cue.start())])
    end = min([end, *(comma - 1 for comma in commas if comma > cue.end())])
    if cue.end() - start > LONGEST - 2:
        start = _word_start(said.text, max(start, cue.start() - _BEFORE_CUE), cue.start())
    return start, end


def _word_start(text: str, at: int, most: int) -> int:
    space = text.find(" ", at, most)
    return space + 1 if space >= 0 else most


def quoted(said: Said, span: Span) -> str:
    """Her words there, at most LONGEST characters; "…" stands where a sentence is cut, at its words."""
    text = said.quote(span)
    if len(text) <= LONGEST:
        return text
    words = text[: LONGEST - 1].rpartition(" ")[0] or text[: LONGEST - 1]
    return f"{words.rstrip()}…"


def nature(said: Said) -> str:
    """The code of NATURES that clear words call for; the most usual one without any."""
    for code, pattern in _NATURES:
        for match in pattern.finditer(said.folded):
            before = said.folded[max(0, match.start() - 40) : match.start()]
            if not _denied.search(re.split(r"[,.!?\n\f]", before)[-1]):
                return code
    return NATURES[0]
