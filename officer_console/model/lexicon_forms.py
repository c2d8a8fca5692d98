"""The forms of verbs, made of their infinitives, so that a lexicon names a verb once and a pattern one of its times.

French: `pres impf fut pp inf ger all`; `fut` holds the conditional, `pp` what is typed for it too ("il m'a frapper").
English: `pres past pp ing inf all`. A verb that follows no rule is a table of the lexicon's `[irregular]`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

Forms = Mapping[str, frozenset[str]]
TIMES: Final = frozenset({"pres", "impf", "fut", "pp", "inf", "ger", "past", "ing", "all"})

_IMPERFECT = ("ais", "ait", "aient", "ai")
_FUTURE = ("ai", "as", "a", "ons", "ez", "ont", "ais", "ait", "aient", "e")


_VOWELS = ("a", "e", "i", "o", "u")


def _er(verb: str) -> dict[str, list[str]]:
    """Verbs in "-er", with what their stems lose, gain or double: "menaçait", "jette", "mangeait"."""
    stem = verb[:-2]
    soft = stem + "e" if stem.endswith("g") else stem
    lighter = stem[:-1] + "i" if stem.endswith("y") else stem
    present = [root + end for root in (stem, lighter) for end in ("e", "es", "ent")] + [stem + "ez", soft + "ons"]
    return {
        "pres": present,
        "impf": [soft + end for end in _IMPERFECT] + [soft + "a", stem + "erent", stem + "ions", stem + "iez"],
        "fut": [root + "er" + end for root in (stem, lighter) for end in _FUTURE],
        "pp": [stem + end for end in ("e", "ee", "es", "ees", "er", "ez", "ait", "ais")],
        "inf": [verb, stem + "e", stem + "ez", stem + "ee"],
        "ger": [soft + "ant"],
    }


def _ir(verb: str) -> dict[str, list[str]]:
    stem = verb[:-1]
    return {
        "pres": [stem + end for end in ("s", "t", "ssent", "sse", "sses")],
        "impf": [stem + "ss" + end for end in _IMPERFECT],
        "fut": [stem + "r" + end for end in _FUTURE],
        "pp": [stem + end for end in ("", "e", "s", "es", "t", "r")],
        "inf": [verb],
        "ger": [stem + "ssant"],
    }


def _re(verb: str) -> dict[str, list[str]]:
    stem = verb[:-2]
    return {
        "pres": [stem + end for end in ("s", "", "ent", "e", "es")],
        "impf": [stem + end for end in _IMPERFECT],
        "fut": [stem + "r" + end for end in _FUTURE],
        "pp": [stem + end for end in ("u", "ue", "us", "ues", "re")],
        "inf": [verb],
        "ger": [stem + "ant"],
    }


def _english(verb: str) -> dict[str, list[str]]:
    stem = verb[:-1] if verb.endswith("e") else verb
    ied = verb.endswith("y") and verb[-2:-1] not in ("a", "e", "o")
    short = _doubles(verb)
    past = [verb[:-1] + "ied"] if ied else [stem + "ed", *([verb + verb[-1] + "ed"] if short else [])]
    third = verb[:-1] + "ies" if ied else verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s")
    ing = [stem + "ing", stem + "in", *([verb + verb[-1] + "ing", verb + verb[-1] + "in"] if short else [])]
    return {"pres": [verb, third], "past": past, "pp": past, "ing": ing, "inf": [verb]}


def _doubles(verb: str) -> bool:
    return verb[-1] in "bdgklmnprtv" and verb[-2:-1] in _VOWELS and verb[-3:-2] not in _VOWELS


_RULES: Final[Mapping[str, Callable[[str], dict[str, list[str]]]]] = {"er": _er, "ir": _ir, "re": _re}


def forms(verb: str, language: str, irregular: Mapping[str, Mapping[str, str]]) -> Forms:
    """Time -> the words of a verb. Raises KeyError for a verb of no rule."""
    if verb in irregular:
        made = {time: words.split() for time, words in irregular[verb].items()}
        made.setdefault("inf", [verb])
    elif language == "fr":
        made = _RULES[verb[-2:]](verb)
    else:
        made = _english(verb)
    made["all"] = [word for words in made.values() for word in words]
    return {time: frozenset(words) for time, words in made.items()}
