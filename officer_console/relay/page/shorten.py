"""Gives the names that the page's script declares short ones: it is loaded by telephones with little reception.

For scripts in the style of ours: no template literal, no label, no default in a pattern, and no name that is declared
in one function and means something of the browser's in another. Each name is replaced wherever it stands for a
variable, in all scopes alike; names of members stay.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from string import ascii_letters
from typing import Final

_PAIRS: Final = {")": "(", "]": "[", "}": "{"}
_DECLARING: Final = frozenset({"const", "let", "function", "class"})
_RESERVED: Final = frozenset({"as", "do", "if", "in", "is", "of"})

Tokens = list[str]


def shorten(script: str, kept: str) -> str:
    """`script` with short names. `kept` matches what is left as it is (strings and the like)."""
    tokens = split(script, kept)
    variables = dict(_variables(tokens))
    short = _short_names(tokens, variables)
    for place, shorthand in variables.items():
        name = tokens[place]
        if name in short:
            tokens[place] = f"{name}:{short[name]}" if shorthand else short[name]
    return _joined(tokens)


def split(script: str, kept: str) -> Tokens:
    """The tokens of a script that has no comments, without the spaces."""
    return re.findall(rf"{kept}|[\w$]+|\.\.\.|=>|[^\w\s]", script)


def declared(tokens: Tokens) -> set[str]:
    """What `const`, `let`, `function` or `class` declares, in whatever scope."""
    return {name for word, name in itertools.pairwise(tokens) if word in _DECLARING and _is_name(name)}


def _is_name(token: str) -> bool:
    return bool(re.match(r"[A-Za-z_$]", token))


def _joined(tokens: Tokens) -> str:
    """A space only where two words would become one."""
    pairs = itertools.pairwise(tokens)
    gaps = (" " if re.match(r"[\w$]{2}", before[-1] + after[0]) else "" for before, after in pairs)
    return tokens[0] + "".join(gap + token for gap, token in zip(gaps, tokens[1:], strict=True))


def _variables(tokens: Tokens) -> Iterator[tuple[int, bool]]:
    """Where a token stands for a variable, and whether it names a member as well: `{name}`."""
    closing = _closing(tokens)
    open_ = [""]
    for place, token in enumerate(tokens):
        if token in _PAIRS.values():
            open_.append(token)
        elif token in _PAIRS:
            open_.pop()
        elif _is_name(token) and tokens[place - 1] != ".":
            before, after = tokens[place - 1], tokens[place + 1]
            begins = open_[-1] == "{" and before in ("{", ",")
            method = after == "(" and before not in ("function", "new") and tokens[closing[place + 1] + 1] == "{"
            if not method and not (begins and after == ":"):
                yield place, begins and after in (",", "}")


def _closing(tokens: Tokens) -> dict[int, int]:
    """Place of each opening bracket -> place of the one that closes it."""
    open_: list[int] = []
    closing: dict[int, int] = {}
    for place, token in enumerate(tokens):
        if token in _PAIRS.values():
            open_.append(place)
        elif token in _PAIRS:
            closing[open_.pop()] = place
    return closing


def _short_names(tokens: Tokens, variables: dict[int, bool]) -> dict[str, str]:
    """The more often a name stands in the script, the shorter the new one; none that would make it longer."""
    often = Counter(tokens[place] for place in variables)
    twice = Counter(tokens[place] for place, shorthand in variables.items() if shorthand)
    fresh = _fresh(set(tokens))
    short: dict[str, str] = {}
    new = next(fresh)
    for name in sorted(declared(tokens), key=lambda name: (-often[name], name)):
        if often[name] * (len(name) - len(new)) > twice[name] * (len(name) + 1):
            short[name] = new
            new = next(fresh)
    return short


def _fresh(taken: set[str]) -> Iterator[str]:
    for size in itertools.count(1):
        for letters in itertools.product(ascii_letters, repeat=size):
            name = "".join(letters)
            if name not in taken and name not in _RESERVED:
                yield name
