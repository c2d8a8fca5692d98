"""TOML tables to frozen structs, field by field, each problem with its reason; hidden characters are refused.

Nothing else than `Problem`s comes of any table: that is tested with invented ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect

from officer_console.errors import did_you_mean, nearest
from officer_console.locale import N_, _
from officer_console.model.text import displayable, one_line

from .report import Problem, Row, unreadable

MOST_BYTES: Final = 8 * 2**20
"""Of a file that people write; 500 replies in four languages are 2 MB."""
SHOWN_VALUE: Final = 60

SHAPES: Final = {
    "id": N_("a name like women-at-work, of small letters, digits and hyphens"),
    "code": N_("2 to 8 small letters or digits"),
}
"""What a text must look like that has a pattern, by its field."""

S = TypeVar("S", bound=msgspec.Struct)


def read(file: Path, problems: list[Problem]) -> dict[str, Any]:
    """The tables of a TOML file; empty, with a problem told, when it can't be read."""
    try:
        if file.stat().st_size > MOST_BYTES:
            problems.append(too_large(file, MOST_BYTES))
            return {}
        return tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        problems.append(unreadable(file, error))
        return {}


def too_large(file: Path, most: int) -> Problem:
    """The refusal of a file with more than `most` bytes."""
    reason = _("is larger than {n} MB; is it the right file?").format(n=most // 2**20)
    return Problem(str(file), reason=reason)


def rows_in(file: Path, name: str, problems: list[Problem]) -> list[dict[str, Any]]:
    """The tables `[[name]]` of a TOML file; anything else in it is told."""
    data = read(file, problems)
    for key in data.keys() - {name}:
        reason = _("there is no such table; rows are written as {example}").format(example=f"[[{name}]]")
        problems.append(Problem(str(file), field=one_line(key, SHOWN_VALUE), reason=reason))
    rows = data.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        reason = _("rows are written as {example}").format(example=f"[[{name}]]")
        problems.append(Problem(str(file), field=name, reason=reason))
        return []
    return rows


def named(table: Mapping[str, Any], number: int) -> str:
    """How a row is called in a report: its id, else its number from 1."""
    name = table.get("id")
    return one_line(name, SHOWN_VALUE) if isinstance(name, str) and name.strip() else _("row {n}").format(n=number)


def struct_of(cls: type[S], table: Mapping[str, Any], row: Row) -> S | None:
    """`table` as a `cls`, or None with every problem told to `row`. Lists may be tuples, dates may be text."""
    fields = {field.name: field for field in msgspec.structs.fields(cls)}
    good: dict[str, Any] = {}
    for name, value in table.items():
        if name not in fields:
            guess = did_you_mean(nearest(name, fields))
            row.wrong(one_line(name, SHOWN_VALUE), _("there is no such field") + guess)
        elif problem := _hidden(value):
            row.wrong(name, problem)
        else:
            _convert(name, value, fields[name].type, good, row)
    for name, field in fields.items():
        if field.required and name not in table:
            row.wrong(name, _("is missing"))
    return cls(**good) if row.sound else None


def _convert(name: str, value: Any, kind: Any, good: dict[str, Any], row: Row) -> None:
    try:
        good[name] = msgspec.convert(value, kind)
    except (msgspec.ValidationError, RecursionError):
        expected = _(SHAPES[name]) if name in SHAPES else _expected(kind)
        problem = _("must be {expected}, not {value}").format(expected=expected, value=told(value))
        row.wrong(name, problem + _guess(value, kind))


def _hidden(value: Any) -> str:
    """Why a text, or one in a list or table of texts, has something in it that a reader would not see; "" when not."""
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else [value]
    for text in inner:
        if isinstance(text, str) and displayable(text) != text:
            return _("has characters that can't be shown: {text}").format(text=told(_around(text)))
    return ""


def _around(text: str) -> str:
    """The part of a text where the first character stands that is not shown as it is."""
    shown = displayable(text)
    same = next((at for at, (a, b) in enumerate(zip(text, shown, strict=False)) if a != b), min(len(text), len(shown)))
    return shown[max(0, same - 20) : same + 20]


def told(value: Any) -> str:
    """A value as it can be shown inside a sentence."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return _("a table") if isinstance(value, dict) else _("a list")
    return one_line(str(value) if isinstance(value, date) else repr(value), SHOWN_VALUE)


def _expected(kind: Any) -> str:
    match inspect.type_info(kind):
        case inspect.LiteralType(values=values):
            return _("one of {names}").format(names=", ".join(map(str, values)))
        case inspect.DateType() | inspect.UnionType():
            return _("a date like 2026-11-26")
        case inspect.BoolType():
            return _("true or false")
        case inspect.CollectionType() | inspect.VarTupleType():
            return _("a list of texts")
        case inspect.DictType():
            return _("a table of texts by language")
        case inspect.StrType(max_length=int(high)):
            return _("text of 1 to {high} characters").format(high=high)
    return _("text")


def _guess(value: Any, kind: Any) -> str:
    info = inspect.type_info(kind)
    values = info.values if isinstance(info, inspect.LiteralType) else ()
    return did_you_mean(nearest(value, map(str, values))) if isinstance(value, str) else ""
