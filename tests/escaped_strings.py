"""Finds strings that people would read and that no catalogue knows, by a heuristic over the syntax trees.

It looks where text goes to a screen (SINKS, classes derived from UserError, TOLD, BINDINGS) and follows an
expression to the constants whose words would be seen, not into the arguments of other calls.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

ALL: Final = slice(None)
FIRST: Final = slice(1)
NONE: Final = slice(0)
_FIRST_ALONE = """
    input getpass notify ArgumentTypeError
    Button Checkbox Collapsible Content Label Markdown Option Static TabPane Text append_text
"""
SINKS: Final = dict.fromkeys(_FIRST_ALONE.split(), FIRST) | {
    "print": ALL,
    "Binding": slice(2, 3),
    "Command": slice(2, 4),
}
"""Calls by their last name, and which of their arguments are seen."""

_TOLD = "border_subtitle border_title description help label message placeholder prompt sub_title title tooltip"
TOLD: Final = frozenset(_TOLD.split())
"""Keyword arguments, attributes and class variables that are seen, whatever has them."""

KNOWN: Final = frozenset({"_", "N_", "ngettext"})
WORD: Final = re.compile(r"[^\W\d_]{2,}")
BINDING_KEYS: Final = 2


class Escaped(NamedTuple):
    file: str
    line: int
    text: str


def find(sources: dict[str, str]) -> list[Escaped]:
    """Every string in `sources` (name → Python) that would be read untranslated."""
    trees = {name: ast.parse(source) for name, source in sources.items()}
    sinks = SINKS | dict.fromkeys(_user_errors(trees.values()), ALL)
    return [
        Escaped(name, text.lineno, text.value)
        for name, tree in trees.items()
        for shown in _shown(tree, sinks)
        for text in _constants(shown)
        if WORD.search(text.value)
    ]


def find_in(package: Path) -> list[Escaped]:
    files = sorted(package.rglob("*.py"))
    return find({str(file.relative_to(package.parent)): file.read_text("utf-8") for file in files})


def _user_errors(trees: Iterable[ast.AST]) -> set[str]:
    """The classes whose text is printed as it is: UserError and what derives from it, by name."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    found = {"UserError"}
    while grown := {c.name for c in classes if {_name(base) for base in c.bases} & found} - found:
        found |= grown
    return found


def _shown(tree: ast.AST, sinks: dict[str, slice]) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=stream, attr="write"), args=args) if _name(stream) in {
                "stdout",
                "stderr",
            }:
                yield from args
            case ast.Call(func=func, args=args, keywords=keywords):
                yield from args[sinks.get(_name(func), NONE)]
                yield from (keyword.value for keyword in keywords if keyword.arg in TOLD)
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                if _name(target).lower() in TOLD:
                    yield value
                if _name(target) == "BINDINGS":
                    yield from _tuples(value)


def _tuples(bindings: ast.expr) -> Iterator[ast.expr]:
    """Textual's short form of a binding: (key, action, description)."""
    for row in ast.walk(bindings):
        if isinstance(row, ast.Tuple):
            yield from row.elts[BINDING_KEYS:]


def _constants(shown: ast.AST) -> Iterator[ast.Constant]:
    match shown:
        case ast.Constant(value=str()):
            yield shown
        case ast.Call(func=ast.Attribute(value=receiver)):
            yield from _constants(receiver)
        case ast.Call() | ast.Subscript() | ast.Compare() | ast.Lambda() | ast.Dict() | ast.Attribute():
            return
        case ast.IfExp(body=body, orelse=orelse):
            yield from _constants(body)
            yield from _constants(orelse)
        case _:
            for below in ast.iter_child_nodes(shown):
                yield from _constants(below)


def _name(node: ast.AST) -> str:
    """The last name of a call's function, a base class or a target: "b" of `a.b`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
